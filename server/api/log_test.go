package api_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"fourmaps/server/api"
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
