package store_test

import (
	"strings"
	"testing"
	"time"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestTenThousandRowsAreChecked in seconds, with the index of the near layer: a scan of all pairs would take an hour.
func TestTenThousandRowsAreChecked(t *testing.T) {
	if testing.Short() {
		t.Skip("-short was asked for: this stores 10,000 rows and as many roads")
	}
	pool := storetest.New(t)
	exec(t, pool, `SET session_replication_role = replica;
		INSERT INTO risk_point (name, origin_key, kind, risk_level, geom) SELECT '站' || i, i::text, 'waste_recycling_point', 'low', ST_SetSRID(ST_MakePoint(110 + (i % 400) * 0.0025, 25 + (i / 400) * 0.0025), 4326) FROM generate_series(0, 9999) i;
		INSERT INTO road (origin_key, class, oneway, speed_kmh, cost_s, reverse_cost_s, length_m, source_node, target_node, component, geom)
			SELECT i::text, 'tertiary', 'both', 40, 1, 1, 1, 1, 2, 1, ST_SetSRID(ST_MakeLine(ST_MakePoint(x, y), ST_MakePoint(x + 0.002, y + 0.0005)), 4326)
			FROM (SELECT i, 110 + (i % 400) * 0.0025 + (i % 97) * 0.00001 AS x, 25 + (i / 400) * 0.0025 + (i % 89) * 0.00001 AS y FROM generate_series(0, 9999) i) p;
		SET session_replication_role = origin; ANALYZE risk_point; ANALYZE road`)
	s := store.New(pool)
	began := time.Now()
	check, done, err := s.CheckSiting(t.Context(), nil, time.Time{})
	if err != nil || !done || check.Rows < 10_000 || check.New == 0 {
		t.Fatalf("%+v %v %v", check, done, err)
	}
	first := time.Since(began)
	began = time.Now()
	if _, _, err := s.CheckSiting(t.Context(), nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	t.Logf("first check %v (%d findings), again %v", first, check.New, time.Since(began))
	if first > time.Minute {
		t.Errorf("the check took %v", first)
	}
	rows, err := pool.Query(t.Context(), `EXPLAIN SELECT r.id, hit.id FROM risk_point r CROSS JOIN LATERAL (SELECT n.id, ST_Distance(r.geom::geography, n.geom::geography) AS metres FROM road n
		WHERE n.deleted_at IS NULL AND n.geom && around(r.geom, 5) ORDER BY metres, n.id LIMIT 1) hit WHERE hit.metres < 5`)
	if err != nil {
		t.Fatal(err)
	}
	var plan, line string
	for rows.Next() {
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan += line + "\n"
	}
	if !strings.Contains(plan, "road_geom") {
		t.Errorf("the index of roads is not used:\n%s", plan)
	}
}
