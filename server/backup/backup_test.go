package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/server/backup"
	"fourmaps/server/cluster"
	"fourmaps/server/store/storetest"
)

func installation(t *testing.T, url string) backup.Installation {
	t.Helper()
	return backup.Installation{URL: url, Folder: t.TempDir(), Version: "test", Log: slog.New(slog.DiscardHandler)}
}

func addPlace(t *testing.T, pool *pgxpool.Pool, name string) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), `INSERT INTO place (kind, name, geom) VALUES ('village', $1, 'SRID=4326;POINT(113 23)')`, name); err != nil {
		t.Fatal(err)
	}
}

func placeNames(t *testing.T, url string) string {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var names string
	err = pool.QueryRow(t.Context(), `SELECT coalesce(string_agg(name || ' ' || ST_AsText(geom_3857, 0) || ' ' || version, ', ' ORDER BY name), '') FROM place`).Scan(&names)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// made writes a backup of a database with one row and one basemap file.
func made(t *testing.T) (in backup.Installation, file string) {
	t.Helper()
	url := storetest.URL(t)
	addPlace(t, storetest.Connect(t, url), "长桥村")
	in = installation(t, url)
	os.MkdirAll(filepath.Join(in.Folder, "basemap", "deep"), 0o755)
	os.WriteFile(filepath.Join(in.Folder, "basemap", "deep", "district.pmtiles"), []byte("tiles"), 0o644)
	file = filepath.Join(t.TempDir(), "district.fourmaps")
	manifest, err := backup.Make(t.Context(), in, file, time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatalf("making the backup: %v", err)
	}
	if manifest.Schema == 0 || manifest.PostGIS == "" || len(manifest.Entries) != 2 {
		t.Errorf("the manifest is incomplete: %+v", manifest)
	}
	left, _ := filepath.Glob(file + ".*")
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	return in, file
}

func TestRoundTripIntoAnEmptyDatabase(t *testing.T) {
	from, file := made(t)
	into := installation(t, storetest.Empty(t))
	if _, err := backup.Restore(t.Context(), into, file, false); err != nil {
		t.Fatalf("restoring: %v", err)
	}
	if got, want := placeNames(t, into.URL), placeNames(t, from.URL); got != want || want == "" {
		t.Errorf("restored %q, want %q", got, want)
	}
	text, err := os.ReadFile(filepath.Join(into.Folder, "basemap", "deep", "district.pmtiles"))
	if err != nil || string(text) != "tiles" {
		t.Errorf("the basemap file is %q, %v", text, err)
	}
	// What the database keeps by itself works on in the restored one.
	pool := storetest.Connect(t, into.URL)
	addPlace(t, pool, "新村")
	var search string
	pool.QueryRow(t.Context(), `SELECT search FROM place WHERE name = '新村'`).Scan(&search)
	if !strings.Contains(search, "xincun") {
		t.Errorf("a new row is found under %q", search)
	}
}

func TestUsedDatabaseIsReplacedOnlyByForce(t *testing.T) {
	_, file := made(t)
	into := installation(t, storetest.URL(t))
	pool := storetest.Connect(t, into.URL)
	for _, name := range []string{"甲", "乙", "丙"} {
		addPlace(t, pool, name)
	}
	_, err := backup.Restore(t.Context(), into, file, false)
	wantCode(t, err, backup.NotEmpty)
	if got := placeNames(t, into.URL); !strings.Contains(got, "甲") {
		t.Fatalf("a refused restore left %q", got)
	}
	// The pool stays connected, as that of a running server.
	if _, err := backup.Restore(t.Context(), into, file, true); err != nil {
		t.Fatalf("restoring by force: %v", err)
	}
	t.Cleanup(func() { dropBefore(t, into.URL) })
	if got := placeNames(t, into.URL); strings.Contains(got, "甲") || !strings.Contains(got, "长桥村") {
		t.Errorf("after the restore there are %q", got)
	}
	// Its connections were ended; the pool notices it at the first use of each.
	for pool.Ping(t.Context()) != nil && t.Context().Err() == nil {
	}
	var reloads, seq int
	if err := pool.QueryRow(t.Context(), `SELECT count(*), max(seq) FROM change WHERE kind = 'reload' AND layer = 'place'`).Scan(&reloads, &seq); err != nil {
		t.Fatalf("the open pool does not reach the restored database: %v", err)
	}
	if reloads != 1 || seq <= 3 {
		t.Errorf("%d reloads of place are announced, the last as number %d, want one after the old number 3", reloads, seq)
	}
}

// TestScreensReloadAfterARestoreWhateverCommitsMeanwhile: the old database goes on changing until it is replaced; who saw
// those changes must still take every reload for new, and so must who saw more than the old database ever had.
func TestScreensReloadAfterARestoreWhateverCommitsMeanwhile(t *testing.T) {
	for name, c := range map[string]struct{ old, restored int64 }{"the old one is further": {5000, 1}, "the restored one is further": {1, 7000}} {
		t.Run(name, func(t *testing.T) {
			from := storetest.URL(t)
			pool := storetest.Connect(t, from)
			advance(t, pool, c.restored)
			addPlace(t, pool, "长桥村")
			file := filepath.Join(t.TempDir(), "district.fourmaps")
			if _, err := backup.Make(t.Context(), installation(t, from), file, time.Now()); err != nil {
				t.Fatal(err)
			}
			into := installation(t, storetest.URL(t))
			used := storetest.Connect(t, into.URL)
			advance(t, used, c.old)
			addPlace(t, used, "甲")
			if _, err := backup.Restore(t.Context(), into, file, true); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { dropBefore(t, into.URL) })
			fresh := storetest.Connect(t, into.URL)
			var reloads, layers int
			var first int64
			err := fresh.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT layer), min(seq) FROM change WHERE kind = 'reload'`).Scan(&reloads, &layers, &first)
			if err != nil || reloads < 10 || layers != reloads || first <= max(c.old, c.restored)+100_000 {
				t.Errorf("%d reloads of %d layers from number %d on, %v", reloads, layers, first, err)
			}
		})
	}
}

func advance(t *testing.T, pool *pgxpool.Pool, to int64) {
	t.Helper()
	if _, err := pool.Exec(t.Context(), `SELECT setval('change_seq', $1)`, to); err != nil {
		t.Fatal(err)
	}
}

func dropBefore(t *testing.T, url string) {
	pool, err := pgxpool.New(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var name string
	pool.QueryRow(context.Background(), `SELECT current_database()`).Scan(&name)
	pool.Exec(context.Background(), `DROP DATABASE IF EXISTS `+name+`_before_restore WITH (FORCE)`)
}

func TestFailedRestoreLeavesTheOldDatabase(t *testing.T) {
	_, file := made(t)
	broken := rewrite(t, file, "database.dump", func(dump []byte) []byte { return dump[:len(dump)/2] })
	into := installation(t, storetest.URL(t))
	addPlace(t, storetest.Connect(t, into.URL), "甲")
	if _, err := backup.Restore(t.Context(), into, broken, true); err == nil {
		t.Fatal("half a dump was restored")
	} else {
		t.Log(err)
	}
	if got := placeNames(t, into.URL); !strings.Contains(got, "甲") {
		t.Errorf("a failed restore left %q", got)
	}
	var fresh int
	pool := storetest.Connect(t, into.URL)
	pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_database WHERE datname = current_database() || '_restoring'`).Scan(&fresh)
	if fresh != 0 {
		t.Error("the half-filled database is left behind")
	}
}

func TestDamagedAndForeignFilesAreRefused(t *testing.T) {
	_, file := made(t)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(text)
	flipped[len(flipped)/2] ^= 1
	cases := []struct {
		name, code string
		content    []byte
	}{
		{"a flipped bit", backup.Damaged, flipped},
		{"cut off", backup.Damaged, text[:len(text)/2]},
		{"another file", backup.NotABackup, []byte("PK\x03\x04 something else")},
		{"nothing", backup.NotABackup, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "file")
			os.WriteFile(path, c.content, 0o600)
			_, err := backup.Read(path)
			wantCode(t, err, c.code)
		})
	}
}

func TestArchiveCannotWriteOutsideItsFolders(t *testing.T) {
	_, file := made(t)
	evil := rewrite(t, file, "manifest.json", func(text []byte) []byte {
		return bytes.ReplaceAll(text, []byte("files/basemap/deep/"), []byte("files/basemap/../../"))
	})
	_, err := backup.Read(evil)
	wantCode(t, err, backup.Damaged)
}

func TestBackupOfANewerProgramIsRefused(t *testing.T) {
	_, file := made(t)
	newer := rewrite(t, file, "manifest.json", func(text []byte) []byte {
		return bytes.Replace(text, []byte(`"schema_version": `), []byte(`"schema_version": 9`), 1)
	})
	_, err := backup.Restore(t.Context(), installation(t, storetest.Empty(t)), newer, false)
	wantCode(t, err, backup.NewerBackup)
}

func TestBackupOfANewerPostgreSQLIsRefused(t *testing.T) {
	_, file := made(t)
	newer := rewrite(t, file, "manifest.json", func(text []byte) []byte {
		return bytes.Replace(text, []byte(`"postgresql_version": 1`), []byte(`"postgresql_version": 9`), 1)
	})
	_, err := backup.Restore(t.Context(), installation(t, storetest.Empty(t)), newer, false)
	wantCode(t, err, backup.NewerServer)
}

// rewrite copies an archive with one entry changed. A changed dump is entered into the manifest with its new sum.
func rewrite(t *testing.T, file, name string, change func([]byte) []byte) string {
	t.Helper()
	opened, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	entries := map[string][]byte{}
	var order []string
	for archive := tar.NewReader(opened); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		entries[header.Name], _ = io.ReadAll(archive)
		order = append(order, header.Name)
	}
	old := sumOf(entries["database.dump"])
	entries[name] = change(entries[name])
	entries["manifest.json"] = bytes.ReplaceAll(entries["manifest.json"], []byte(old), []byte(sumOf(entries["database.dump"])))
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	for _, name := range order {
		archive.WriteHeader(&tar.Header{Name: name, Size: int64(len(entries[name])), Mode: 0o600})
		archive.Write(entries[name])
	}
	archive.Close()
	path := filepath.Join(t.TempDir(), "rewritten")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNoBackupAppearsWhereNoneCan: told before any work, and nothing is left there.
func TestNoBackupAppearsWhereNoneCan(t *testing.T) {
	in := installation(t, storetest.URL(t))
	folder := t.TempDir()
	aFile := filepath.Join(folder, "file")
	if err := os.WriteFile(aFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for place, says := range map[string]string{
		folder:                           folder + " is a folder: name a file in it",
		filepath.Join(folder, "no", "b"): "There is no folder " + filepath.Join(folder, "no"),
		filepath.Join(aFile, "b"):        "There is no folder " + aFile,
	} {
		_, err := backup.Make(t.Context(), in, place, time.Now())
		wantCode(t, err, backup.NoPlace)
		if err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", place, err)
		}
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var problem *cluster.Problem
	if !errors.As(err, &problem) || problem.Code != code {
		t.Fatalf("got %v, want the problem %s", err, code)
	}
	if problem.Chinese == "" || strings.Contains(problem.English+problem.Chinese, "%!") {
		t.Errorf("badly made sentences: %q / %q", problem.English, problem.Chinese)
	}
	t.Log(problem.English)
}

func sumOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// TestFilesOfRowsComeAlong: photos are in the backup, but for those that are still being written.
func TestFilesOfRowsComeAlong(t *testing.T) {
	in, _ := made(t)
	content := filepath.Join(in.Folder, "files", "ab")
	if err := os.MkdirAll(content, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"abcd": "a photo", "abcd.320.jpg": "a thumbnail", ".half-123": "half"} {
		if err := os.WriteFile(filepath.Join(content, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "with-photos.fourmaps")
	if _, err := backup.Make(t.Context(), in, file, time.Now()); err != nil {
		t.Fatal(err)
	}
	into := installation(t, storetest.Empty(t))
	if _, err := backup.Restore(t.Context(), into, file, false); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"abcd": "a photo", "abcd.320.jpg": "a thumbnail"} {
		if text, err := os.ReadFile(filepath.Join(into.Folder, "files", "ab", name)); err != nil || string(text) != want {
			t.Errorf("%s is %q, %v", name, text, err)
		}
	}
	if _, err := os.Stat(filepath.Join(into.Folder, "files", "ab", ".half-123")); err == nil {
		t.Error("half a file came along")
	}
	if _, err := backup.Restore(t.Context(), into, file, false); err == nil {
		t.Error("a folder with photos is replaced without force")
	}
}
