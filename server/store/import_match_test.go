package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// risks imports rows of id, name, place, system and time; a nil id is a row that the file does not know by id.
func risks(t *testing.T, pool *pgxpool.Pool, origin string, removeGone bool, rows ...[]any) store.Imported {
	t.Helper()
	out, err := store.New(pool).ImportLayer(t.Context(), store.Batch{
		Layer:   &layer.RiskPoint,
		Columns: []string{"origin_key", "same_as", "name", "risk_level", "kind", "confirmed_at", "geom", "source_crs", "source_x", "source_y"},
		Rows: func(yield func([]any, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		},
	}, store.Import{Origin: origin, Actor: "tester", RemoveGone: removeGone})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRowNamedByIDIsThatRow: what was exported comes back as the same row, whatever it is called there, with the exact
// place and time that a file holds only nearly.
func TestRowNamedByIDIsThatRow(t *testing.T) {
	pool := storetest.New(t)
	river := orb.LineString{{110, 25}, {110.1, 25.1}, {110.3, 25.1}}
	hill := orb.Polygon{{{110, 25}, {110, 25.1}, {110.1, 25.1}, {110, 25}}}
	at := func(second int) time.Time { return time.Date(2026, 5, 1, 8, 0, second, 0, time.UTC) }
	seen := at(0).Add(123456 * time.Microsecond)
	risks(t, pool, "ledger.csv", false,
		[]any{"P", nil, "点", "low", "geological_hazard", nil, orb.Point{110, 25}, "GCJ02", 110.005, 25.003},
		[]any{"L", nil, "线", "low", "geological_hazard", nil, river, nil, nil, nil},
		[]any{"A", nil, "面", "low", "geological_hazard", nil, hill, nil, nil, nil})
	ids := map[string]uuid.UUID{}
	anchors := map[string]orb.Point{}
	if _, err := pool.Exec(t.Context(), `UPDATE risk_point SET confirmed_at = $1 WHERE origin_key = 'P'`, seen); err != nil {
		t.Fatal(err)
	}
	rows, err := pool.Query(t.Context(), `SELECT origin_key, id, ST_X(anchor), ST_Y(anchor) FROM risk_point`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var key string
		var id uuid.UUID
		var at orb.Point
		if err := rows.Scan(&key, &id, &at[0], &at[1]); err != nil {
			t.Fatal(err)
		}
		ids[key], anchors[key] = id, at
	}
	nearly := func(p orb.Point) orb.Point { return orb.Point{p[0] + 4e-9, p[1] - 4e-9} }
	turned := orb.MultiPolygon{{{{110, 25}, {110.1, 25.1}, {110, 25.1}, {110, 25}}}}
	row := func(key, name string, seen any, g orb.Geometry) []any {
		return []any{ids[key].String(), ids[key], name, "low", "geological_hazard", seen, g, nil, nil, nil}
	}
	out := risks(t, pool, "export.csv", true,
		row("P", "点", at(0), nearly(orb.Point{110, 25})), row("L", "线", nil, nearly(anchors["L"])), row("A", "面", nil, turned))
	if out.Same != 3 || out.New+out.Changed+out.Removed != 0 {
		t.Errorf("unchanged rows: %+v", out)
	}
	out = risks(t, pool, "export.csv", true,
		row("P", "点", at(1), orb.Point{110, 25}), row("L", "线", nil, orb.LineString{{110, 25}, {110.1, 25.1}, {110.3, 25.2}}), row("A", "坡", nil, hill))
	if out.Changed != 3 {
		t.Errorf("rows with another time, place and name: %+v", out)
	}
	// the rows of an origin that a file knows by id are not gone
	if out = risks(t, pool, "ledger.csv", true, row("P", "点", nil, orb.Point{110, 25}), row("L", "线", nil, river)); out.Removed != 1 || out.New != 0 {
		t.Errorf("two of three rows by id: %+v", out)
	}
	// one row cannot be two
	out = risks(t, pool, "other.csv", false, row("P", "点", nil, orb.Point{110, 25}),
		[]any{"P2", ids["P"], "又一个", "low", "geological_hazard", nil, orb.Point{110, 25}, nil, nil, nil})
	if len(out.Rejected) != 1 || !slices.Contains([]string{"P2", ids["P"].String()}, out.Rejected[0].Key) || out.New != 0 {
		t.Errorf("one row twice: %+v", out)
	}
	// an id that nobody has is a key like any other
	nobody := uuid.New()
	if out = risks(t, pool, "other.csv", false, []any{nobody.String(), nobody, "新", "low", "geological_hazard", nil, orb.Point{110, 25}, nil, nil, nil}); out.New != 1 {
		t.Errorf("an unknown id: %+v", out)
	}
}
