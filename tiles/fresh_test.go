package tiles

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tracked is a row that one editor changes; its name is a number that grows with every edit.
type tracked struct {
	mu     sync.Mutex
	states []state // oldest first
}

type state struct {
	count     int
	lon, lat  float64
	gone      bool
	began     time.Time
	committed time.Time // zero while it is being written
}

// settledAt gives the newest state that was committed by then, and whether another edit has begun since.
func (r *tracked) settledAt(then, until time.Time) (s state, ok, disturbed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, have := range r.states {
		switch {
		case !have.committed.IsZero() && !have.committed.After(then):
			s, ok, disturbed = have, true, false
		case have.began.Before(until):
			disturbed = true
		}
	}
	return s, ok, disturbed
}

// No answer that begins a second after a commit is older than that commit; tiles that no edit touches stay in the cache.
func TestTilesAreNeverStaleUnderEdits(t *testing.T) {
	const (
		rows    = 160
		editors = 4
		readers = 4
		grace   = time.Second
	)
	edits := 1200
	if testing.Short() {
		edits = 300
	}
	w := newWorld(t)
	place := func(r *rand.Rand) (lon, lat float64) { return 113 + r.Float64()*0.3, 28 + r.Float64()*0.3 }
	all := make([]*tracked, rows)
	seed := rand.New(rand.NewPCG(3, 3))
	for i := range all {
		lon, lat := place(seed)
		began := time.Now()
		w.site("0", lon, lat)
		all[i] = &tracked{states: []state{{lon: lon, lat: lat, began: began, committed: time.Now()}}}
	}
	far := make([]string, 0, 40)
	w.sites(40, 100, 25, 101, 26)
	w.settle()
	for z := uint8(8); z < 12; z++ {
		for i := range 10 {
			target := path(around(100.05+float64(i)*0.1, 25.5, z), "material_site")
			w.get(target)
			if w.Cache.Get(target) == nil {
				t.Fatalf("%s is not kept", target)
			}
			far = append(far, target)
		}
	}

	var left, checked, disturbedReads atomic.Int64
	left.Store(int64(edits))
	var writing, reading sync.WaitGroup
	for e := range editors {
		writing.Go(func() {
			r := rand.New(rand.NewPCG(4, uint64(e)))
			for left.Add(-1) >= 0 {
				i := e + editors*r.IntN(rows/editors) // each row has one editor
				if err := edit(w, r, int64(i+1), all[i], place); err != nil {
					t.Errorf("an edit failed: %v", err)
					return
				}
				time.Sleep(time.Duration(r.IntN(int(30 * time.Millisecond)))) // rows must rest for a second now and then
			}
		})
	}
	done := make(chan struct{})
	for e := range readers {
		reading.Go(func() {
			r := rand.New(rand.NewPCG(5, uint64(e)))
			for {
				select {
				case <-done:
					return
				default:
				}
				i := r.IntN(rows)
				began := time.Now()
				s, ok, _ := all[i].settledAt(began.Add(-grace), began)
				if !ok {
					continue
				}
				id := around(s.lon, s.lat, uint8(11+r.IntN(5)))
				seen := w.countsIn(path(id, "material_site"))
				ended := time.Now()
				s, _, disturbed := all[i].settledAt(began.Add(-grace), ended)
				have, shown := seen[uint64(i+1)]
				switch {
				case disturbed:
					disturbedReads.Add(1)
				case shown == s.gone, shown && have != s.count:
					t.Errorf("row %d is %+v, but the tile %v shows it: %v, as %d", i+1, s, id, shown, have)
				}
				for fid, count := range seen { // and no tile shows any row as it was before
					if fid > rows {
						continue
					}
					if s, ok, _ := all[fid-1].settledAt(began.Add(-grace), ended); ok && count < s.count {
						t.Errorf("the tile %v shows row %d as %d, %v after it became %d", id, fid, count, began.Sub(s.committed), s.count)
					}
				}
				checked.Add(1)
			}
		})
	}
	writing.Wait()
	time.Sleep(grace + 200*time.Millisecond)
	close(done)
	reading.Wait()
	for i := range all { // at rest, everything is as it was written last
		s, _, _ := all[i].settledAt(time.Now().Add(-grace), time.Now())
		for z := uint8(11); z < 16; z++ {
			have, shown := w.countsIn(path(around(s.lon, s.lat, z), "material_site"))[uint64(i+1)]
			if shown == s.gone || shown && have != s.count {
				t.Errorf("at rest row %d is %+v, but at zoom %d it shows: %v, as %d", i+1, s, z, shown, have)
			}
		}
	}
	for _, target := range far {
		if w.Cache.Get(target) == nil {
			t.Errorf("%s was forgotten though nobody touched it", target)
		}
	}
	counts := w.Cache.Counts()
	t.Logf("%d reads checked (%d while the row was being edited), %+v", checked.Load(), disturbedReads.Load(), counts)
	if counts.Hits == 0 || counts.Forgot == 0 || checked.Load() < 100 {
		t.Error("the test did not test much")
	}
	w.checkCells("material_site")
}

// edit changes a row in one of the ways in which rows change.
func edit(w *world, r *rand.Rand, fid int64, row *tracked, place func(*rand.Rand) (float64, float64)) error {
	row.mu.Lock()
	s := row.states[len(row.states)-1]
	row.mu.Unlock()
	s.count++
	s.began, s.committed = time.Now(), time.Time{}
	sql := `UPDATE material_site SET name = $2 WHERE fid = $1`
	args := []any{fid, fmt.Sprint(s.count)}
	switch way := r.IntN(4); {
	case way == 0 && !s.gone:
		sql, s.gone = `UPDATE material_site SET name = $2, deleted_at = now() WHERE fid = $1`, true
	case s.gone:
		sql, s.gone = `UPDATE material_site SET name = $2, deleted_at = NULL WHERE fid = $1`, false
	case way == 1:
		s.lon, s.lat = place(r)
		sql = `UPDATE material_site SET name = $2, geom = ST_SetSRID(ST_MakePoint($3, $4), 4326) WHERE fid = $1`
		args = append(args, s.lon, s.lat)
	}
	row.mu.Lock()
	row.states = append(row.states, s)
	row.mu.Unlock()
	if _, err := w.pool.Exec(context.Background(), sql, args...); err != nil {
		return err
	}
	row.mu.Lock()
	row.states[len(row.states)-1].committed = time.Now()
	row.mu.Unlock()
	return nil
}

// countsIn reads a tile through the cache: the number in each row's name, by fid.
func (w *world) countsIn(target string) map[uint64]int {
	rec := w.get(target)
	if rec.Code != http.StatusOK && rec.Code != http.StatusNoContent {
		w.t.Errorf("%s: %d %s", target, rec.Code, rec.Header().Get("Test-Error"))
	}
	layers, err := readMVT(rec.Body.Bytes())
	if err != nil {
		w.t.Errorf("%s: %v", target, err)
	}
	out := map[uint64]int{}
	if l := layers["material_site"]; l != nil {
		for _, f := range l.features {
			out[f.id], _ = strconv.Atoi(fmt.Sprint(f.props["name"]))
		}
	}
	return out
}

func TestLostFeedEmptiesTheCacheAndFoundFeedFillsItAgain(t *testing.T) {
	w := deafWorld(t)
	w.site("one", 113, 28)
	ctx, lose := context.WithCancel(t.Context())
	w.listen(ctx, w.Cache)
	target := path(around(113, 28, 12), "material_site")
	w.get(target)
	if w.Cache.Get(target) == nil {
		t.Fatal("it is not kept while the feed is heard")
	}
	lose()
	eventually(t, "it is forgotten", func() bool { return w.Cache.Get(target) == nil && !w.Cache.Counts().Live })
	w.exec(`UPDATE material_site SET name = '2'`)
	if w.countsIn(target)[1] != 2 {
		t.Error("without a feed the tile is old")
	}
	if w.Cache.Get(target) != nil {
		t.Error("it is kept though nobody hears of changes")
	}
	w.listen(t.Context(), w.Cache)
	w.get(target)
	if w.Cache.Get(target) == nil {
		t.Error("it is not kept after the feed was found again")
	}
}
