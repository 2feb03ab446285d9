package files

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestPhotosThatWaitTakeLittleMemory: while the memory for pixels is taken, those that wait for it, and there may be as many
// as uploads, do not hold all their files.
func TestPhotosThatWaitTakeLittleMemory(t *testing.T) {
	blobs, err := NewFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	k, err := New(Options{Blobs: blobs, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := jpeg.Encode(&small, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	remark := append([]byte{0xff, 0xfe, 0xff, 0xff}, make([]byte, 0xfffd)...) // a comment of 64 KB
	photo := append(append(small.Bytes()[:2:2], bytes.Repeat(remark, 18<<20/len(remark))...), small.Bytes()[2:]...)
	if err := k.memory.Acquire(t.Context(), pixelMemory); err != nil {
		t.Fatal(err)
	}
	before := heap()
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			u, err := k.Receive(t.Context(), bytes.NewReader(photo))
			if err != nil {
				t.Error(err)
				return
			}
			u.Close()
		})
	}
	most := uint64(0)
	for range 10 {
		time.Sleep(200 * time.Millisecond)
		most = max(most, heap())
	}
	k.memory.Release(pixelMemory)
	all.Wait()
	if used := (most - min(before, most)) >> 20; used > 250 {
		t.Errorf("24 photos of %d MB that wait take %d MB", len(photo)>>20, used)
	}
}

func heap() uint64 {
	runtime.GC()
	var now runtime.MemStats
	runtime.ReadMemStats(&now)
	return now.HeapAlloc
}

// TestHalfFilesOfAKilledServerGo, those of one that still writes stay.
func TestHalfFilesOfAKilledServerGo(t *testing.T) {
	place := t.TempDir()
	for name, age := range map[string]time.Duration{HalfPrefix + "old": 25 * time.Hour, HalfPrefix + "new": time.Minute} {
		path := filepath.Join(place, name)
		if err := os.WriteFile(path, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	f, err := NewFolder(place)
	if err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(place, HalfPrefix+"*"))
	if err != nil || len(left) != 1 || filepath.Base(left[0]) != HalfPrefix+"new" {
		t.Errorf("left are %v, %v", left, err)
	}
	// a half file lies where the next start looks for it
	if err := f.Put(t.Context(), Key([32]byte{7}), watching{strings.NewReader("x"), func() {
		if half, _ := filepath.Glob(filepath.Join(place, HalfPrefix+"*")); len(half) != 2 {
			t.Errorf("while one is written there are %v", half)
		}
	}}, 1, ""); err != nil {
		t.Fatal(err)
	}
}

// watching tells that it is read.
type watching struct {
	*strings.Reader
	read func()
}

func (w watching) Read(p []byte) (int, error) { w.read(); return w.Reader.Read(p) }

func (w watching) WriteTo(to io.Writer) (int64, error) { w.read(); return w.Reader.WriteTo(to) }
