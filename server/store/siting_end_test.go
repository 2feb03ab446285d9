package store_test

import (
	"testing"
	"time"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestACheckEndsWhenTheStoreCloses: a server that stops does not wait for a check of all rows, which may take minutes.
func TestACheckEndsWhenTheStoreCloses(t *testing.T) {
	address := storetest.URL(t)
	pool := storetest.Connect(t, address)
	s, err := store.Open(t.Context(), store.Options{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	held, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(t.Context()) }()
	if _, err := held.Exec(t.Context(), `LOCK TABLE siting_finding IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	checked := make(chan error, 1)
	go func() {
		_, _, err := s.CheckSiting(t.Context(), &store.Actor{Name: "王某"}, time.Time{})
		checked <- err
	}()
	for waits := 0; waits == 0; time.Sleep(5 * time.Millisecond) {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan struct{})
	go func() { s.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Fatal("the store waits for the check")
	}
	if err := <-checked; err == nil {
		t.Error("a check that was cut off says that it ended well")
	}
}

// TestRulesHoldByChineseDays: a rule that is valid from today holds from midnight on Chinese clocks, and one that ended
// yesterday no longer.
func TestRulesHoldByChineseDays(t *testing.T) {
	d := newSites(t)
	exec(t, d.pool, `INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('旧废品站', 'waste_recycling_point', 'low', ST_SetSRID(ST_MakePoint(110.102, 25.1), 4326))`)
	const today = `(now() AT TIME ZONE interval '8 hours')::date`
	for set, want := range map[string]int{
		"valid_from = " + today + ", valid_to = " + today:              1,
		"valid_from = NULL, valid_to = " + today + " - 1":              0,
		"valid_from = " + today + " + 1, valid_to = NULL":              0,
		"valid_from = " + today + " - 1, valid_to = " + today + " + 1": 1,
	} {
		exec(t, d.pool, `UPDATE siting_rule SET `+set)
		if _, _, err := d.s.CheckSiting(t.Context(), nil, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if n := len(d.findings("open")); n != want {
			t.Errorf("%s: %d findings, want %d", set, n, want)
		}
	}
}
