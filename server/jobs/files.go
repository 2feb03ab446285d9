package jobs

import (
	"context"
	"log/slog"
	"time"

	"fourmaps/server/files"
	"fourmaps/server/store"
)

// KeepDeletedFiles is for how long a deleted file can be brought back.
const KeepDeletedFiles = 30 * 24 * time.Hour

// keepUnused is for how long a content that no file has is kept: an upload on its way, and a backup that began before the
// last file with it was forgotten, need it still.
const keepUnused = 24 * time.Hour

// mostSwept is how many contents one turn removes.
const mostSwept = 5000

// SweepFiles forgets files that were deleted long ago and removes contents that nobody needs. It may break off anywhere:
// the next turn goes on.
func SweepFiles(ctx context.Context, s *store.Store, k *files.Keeper, log *slog.Logger, now time.Time) {
	n, err := s.DropFiles(ctx, now.Add(-KeepDeletedFiles), now)
	if err != nil {
		if ctx.Err() == nil {
			log.Warn("deleted files were not forgotten", "error", err)
		}
		return
	}
	swept := 0
	for ; swept < mostSwept; swept++ {
		more, err := s.SweepBlob(ctx, now.Add(-keepUnused), k.Forget)
		if err != nil && ctx.Err() == nil {
			log.Warn("contents that nobody needs were not removed", "error", err)
		}
		if err != nil || !more {
			break
		}
	}
	if n > 0 || swept > 0 {
		log.Info("files swept", "forgotten", n, "removed", swept)
	}
}

// RunFiles sweeps files every hour until ctx ends.
func RunFiles(ctx context.Context, s *store.Store, k *files.Keeper, log *slog.Logger, now func() time.Time) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		SweepFiles(ctx, s, k, log, now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
