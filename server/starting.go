package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"fourmaps/server/certificate"
)

// startingPage is shown to a browser that comes before the maps are ready; it asks again by itself.
const startingPage = `<!doctype html><html lang="zh"><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>一网四图</title>
<body style="font:20px sans-serif;display:grid;place-content:center;height:90vh;text-align:center">
<p>一网四图正在启动……<br><small>One Network, Four Maps is starting…</small></p></body></html>`

// answerStarting says that the process is alive and not ready.
func answerStarting(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "2")
	switch {
	case r.URL.Path == "/healthz":
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintln(w, `{"status":"ok"}`)
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, startingPage)
	default:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintln(w, `{"ready":false,"checks":{"start":{"ok":false,"detail":"the database is being prepared"}}}`)
	}
}

// lent is a listener whose borrower cannot close it: closing only ends the borrower's waiting.
type lent struct{ *net.TCPListener }

func (l lent) Close() error { return l.SetDeadline(time.Unix(1, 0)) }

// answerMeanwhile serves on the listener until give is called, which hands the listener back.
func (p *program) answerMeanwhile(listener *net.TCPListener, served *certificate.Served) (give func()) {
	server := &http.Server{Handler: http.HandlerFunc(answerStarting), ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, TLSConfig: tlsConfig(served),
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := serveOver(server, lent{listener}); !errors.Is(err, http.ErrServerClosed) {
			p.log.Warn("answering while starting", "error", err)
		}
	}()
	return sync.OnceFunc(func() {
		limit, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		if err := server.Shutdown(limit); err != nil {
			server.Close()
		}
		<-ended
		if err := listener.SetDeadline(time.Time{}); err != nil {
			p.log.Warn("taking the address back", "error", err)
		}
	})
}
