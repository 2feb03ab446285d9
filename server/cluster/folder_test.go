package cluster

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFolderWithoutDatabaseIsRefusedAtOnce: what lies there is not ours to move, and nothing is made beside it.
func TestFolderWithoutDatabaseIsRefusedAtOnce(t *testing.T) {
	folder := dataFolder(t)
	bin := pretended(t, "15.14", "3.3.2")
	path := filepath.Join(folder, "postgres", "base", "1")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{Folder: folder, Bin: bin})
	wantProblem(t, err, NoDatabase)
	if _, err := os.Stat(filepath.Join(folder, "postgres.new")); err == nil {
		t.Error("a database was begun")
	}
	if text, _ := os.ReadFile(path); string(text) != "rows" {
		t.Errorf("what was there is now %q", text)
	}
}
