package api_test

import (
	"context"
	"log/slog"
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

type ctx = context.Context

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }
