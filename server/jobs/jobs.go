// Package jobs is what runs by the clock. Every job may run on several servers at once without harm.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"fourmaps/server/store"
)

// How long the feed of changes is kept, and how often what is older goes.
const (
	keepChanges = 7 * 24 * time.Hour
	tidyEvery   = time.Hour
)

// Run does the jobs until ctx ends.
func Run(ctx context.Context, s *store.Store, log *slog.Logger, now func() time.Time) {
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	for {
		Tidy(ctx, s, log, now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// keepWrites is for how long a repeat of a write gets the first answer: a phone may have been away for so long.
const keepWrites = 90 * 24 * time.Hour

// How long sessions that were not used, and failed sign-ins, are kept; the rules are those of package auth.
const (
	keepIdle     = 12 * time.Hour
	keepFailures = 24 * time.Hour
)

// Tidy removes what is kept for a time only. A database that is away is tried again at the next turn.
func Tidy(ctx context.Context, s *store.Store, log *slog.Logger, now time.Time) {
	n, err := s.DropChangesBefore(ctx, now.Add(-keepChanges))
	if err != nil && ctx.Err() == nil {
		log.Warn("old changes were not removed", "error", err)
		return
	}
	if n > 0 {
		log.Info("old changes removed", "rows", n)
	}
	if _, err := s.DropOldSessions(ctx, now, now.Add(-keepIdle), now.Add(-keepFailures)); err != nil && ctx.Err() == nil {
		log.Warn("sessions that are over were not removed", "error", err)
	}
	if _, err := s.DropWritesBefore(ctx, now.Add(-keepWrites)); err != nil && ctx.Err() == nil {
		log.Warn("old answers to writes were not removed", "error", err)
	}
	if _, err := s.DropDraftsBefore(ctx, now.Add(-store.KeepDrafts)); err != nil && ctx.Err() == nil {
		log.Warn("import drafts that nobody touched were not removed", "error", err)
	}
}
