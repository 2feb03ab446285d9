package api_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestGeoJSONToTheLetter checks what RFC 7946 asks: winding, seven decimals, bbox also across the antimeridian, no crs.
func TestGeoJSONToTheLetter(t *testing.T) {
	r := start(t)
	risk := func(key, geom string) {
		r.sql(`INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) VALUES ($1, $1, 'low', 'mine', $2::text::geometry)`, key, "SRID=4326;"+geom)
	}
	risk("clockwise", "POLYGON((0 0,0 10,10 10,10 0,0 0),(2 2,4 2,4 4,2 4,2 2))")
	risk("right", "POLYGON((0 0,10 0,10 10,0 10,0 0),(2 2,2 4,4 4,4 2,2 2))")
	risk("several", "MULTIPOLYGON(((20 0,20 1,21 1,21 0,20 0)),((30 0,30 1,31 1,31 0,30 0)))")
	risk("point", "POINT(110.123456789 -0.00000001)")
	risk("line", "LINESTRING(1 1,2 2.5,3 3.12345674)")
	risk("multi", "MULTILINESTRING((1 1,2 2),(3 3,4 4))")
	risk("fiji", "POINT(179.5 -17)")
	risk("samoa", "POINT(-172 -14)")
	for key, want := range map[string]string{
		"clockwise": `[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[2,4],[4,4],[4,2],[2,2]]]`,
		"right":     `[[[0,0],[10,0],[10,10],[0,10],[0,0]],[[2,2],[2,4],[4,4],[4,2],[2,2]]]`,
		"several":   `[[[[20,0],[21,0],[21,1],[20,1],[20,0]]],[[[30,0],[31,0],[31,1],[30,1],[30,0]]]]`,
		"point":     `[110.1234568,0]`,
		"line":      `[[1,1],[2,2.5],[3,3.1234567]]`,
		"multi":     `[[[1,1],[2,2]],[[3,3],[4,4]]]`,
	} {
		var got collection
		r.json("/api/layers/risk_point/features?origin_key="+key, &got)
		if len(got.Features) != 1 || string(got.Features[0].Geometry.Coordinates) != want {
			t.Errorf("%s: %s, want %s", key, got.Features[0].Geometry.Coordinates, want)
		}
	}
	for query, want := range map[string][]float64{
		"origin_key=several":     {20, 0, 31, 1},
		"bbox=170,-30,-160,0":    {179.5, -17, -172, -14}, // west greater than east
		"bbox=-180,-90,180,90":   {-172, -17, 179.5, 10},
		"bbox=100,-10,120,10":    {110.1234568, 0, 110.1234568, 0},
		"bbox=60,60,61,61":       nil,
		"bbox=9,9,0,20,20,50":    {0, 0, 10, 10}, // six numbers are west, south, lowest, east, north, highest
		"bbox=9,9,-5,9.5,9.5,50": {0, 0, 10, 10},
	} {
		var got collection
		r.json("/api/layers/risk_point/features?"+query, &got)
		if !slices.Equal(got.Box, want) {
			t.Errorf("%s: bbox %v, want %v (%d rows)", query, got.Box, want, got.Matched)
		}
	}
	_, h, body := r.get("/api/layers/risk_point/features")
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || h.Get("Content-Type") != "application/geo+json" {
		t.Fatal(err, h)
	}
	if _, has := raw["crs"]; has || strings.Contains(string(body), "\n") {
		t.Errorf("members: %v", raw)
	}
}

// TestRowsWithoutPlaceAreListed: a command unit may have no place.
func TestRowsWithoutPlaceAreListed(t *testing.T) {
	r := start(t)
	r.sql(`INSERT INTO command_unit (origin_key, name, kind, level) VALUES ('m', '部', 'headquarters', 'ministry')`)
	var got collection
	r.json("/api/layers/command_unit/features", &got)
	if len(got.Features) != 1 || got.Features[0].Geometry != nil || got.Box != nil {
		t.Errorf("%+v", got)
	}
}

// TestValuesSurvive: what is stored comes out as it is, whatever it holds.
func TestValuesSurvive(t *testing.T) {
	r := start(t)
	name := "引\"号\\反斜\t制表\n换行\x01控制 \u2028 <b>&amp; 😀"
	r.sql(`INSERT INTO response_force (origin_key, name, nature, capabilities, headcount, turnout_minutes, confirmed_at, geom)
		VALUES ('a', $1, 'militia', '{fire,"water_rescue"}', 12, 0.1, '1999-12-31 23:59:59.999999+00', 'SRID=4326;POINT(110 25)'),
			('b', 'b', 'militia', '{}', 0, 1e-9, NULL, 'SRID=4326;POINT(110 25)')`, name)
	r.sql(`INSERT INTO risk_point (origin_key, name, risk_level, kind, listed_on, geom) VALUES ('a', 'a', 'low', 'mine', '1969-07-20', 'SRID=4326;POINT(110 25)')`)
	var got collection
	r.json("/api/layers/response_force/features?sort=origin_key", &got)
	p, q := got.Features[0].Properties, got.Features[1].Properties
	if p["name"] != name || p["headcount"] != 12.0 || p["turnout_minutes"] != .1 || p["confirmed_at"] != "1999-12-31T23:59:59.999999Z" || q["turnout_minutes"] != 1e-9 {
		t.Errorf("%+v %+v", p, q)
	}
	if list := p["capabilities"].([]any); !slices.Equal(list, []any{"fire", "water_rescue"}) || len(q["capabilities"].([]any)) != 0 {
		t.Errorf("%v %v", list, q["capabilities"])
	}
	var risk collection
	r.json("/api/layers/risk_point/features", &risk)
	if risk.Features[0].Properties["listed_on"] != "1969-07-20" {
		t.Errorf("%+v", risk.Features[0].Properties)
	}
}
