package jobs_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	"fourmaps/server/jobs"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

func TestTimesOfTheDay(t *testing.T) {
	for text, good := range map[string]bool{"02:30": true, "00:00": true, "23:59": true, "off": true, "": false, "24:00": false, "2": false, "02:30:00": false, "nightly": false} {
		if _, err := jobs.ParseDaily(text); (err == nil) != good {
			t.Errorf("%q: %v", text, err)
		}
	}
	at, _ := jobs.ParseDaily("02:30")
	for now, want := range map[string]string{
		"2026-07-14T18:30:00Z": "2026-07-14T18:30:00Z", // 02:30 in China
		"2026-07-14T18:29:59Z": "2026-07-13T18:30:00Z",
		"2026-07-15T12:00:00Z": "2026-07-14T18:30:00Z",
		"2026-01-01T00:00:00Z": "2025-12-31T18:30:00Z",
	} {
		moment, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := at.LastDue(moment).UTC().Format(time.RFC3339); got != want {
			t.Errorf("at %s it was last due %s, want %s", now, got, want)
		}
	}
	off, _ := jobs.ParseDaily("off")
	if !off.LastDue(time.Now()).IsZero() {
		t.Error("what is off is due")
	}
}

// TestSitesAreCheckedOnceADay: by one of many, at the first start, not again on the same day, and again when a day was missed.
func TestSitesAreCheckedOnceADay(t *testing.T) {
	pool := storetest.New(t)
	at, _ := jobs.ParseDaily("02:30")
	checks := func() (n int) {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM siting_check WHERE finished_at IS NOT NULL`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	turn := func(now time.Time) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { jobs.CheckSites(t.Context(), store.New(pool), at, slog.New(slog.DiscardHandler), now) })
		}
		wait.Wait()
	}
	now := time.Now()
	turn(now)
	if n := checks(); n != 1 {
		t.Errorf("%d checks at the first start", n)
	}
	turn(now)
	if n := checks(); n != 1 {
		t.Errorf("%d checks on one day", n)
	}
	// the server was down for three days
	if _, err := pool.Exec(t.Context(), `UPDATE siting_check SET started_at = started_at - interval '3 days', finished_at = finished_at - interval '3 days'`); err != nil {
		t.Fatal(err)
	}
	turn(now)
	turn(now)
	if n := checks(); n != 2 {
		t.Errorf("%d checks after three days", n)
	}
	// one that was cut off does not count
	if _, err := pool.Exec(t.Context(), `UPDATE siting_check SET finished_at = NULL`); err != nil {
		t.Fatal(err)
	}
	turn(now)
	if n := checks(); n != 1 {
		t.Errorf("%d checks after two that were cut off", n)
	}
}
