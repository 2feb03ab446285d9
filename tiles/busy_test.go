package tiles

import (
	"errors"
	"sync"
	"testing"
	"time"

	"fourmaps/geo/layer"
)

// TestTilesKeepToTheirConnections asks for many tiles at once while none can be made: no more connections are opened
// than allowed, and who does not get a turn in time is told to come back.
func TestTilesKeepToTheirConnections(t *testing.T) {
	w := deafWorld(t)
	source, err := NewSource(t.Context(), w.pool, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	source.limit = 500 * time.Millisecond
	lock, err := w.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback(t.Context()) }()
	if _, err := lock.Exec(t.Context(), `LOCK TABLE place`); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	busy, other := 0, 0
	began := time.Now()
	for i := range 30 {
		wait.Go(func() {
			_, err := source.Tile(t.Context(), []*layer.Layer{&layer.Place}, ID{10, uint32(i), 1})
			var refusal *Refusal
			mu.Lock()
			defer mu.Unlock()
			if errors.As(err, &refusal) && refusal.Status == 503 && refusal.Retry > 0 {
				busy++
			} else if err != nil {
				other++
			}
		})
	}
	eventually(t, "the tiles wait", func() bool { return value[int](w, openTiles) > 0 })
	if n := value[int](w, openTiles); n > 3 {
		t.Errorf("%d connections are open", n)
	}
	wait.Wait()
	if busy == 0 || other == 0 || busy+other != 30 {
		t.Errorf("%d were sent away and %d failed otherwise", busy, other)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the last was answered after %v", took)
	}
}

const openTiles = `SELECT count(*)::int FROM pg_stat_activity WHERE application_name = 'fourmaps tiles' AND datname = current_database()`
