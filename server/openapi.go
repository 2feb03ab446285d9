package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/api"
	"fourmaps/server/live"
	"fourmaps/server/store"
)

// openAPICommand prints what GET /api/openapi.json answers, without a database. The version in it is always the same,
// so that the committed copy changes only when the API does.
func (p *program) openAPICommand() *cli.Command {
	return &cli.Command{
		Name:  "openapi",
		Usage: "print the OpenAPI 3.1 description of the API",
		Action: func(ctx context.Context, _ *cli.Command) error {
			document, err := openAPI(ctx)
			if err != nil {
				return err
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, document, "", "  "); err != nil {
				return fmt.Errorf("reading the description of the API: %w", err)
			}
			fmt.Fprintln(p.out, pretty.String())
			return nil
		},
	}
}

func openAPI(ctx context.Context) ([]byte, error) {
	rows, err := store.Open(ctx, store.Options{URL: "postgres:///"}) // connects only when asked for rows
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	log := slog.New(slog.DiscardHandler)
	handler, err := api.New(api.Options{
		Store:   rows,
		Feed:    live.New(live.Options{Store: rows, Log: log, Now: time.Now}),
		Log:     log,
		Version: "current",
	})
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/api/openapi.json", nil)
	if err != nil {
		return nil, err
	}
	answer := memoryAnswer{header: http.Header{}}
	handler.ServeHTTP(&answer, request)
	if answer.status != http.StatusOK {
		return nil, fmt.Errorf("the API answers %d to the question for its description: %s", answer.status, answer.body.String())
	}
	return answer.body.Bytes(), nil
}

// memoryAnswer keeps an answer instead of sending it.
type memoryAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header gives the headers.
func (m *memoryAnswer) Header() http.Header { return m.header }

// WriteHeader keeps the status.
func (m *memoryAnswer) WriteHeader(status int) { m.status = status }

// Write keeps the body.
func (m *memoryAnswer) Write(part []byte) (int, error) {
	if m.status == 0 {
		m.status = http.StatusOK
	}
	return m.body.Write(part)
}
