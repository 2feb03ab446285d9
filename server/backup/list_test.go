package backup

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fourmaps/server/cluster"
)

// listed gives an installation with one basemap file and a dump, and the list of both.
func listed(t *testing.T) (in Installation, dump, path string, m Manifest) {
	t.Helper()
	in = Installation{Folder: t.TempDir()}
	dump, path = filepath.Join(in.Folder, "dump"), filepath.Join(in.Folder, "basemap", "county.pmtiles")
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("tiles"), 0o644), os.WriteFile(dump, []byte("rows"), 0o600)); err != nil {
		t.Fatal(err)
	}
	entries, err := in.list(dump)
	if err != nil || len(entries) != 2 {
		t.Fatalf("listed %v, %v", entries, err)
	}
	return in, dump, path, Manifest{Format: format, MadeAt: time.Unix(0, 0), Entries: entries}
}

func TestFileChangedAfterItWasListedIsNoticed(t *testing.T) {
	for name, change := range map[string]func(string) error{
		"rewritten": func(path string) error { return os.WriteFile(path, []byte("TILES"), 0o644) },
		"longer":    func(path string) error { return os.WriteFile(path, []byte("tiles and more"), 0o644) },
		"shorter":   func(path string) error { return os.WriteFile(path, []byte("ti"), 0o644) },
		"gone":      os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			in, dump, path, m := listed(t)
			if err := change(path); err != nil {
				t.Fatal(err)
			}
			var changed *changedError
			half := filepath.Join(in.Folder, "half")
			if err := write(half, m, in, dump); !errors.As(err, &changed) || changed.path != path {
				t.Errorf("got %v, want that the file changed", err)
			}
			// The next attempt, at rest, makes a backup that is whole.
			var err error
			if m.Entries, err = in.writeUnchanged(half, m, dump); err != nil {
				t.Fatal(err)
			}
			if _, err := Read(half); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestBackupWhileAFileIsRewrittenIsWholeOrRefused(t *testing.T) {
	in, dump, path, m := listed(t)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := byte(0); ; i++ {
			select {
			case <-stop:
				return
			default:
				os.WriteFile(path, []byte{i, i, i, i}, 0o644)
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	for range 50 {
		half := filepath.Join(in.Folder, "half")
		_, err := in.writeUnchanged(half, m, dump)
		var problem *cluster.Problem
		if errors.As(err, &problem) && problem.Code == FileChanged {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(half); err != nil {
			t.Fatalf("a backup was written that cannot be read: %v", err)
		}
	}
}

func TestLinks(t *testing.T) {
	in, dump, path, _ := listed(t)
	elsewhere := filepath.Join(t.TempDir(), "basemap")
	if err := errors.Join(os.Rename(filepath.Dir(path), elsewhere), os.Symlink(elsewhere, filepath.Dir(path)),
		os.Symlink("county.pmtiles", filepath.Join(elsewhere, "same.pmtiles"))); err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(in.Folder, "half")
	entries, err := in.writeUnchanged(half, Manifest{Format: format}, dump)
	if err != nil || len(entries) != 3 || entries[2].Name != "files/basemap/same.pmtiles" || entries[2].SHA256 != entries[1].SHA256 {
		t.Fatalf("links to a folder and a file: %+v, %v", entries, err)
	}
	if _, err := Read(half); err != nil {
		t.Error(err)
	}
	for name, to := range map[string]string{"folder": t.TempDir(), "nothing": "missing"} {
		link := filepath.Join(elsewhere, name)
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
		_, err := in.list(dump)
		var problem *cluster.Problem
		if !errors.As(err, &problem) || problem.Code != NotAFile {
			t.Errorf("a link to %s: got %v, want a refusal", name, err)
		}
		os.Remove(link)
	}
}
