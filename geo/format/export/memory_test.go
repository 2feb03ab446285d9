//go:build !race

// The race detector keeps books about all memory, which is what is measured here.

package export_test

import (
	"io"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo/format/export"
)

// big writes so many rows of the demonstration's size and gives the most memory that was in use above what was before.
func big(t testing.TB, f export.Format, rows int) uint64 {
	t.Helper()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapAlloc))
			}
		}
	}()
	w, err := export.New(io.Discard, f, export.Options{Layer: bag})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	moment := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	values := make([]any, len(export.Fields(bag)))
	for i, field := range export.Fields(bag) {
		switch field.Type {
		case "text", "phone":
			values[i] = "青石街道长桥社区三号应急物资储备点"
		case "number":
			values[i] = 12.5
		case "integer":
			values[i] = int64(i)
		case "date", "time":
			values[i] = moment
		}
	}
	for n := range rows {
		at := orb.Point{110 + float64(n)/1e6, 25}
		if err := w.Write(export.Row{ID: uuid.NewMD5(uuid.NameSpaceOID, []byte{byte(n), byte(n >> 8), byte(n >> 16)}), Values: values, Geometry: at, Anchor: at}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	close(stop)
	<-stopped
	return most.Load() - min(most.Load(), before.HeapAlloc)
}

// BenchmarkHundredThousandRows tells time and memory of each format.
func BenchmarkHundredThousandRows(b *testing.B) {
	for _, f := range export.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			for range b.N {
				b.ReportMetric(float64(big(b, f, 100_000))/(1<<20), "MiB")
			}
		})
	}
}

// TestMemoryDoesNotGrowWithRows: twenty thousand rows, some twenty megabytes as text. A workbook keeps up to 16 MiB of a
// sheet before it takes to the disk, in a buffer that doubles.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	for _, f := range export.Formats() {
		limit := uint64(24 << 20)
		if f.Name == export.XLSX.Name {
			limit = 96 << 20
		}
		if used := big(t, f, 20_000); used > limit {
			t.Errorf("%s: %d MiB", f.Name, used>>20)
		}
	}
}
