package api_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmaps/geo/layer"
	"fourmaps/server/api"
	"fourmaps/server/live"
	"fourmaps/server/store/storetest"
	"fourmaps/tiles"
)

// described gives a real address of every operation that is asked for with GET.
func described(r *running) []string {
	r.t.Helper()
	var document struct{ Paths map[string]map[string]any }
	r.json("/api/openapi.json", &document)
	fill := strings.NewReplacer("{layers}", "place,road", "{z}", "10", "{x}", "833", "{y}", "428", "{id}", "01a20329-e94c-7506-bca5-c81c3de8f996", "{layer}", "place",
		"{grant}", "01a20329-e94c-7506-bca5-c81c3de8f996", "{session}", "01a20329-e94c-7506-bca5-c81c3de8f996")
	var paths []string
	for path, item := range document.Paths {
		if item["get"] != nil && path != "/api/events" { // streams have tests of their own
			paths = append(paths, fill.Replace(path))
		}
	}
	slices.Sort(paths)
	return append(paths, "/tiles/place/10/833/428.mvt?kind=hamlet", "/tiles/relief.json", "/tiles/relief/10/833/428.png", "/tiles/file/none.pmtiles",
		"/tiles/raster/none/1/0/0", "/tiles/none", "/", "/none.js")
}

// TestEveryAddressAnswersInTime: with every table held, each answer comes within the limits of its statement, and says
// that it came late where it needed a table.
func TestEveryAddressAnswersInTime(t *testing.T) {
	t.Parallel() // it waits most of the time
	address := storetest.URL(t)
	limited := storetest.Connect(t, address+"&statement_timeout=2000")
	source, err := tiles.NewSource(t.Context(), limited, tiles.Connections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	r := startOver(t, address, func(o *apiOptions) {
		o.Tiles = &tiles.Handler{Source: source, Cache: tiles.NewCache(0), Basemap: tiles.NewBasemap(limited, t.TempDir(), slog.New(slog.DiscardHandler))}
	})
	paths := described(r)
	if len(paths) < 30 {
		t.Fatalf("only %d addresses are described", len(paths))
	}
	tables := []string{"relief_tile"}
	for _, l := range layer.All {
		tables = append(tables, l.Name)
	}
	lock, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := lock.Exec(t.Context(), `LOCK TABLE `+strings.Join(tables, ", ")); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	var late sync.Map
	for _, path := range paths {
		wait.Go(func() {
			began := time.Now()
			status, _, body := r.get(path)
			if took := time.Since(began); took > 15*time.Second {
				t.Errorf("%s: %v", path, took)
			}
			if status == 500 || strings.HasSuffix(path, ".mvt") && status != 503 && status != 504 {
				t.Errorf("%s: %d %s", path, status, body)
			}
			if status == 503 || status == 504 {
				late.Store(path, true)
			}
		})
	}
	wait.Wait()
	for _, path := range []string{"/api/layers/place/features", "/api/layers/place/summary", "/api/layers/place/features/01a20329-e94c-7506-bca5-c81c3de8f996", "/api/installation",
		"/tiles/place,road.json", "/tiles/relief.json", "/tiles/relief/10/833/428.png"} {
		if _, ok := late.Load(path); !ok {
			t.Errorf("%s was answered without its table", path)
		}
	}
}

// TestNoAddressReadsABodyThatItDoesNotNeed: who sends one without end gets the answer all the same.
func TestNoAddressReadsABodyThatItDoesNotNeed(t *testing.T) {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	for _, path := range described(r) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		sent := &endless{}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, sent)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Cookie", r.cookie)
		answer, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Errorf("%s: %v", path, err)
		} else {
			answer.Body.Close()
		}
		cancel()
		if n := sent.read(); n > 8<<20 {
			t.Errorf("%s: %d bytes were taken", path, n)
		}
	}
	for _, method := range []string{"PUT", "TRACE", "PROPFIND"} {
		if status, _, body := r.ask(method, "/api/layers"); status != 405 && status != 404 {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
}

// endless is a body without end.
type endless struct {
	mu sync.Mutex
	n  int
}

func (e *endless) Read(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.n > 64<<20 {
		return 0, io.EOF
	}
	clear(b)
	e.n += len(b)
	return len(b), nil
}

func (e *endless) read() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n
}

// TestServerLimitsItsClients: nobody keeps a connection for ever, or fills the memory with headers.
func TestServerLimitsItsClients(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	s := api.NewHTTPServer(http.NotFoundHandler(), live.New(live.Options{Log: log, Now: time.Now}), log)
	for name, limit := range map[string]time.Duration{"headers": s.ReadHeaderTimeout, "a request": s.ReadTimeout, "an answer": s.WriteTimeout, "idleness": s.IdleTimeout} {
		if limit <= 0 || limit > 2*time.Minute {
			t.Errorf("%s may take %v", name, limit)
		}
	}
	r := start(t)
	request, err := http.NewRequest(http.MethodGet, r.url+"/api/layers", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		request.Header.Set(fmt.Sprintf("X-Large-%d", i), strings.Repeat("a", 30_000))
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a megabyte of headers: %s", answer.Status)
	}
}
