package api_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

type installed struct {
	Time   time.Time
	Seq    int64 `json:"change_seq"`
	Counts map[string]int64
}

// TestInstallationCountsOnlyAfterChanges: while nothing changes the rows are not counted again, which is shown by
// holding their tables; after a change the next answer has the new counts.
func TestInstallationCountsOnlyAfterChanges(t *testing.T) {
	r := start(t)
	r.sql(onePoint, "a")
	var first, again, then installed
	r.eventually("the change was heard", func() bool { return r.feed.State().Seq == 1 })
	r.json("/api/installation", &first)
	if first.Counts["risk_point"] != 1 || first.Seq != 1 {
		t.Fatalf("%+v", first)
	}

	lock, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback(t.Context()) }()
	if _, err := lock.Exec(t.Context(), `LOCK TABLE risk_point, area, place`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			if status, _, body := r.get("/api/installation"); status != 200 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	wait.Wait()
	r.json("/api/installation", &again)
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("21 answers took %v", took)
	}
	if again.Counts["risk_point"] != 1 || !again.Time.After(first.Time) {
		t.Errorf("%+v after %+v", again, first)
	}
	if err := lock.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}

	r.sql(onePoint, "b")
	r.eventually("the change was heard", func() bool { return r.feed.State().Seq == 2 })
	r.json("/api/installation", &then)
	if then.Counts["risk_point"] != 2 || then.Seq != 2 {
		t.Errorf("after a change %+v", then)
	}
}

// TestInstallationIsRightWhileChangesAreNotHeard: then counts are at most a second old.
func TestInstallationIsRightWhileChangesAreNotHeard(t *testing.T) {
	r := start(t)
	var now installed
	r.json("/api/installation", &now)
	for i := range 3 {
		r.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fourmaps feed' AND datname = current_database()`)
		r.sql(onePoint, fmt.Sprint(i))
		r.eventually("the row is counted", func() bool {
			r.json("/api/installation", &now)
			return now.Counts["risk_point"] == int64(i+1)
		})
	}
}

// BenchmarkInstallation asks as screens do after a change, over a hundred thousand rows.
func BenchmarkInstallation(b *testing.B) {
	r := start(b)
	r.sql(`INSERT INTO place (origin_key, name, kind, geom) SELECT i, '地', 'hamlet', ST_SetSRID(ST_MakePoint(110 + i / 1e6, 25), 4326) FROM generate_series(1, 100000) i`)
	r.eventually("the change was heard", func() bool { return r.feed.State().Seq > 0 })
	for b.Loop() {
		var now installed
		r.json("/api/installation", &now)
		if now.Counts["place"] != 100000 {
			b.Fatalf("%+v", now)
		}
	}
}
