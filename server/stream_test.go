package main

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

func TestStopEndsStreamsProperly(t *testing.T) {
	s := startServer(t, dataFolder(t), "--demo", "no")
	request, err := http.NewRequest(http.MethodGet, s.root+"api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Cookie", storetest.SignIn(t, s.connect(), "viewer", ""))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewReader(answer.Body)
	if _, err := lines.ReadString('\n'); err != nil {
		t.Fatalf("the stream does not begin: %v", err)
	}
	s.addPlace("长桥村")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatalf("the stream ended before the change came: %v", err)
		}
		if strings.Contains(line, "place") {
			break
		}
	}
	began := time.Now()
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, lines)
		ended <- err
	}()
	if err := s.end(syscall.SIGTERM); err != nil {
		t.Errorf("the server ended with %v:\n%s", err, s.log)
	}
	if err := <-ended; err != nil {
		t.Errorf("the stream was cut off: %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func TestStartingServerSaysSo(t *testing.T) {
	p := &program{log: slog.New(slog.DiscardHandler)}
	listener, err := listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	give := p.answerMeanwhile(listener, nil)
	root := rootURL(listener.Addr(), false)
	for path, want := range map[string]int{"healthz": 200, "readyz": 503, "": 503, "api/layers": 503} {
		answer, err := http.Get(root + path)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want || answer.Header.Get("Retry-After") == "" {
			t.Errorf("/%s answers %d, want %d", path, answer.StatusCode, want)
		}
	}
	give()
	// The address was never let go: the next server takes over the same listener.
	next := &http.Server{Handler: http.NotFoundHandler()}
	go next.Serve(listener)
	defer next.Close()
	answer, err := http.Get(root)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != 404 {
		t.Errorf("after the handover / answers %d", answer.StatusCode)
	}
}
