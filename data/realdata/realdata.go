// Package realdata finds real input that nobody here wrote, for tests only: extracts, ledgers and published vectors in a
// folder that users do not have and that the program never needs.
package realdata

import (
	"os"
	"path/filepath"
	"testing"
)

// File gives the path of a file or folder of real data, such as "osm/monaco-20210421.osm.pbf". It lies in the folder
// data of the folder that FOURMAPS_SHARED names, or of "shared" beside the checkout. The test skips where it is absent:
// the data may not be given away with the program, so only its makers can try it.
func File(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(folder(t), "data", name)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("real input is not here, and may not be part of the program: %s", name)
	}
	return path
}

func folder(t testing.TB) string {
	t.Helper()
	if named := os.Getenv("FOURMAPS_SHARED"); named != "" {
		return named
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir := here; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(dir), "shared")
		}
	}
	t.Fatalf("%s lies in no checkout", here)
	return ""
}
