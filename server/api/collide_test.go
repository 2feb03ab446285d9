package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

// TestAWriteThatAlwaysCollidesIsToldToComeAgain: others save the same rows at the same time; that is no fault of the server.
func TestAWriteThatAlwaysCollidesIsToldToComeAgain(t *testing.T) {
	r := startWithAreas(t)
	r.sql(`CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected'; END $$`)
	r.sql(`CREATE TRIGGER collide AFTER INSERT ON response_force FOR EACH STATEMENT EXECUTE FUNCTION collide()`)
	status, h, text := r.send("POST", "/api/layers/response_force/features", fields{"type": "Feature", "geometry": fields{"type": "Point", "coordinates": []float64{110.15, 25.2}},
		"properties": fields{"name": "新队", "nature": "militia", "headcount": 5}})
	if status != 503 || h.Get("Retry-After") == "" || !strings.Contains(text, `"code":"busy"`) {
		t.Errorf("%d %v %s", status, h, text)
	}
}

// TestAFileThatIsTooLargeIsToldSo also to clients, such as browsers, that send all of it before they read.
func TestAFileThatIsTooLargeIsToldSo(t *testing.T) {
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	const size = 100 << 20
	_, err = fmt.Fprintf(conn, "POST /api/imports?name=a.csv HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Length: %d\r\n\r\n", strings.TrimPrefix(r.url, "http://"), staff, size)
	if err == nil {
		_, err = io.CopyN(conn, strings.NewReader(strings.Repeat("编号,名称\n", size/14+1)), size)
	}
	if err != nil {
		t.Fatalf("the server hangs up while it is sent: %v", err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); answer.StatusCode != 413 || !strings.Contains(string(body), "file_too_large") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// TestFewFilesAreLookedAtAtOnce: whoever asks for many previews at a time waits, since each takes memory.
func TestFewFilesAreLookedAtAtOnce(t *testing.T) {
	t.Parallel() // it waits most of the time
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	d, _ := r.upload(201, "a.csv", []byte(ledgerOfStores), "&layer=material_site", staff)
	held, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(t.Context()) }()
	if _, err := held.Exec(t.Context(), `LOCK TABLE import_file IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if status, _, text := r.send("GET", "/api/imports/"+d.ID+"/preview?crs=wgs84", nil, "Cookie", staff); status != 200 {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	waiting := func() (n int) {
		if err := held.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'import_file'::regclass`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	most := 0
	for began := time.Now(); time.Since(began) < 2*time.Second; time.Sleep(20 * time.Millisecond) {
		most = max(most, waiting())
	}
	if most < 1 || most > 4 {
		t.Errorf("%d files are read at once", most)
	}
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	all.Wait()
}
