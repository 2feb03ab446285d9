package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTemporaryFilesOfAKilledServerGo: with all that lies in folders; beside another server only what is old.
func TestTemporaryFilesOfAKilledServerGo(t *testing.T) {
	for _, c := range []struct {
		name     string
		alone    bool
		old, new bool // still there
	}{{"alone", true, false, false}, {"beside another server", false, false, true}} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("TMPDIR", "") // so that the test ends with what was set before
			t.Setenv("TMP", "")
			folder := t.TempDir()
			now := time.Now()
			there := func(name string) string { return filepath.Join(folder, "temporary", name) }
			for _, name := range []string{"fourmaps-import-1.shp", "fourmaps-export-old/rows.gpkg", "fourmaps-import-2.shp"} {
				if err := os.MkdirAll(filepath.Dir(there(name)), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(there(name), []byte("0000-0000001"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := now.Add(-25 * time.Hour)
			for _, name := range []string{"fourmaps-import-1.shp", "fourmaps-export-old"} {
				if err := os.Chtimes(there(name), before, before); err != nil {
					t.Fatal(err)
				}
			}
			if err := useTemporary(folder, c.alone, now); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]bool{"fourmaps-import-1.shp": c.old, "fourmaps-export-old": c.old, "fourmaps-import-2.shp": c.new} {
				if _, err := os.Stat(there(name)); (err == nil) != want {
					t.Errorf("%s: %v, want it there: %v", name, err, want)
				}
			}
			made, err := os.CreateTemp("", "fourmaps-export-*")
			if err != nil {
				t.Fatal(err)
			}
			defer made.Close()
			if filepath.Dir(made.Name()) != filepath.Join(folder, "temporary") {
				t.Errorf("a new one is made as %s", made.Name())
			}
		})
	}
}
