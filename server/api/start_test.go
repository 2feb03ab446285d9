package api_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/server/api"
	"fourmaps/server/auth"
	"fourmaps/server/live"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// running is the real server on a port of its own over a database of its own.
type running struct {
	t    testing.TB
	url  string
	pool *pgxpool.Pool // for SQL behind the server's back
	feed *live.Feed
	auth *auth.Auth
	// cookie is the session that requests are asked with where they bring no cookie of their own: an administrator's.
	cookie string
}

// cheap makes passwords of tests quick to check.
var cheap = auth.Cost{MemoryKiB: 64, Passes: 1}

// start runs the server over an empty migrated database.
func start(t testing.TB, change ...func(*api.Options)) *running {
	return startOver(t, storetest.URL(t), change...)
}

func startOver(t testing.TB, url string, change ...func(*api.Options)) *running {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url, MaxConns: 8, StatementTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	who := auth.New(auth.Options{Store: s, Log: log, Now: time.Now, Cost: cheap})
	o := api.Options{Store: s, Auth: who, Log: log, Version: "test", Files: keeperIn(t, t.TempDir())}
	for _, f := range change {
		f(&o)
	}
	follow := live.Options{Store: s, Log: log, Now: time.Now, People: o.Auth.Renew}
	if o.Tiles != nil {
		follow.Cache = o.Tiles.Cache
	}
	feed := live.New(follow)
	o.Feed = feed
	handler, err := api.New(o)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := api.NewHTTPServer(handler, feed, log)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); feed.Run(ctx) }()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() {
		closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := server.Shutdown(closing); err != nil {
			t.Errorf("the server did not stop: %v", err)
		}
		stop()
		<-ended
		s.Close()
	})
	r := &running{t: t, url: "http://" + listener.Addr().String(), pool: storetest.Connect(t, url), feed: feed, auth: o.Auth}
	r.cookie = storetest.SignIn(t, r.pool, "administrator", "")
	r.eventually("the administrator is known", func() bool {
		who, err := r.auth.Find(t.Context(), r.cookie)
		return err == nil && who != nil
	})
	r.eventually("the feed hears", func() bool { return feed.State().Connected })
	return r
}

type apiOptions = api.Options

// get asks and gives status, headers and body.
func (r *running) get(path string, headers ...string) (int, http.Header, []byte) {
	r.t.Helper()
	return r.ask(http.MethodGet, path, headers...)
}

func (r *running) ask(method, path string, headers ...string) (int, http.Header, []byte) {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Cookie", r.cookie)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatalf("GET %s: %v", path, err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatalf("GET %s: %v", path, err)
	}
	return answer.StatusCode, answer.Header, body
}

// json asks, wants 200, and reads the body into v.
func (r *running) json(path string, v any) {
	r.t.Helper()
	status, _, body := r.get(path)
	if status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s", path, status, body)
	}
	if err := json.Unmarshal(body, v); err != nil {
		r.t.Fatalf("GET %s: %v in %.300s", path, err, body)
	}
}

// sql runs statements behind the server's back.
func (r *running) sql(statement string, args ...any) {
	r.t.Helper()
	if _, err := r.pool.Exec(context.Background(), statement, args...); err != nil {
		r.t.Fatalf("%s: %v", strings.TrimSpace(statement), err)
	}
}

func (r *running) eventually(what string, holds func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("after 10 s it does not hold that %s", what)
		}
	}
}

// collection is a FeatureCollection as the tests read it.
type collection struct {
	Type     string    `json:"type"`
	Box      []float64 `json:"bbox"`
	Features []feature `json:"features"`
	Matched  int       `json:"numberMatched"`
	Returned int       `json:"numberReturned"`
	Next     string    `json:"next"`
	Time     time.Time `json:"timeStamp"`
	Links    []struct{ Rel, Type, Href string }
}

type feature struct {
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Geometry   *geometry      `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}
