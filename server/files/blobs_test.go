package files_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"fourmaps/server/files"
)

// bucket is a bucket of an S3 server that somebody else wrote.
func bucket(t *testing.T) files.Blobs {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("maps"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := files.OpenBucket("s3://maps/county/files?region=us-east-1&endpoint="+server.URL, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func secrets(name string) string {
	return map[string]string{"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret"}[name]
}

func folder(t *testing.T) files.Blobs {
	t.Helper()
	f, err := files.NewFolder(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestBlobs holds both stores to the same promises.
func TestBlobs(t *testing.T) {
	for name, open := range map[string]func(*testing.T) files.Blobs{"folder": folder, "bucket": bucket} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			if err := b.Check(ctx); err != nil {
				t.Fatal(err)
			}
			content := bytes.Repeat([]byte("0123456789"), 100_000)
			key := files.Key(sha256.Sum256(content))
			if _, err := b.Get(ctx, key); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what is not there gives %v", err)
			}
			for range 2 { // the same again is the same
				if err := b.Put(ctx, key, bytes.NewReader(content), int64(len(content)), "image/jpeg"); err != nil {
					t.Fatal(err)
				}
			}
			from, err := b.Get(ctx, key)
			if err != nil {
				t.Fatal(err)
			}
			defer from.Close()
			if size, err := from.Seek(0, io.SeekEnd); err != nil || size != int64(len(content)) {
				t.Errorf("size %d, %v", size, err)
			}
			if _, err := from.Seek(500_003, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			part := make([]byte, 5)
			if _, err := io.ReadFull(from, part); err != nil || string(part) != "34567" {
				t.Errorf("a range is %q, %v", part, err)
			}
			if _, err := from.Seek(0, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if all, err := io.ReadAll(from); err != nil || !bytes.Equal(all, content) {
				t.Errorf("%d bytes, %v", len(all), err)
			}
			if err := b.Put(ctx, files.Key([32]byte{1}), strings.NewReader("short"), 50, "image/jpeg"); err == nil {
				t.Error("half a content is stored")
			}
			if _, err := b.Get(ctx, files.Key([32]byte{1})); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("half a content is there: %v", err)
			}
			for range 2 {
				if err := b.Remove(ctx, key); err != nil {
					t.Error(err)
				}
			}
			if _, err := b.Get(ctx, key); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what was removed gives %v", err)
			}
		})
	}
}

// TestManyAtOnce puts the same and other photos from many sides; each is there whole, and no half file is left.
func TestManyAtOnce(t *testing.T) {
	place := t.TempDir()
	blobs, err := files.NewFolder(place)
	if err != nil {
		t.Fatal(err)
	}
	k, err := files.New(files.Options{Blobs: blobs, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			u, err := k.Receive(t.Context(), bytes.NewReader(encoded(t, corner(200+i%3, 150))))
			if err != nil {
				t.Error(err)
				return
			}
			defer u.Close()
			if err := k.Keep(t.Context(), u); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	found := 0
	err = filepath.WalkDir(place, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		content, err := os.ReadFile(path)
		if sum := fmt.Sprintf("%x", sha256.Sum256(content)); !strings.Contains(d.Name(), ".") && sum != d.Name() || strings.HasPrefix(d.Name(), files.HalfPrefix) {
			t.Errorf("%s is not what it is called", path)
		}
		return err
	})
	if err != nil || found != 9 {
		t.Errorf("%d files, %v", found, err)
	}
}

func TestAddressesOfBuckets(t *testing.T) {
	none := func(string) string { return "" }
	for address, getenv := range map[string]func(string) string{
		"s3://maps": none, "https://maps": secrets, "s3://": secrets, "s3://id:secret@maps": secrets,
		"s3://maps?endpoint=host:9000": secrets, "s3://maps?endpoint=https://id:secret@host": secrets, "s3://maps?key=1": secrets,
	} {
		if _, err := files.OpenBucket(address, getenv); err == nil {
			t.Errorf("%s is taken", address)
		}
	}
	if b, err := files.OpenBucket("s3://maps", secrets); err != nil || b.Place() != "s3://maps" {
		t.Errorf("Amazon's own: %v", err)
	}
	if err := bucket(t).Check(t.Context()); err != nil {
		t.Error(err)
	}
}
