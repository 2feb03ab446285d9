package main

import (
	"context"
	"net/http"
	"sync"

	"fourmaps/server/store"
)

// service is the server's parts, joined.
type service struct {
	handler http.Handler
	// background is what runs beside the requests until the server stops.
	background []func(context.Context)
	close      func()
}

// start begins what runs in the background; the channel is closed when all of it has ended.
func (s *service) start(ctx context.Context) <-chan struct{} {
	var group sync.WaitGroup
	for _, run := range s.background {
		group.Go(func() { run(ctx) })
	}
	ended := make(chan struct{})
	go func() {
		group.Wait()
		close(ended)
	}()
	return ended
}

// wire joins the parts: store, feed of changes, tiles, API.
func (p *program) wire(ctx context.Context, d *database) (*service, error) {
	rows, err := store.Open(ctx, store.Options{
		URL:              d.url,
		MaxConns:         int32(p.config.Connections),
		StatementTimeout: p.config.StatementTimeout,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := rows.Ping(r.Context()); err != nil {
			http.Error(w, "database", http.StatusServiceUnavailable)
		}
	})
	return &service{handler: mux, close: rows.Close}, nil
}
