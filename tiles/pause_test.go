package tiles

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSilentSourceKeepsNobodyWaiting: while one source hangs the others answer, and after a few tries it is no longer
// waited for, until it answers again.
func TestSilentSourceKeepsNobodyWaiting(t *testing.T) {
	w := deafWorld(t)
	var log lockedBuffer
	quiet := slog.New(slog.NewTextHandler(&log, nil))
	w.Basemap.rasters = newRasterFetcher(quiet)
	w.Basemap.rasters.client.Timeout = 3 * time.Second
	var calls atomic.Int32
	var asked, ended atomic.Int32 // of the silent source
	var hangs atomic.Bool
	hangs.Store(true)
	id := around(113, 28, 15)
	well := upstream(t, id, &calls)
	silent := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if hangs.Load() {
			<-r.Context().Done()
			return
		}
		well.Config.Handler.ServeHTTP(rw, r)
	}))
	defer silent.Close()
	w.put(rastersFile, fmt.Appendf(nil, `{"raster": [{"name": "silent", "url": "%s/{z}/{x}/{y}?tk=secret-key", "crs": "WGS84"},
		{"name": "well", "url": "%s/{z}/{x}/{y}?tk=secret-key", "crs": "WGS84"}]}`, silent.URL, well.URL))
	w.choices()
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			defer ended.Add(1)
			if rec := w.get(fmt.Sprintf("/tiles/raster/silent/10/%d/1", i)); rec.Code != http.StatusBadGateway {
				t.Errorf("a silent source: %d", rec.Code)
			}
		})
	}
	eventually(t, "they hang", func() bool { return asked.Load() == turnsOfSource })
	for i := range 5 {
		if rec := w.get(fmt.Sprintf("/tiles/raster/well/10/%d/1", i)); rec.Code != 200 {
			t.Errorf("another source: %d", rec.Code)
		}
	}
	if n := ended.Load(); n > 0 {
		t.Errorf("another source answered only after %d requests to the silent one had ended", n)
	}
	wait.Wait()
	if n := asked.Load(); n > turnsOfSource+failuresToPause {
		t.Errorf("a silent source was asked %d times", n)
	}
	before := asked.Load()
	for i := range 20 {
		rec := w.get(fmt.Sprintf("/tiles/raster/silent/10/%d/2", i))
		if rec.Code != http.StatusBadGateway || !strings.Contains(rec.Header().Get("Test-Error"), "again in a while") {
			t.Errorf("%d %s", rec.Code, rec.Header().Get("Test-Error"))
		}
	}
	if n := asked.Load() - before; n > 0 {
		t.Errorf("a source known to be silent was asked %d times", n)
	}
	if n := strings.Count(log.String(), "gives no tiles"); n != 1 {
		t.Errorf("a silent source is logged %d times: %s", n, log.String())
	}
	hangs.Store(false)
	for _, f := range w.Basemap.rasters.health.failing { // the pause is over
		f.until = time.Now()
	}
	eventually(t, "the source is asked again", func() bool { return w.get("/tiles/raster/silent/10/1/3").Code == 200 })
	if rec := w.get("/tiles/raster/silent/10/2/3"); rec.Code != 200 {
		t.Errorf("a source that answers again: %d", rec.Code)
	}
}

// TestOneRequestTriesAfterAPause lets time pass by hand.
func TestOneRequestTriesAfterAPause(t *testing.T) {
	h := &health{failing: map[string]*failing{}}
	now := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	for i := range failuresToPause {
		if !h.asks("a", now) {
			t.Fatalf("after %d failures it is not asked", i)
		}
		if news := h.failed("a", whySilent, true, now); news != (i == 0) {
			t.Errorf("failure %d is news: %v", i, news)
		}
	}
	later := now.Add(sourcePause)
	if h.asks("a", now) || h.asks("a", later.Add(-1)) {
		t.Error("it is asked in the pause")
	}
	if !h.asks("b", now) {
		t.Error("another is not asked")
	}
	if !h.asks("a", later) || h.asks("a", later) {
		t.Error("after the pause not exactly one asks")
	}
	h.well("a")
	for range 2 {
		if !h.asks("a", later) {
			t.Error("one that answers again is not asked")
		}
	}
	for range 2 * failuresToPause {
		h.failed("a", whyStatus(403), false, now)
	}
	if !h.asks("a", now) {
		t.Error("one that refuses is left alone, though it answers quickly")
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
