package store_test

import (
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

func areas(rows ...[]any) store.Batch {
	return store.Batch{Columns: []string{"code", "name", "geom"}, Rows: given(rows)}
}

const (
	county   = "SRID=4326;POLYGON((112 27,113 27,113 28,112 28,112 27))"
	township = "SRID=4326;POLYGON((112 27,112.5 27,112.5 27.5,112 27.5,112 27))"
)

// square is the same as EWKB, from 112, 27.
func square(t *testing.T, degrees float64) []byte {
	t.Helper()
	b, err := geo.EWKB(orb.Bound{Min: orb.Point{112, 27}, Max: orb.Point{112 + degrees, 27 + degrees}}.ToPolygon())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestAreasFollowTheirRows: a row finds its area when it gets a place late, and loses it when the area is no more.
func TestAreasFollowTheirRows(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, `INSERT INTO area (name, code, level, geom) VALUES ('县', '990101', 'county', '`+county+`')`)
	exec(t, pool, `INSERT INTO area (name, code, level, parent_id, geom) SELECT '镇', '990101100', 'township', id, '`+township+`' FROM area`)
	exec(t, pool, `INSERT INTO command_unit (name, kind, level) VALUES ('站', 'station', 'township')`)
	exec(t, pool, `UPDATE command_unit SET geom = ST_Point(112.1, 27.1, 4326)`)
	expect := func(when, want string) {
		t.Helper()
		var got string
		if err := pool.QueryRow(t.Context(), `SELECT coalesce((SELECT code FROM area WHERE id = u.area_id), '') FROM command_unit u`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s: in area %q, want %q", when, got, want)
		}
	}
	expect("placed later", "990101100")
	exec(t, pool, `UPDATE area SET deleted_at = now() WHERE code = '990101100'`)
	expect("township deleted", "990101")
	exec(t, pool, `UPDATE area SET deleted_at = NULL WHERE code = '990101100'`)
	expect("township back", "990101100")
	exec(t, pool, `UPDATE area SET geom = ST_Translate(geom, 0.5, 0) WHERE code = '990101100'`)
	expect("township moved away", "990101")
}

// TestImportAreasFromBelow: one file per level, in any order, makes the same tree.
func TestImportAreasFromBelow(t *testing.T) {
	pool := storetest.New(t)
	s := store.New(pool)
	for _, b := range []store.Batch{areas([]any{"990101100", "镇", square(t, 0.5)}), areas([]any{"990101", "县", square(t, 1)})} {
		if _, err := s.ImportAreas(t.Context(), b, store.Import{Origin: b.Columns[0] + "-file"}); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, pool, `INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('r', 'mine', 'low', ST_Point(112.1, 27.1, 4326))`)
	f, err := layer.ParseFilter(&layer.RiskPoint, map[string][]string{"area": {"990101"}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := s.List(t.Context(), store.List{Filter: f, Limit: 10}, time.Now())
	if err != nil || page.Matched != 1 {
		t.Errorf("the county holds %d, want 1 (%v)", page.Matched, err)
	}
}

// TestImportAreasRefusesBadCodes: a row whose code belongs to no level is no row that is "the same".
func TestImportAreasRefusesBadCodes(t *testing.T) {
	s := store.New(storetest.New(t))
	_, err := s.ImportAreas(t.Context(), areas([]any{"990101", "县", square(t, 1)}, []any{"1234567", "?", square(t, 0.5)}), store.Import{Origin: "file"})
	if err == nil || !strings.Contains(err.Error(), "1234567") {
		t.Errorf("the error is %v", err)
	}
	in, err := s.Installation(t.Context())
	if err != nil || in.Counts["area"] != 0 {
		t.Errorf("%d areas are stored (%v)", in.Counts["area"], err)
	}
}

// TestTruncateAmongManyChangesReloadsEverywhere: the box of the others must not narrow what a TRUNCATE has emptied.
func TestTruncateAmongManyChangesReloadsEverywhere(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, `INSERT INTO place (name, kind, geom) VALUES ('far', 'city', ST_Point(100, 40, 4326))`)
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"TRUNCATE place",
		`DO $$ BEGIN FOR i IN 1..1001 LOOP INSERT INTO place (name, kind, geom) VALUES ('p', 'city', ST_Point(120, 30, 4326)); END LOOP; END $$`} {
		if _, err := tx.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var kind string
	var boxed bool
	if err := pool.QueryRow(t.Context(), `SELECT kind, new_bbox IS NOT NULL OR old_bbox IS NOT NULL FROM change ORDER BY seq DESC LIMIT 1`).Scan(&kind, &boxed); err != nil {
		t.Fatal(err)
	}
	if kind != "reload" || boxed {
		t.Errorf("the newest change is %s, with a box: %t", kind, boxed)
	}
}

// TestUnitsCannotCommandEachOther: two moves at once cannot make a circle that neither makes alone.
func TestUnitsCannotCommandEachOther(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, `INSERT INTO command_unit (name, kind, level) VALUES ('a', 'office', 'county'), ('b', 'office', 'county')`)
	a, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	move := `UPDATE command_unit SET parent_id = (SELECT id FROM command_unit WHERE name = $1) WHERE name = $2`
	if _, err := a.Exec(t.Context(), move, "b", "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Exec(t.Context(), move, "a", "b"); err != nil {
		t.Fatal(err)
	}
	ends := make(chan error, 2)
	go func() { ends <- a.Commit(t.Context()) }()
	go func() { ends <- b.Commit(t.Context()) }()
	if first, second := <-ends, <-ends; (first == nil) == (second == nil) {
		t.Errorf("the commits ended with %v and %v; exactly one must be refused", first, second)
	}
}

// TestAListIsOneVersionOfItsRow: a statement that writes many lines is one change of the row that they belong to.
func TestAListIsOneVersionOfItsRow(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, `INSERT INTO material_site (name, kind, geom) VALUES ('s', 'depot', ST_Point(112, 27, 4326))`)
	exec(t, pool, `INSERT INTO stock_line (material_site_id, item, quantity, unit) SELECT id, 'i' || n, n, '件' FROM material_site, generate_series(1, 300) n`)
	exec(t, pool, `UPDATE stock_line SET quantity = 5 WHERE item = 'i7'`)
	exec(t, pool, `UPDATE stock_line SET quantity = 5 WHERE item = 'i7'`)
	exec(t, pool, `DELETE FROM stock_line WHERE item = 'i8'`)
	var version, kept int
	if err := pool.QueryRow(t.Context(), `SELECT version, (SELECT count(*) FROM history WHERE layer = 'stock_line') FROM material_site`).Scan(&version, &kept); err != nil {
		t.Fatal(err)
	}
	if version != 4 || kept != 302 {
		t.Errorf("version %d with %d rows of history, want 4 with 302", version, kept)
	}
}

// TestSpacesOfSpreadsheetsAreNoObstacle: a no-break space in a name is not seen and must not matter.
func TestSpacesOfSpreadsheetsAreNoObstacle(t *testing.T) {
	pool := storetest.New(t)
	exec(t, pool, "INSERT INTO place (name, kind, geom) VALUES ('消防\u00a0站\u3000甲', 'town', ST_Point(112, 27, 4326))")
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM place WHERE search LIKE '%消防站甲%'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("found %d (%v)", n, err)
	}
}
