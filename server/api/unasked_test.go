package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"fourmaps/server/live"
)

// TestShutdownDoesNotWaitForConnectionsInReserve: browsers, and Go's client, open some on which they ask nothing.
func TestShutdownDoesNotWaitForConnectionsInReserve(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := NewHTTPServer(http.NotFoundHandler(), live.New(live.Options{}), slog.New(slog.DiscardHandler))
	go func() { _ = server.Serve(listener) }()
	reserve, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer reserve.Close()
	// Connections are accepted in their order: with this answer the one in reserve is accepted too.
	answer, err := http.Get("http://" + listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	began := time.Now()
	limit, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the shutdown took %v", took)
	}
}
