package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"fourmaps/server/cluster"
)

// An exchange that fails half-way must not cost the present files, nor the new ones.
func TestFolderThatCannotBeExchangedLosesNothing(t *testing.T) {
	in := Installation{Folder: t.TempDir()}
	fresh := filepath.Join(in.Folder, "restoring")
	// The fresh folder lies below the present one, which moves away first: so the second renaming fails.
	present := filepath.Join(in.Folder, "basemap")
	if err := errors.Join(os.MkdirAll(filepath.Join(present, "new", "basemap"), 0o755), os.Symlink(filepath.Join(present, "new"), fresh),
		os.WriteFile(filepath.Join(present, "county.pmtiles"), []byte("ours"), 0o644)); err != nil {
		t.Fatal(err)
	}
	err := in.placeFiles(fresh)
	var problem *cluster.Problem
	if !errors.As(err, &problem) || problem.Code != FilesNotPlaced {
		t.Errorf("got %v, want the problem %s", err, FilesNotPlaced)
	}
	if text, err := os.ReadFile(filepath.Join(present, "county.pmtiles")); string(text) != "ours" {
		t.Errorf("the present file is %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(fresh, "basemap")); err != nil {
		t.Errorf("the unpacked files are gone: %v", err)
	}
}

func TestFolderThatMayNotBeWrittenIsOneSentence(t *testing.T) {
	err := notWritten("/backup", &fs.PathError{Op: "open", Path: "/backup/b.part-database", Err: syscall.EACCES})
	var problem *cluster.Problem
	if !errors.As(err, &problem) || problem.Code != NoPlace || !strings.Contains(problem.English, "may not write in the folder /backup:") || !strings.Contains(problem.Chinese, "/backup:") {
		t.Errorf("got %v", err)
	}
}

func TestEmptyFolderDoesNotReplaceTheCopy(t *testing.T) {
	folder := t.TempDir()
	from, to := filepath.Join(folder, "fresh"), filepath.Join(folder, "basemap")
	copied := filepath.Join(to+beforeRestore, "county.pmtiles")
	if err := errors.Join(os.Mkdir(from, 0o755), os.Mkdir(to, 0o755), os.Mkdir(filepath.Dir(copied), 0o755),
		os.WriteFile(copied, []byte("ours"), 0o644), placeFolder(from, to)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(copied); string(text) != "ours" {
		t.Errorf("the copy is %q, %v", text, err)
	}
}
