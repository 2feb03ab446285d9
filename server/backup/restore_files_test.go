package backup_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fourmaps/server/backup"
	"fourmaps/server/store/storetest"
)

var morning = time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)

func put(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, text string, path ...string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(path...))
	if err != nil || string(got) != text {
		t.Errorf("%s holds %q, %v, want %q", filepath.Join(path...), got, err, text)
	}
}

func TestBasemapFilesAreReplacedOnlyByForceAndStayAsACopy(t *testing.T) {
	_, file := made(t)
	into := installation(t, storetest.Empty(t))
	put(t, "ours", into.Folder, "basemap", "county.pmtiles")
	put(t, "oldest", into.Folder, "basemap_before_restore", "older.pmtiles")
	_, err := backup.Restore(t.Context(), into, file, false)
	wantCode(t, err, backup.FilesNotEmpty)
	wantFile(t, "ours", into.Folder, "basemap", "county.pmtiles")
	wantFile(t, "oldest", into.Folder, "basemap_before_restore", "older.pmtiles")

	if _, err := backup.Restore(t.Context(), into, file, true); err != nil {
		t.Fatalf("restoring by force: %v", err)
	}
	wantFile(t, "tiles", into.Folder, "basemap", "deep", "district.pmtiles")
	wantFile(t, "ours", into.Folder, "basemap_before_restore", "county.pmtiles")
	for _, gone := range []string{"basemap/county.pmtiles", "basemap_before_restore/older.pmtiles", "restoring"} {
		if _, err := os.Lstat(filepath.Join(into.Folder, gone)); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", gone, err)
		}
	}
}

func TestBackupWithoutFilesLeavesTheBasemapAlone(t *testing.T) {
	from := installation(t, storetest.URL(t))
	file := filepath.Join(t.TempDir(), "bare.fourmaps")
	if _, err := backup.Make(t.Context(), from, file, morning); err != nil {
		t.Fatal(err)
	}
	into := installation(t, storetest.Empty(t))
	put(t, "ours", into.Folder, "basemap", "county.pmtiles")
	if _, err := backup.Restore(t.Context(), into, file, true); err != nil {
		t.Fatalf("restoring by force: %v", err)
	}
	wantFile(t, "ours", into.Folder, "basemap", "county.pmtiles")
}

func TestFailedRestoreLeavesTheBasemap(t *testing.T) {
	_, file := made(t)
	broken := rewrite(t, file, "database.dump", func(dump []byte) []byte { return dump[:len(dump)/2] })
	into := installation(t, storetest.Empty(t))
	put(t, "ours", into.Folder, "basemap", "county.pmtiles")
	if _, err := backup.Restore(t.Context(), into, broken, true); err == nil {
		t.Fatal("half a dump was restored")
	}
	wantFile(t, "ours", into.Folder, "basemap", "county.pmtiles")
	left, _ := filepath.Glob(filepath.Join(into.Folder, "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRestoreThatCannotUnpackLeavesTheDatabase(t *testing.T) {
	_, file := made(t)
	into := installation(t, storetest.URL(t))
	addPlace(t, storetest.Connect(t, into.URL), "甲")
	want := placeNames(t, into.URL)
	into.Folder = filepath.Join(into.Folder, "file")
	put(t, "in the way", into.Folder)
	if _, err := backup.Restore(t.Context(), into, file, true); err == nil {
		t.Error("files were restored into a file")
	}
	if got := placeNames(t, into.URL); got != want {
		t.Errorf("the database was replaced: %q, want %q", got, want)
	}
}
