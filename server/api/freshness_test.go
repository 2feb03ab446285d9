package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// TestFreshnessFiguresOpenTheirRows compares every figure with the list that it opens.
func TestFreshnessFiguresOpenTheirRows(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	f := newFiller(11)
	for _, l := range layer.All {
		if l.ConfirmDays > 0 {
			r.fill(f, l, 60)
		}
	}
	r.sql(`UPDATE risk_point SET confirmed_at = now() - (random() * 200) * interval '1 day' WHERE random() < .8`)
	type counts struct{ Total, Confirmed, Due, Never int }
	var fresh struct {
		Layers []struct {
			Layer string
			counts
			Areas []struct {
				Code string
				counts
			}
		}
	}
	for _, level := range []string{"township", "village"} {
		r.json("/api/freshness?area=990101&area_level="+level, &fresh)
		if len(fresh.Layers) != 4 {
			t.Fatalf("%d layers", len(fresh.Layers))
		}
		for _, l := range fresh.Layers {
			check := func(code string, got counts) {
				t.Helper()
				var want counts
				for query, into := range map[string]*int{"": &want.Total, "due=false": &want.Confirmed, "due=true": &want.Due, "confirmed_at.null=true": &want.Never} {
					var rows collection
					r.json("/api/layers/"+l.Layer+"/features?limit=1&area="+code+"&"+query, &rows)
					*into = rows.Matched
				}
				if got != want {
					t.Errorf("%s in %s: %+v, the lists have %+v", l.Layer, code, got, want)
				}
			}
			check("990101", l.counts)
			for _, a := range l.Areas {
				check(a.Code, a.counts)
			}
		}
	}
}

func TestAWalkToWhatIsDue(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	r.sql(onePoint, "a")
	r.sql(onePoint, "b")
	r.sql(`UPDATE risk_point SET confirmed_at = now() WHERE origin_key = 'b'`)
	var walk struct {
		Matched  int `json:"numberMatched"`
		Features []struct {
			feature
			Layer string
			LegM  *float64 `json:"leg_m"`
		}
	}
	r.json("/api/due?from=110.1,25.1&area=990101&layers=risk_point,command_unit", &walk)
	if walk.Matched != 1 || len(walk.Features) != 1 || walk.Features[0].Layer != "risk_point" || walk.Features[0].LegM == nil || walk.Features[0].Properties["name"] == nil {
		t.Errorf("%+v", walk)
	}
	for path, code := range map[string]string{
		"/api/due?from=110.1": "bad_value", "/api/due?from=a,b": "bad_value", "/api/due?from=200,25": "bad_value", "/api/due?layers=road": "bad_value",
		"/api/due?area=1": "bad_value", "/api/due?x=1": "unknown_parameter", "/api/freshness?area=x": "bad_value", "/api/freshness?area_level=city": "bad_value",
	} {
		if status, _, body := r.get(path); status != 400 || !strings.Contains(string(body), `"`+code+`"`) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

// TestTilesSayWhenRowsWereConfirmed, so that the map can fade what is old.
func TestTilesSayWhenRowsWereConfirmed(t *testing.T) {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	r.sql(onePoint, "a")
	days := func() any {
		tile := maptile.At(orb.Point{110.2, 25.2}, 6)
		_, _, body := r.get(fmt.Sprintf("/tiles/risk_point/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y))
		layers, err := mvt.Unmarshal(body)
		if err != nil || len(layers) != 1 || len(layers[0].Features) != 1 {
			t.Fatalf("%v %v", layers, err)
		}
		return layers[0].Features[0].Properties["confirmed_day"]
	}
	if got := days(); got != nil {
		t.Errorf("never confirmed, and the tile says %v", got)
	}
	r.sql(`UPDATE risk_point SET confirmed_at = '1970-01-11T23:00:00Z'`)
	r.eventually("the tile says the day", func() bool { return days() == 10.0 })
}

// TestWritingAnswersAreAsDescribed checks real answers of these routes against their schemas.
func TestWritingAnswersAreAsDescribed(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	d := r.document()
	row := r.write("", "POST", sites, siteBody(110.1, `,"stock_line":[{"item":"a","quantity":1,"unit":"件"}]`))
	path := sites + "/" + row.is(201, "")["id"].(string)
	check := func(described, method, status string, body []byte) {
		t.Helper()
		var schema map[string]any
		for _, media := range d.at("paths", described, method, "responses", status, "content") {
			schema = d.resolved(media.(map[string]any)["schema"].(map[string]any))
		}
		var v any
		if schema == nil || json.Unmarshal(body, &v) != nil {
			t.Fatalf("%s %s %s is not described", method, described, status)
		}
		for _, fault := range d.faults(schema, v, described) {
			t.Error(fault)
		}
	}
	one := "/api/layers/material_site/features/{id}"
	check("/api/layers/material_site/features", "post", "201", row.body)
	check(one, "patch", "200", r.write("", "PATCH", path, `{"properties":{"address":"x"}}`, "If-Match", `"1"`).body)
	check(one, "patch", "412", r.write("", "PATCH", path, `{"properties":{"address":"x"}}`, "If-Match", `"1"`).body)
	check(one, "patch", "422", r.write("", "PATCH", path, `{"geometry":{"type":"Point","coordinates":[125,20]}}`, "If-Match", `"2"`).body)
	check(one, "patch", "428", r.write("", "PATCH", path, `{}`).body)
	check(one+"/confirm", "post", "200", r.write("", "POST", path+"/confirm", "", "If-Match", `"2"`).body)
	check(one+"/restore", "post", "200", r.write("", "POST", path+"/restore", `{"version":1}`, "If-Match", `"3"`).body)
	check(one, "delete", "200", r.write("", "DELETE", path, "", "If-Match", `"4"`).body)
	check(one+"/history", "get", "200", r.write("", "GET", path+"/history", "").body)
	check(one+"/versions/{version}", "get", "200", r.write("", "GET", path+"/versions/1", "").body)
	check(one+"/undelete", "post", "200", r.write("", "POST", path+"/undelete", "", "If-Match", `"5"`).body)
	for _, path := range []string{"/api/freshness", "/api/due", "/api/confirmation-periods"} {
		check(path, "get", "200", r.write("", "GET", path, "").body)
	}
}
