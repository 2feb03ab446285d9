package store_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/uuid"

	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// corridor is the code of the rule that wants so many metres to a power line of a voltage.
var corridors = []struct {
	code    string
	voltage float64
	metres  float64
}{{"corridor_10", 10, 5}, {"corridor_110", 110, 10}, {"corridor_330", 220, 15}, {"corridor_500", 500, 20}}

// latitudes at which a degree of longitude is 111, 104, 86 and 28 km.
var latitudes = []float64{0, 21, 39.5, -75.4}

// TestDistancesAreMetresOnTheGround puts rows a hand's breadth on both sides of every distance, with the place computed on
// the ellipsoid by ST_Project: to points, lines and areas, as points, lines and areas, at several latitudes.
func TestDistancesAreMetresOnTheGround(t *testing.T) {
	pool := storetest.New(t)
	s := store.New(pool)
	// only what is measured here
	exec(t, pool, `UPDATE siting_rule SET active = code IN ('waste_road', 'waste_dangerous_goods', 'corridor_10', 'corridor_110', 'corridor_330', 'corridor_500')`)
	type expected struct {
		rule     string
		measured float64
	}
	want := map[uuid.UUID]expected{}
	n := 0
	put := func(kind, near, rule string, metres, off float64, from, shape string) {
		n++
		id := uuid.Must(uuid.NewV7())
		_, err := pool.Exec(t.Context(), fmt.Sprintf(`INSERT INTO risk_point (id, name, kind, risk_level, geom)
			SELECT $1, $2, 'waste_recycling_point', 'low', %s FROM (SELECT ST_Project((%s)::geography, $3::float8, $4::float8)::geometry AS p) x`, shape, from), id, fmt.Sprintf("%s %s %d", kind, near, n), metres+off, math.Pi/2)
		if err != nil {
			t.Fatal(err)
		}
		if off < 0 {
			want[id] = expected{rule, metres + off}
		}
	}
	for i, lat := range latitudes {
		for j, off := range []float64{-0.05, 0.05} {
			at := 10 + 20*float64(i) + 4*float64(j) // degrees east, far from the others
			// a road straight north: due east of a vertex in its middle is the shortest way
			exec(t, pool, fmt.Sprintf(`INSERT INTO road (class, oneway, speed_kmh, cost_s, reverse_cost_s, length_m, source_node, target_node, component, geom)
				VALUES ('tertiary', 'both', 40, 1, 1, 1, 1, 2, 1, ST_SetSRID('LINESTRING(%[1]f %[2]f, %[1]f %[3]f)'::geometry, 4326))`, at, lat-0.01, lat+0.01))
			put("point", "road", "waste_road", 5, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", at, lat), "x.p")
			// a store of dangerous goods is a point, and an area whose eastern edge runs north
			exec(t, pool, fmt.Sprintf(`INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('库', 'fireworks', 'low', ST_SetSRID(ST_MakePoint(%f, %f), 4326))`, at+1, lat))
			put("point", "point", "waste_dangerous_goods", 500, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", at+1, lat), "x.p")
			exec(t, pool, fmt.Sprintf(`INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('厂', 'hazardous_chemicals', 'low', ST_MakeEnvelope(%f, %f, %f, %f, 4326))`, at+1.99, lat-0.01, at+2, lat+0.01))
			put("point", "area", "waste_dangerous_goods", 500, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", at+2, lat), "x.p")
			put("line", "area", "waste_dangerous_goods", 500, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", at+2, lat-0.004),
				"ST_MakeLine(x.p, ST_Translate(x.p, 0.02, 0))")
			put("area", "area", "waste_dangerous_goods", 500, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", at+2, lat+0.004),
				"ST_MakeEnvelope(ST_X(x.p), ST_Y(x.p) - 0.0001, ST_X(x.p) + 0.01, ST_Y(x.p) + 0.0001, 4326)")
			for k, c := range corridors {
				x := at + 3 + 0.1*float64(k)
				exec(t, pool, fmt.Sprintf(`INSERT INTO zone (kind, voltage_kv, geom) VALUES ('power_line', %f, ST_SetSRID('LINESTRING(%[2]f %[3]f, %[2]f %[4]f)'::geometry, 4326))`, c.voltage, x, lat-0.01, lat+0.01))
				put("point", "line", c.code, c.metres, off, fmt.Sprintf("ST_SetSRID(ST_MakePoint(%f, %f), 4326)", x, lat), "x.p")
				// the centre line of a wide one: half its width goes off
				exec(t, pool, fmt.Sprintf(`INSERT INTO zone (kind, voltage_kv, width_m, geom) VALUES ('power_line', %f, 14, ST_SetSRID('LINESTRING(%[2]f %[3]f, %[2]f %[4]f)'::geometry, 4326))`, c.voltage, x+0.05, lat-0.01, lat+0.01))
				put("point", "wide line", c.code, c.metres, off, fmt.Sprintf("ST_Project(ST_SetSRID(ST_MakePoint(%f, %f), 4326)::geography, 7, pi() / 2)", x+0.05, lat), "x.p")
			}
		}
	}
	check, done, err := s.CheckSiting(t.Context(), nil, time.Time{})
	if err != nil || !done || check.FinishedAt == nil {
		t.Fatalf("%+v %v %v", check, done, err)
	}
	rules := ruleCodes(t, s)
	page, err := s.SitingFindings(t.Context(), store.SitingQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	got := map[uuid.UUID]bool{}
	for _, f := range page.Findings {
		got[f.Row.ID] = true
		w, ok := want[f.Row.ID]
		if !ok {
			t.Errorf("%s lies far enough, measured %.4f of %g", f.Row.Name, f.Measured, f.Required)
			continue
		}
		if rules[f.RuleID] != w.rule || math.Abs(f.Measured-w.measured) > 0.01 {
			t.Errorf("%s: %s measured %.4f, want %s %.4f", f.Row.Name, rules[f.RuleID], f.Measured, w.rule, w.measured)
		}
	}
	for id, w := range want {
		if !got[id] {
			t.Errorf("a row at %.2f m escapes %s", w.measured, w.rule)
		}
	}
	if check.New != len(want) || len(want) != len(latitudes)*(1+1+1+2+2*len(corridors)) {
		t.Errorf("%d findings for %d rows", check.New, len(want))
	}
}

func ruleCodes(t *testing.T, s *store.Store) map[uuid.UUID]string {
	t.Helper()
	rules, err := s.SitingRules(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := map[uuid.UUID]string{}
	for _, r := range rules {
		out[r.ID] = r.Code
		if _, err := r.Parse(); err != nil {
			t.Errorf("the rule %s is none: %v", r.Code, err)
		}
	}
	return out
}

// TestTheIndexLooksFarEnough compares the box around a geometry with the ground: nothing within the distance lies outside,
// at any latitude, of points and of long edges whose arc rises over their chord.
func TestTheIndexLooksFarEnough(t *testing.T) {
	pool := storetest.New(t)
	var outside int
	err := pool.QueryRow(t.Context(), `
		WITH places AS (SELECT ST_SetSRID(ST_MakePoint(100, lat), 4326) AS p FROM generate_series(-84, 84, 4) lat),
		near AS (SELECT p, d, ST_Project(p::geography, d - 0.001, radians(turn))::geometry AS q FROM places, unnest(ARRAY[5, 500, 5000]) d, generate_series(0, 345, 15) turn),
		edges AS (SELECT p, ST_MakeLine(ST_Project(p::geography, 25000, -pi() / 2)::geometry, ST_Project(p::geography, 25000, pi() / 2)::geometry) AS g FROM places WHERE abs(ST_Y(p)) <= 76),
		arcs AS (SELECT g, ST_Project(p::geography, 4.9, -- the geodesic goes through p 
			CASE WHEN ST_YMin(g) > 0 THEN 0 ELSE pi() END)::geometry AS q FROM edges)
		SELECT (SELECT count(*) FROM near WHERE NOT around(p, d) && q OR NOT around(q, d) && p) + (SELECT count(*) FROM arcs WHERE NOT around(q, 5) && g)`).Scan(&outside)
	if err != nil || outside != 0 {
		t.Errorf("%d places within the distance lie outside the box (%v)", outside, err)
	}
}
