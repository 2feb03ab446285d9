package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// pretended makes a folder of programs that look like a PostgreSQL of that version, with PostGIS unless postgis is empty.
func pretended(t *testing.T, version, postgis string) string {
	t.Helper()
	folder := t.TempDir()
	share := filepath.Join(folder, "share")
	os.MkdirAll(filepath.Join(share, "extension"), 0o755)
	if postgis != "" {
		os.WriteFile(filepath.Join(share, "extension", "postgis.control"), fmt.Appendf(nil, "comment = 'x'\ndefault_version = '%s'\n", postgis), 0o644)
	}
	for name, says := range map[string]string{
		"postgres":  "postgres (PostgreSQL) " + version + " (Debian)",
		"initdb":    "",
		"pg_config": share,
		"pg_dump":   "pg_dump (PostgreSQL) " + version,
	} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s'\n", says)
		if err := os.WriteFile(filepath.Join(folder, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	cases := []struct{ name, version, postgis, want string }{
		{"PostGIS missing", "16.2", "", NoPostGIS},
		{"PostGIS too old", "15.1", "3.2.9", NoPostGIS},
		{"PostgreSQL too old", "14.9", "3.4.0", TooOld},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Start(t.Context(), Options{Folder: dataFolder(t), Bin: pretended(t, c.version, c.postgis)})
			wantProblem(t, err, c.want)
		})
	}
	t.Run("nothing in the folder given", func(t *testing.T) {
		bin := t.TempDir()
		_, err := Start(t.Context(), Options{Folder: dataFolder(t), Bin: bin})
		wantProblem(t, err, NoPostgreSQL)
		if want := "In " + bin + " (--postgres-bin) there is no PostgreSQL 15 or newer."; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
	t.Run("nothing at all", func(t *testing.T) {
		_, err := choose(nil, "", "/data", 0)
		wantProblem(t, err, NoPostgreSQL)
		if !strings.Contains(err.Error(), "apt-get install postgresql") {
			t.Errorf("got %q", err)
		}
	})
}

func TestChooseTakesTheVersionThatMadeTheFolder(t *testing.T) {
	found := []Installation{
		{Bin: "/18", Version: "18.1", Major: 18}, // without PostGIS
		{Bin: "/17", Version: "17.4", Major: 17, PostGIS: "3.5.2"},
		{Bin: "/15", Version: "15.14", Major: 15, PostGIS: "3.3.2"},
	}
	cases := []struct {
		made      int
		bin, code string
	}{{0, "/17", ""}, {15, "/15", ""}, {17, "/17", ""}, {18, "", NoPostGIS}, {16, "", OtherMajor}}
	for _, c := range cases {
		in, err := choose(found, "", "/data", c.made)
		if c.code != "" {
			wantProblem(t, err, c.code)
		} else if err != nil || in.Bin != c.bin {
			t.Errorf("for a folder of %d: %s, %v, want %s", c.made, in.Bin, err, c.bin)
		}
	}
}

func TestClientMustBeAsNewAsTheServer(t *testing.T) {
	bin := pretended(t, "15.3", "")
	if client, err := ClientFor(t.Context(), bin, 15); err != nil || client.Major != 15 {
		t.Errorf("for a server of 15: %+v, %v", client, err)
	}
	_, err := ClientFor(t.Context(), bin, 17)
	wantProblem(t, err, NoClient)
	_, err = ClientFor(t.Context(), t.TempDir(), 17)
	wantProblem(t, err, NoClient)
}

func TestCompareVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"15.9", "15.14", -1}, {"16", "15.99", 1}, {"3.3", "3.3.0", 0}, {"17beta1", "16.4", 1}} {
		if got := compareVersions(c.a, c.b); got != c.want {
			t.Errorf("%s and %s compare as %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
