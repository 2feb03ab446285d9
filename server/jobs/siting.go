package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"fourmaps/server/store"
)

// Daily is a time of the day on Chinese clocks; its zero value is never.
type Daily struct {
	set          bool
	hour, minute int
}

// Off is how ParseDaily is told that a job shall not run by the clock.
const Off = "off"

// ParseDaily reads a time such as 02:30, or off.
func ParseDaily(text string) (Daily, error) {
	if text == Off {
		return Daily{}, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return Daily{}, fmt.Errorf("%q is no time of the day such as 02:30, nor off", text)
	}
	return Daily{true, t.Hour(), t.Minute()}, nil
}

// china has had no summer time since 1991.
var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// LastDue is when the job was last due; zero if it never is.
func (d Daily) LastDue(now time.Time) time.Time {
	if !d.set {
		return time.Time{}
	}
	here := now.In(china)
	due := time.Date(here.Year(), here.Month(), here.Day(), d.hour, d.minute, 0, 0, china)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return due
}

const (
	lookEvery   = 30 * time.Second // whether a check is due
	longestSite = 10 * time.Minute // of one check
)

// RunSiting checks all rows by the siting rules once a day, until ctx ends. A time that was missed is made up for when the
// server is back; of several servers one checks.
func RunSiting(ctx context.Context, s *store.Store, at Daily, log *slog.Logger, now func() time.Time) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for at.set {
		CheckSites(ctx, s, at, log, now())
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// CheckSites checks all rows if that is due. A database that is away is tried again at the next turn.
func CheckSites(ctx context.Context, s *store.Store, at Daily, log *slog.Logger, now time.Time) {
	due := at.LastDue(now)
	if began, err := s.LastSitingCheckBegan(ctx); err != nil || !began.Before(due) {
		return
	}
	limited, cancel := context.WithTimeout(ctx, longestSite)
	defer cancel()
	check, done, err := s.CheckSiting(limited, nil, due)
	switch {
	case errors.Is(err, store.ErrChecking) || ctx.Err() != nil:
	case err != nil:
		log.Warn("the sites were not checked", "error", err)
	case done:
		log.Info("sites checked", "rows", check.Rows, "new", check.New, "resolved", check.Resolved, "open", check.Open)
	}
}
