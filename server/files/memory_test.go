//go:build !race

// Under the race detector one photo takes ten times as long, and those that wait are told to come again.

package files_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fourmaps/server/files"
)

// large is a photo of 24 million pixels as a phone makes it: 6000 × 4000, 4:2:0, with noise.
func large(t *testing.T) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, 6000, 4000), image.YCbCrSubsampleRatio420)
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range img.Y {
		img.Y[i] = uint8(i/6000/16 + int(noise.Uint32()%8))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestMemoryOfALargePhoto: eight photos of 24 million pixels at once, which lie on their side, stay below the limit.
func TestMemoryOfALargePhoto(t *testing.T) {
	if testing.Short() {
		t.Skip("-short was asked for: this makes eight photos of 24 million pixels smaller, about ten seconds")
	}
	photo := told(large(t), block(binary.LittleEndian, said{orientation: 6}))
	k := keeper(t, files.Limits{})
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapInuse))
			}
		}
	}()
	began := time.Now()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			u, err := k.Receive(t.Context(), bytes.NewReader(photo))
			if err != nil {
				t.Error(err)
				return
			}
			u.Close()
		})
	}
	all.Wait()
	close(stop)
	took := time.Since(began)
	used := (most.Load() - before.HeapInuse) >> 20
	t.Logf("8 photos of %.1f MB and 24 million pixels: %d MiB, %v", float64(len(photo))/1e6, used, took)
	// The limit holds for pixels; with the files themselves and what the garbage collector has not seen yet it is twice as much.
	if used > 800 {
		t.Errorf("they took %d MiB", used)
	}
}
