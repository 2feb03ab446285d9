package api_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"

	"fourmaps/server/api"
	"fourmaps/server/store/storetest"
)

// TestLogKeepsLittleOfAddresses: what people search for is not logged, and a giant address does not fill the log.
func TestLogKeepsLittleOfAddresses(t *testing.T) {
	var log safeBuffer
	r := start(t, func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	for name, query := range map[string]string{
		"plain":          "q=Secret13800001111&limit=x",
		"first repeated": "q=a&q=Secret13800001111&limit=x",
		"escaped key":    "limit=x&%71=Secret13800001111",
		"a token":        "limit=x&access_token=Secret13800001111&tk=Secret",
		"no value":       "Secret13800001111&q%3DSecret&limit=x",
		"a filter":       "address=Secret13800001111&limit=x",
		"twice escaped":  "limit=x&%2571=Secret",
		"at the cut":     "limit=x&kind=" + strings.Repeat("k", 170) + "&q=Secret13800001111",
	} {
		log.Reset()
		if status, _, _ := r.get("/api/layers/place/features?" + query); status != 400 {
			t.Errorf("%s: %d", name, status)
		}
		r.eventually("it is logged", func() bool { return strings.Contains(log.String(), "limit=x") })
		if strings.Contains(log.String(), "Secret") {
			t.Errorf("%s: %s", name, log.String())
		}
	}
	for _, path := range []string{"/api/layers/place/features?limit=" + strings.Repeat("1", 300_000), "/api/" + strings.Repeat("界", 1000)} {
		log.Reset()
		r.get(path)
		r.eventually("it is logged", func() bool { return strings.Contains(log.String(), "msg=request") })
		if n := len(log.String()); n > 1500 {
			t.Errorf("%.50s: %d bytes in the log", path, n)
		}
	}
}

// TestFailuresAreLoggedWithoutQueries: the log of what went wrong names the route and a path that is not too long.
func TestFailuresAreLoggedWithoutQueries(t *testing.T) {
	var log safeBuffer
	address := storetest.URL(t)
	way, through := newWire(t, address)
	r := startOver(t, through, func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
	})
	way.set(true)
	r.eventually("the database is gone", func() bool { return !r.feed.State().Connected })
	for _, path := range []string{"/api/layers/place/features?q=Secret&limit=7", "/api/layers/risk_point/summary?address=Secret"} {
		log.Reset()
		if status, _, _ := r.get(path); status != 503 {
			t.Errorf("%s: %d", path, status)
		}
		r.eventually("it is logged", func() bool { return strings.Contains(log.String(), "msg=request ") })
		if text := log.String(); strings.Contains(text, "Secret") || !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "route=/api/layers/:layer/") {
			t.Errorf("%s", text)
		}
	}
}

// TestClientsWhoLeaveAreCountedAsSuch: moving the map ends many requests; none of them is a good answer.
func TestClientsWhoLeaveAreCountedAsSuch(t *testing.T) {
	var log safeBuffer
	r := start(t, func(o *api.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	lock, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback(t.Context()) }()
	if _, err := lock.Exec(t.Context(), `LOCK TABLE place`); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api/layers/place/features", "/api/layers/place/features/01a20329-e94c-7506-bca5-c81c3de8f996"} {
		r.eventually("the one before waits no longer", func() bool { return !waits(r) })
		log.Reset()
		ctx, leave := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Cookie", r.cookie)
		left := make(chan struct{})
		go func() {
			defer close(left)
			if answer, err := http.DefaultClient.Do(request); err == nil {
				t.Errorf("%s: %s", path, answer.Status)
				answer.Body.Close()
			}
		}()
		r.eventually("the request waits", func() bool { return waits(r) })
		leave()
		<-left
		r.eventually("it is logged as left", func() bool { return strings.Contains(log.String(), "status=499") })
		if strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "level=INFO msg=request") {
			t.Errorf("%s: %s", path, log.String())
		}
	}
	_, _, figures := r.get("/metrics")
	for _, line := range []string{
		`fourmaps_requests_total{route="/api/layers/:layer/features",status="4xx"} 1`,
		`fourmaps_requests_total{route="/api/layers/:layer/features",status="2xx"} 0`,
		`fourmaps_requests_total{route="/api/layers/:layer/features/:id",status="4xx"} 1`,
	} {
		if !strings.Contains(string(figures), line) {
			t.Errorf("the figures lack %s", line)
		}
	}
}

// safeBuffer is written by the server while the test reads it.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *safeBuffer) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b.Reset()
}
