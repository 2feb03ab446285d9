package api_test

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

// wire is a way to the database that can be cut, or held up.
type wire struct {
	to    string // the socket of the database
	mu    sync.Mutex
	cut   bool
	held  chan struct{} // closed when what was held up goes on; nil while nothing is
	conns map[net.Conn]bool
}

// newWire gives the address of the database through the wire.
func newWire(t *testing.T, address string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	w := &wire{to: query.Get("host") + "/.s.PGSQL." + query.Get("port"), conns: map[net.Conn]bool{}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close(); w.hold(false); w.set(true) })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	host, port, _ := net.SplitHostPort(listener.Addr().String())
	query.Set("host", host)
	query.Set("port", port)
	query.Set("sslmode", "disable")
	u.RawQuery = query.Encode()
	return w, u.String()
}

func (w *wire) carry(from net.Conn) {
	to, err := net.Dial("unix", w.to)
	if err != nil {
		from.Close()
		return
	}
	w.mu.Lock()
	if w.cut {
		w.mu.Unlock()
		from.Close()
		to.Close()
		return
	}
	w.conns[from], w.conns[to] = true, true
	w.mu.Unlock()
	go func() { _, _ = io.Copy(to, passing{w, from}); to.Close() }()
	_, _ = io.Copy(from, passing{w, to})
	from.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.conns, from)
	delete(w.conns, to)
}

// set cuts the wire or joins it again.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for c := range w.conns {
		c.Close()
	}
}

// hold stops or continues what goes through the wire; no connection ends, as when a cable is pulled.
func (w *wire) hold(held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.held != nil {
		close(w.held)
		w.held = nil
	}
	if held {
		w.held = make(chan struct{})
	}
}

// passing is one direction of a connection.
type passing struct {
	*wire
	from net.Conn
}

func (p passing) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.mu.Lock()
	held := p.held
	p.mu.Unlock()
	if held != nil {
		<-held
	}
	return n, err
}

// TestDatabaseSilent holds up the way to the database without closing a connection: every request ends all the same,
// more of them than the pool has connections, and all is well when the way is free again.
func TestDatabaseSilent(t *testing.T) {
	t.Parallel() // it waits most of the time
	address := storetest.URL(t)
	w, through := newWire(t, address)
	r := startOver(t, through)
	r.pool = storetest.Connect(t, address)
	r.sql(onePoint, "a")
	var kept collection
	r.json("/api/layers/risk_point/features", &kept)
	paths := []string{"/api/layers/place/features", "/api/layers/place/summary", "/api/layers/risk_point/features/" + kept.Features[0].ID, "/api/installation"}
	for _, path := range paths {
		if status, _, body := r.get(path + "?"); status != 200 {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}

	w.hold(true)
	began := time.Now()
	var wait sync.WaitGroup
	for _, path := range paths {
		for i := range 5 {
			wait.Go(func() {
				path := path
				if strings.HasPrefix(path, "/api/layers/place") {
					path += fmt.Sprintf("?q=%d", i) // each asks the database, since no answer is kept
				}
				status, h, body := r.get(path)
				if path == "/api/installation" && status == 200 {
					return // counted before; that the database is silent is not noticed yet
				}
				if status != 503 || h.Get("Retry-After") == "" || !strings.Contains(string(body), "database_unavailable") {
					t.Errorf("%s: %d %.200s", path, status, body)
				}
			})
		}
	}
	if e := r.listen("/api/events?last_event_id=0").next("heartbeat"); !e.Data.Delayed {
		t.Errorf("a stream opened meanwhile begins with %+v", e)
	}
	wait.Wait()
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("the last answer came after %v", took)
	}

	w.hold(false)
	for _, path := range paths {
		r.eventually(path+" is answered again", func() bool { status, _, _ := r.get(path); return status == 200 })
	}
	r.eventually("changes are heard again", func() bool { return r.feed.State().Connected })
}

// TestDatabaseGoneInTheMiddle cuts the way to the database while a request waits for it, and joins it again: 503 with a
// time to come back, a not-ready server, a delayed stream; then everything recovers, and no change was lost.
func TestDatabaseGoneInTheMiddle(t *testing.T) {
	address := storetest.URL(t)
	w, through := newWire(t, address)
	r := startOver(t, through, withTiles(t, through))
	r.pool = storetest.Connect(t, address) // SQL behind the server's back takes another way
	r.sql(onePoint, "a")
	s := r.listen("/api/events?last_event_id=0")
	s.next("change")
	var kept collection
	r.json("/api/layers/risk_point/features", &kept)

	lock, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Exec(t.Context(), `LOCK TABLE material_site`); err != nil {
		t.Fatal(err)
	}
	got := make(chan int)
	go func() {
		status, h, _ := r.get("/api/layers/material_site/features")
		if h.Get("Retry-After") == "" {
			t.Error("nothing says when to try again")
		}
		got <- status
	}()
	r.eventually("the request waits in the database", func() bool { return waits(r) })
	w.set(true)
	if status := <-got; status != 503 {
		t.Errorf("the waiting request got %d", status)
	}
	if err := lock.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.eventually("the server says that it is not ready", func() bool { status, _, _ := r.get("/readyz"); return status == 503 })
	for _, path := range []string{"/api/layers/risk_point/features", "/api/layers/risk_point/summary", "/api/installation", "/tiles/risk_point/10/824/438.mvt"} {
		if status, _, body := r.get(path); status != 503 || !strings.Contains(string(body), "database_unavailable") {
			t.Errorf("%s: %d %.200s", path, status, body)
		}
	}
	if e := r.listen("/api/events?last_event_id=1").next("heartbeat"); !e.Data.Delayed || e.ID != "" {
		t.Errorf("a stream opened without a database begins with %+v", e)
	}
	r.sql(onePoint, "b") // while nobody hears

	w.set(false)
	r.eventually("the server is ready again", func() bool { status, _, _ := r.get("/readyz"); return status == 200 })
	if e := s.next("change"); e.Data.Seq != 2 {
		t.Errorf("the stream goes on with %+v", e)
	}
	var now collection
	r.json("/api/layers/risk_point/features", &now)
	if now.Matched != 2 {
		t.Errorf("%d rows, want 2", now.Matched)
	}
}

func waits(r *running) bool {
	var n int
	err := r.pool.QueryRow(r.t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&n)
	return err == nil && n > 0
}

// TestSlowQueriesEnd: a statement that takes too long is ended by the database and answered as such.
func TestSlowQueriesEnd(t *testing.T) {
	t.Parallel() // it waits most of the time
	r := start(t)
	lock, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback(t.Context()) }()
	if _, err := lock.Exec(t.Context(), `LOCK TABLE place`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	status, _, body := r.get("/api/layers/place/features")
	if status != 504 || !strings.Contains(string(body), "query_timeout") || time.Since(began) > 20*time.Second {
		t.Errorf("%d %s after %v", status, body, time.Since(began))
	}
}

// TestKilledBackendsAreNoHarm: the administrator ends every connection of the server.
func TestKilledBackendsAreNoHarm(t *testing.T) {
	r := start(t)
	for range 3 {
		r.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		r.eventually("rows are read again", func() bool { status, _, _ := r.get("/api/layers/place/features"); return status == 200 })
	}
	r.eventually("changes are heard again", func() bool { return r.feed.State().Connected })
}
