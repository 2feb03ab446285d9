package intake

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/google/uuid"

	"fourmaps/geo/format"
	"fourmaps/server/store"
)

// Whoever checks a ledger again and again, after each correction of the mapping, holds one reading of it and not all.
func TestReadingsThatWereReplacedAreForgotten(t *testing.T) {
	var s shelf
	draft := uuid.New()
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for n := range 8 {
		what := &reading{}
		for i := range 5000 {
			values := map[string]any{}
			for j := range 15 {
				values[fmt.Sprint("f", j)] = fmt.Sprint("value", i, j)
			}
			if !what.add(&format.Record{Values: values}, nil) {
				t.Fatal("too much for the shelf")
			}
		}
		s.put(store.Draft{ID: draft, Revision: n}, what)
	}
	held := heap() - before
	if counted := uint64(s.kept[0].what.bytes); len(s.kept) != 1 || held > 2*counted {
		t.Errorf("%d readings, %d MB held, %d MB counted", len(s.kept), held>>20, counted>>20)
	}
	s.drop(draft)
}
