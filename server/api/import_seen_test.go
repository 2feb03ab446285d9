package api_test

import (
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// TestOnlyTheReportThatWasSeenIsApplied: the same draft is open in two tabs. Rows are edited, and the second tab checks again:
// what the first tab shows is no longer what an import would do, nor is the move to another area among what it has shown.
func TestOnlyTheReportThatWasSeenIsApplied(t *testing.T) {
	r := startWithSites(t)
	staff := storetest.SignIn(t, r.pool, "staff", "990101")
	const ledger = "编号,名称,类型,经度,纬度\nS1,一号避难场所,避难场所,110.151,25.2\nS3,三号避难场所,避难场所,110.17,25.2\n"
	d, _ := r.upload(201, "台账.csv", []byte(ledger), "&layer=material_site", staff)
	first := r.choose(d, fields{"choices": fields{"mapping": r.mapped(d), "crs": "wgs84"}}, staff)
	if first.Counts == nil || first.Counts.Changed != 1 || first.Counts.Same != 1 || first.Counts.Moved != 0 {
		t.Fatalf("%+v", first.Counts)
	}
	r.sql(`UPDATE material_site SET geom = 'SRID=4326;POINT(110.25 25.2)' WHERE origin_key = 'S1'`) // now in 白沙乡
	r.sql(`UPDATE material_site SET name = '改名' WHERE origin_key = 'S3'`)
	r.want(202, nil, "POST", "/api/imports/"+d.ID+"/check", nil, "Cookie", staff)
	second := r.settled(d.ID, staff)
	if second.Counts.Changed != 2 || second.Counts.Moved != 1 || second.Revision <= first.Revision {
		t.Fatalf("revision %d, then %d: %+v", first.Revision, second.Revision, second.Counts)
	}
	for _, moves := range []bool{false, true} {
		status, _, text := r.send("POST", "/api/imports/"+d.ID+"/apply", fields{"revision": first.Revision, "move_areas": moves}, "Cookie", staff)
		if status != 412 || !strings.Contains(text, "changed_meanwhile") {
			t.Errorf("with the report of before: %d %s", status, text)
		}
	}
	if at := r.whereIs("S1"); at != "990101002" {
		t.Errorf("S1 was written: it lies in %s", at)
	}
	if now := r.settled(d.ID, staff); now.State != "checked" || now.Fault != nil || now.Revision != second.Revision {
		t.Errorf("a refused import has changed the draft: %+v", now)
	}
	r.want(409, nil, "POST", "/api/imports/"+d.ID+"/apply", fields{"revision": second.Revision}, "Cookie", staff)
	r.want(200, nil, "POST", "/api/imports/"+d.ID+"/apply", fields{"revision": second.Revision, "move_areas": true}, "Cookie", staff)
	if at := r.whereIs("S1"); at != "990101001" {
		t.Errorf("S1 lies in %s", at)
	}
}

// TestChoosingWhileACheckEnds: the end of a check makes a new revision, which refuses no choice that comes at that moment.
func TestChoosingWhileACheckEnds(t *testing.T) {
	r := startWithSites(t)
	staff := storetest.SignIn(t, r.pool, "staff", "990101")
	d, _ := r.upload(201, "台账.csv", []byte(ledgerThatMoves), "&layer=material_site", staff)
	tx, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	if _, err := tx.Exec(t.Context(), "LOCK TABLE import_file IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	mapping, status := r.mapped(d), make(chan int)
	go func() {
		got, _, _ := r.send("PATCH", "/api/imports/"+d.ID, fields{"choices": fields{"mapping": mapping, "crs": "wgs84"}}, "Cookie", staff)
		status <- got
	}()
	r.eventually("the choice has read the draft and waits for the file", func() (waits bool) {
		err := r.pool.QueryRow(t.Context(), "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'import_file'::regclass AND NOT granted").Scan(&waits)
		return err == nil && waits
	})
	if _, err := tx.Exec(t.Context(), "UPDATE import_draft SET revision = revision + 1 WHERE id = $1", d.ID); err != nil { // as the end of a check does
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := <-status; got != 200 {
		t.Errorf("choosing: %d", got)
	}
	if now := r.settled(d.ID, staff); now.State != "checked" || now.Counts.Read != 3 {
		t.Errorf("%+v", now)
	}
}
