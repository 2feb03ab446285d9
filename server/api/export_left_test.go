package api_test

import (
	"net/http"
	"path/filepath"
	"testing"
)

// TestAnExportLeavesNothingBehind: the file on the disk, which may hold telephone numbers, has no name even while it is
// made, so that a server that is killed leaves none.
func TestAnExportLeavesNothingBehind(t *testing.T) {
	r := startWithAreas(t)
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder) // from here on: the database has its own
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('点', 'school', 'low', 'SRID=4326;POINT(110.15 25.2)')`)
	held, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(t.Context()) }()
	if _, err := held.Exec(t.Context(), `LOCK TABLE risk_point IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	status := make(chan int, 1)
	go func() {
		code, _, _ := r.send(http.MethodGet, "/api/layers/risk_point/export?format=csv", nil)
		status <- code
	}()
	r.eventually("the export waits for the rows", func() bool {
		var n int
		err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`).Scan(&n)
		return err == nil && n > 0
	})
	if left, err := filepath.Glob(filepath.Join(folder, "fourmaps-export-*")); err != nil || len(left) != 0 {
		t.Errorf("while it is made: %v %v", left, err)
	}
	if err := held.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if code := <-status; code != 200 {
		t.Errorf("status %d", code)
	}
}
