package api_test

import (
	"testing"

	"fourmaps/server/files"
)

// keeperIn keeps files in a folder.
func keeperIn(t testing.TB, folder string) *files.Keeper {
	t.Helper()
	blobs, err := files.NewFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	k, err := files.New(files.Options{Blobs: blobs, Folder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return k
}
