package tiles

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"fourmaps/geo/layer"
)

// get asks the handler; an error of it becomes the status that the API would answer with.
func (w *world) get(target string, headers ...string) *httptest.ResponseRecorder {
	return w.ask(http.MethodGet, target, headers...)
}

func (w *world) ask(method, target string, headers ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	r := httptest.NewRequest(method, "http://maps.example/", nil)
	u, err := url.Parse("http://maps.example" + target)
	if err != nil {
		w.t.Fatal(err)
	}
	r.URL = u
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	if err := w.Serve(rec, r); err != nil {
		rec.Code = statusOf(err)
		rec.Header().Set("Test-Error", err.Error())
	}
	return rec
}

func statusOf(err error) int {
	var refusal *Refusal
	var parameter *layer.ParameterError
	switch {
	case errors.As(err, &refusal):
		return refusal.Status
	case errors.As(err, &parameter):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

func TestAddressesThatAreNoTile(t *testing.T) {
	w := deafWorld(t)
	for target, status := range map[string]int{
		"/tiles/nothing/1/0/0.mvt":                        404,
		"/tiles/place,nothing/1/0/0.mvt":                  404,
		"/tiles/place,/1/0/0.mvt":                         404,
		"/tiles//1/0/0.mvt":                               404,
		"/tiles/spatial_ref_sys/1/0/0.mvt":                404,
		"/tiles/place,place/1/0/0.mvt":                    400,
		"/tiles/place/30/0/0.mvt":                         404,
		"/tiles/place/23/0/0.mvt":                         404,
		"/tiles/place/3/8/0.mvt":                          404,
		"/tiles/place/3/0/8.mvt":                          404,
		"/tiles/place/3/0/99999999999999999999999.mvt":    404,
		"/tiles/place/-1/0/0.mvt":                         400,
		"/tiles/place/3/-1/0.mvt":                         400,
		"/tiles/place/3/0/-1.mvt":                         400,
		"/tiles/place/3/0/1.5.mvt":                        400,
		"/tiles/place/x/y/z.mvt":                          400,
		"/tiles/place/%2B1/0/0.mvt":                       400,
		"/tiles/place///.mvt":                             400,
		"/tiles/place/1e1/0/0.mvt":                        400,
		"/tiles/place/1/0.mvt":                            404,
		"/tiles/place/1/0/0/0.mvt":                        404,
		"/tiles/place/1/0/0.pbf":                          404,
		"/tiles/place/1/0/0.mvt?colour=red":               400,
		"/tiles/place,road/1/0/0.mvt?kind=town":           400,
		"/tiles/place/1/0/0.mvt?kind=nothing":             400,
		"/tiles/place/1/0/0.mvt?kind=town;x=1":            400,
		"/tiles/place/1/0/0.mvt?kind=%zz":                 400,
		"/tiles/place.json?x=1;y=2":                       400,
		"/tiles/place/1/0/0.mvt?nonsense=":                400,
		"/tiles/place/1/0/0.mvt?bbox=1,2,3":               400,
		"/tiles/place/1/0/0.mvt?bbox=NaN,0,1,1":           400,
		"/tiles/place/1/0/0.mvt?kind=town'%20OR%20'1'='1": 400,
		"/tiles/place;DROP%20TABLE%20place/1/0/0.mvt":     404,
		"/tiles/":                             404,
		"/tiles/nothing.json":                 404,
		"/tiles/place.json?x=1":               400,
		"/tiles/place/1/0/0.mvt?":             204,
		"/tiles/place/22/4194303/4194303.mvt": 204,
		"/tiles/place/1/0/0.mvt?kind=":        204,
		"/tiles/place/4/0/0.mvt?q=%27%3B%20DROP%20TABLE%20place%3B--": 204,
		"/tiles/place%2Croad/1/0/0.mvt":                               204,
	} {
		if rec := w.get(target); rec.Code != status {
			t.Errorf("%s: %d (%s), want %d", target, rec.Code, rec.Header().Get("Test-Error"), status)
		}
	}
}

func FuzzTilePath(f *testing.F) {
	for _, s := range []string{"place/1/0/0", "place,road/22/1/1", "a/b/c/d", "place/-1/0/0", "place/99999999999/0/0", ",,/1/1/1", "place/1/0/0/0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, err := parseTilePath(path)
		if err == nil && (!a.tile.Valid() || len(a.layers) == 0) {
			t.Errorf("%q was read as %+v", path, a)
		}
		if err != nil && statusOf(err) != 404 && statusOf(err) != 400 {
			t.Errorf("%q: %v", path, err)
		}
	})
}

func TestTileOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.sites(50, 112.995, 28.001, 113.01, 28.01)
	target := path(around(113, 28.005, 12), "material_site")
	w.settle()

	first := w.get(target, "Accept-Encoding", "gzip, deflate, br")
	h := first.Header()
	for key, want := range map[string]string{"Content-Type": "application/vnd.mapbox-vector-tile", "Content-Encoding": "gzip", "Cache-Control": "no-cache", "Vary": "Accept-Encoding"} {
		if h.Get(key) != want {
			t.Errorf("%s is %q", key, h.Get(key))
		}
	}
	plain, err := gunzip(first.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(mustRead(t, plain)["material_site"].features); n != 50 {
		t.Errorf("%d features", n)
	}
	tag := h.Get("ETag")
	if !strings.HasPrefix(tag, `"`) {
		t.Fatalf("the ETag %s is not strong", tag)
	}
	for _, match := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		rec := w.get(target, "Accept-Encoding", "gzip", "If-None-Match", match)
		if rec.Code != http.StatusNotModified || rec.Body.Len() > 0 || rec.Header().Get("ETag") != tag {
			t.Errorf("If-None-Match %s: %d", match, rec.Code)
		}
	}
	if rec := w.get(target, "If-None-Match", `"x"`); rec.Code != http.StatusOK {
		t.Errorf("another ETag: %d", rec.Code)
	}

	head := w.ask(http.MethodHead, target, "Accept-Encoding", "gzip")
	if head.Code != 200 || head.Body.Len() > 0 || head.Header().Get("Content-Length") != h.Get("Content-Length") || head.Header().Get("ETag") != tag {
		t.Errorf("HEAD: %d %v", head.Code, head.Header())
	}

	identity := w.get(target)
	if !bytes.Equal(identity.Body.Bytes(), plain) || identity.Header().Get("Content-Encoding") != "" || identity.Header().Get("ETag") == tag {
		t.Errorf("without gzip: %v", identity.Header())
	}
	br := w.get(target, "Accept-Encoding", "br")
	unpacked, err := io.ReadAll(brotli.NewReader(br.Body))
	if err != nil || !bytes.Equal(unpacked, plain) || br.Header().Get("Content-Encoding") != "br" || br.Header().Get("ETag") == tag {
		t.Errorf("brotli: %v %v", err, br.Header())
	}
	if rec := w.get(target, "Accept-Encoding", "gzip;q=0, identity"); rec.Header().Get("Content-Encoding") != "" {
		t.Error("gzip was sent to one who refuses it")
	}

	empty := w.get(path(around(10, 10, 12), "material_site"))
	if empty.Code != http.StatusNoContent || empty.Body.Len() > 0 || empty.Header().Get("Content-Type") != "" {
		t.Errorf("an empty tile: %d %v", empty.Code, empty.Header())
	}
	other := w.get(path(around(113, 28, 12), "place,material_site"))
	same := w.get(path(around(113, 28, 12), "material_site,place"))
	if other.Header().Get("ETag") != same.Header().Get("ETag") {
		t.Error("the order of the layers changes the tile")
	}
}

func TestCachedTileIsServedWithoutTheDatabase(t *testing.T) {
	w := newWorld(t)
	w.site("one", 113, 28)
	w.settle()
	full, empty := path(around(113, 28, 12), "material_site"), path(around(10, 10, 12), "material_site")
	for _, target := range []string{full, empty} {
		eventually(t, "it is kept", func() bool { w.get(target); return w.Cache.Get(target) != nil })
	}
	w.Source = nil // asking it would panic
	for target, status := range map[string]int{full: 200, empty: 204} {
		if rec := w.get(target); rec.Code != status {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	r := httptest.NewRequest(http.MethodGet, full, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	rec := &nowhere{header: http.Header{}}
	allocations := testing.AllocsPerRun(1000, func() {
		if err := w.Serve(rec, r); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 0 {
		t.Errorf("a cached tile costs %g allocations", allocations)
	}
}

// nowhere is a response that goes nowhere.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}

func TestChangedRowIsInTheNextTileAndOthersStay(t *testing.T) {
	w := newWorld(t)
	w.site("one", 113, 28)
	w.settle()
	here, there := path(around(113, 28, 12), "material_site"), path(around(113.5, 28, 12), "material_site")
	far, roads := path(around(100, 28, 12), "material_site"), path(around(113, 28, 12), "road")
	for _, target := range []string{here, there, far, roads} {
		eventually(t, "it is kept", func() bool { w.get(target); return w.Cache.Get(target) != nil })
	}
	w.exec(`UPDATE material_site SET geom = ST_Translate(geom, 0.5, 0)`)
	eventually(t, "it left", func() bool { return w.get(here).Code == http.StatusNoContent })
	eventually(t, "it arrived", func() bool { return w.get(there).Code == http.StatusOK })
	if w.Cache.Get(far) == nil || w.Cache.Get(roads) == nil {
		t.Error("a tile that the change does not touch was forgotten")
	}
	w.exec(`UPDATE material_site SET name = 'two'`)
	eventually(t, "it is renamed", func() bool { return strings.Contains(w.get(there).Body.String(), "two") })
}

func TestTileJSON(t *testing.T) {
	w := newWorld(t)
	w.site("one", 113, 28)
	w.site("two", 113.25, 28.5)
	rec := w.get("/tiles/road,material_site.json")
	var doc TileJSON
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || rec.Code != 200 {
		t.Fatal(rec.Code, err)
	}
	if doc.TileJSON != "3.0.0" || doc.Scheme != "xyz" || len(doc.Tiles) != 1 || doc.Tiles[0] != "http://maps.example/tiles/material_site,road/{z}/{x}/{y}.mvt" {
		t.Errorf("%+v", doc)
	}
	if want := []float64{113, 28, 113.25, 28.5}; len(doc.Bounds) != 4 || [4]float64(doc.Bounds) != [4]float64(want) {
		t.Errorf("bounds are %v", doc.Bounds)
	}
	if doc.MinZoom != 4 || doc.MaxZoom != 16 || len(doc.VectorLayers) != 2 || len(doc.Center) != 3 {
		t.Errorf("%+v", doc)
	}
	// every property of every tile is declared, and the zooms hold
	w.sites(600, 112.99, 27.99, 113.01, 28.01)
	for z := uint8(0); z <= 16; z++ {
		for name, l := range w.read(around(113, 28, z), "material_site", "road") {
			for _, v := range doc.VectorLayers {
				if v.ID != name {
					continue
				}
				if int(z) < v.MinZoom {
					t.Errorf("%s has features at zoom %d", name, z)
				}
				for _, f := range l.features {
					for key := range f.props {
						if _, declared := v.Fields[key]; !declared {
							t.Errorf("%s at zoom %d carries %s, which is not declared", name, z, key)
						}
					}
				}
			}
		}
	}
	eventually(t, "the bounds follow the rows", func() bool {
		var doc TileJSON
		return json.Unmarshal(w.get("/tiles/material_site.json").Body.Bytes(), &doc) == nil && doc.Bounds[0] < 113
	})
	empty := w.get("/tiles/building.json")
	if strings.Contains(empty.Body.String(), "bounds") {
		t.Errorf("an empty layer has bounds: %s", empty.Body)
	}
	if rec := w.get("/tiles/building.json", "X-Forwarded-Proto", "https"); !strings.Contains(rec.Body.String(), "https://maps.example/") {
		t.Errorf("behind https: %s", rec.Body)
	}
}

// A peer answered 503 for good after clients dropped, another let their queries run on for seconds.
func TestAfterDroppedClientsTheNextTileComesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.site("one", 113, 28)
	w.exec(`ALTER TABLE building DISABLE TRIGGER USER`)
	w.exec(`INSERT INTO building (origin_key, kind, geom)
		SELECT i::text, 'other', ST_Buffer(ST_SetSRID(ST_MakePoint(113 + (i % 200) * 0.0001, 28 + (i / 200) * 0.0001), 4326), 0.00004, 8) FROM generate_series(1, 30000) i`)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := w.Serve(rw, r); err != nil {
			rw.WriteHeader(statusOf(err))
		}
	}))
	defer server.Close()
	fetch := func(ctx context.Context, target string) (int, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+target, nil)
		if err != nil {
			return 0, err
		}
		response, err := server.Client().Do(r)
		if err != nil {
			return 0, err
		}
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		return response.StatusCode, err
	}
	small := func(i int) string { return path(around(113, 28, uint8(6+i%10)), "material_site") }
	if _, err := fetch(t.Context(), small(9)); err != nil { // prepares statements and connections
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := fetch(t.Context(), path(around(113.01, 28.005, 13), "building")); err != nil {
		t.Fatal(err)
	}
	heavy := time.Since(began)
	var times []time.Duration
	for round := range 5 {
		ctx, drop := context.WithCancel(t.Context())
		left := make(chan struct{})
		for i := range 32 {
			go func() {
				defer func() { left <- struct{}{} }()
				_, _ = fetch(ctx, path(around(113.0001+float64(i)*0.0005, 28.005, uint8(13+(i+round)%3)), "building")+"?levels.null=true") // dropped on purpose
			}()
		}
		time.Sleep(60 * time.Millisecond)
		drop()
		for range 32 {
			<-left
		}
		began := time.Now()
		status, err := fetch(t.Context(), small(round))
		took := time.Since(began)
		if err != nil || status != http.StatusOK {
			t.Fatalf("after dropped clients: %d %v", status, err)
		}
		times = append(times, took)
	}
	slices.Sort(times)
	t.Logf("a heavy tile takes %v; after 32 dropped ones the next small tile took %v", heavy, times)
	limit := 50 * time.Millisecond
	if raceDetector {
		limit *= 5 // the detector slows everything down
	}
	if usual := times[len(times)/2]; usual > limit { // the machine may have other work once
		t.Errorf("the next small tile took %v", usual)
	}
}

func TestStatementOfATileEndsInTime(t *testing.T) {
	w := deafWorld(t)
	conn, err := w.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE place IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = w.Source.Tile(ctx, []*layer.Layer{mustLayer(t, "place")}, around(113, 28, 8))
	if err == nil || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
	eventually(t, "the database stopped the statement", func() bool {
		var n int
		err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%FROM place%' AND state = 'active' AND pid <> pg_backend_pid()").Scan(&n)
		return err == nil && n == 0
	})
	if _, err := conn.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkServeCachedTile(b *testing.B) {
	w := newWorld(b)
	w.sites(50, 112.99, 27.99, 113.01, 28.01)
	var targets []string
	for z := uint8(8); z < 16; z++ {
		target := path(around(113, 28, z), "material_site")
		eventually(b, "it is kept", func() bool { w.get(target); return w.Cache.Get(target) != nil })
		targets = append(targets, target)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		rec := &nowhere{header: http.Header{}}
		r := httptest.NewRequest(http.MethodGet, targets[0], nil)
		r.Header.Set("Accept-Encoding", "gzip")
		for i := 0; pb.Next(); i++ {
			r.URL.Path = targets[i%len(targets)]
			if err := w.Serve(rec, r); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkColdTile(b *testing.B) {
	w := deafWorld(b)
	w.sites(800, 112.8, 27.8, 113.2, 28.2)
	layers := []*layer.Layer{mustLayer(b, "risk_point"), mustLayer(b, "material_site"), mustLayer(b, "response_force"), mustLayer(b, "command_unit")}
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		id := around(112.8+r.Float64()*0.4, 27.8+r.Float64()*0.4, uint8(8+r.IntN(8)))
		if _, err := w.Source.Tile(b.Context(), layers, id); err != nil {
			b.Fatal(err)
		}
	}
}
