package store_test

import (
	"testing"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestExtentOfRoadsWithoutAreas: whoever has imported roads and no areas yet sees them, not an empty page; the few that
// lead far away do not make the rest a dot.
func TestExtentOfRoadsWithoutAreas(t *testing.T) {
	pool := storetest.New(t)
	rows := store.New(pool)
	ctx := t.Context()
	if found, err := rows.Installation(ctx); err != nil || found.Extent != nil {
		t.Fatalf("an empty database has extent %v, error %v", found.Extent, err)
	}
	_, err := pool.Exec(ctx, `INSERT INTO place (name, kind, geom)
		SELECT 'p' || i, 'village', ST_Point(CASE i WHEN 100 THEN 170 ELSE 114 + i * 0.001 END, 22 + i * 0.001, 4326) FROM generate_series(1, 100) i`)
	if err != nil {
		t.Fatal(err)
	}
	found, err := rows.Installation(ctx)
	if err != nil || found.Extent == nil {
		t.Fatalf("extent %v, error %v", found.Extent, err)
	}
	if e := *found.Extent; e[0] < 113.9 || e[2] > 114.2 || e[1] < 21.9 || e[3] > 22.2 {
		t.Errorf("the extent is %v", e)
	}
}
