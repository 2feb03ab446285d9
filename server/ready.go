package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v3"
)

// readyCommand is for those who watch the server from outside: Docker, systemd, a script.
func (p *program) readyCommand() *cli.Command {
	return &cli.Command{
		Name:  "ready",
		Usage: "ask a running server whether it is ready: exit 0, or 1 and what is broken",
		Flags: []cli.Flag{p.config.listenFlag()},
		Action: func(ctx context.Context, _ *cli.Command) error {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
			defer cancel()
			return askReady(ctx, p.config.Listen)
		},
	}
}

func askReady(ctx context.Context, listen string) error {
	address, err := net.ResolveTCPAddr("tcp", listen)
	if err != nil {
		return fmt.Errorf("reading the address: %w", err)
	}
	answer, err := getReady(ctx, rootURL(address, false))
	if err == nil && answer.StatusCode == http.StatusBadRequest { // so a server that speaks TLS answers plain http
		answer.Body.Close()
		answer, err = getReady(ctx, rootURL(address, true))
	}
	if err != nil {
		return &told{
			chinese: fmt.Sprintf("%s 上没有服务应答。", listen),
			english: fmt.Sprintf("No server answers on %s.", listen),
			err:     err,
		}
	}
	defer answer.Body.Close()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	return notReady(answer.Body)
}

// getReady asks a server of this machine. Its certificate need not be good for the address that it listens on.
func getReady(ctx context.Context, root string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, root+"readyz", nil)
	if err != nil {
		return nil, fmt.Errorf("reading the address: %w", err)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	return client.Do(request)
}

// notReady names the checks that fail.
func notReady(body io.Reader) error {
	var said struct {
		Checks map[string]struct {
			OK     bool   `json:"ok"`
			Detail string `json:"detail"`
		} `json:"checks"`
	}
	if err := json.NewDecoder(io.LimitReader(body, 64<<10)).Decode(&said); err != nil {
		return errors.New("the server is not ready and does not say why")
	}
	var broken []string
	for name, check := range said.Checks {
		if !check.OK {
			broken = append(broken, name+": "+check.Detail)
		}
	}
	slices.Sort(broken)
	return &told{
		chinese: "服务尚未就绪:" + strings.Join(broken, ";"),
		english: "The server is not ready: " + strings.Join(broken, "; "),
	}
}
