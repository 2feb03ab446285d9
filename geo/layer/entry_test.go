package layer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

const goodPoint = `{"type":"Feature","id":"01890a5d-ac96-774b-bcce-b302099a8057","geometry":{"type":"Point","coordinates":[110.2,25.1]},
	"properties":{"name":" 东山滑坡 ","risk_level":"major","kind":"geological_hazard","people_threatened":12,"responsible_phone":"0773-1234567","listed_on":"2026-01-02","control_measures":"一\r\n二<b>粗</b>","address":""}}`

func TestParseEntryReadsWhatFormsSend(t *testing.T) {
	e, err := layer.ParseEntry(&layer.RiskPoint, []byte(goodPoint), true)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"name": "东山滑坡", "risk_level": "major", "kind": "geological_hazard", "people_threatened": int64(12),
		"responsible_phone": "0773-1234567", "listed_on": "2026-01-02", "control_measures": "一\n二<b>粗</b>", "address": nil}
	if fmt.Sprint(e.Values) != fmt.Sprint(want) || e.Geometry != (orb.Point{110.2, 25.1}) || !e.HasGeometry || e.Source() != nil || e.ID.Version() != 7 {
		t.Errorf("%+v", e)
	}
}

func TestPatchMentionsOnlyWhatChanges(t *testing.T) {
	e, err := layer.ParseEntry(&layer.MaterialSite, []byte(`{"properties":{"address":null,"stock_line":[{"item":"编织袋","quantity":300,"unit":"条"},{"id":"01890a5d-ac96-774b-bcce-b302099a8057","item":"铁锹","quantity":0.5,"unit":"把","keeper":""}]},"occurred_at":"2026-07-14T08:30:00.1234567+08:00","accept":["similar_nearby"],"confirm":true}`), false)
	if err != nil {
		t.Fatal(err)
	}
	if v, there := e.Values["address"]; len(e.Values) != 1 || !there || v != nil || e.HasGeometry || len(e.Parts["stock_line"]) != 2 || !e.Confirm || !e.Accepts("similar_nearby") || e.Accepts("x") {
		t.Errorf("%+v", e)
	}
	if got := e.OccurredAt.Format("2006-01-02T15:04:05.999999999Z07:00"); got != "2026-07-14T00:30:00.123456Z" {
		t.Errorf("occurred at %s", got)
	}
	if second := e.Parts["stock_line"][1]; second.ID == uuid.Nil || second.Values["quantity"] != 0.5 || second.Values["keeper"] != nil {
		t.Errorf("%+v", second)
	}
}

func TestEnteredSystemsAreConvertedAndKept(t *testing.T) {
	for name, crs := range map[string]geo.CRS{"CGCS2000": geo.CGCS2000, "GCJ02": geo.GCJ02, "BD09": geo.BD09} {
		e, err := layer.ParseEntry(&layer.CommandUnit, []byte(`{"geometry":{"type":"Point","coordinates":[110.2,25.1,88]},"crs":"`+name+`"}`), false)
		if err != nil {
			t.Fatal(err)
		}
		want, _ := geo.ToWGS84(orb.Point{110.2, 25.1}, crs)
		source := e.Source()
		if source == nil || source.CRS != name || source.X != 110.2 || source.Y != 25.1 || geo.Distance(e.Geometry.(orb.Point), want) > 0.02 {
			t.Errorf("%s: %+v from %+v", name, e.Geometry, source)
		}
	}
}

// TestEveryFaultHasItsCode changes one thing of a good entry at a time.
func TestEveryFaultHasItsCode(t *testing.T) {
	for name, c := range map[string]struct{ body, field, code string }{
		"no object":           {`[]`, "", "bad_json"},
		"cut off":             {`{"type":"Feature"`, "", "bad_json"},
		"something behind":    {`{} {}`, "", "bad_json"},
		"a member twice":      {`{"type":"Feature","type":"Feature"}`, "", "bad_json"},
		"not UTF-8":           {"{\"type\":\"Feature\xff\"}", "", "bad_json"},
		"too large":           {`{"type":"` + strings.Repeat("a", layer.MaxEntryBytes) + `"}`, "", "too_large"},
		"another type":        {`{"type":"FeatureCollection"}`, "type", "wrong_type"},
		"an unknown member":   {`{"colour":1}`, "colour", "unknown_field"},
		"a bad id":            {`{"id":"7"}`, "id", "bad_form"},
		"an unknown field":    {`{"properties":{"colour":"red"}}`, "colour", "unknown_field"},
		"a read-only field":   {`{"properties":{"version":3}}`, "version", "read_only"},
		"a derived field":     {`{"properties":{"area_code":"4503"}}`, "area_code", "read_only"},
		"a confirmation":      {`{"properties":{"confirmed_at":"2026-01-01T00:00:00Z"}}`, "confirmed_at", "read_only"},
		"a number as text":    {`{"properties":{"people_threatened":"12"}}`, "people_threatened", "wrong_type"},
		"a fraction":          {`{"properties":{"people_threatened":1.5}}`, "people_threatened", "wrong_type"},
		"too small":           {`{"properties":{"people_threatened":-1}}`, "people_threatened", "out_of_range"},
		"too large a number":  {`{"properties":{"people_threatened":1e999}}`, "people_threatened", "out_of_range"},
		"no choice":           {`{"properties":{"kind":"volcano"}}`, "kind", "not_a_choice"},
		"text as number":      {`{"properties":{"name":5}}`, "name", "wrong_type"},
		"8,000 characters":    {`{"properties":{"name":"` + strings.Repeat("长", 8000) + `"}}`, "name", "too_long"},
		"a control character": {`{"properties":{"name":"a\u0000b"}}`, "name", "bad_text"},
		"a line break":        {`{"properties":{"name":"a\nb"}}`, "name", "bad_text"},
		"an unseen name":      {`{"properties":{"name":"\u200b\u3000\u2060"}}`, "name", "missing"},
		"a turned text":       {`{"properties":{"name":"a\u202eb"}}`, "name", "bad_text"},
		"a lone surrogate":    {`{"properties":{"name":"a\ud800b"}}`, "name", "bad_text"},
		"mojibake":            {`{"properties":{"name":"锟斤拷\ufffd"}}`, "name", "bad_text"},
		"required made empty": {`{"properties":{"name":"  "}}`, "name", "missing"},
		"no phone":            {`{"properties":{"responsible_phone":"call me"}}`, "responsible_phone", "bad_form"},
		"no date":             {`{"properties":{"listed_on":"2026-02-30"}}`, "listed_on", "bad_form"},
		"a day before all":    {`{"properties":{"listed_on":"0999-12-31"}}`, "listed_on", "out_of_range"},
		"no reference":        {`{"properties":{"area_id":"x"}}`, "area_id", "bad_form"},
		"no properties":       {`{"properties":7}`, "properties", "wrong_type"},
		"an unknown system":   {`{"crs":"Xian80"}`, "crs", "not_a_choice"},
		"a bad time":          {`{"occurred_at":"yesterday"}`, "occurred_at", "bad_form"},
		"no list of codes":    {`{"accept":"all"}`, "accept", "wrong_type"},
		"no yes or no":        {`{"confirm":1}`, "confirm", "wrong_type"},
		"no place":            {`{"geometry":null}`, "geometry", "missing"},
		"a type not taken":    {`{"geometry":{"type":"MultiPoint","coordinates":[[1,2]]}}`, "geometry", "geometry_type"},
		"one number":          {`{"geometry":{"type":"Point","coordinates":[110]}}`, "geometry", "bad_geometry"},
		"text in a position":  {`{"geometry":{"type":"Point","coordinates":["110",25]}}`, "geometry", "bad_geometry"},
		"a wrong depth":       {`{"geometry":{"type":"LineString","coordinates":[110,25]}}`, "geometry", "bad_geometry"},
		"nowhere":             {`{"geometry":{"type":"Point","coordinates":[200,100]}}`, "geometry", "coordinate_out_of_range"},
		"a butterfly":         {`{"geometry":{"type":"Polygon","coordinates":[[[110,25],[110.1,25.1],[110.1,25],[110,25.1],[110,25]]]}}`, "geometry", "self_intersection"},
		"an open ring":        {`{"geometry":{"type":"Polygon","coordinates":[[[110,25],[110.1,25.1],[110.1,25],[110,25.1]]]}}`, "geometry", "ring_open"},
		"more than 20,000":    {`{"geometry":{"type":"LineString","coordinates":[` + strings.Repeat("[110,25],", 20000) + `[1,2]]}}`, "geometry", "too_many"},
		"a part that is none": {`{"properties":{"member":[]}}`, "member", "unknown_field"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := layer.ParseEntry(&layer.RiskPoint, []byte(c.body), false)
			var refused *layer.EntryError
			if !errors.As(err, &refused) || len(refused.Faults) != 1 {
				t.Fatalf("got %v", err)
			}
			if f := refused.Faults[0]; f.Field != c.field || f.Code != c.code || f.Text.Zh == "" || f.Text.En == "" {
				t.Errorf("got %+v, want %s at %q", f, c.code, c.field)
			}
		})
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	_, err := layer.ParseEntry(&layer.MaterialSite, []byte(`{"geometry":{"type":"LineString","coordinates":[[1,2],[3,4]]},"properties":{"capacity_persons":-1,"x":1,"stock_line":[{"item":"a"},5,{"colour":1,"item":"b","quantity":-1,"unit":"件"}]}}`), true)
	var refused *layer.EntryError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range refused.Faults {
		got = append(got, f.Field+" "+f.Code)
	}
	want := []string{"capacity_persons out_of_range", "x unknown_field", "stock_line[0].quantity missing", "stock_line[0].unit missing", "stock_line[1] wrong_type",
		"stock_line[2].colour unknown_field", "stock_line[2].quantity out_of_range", "name missing", "kind missing", "geometry geometry_type"}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestSelfCrossingSaysWhere(t *testing.T) {
	_, err := layer.ParseEntry(&layer.RiskPoint, []byte(`{"geometry":{"type":"Polygon","coordinates":[[[110,25],[110.2,25.2],[110.2,25],[110,25.2],[110,25]]]}}`), false)
	if err == nil || !strings.Contains(err.Error(), "110.100000, 25.100000") {
		t.Errorf("%v", err)
	}
}

func TestSwappedNumbersAreKeptForAnOffer(t *testing.T) {
	e, err := layer.ParseEntry(&layer.CommandUnit, []byte(`{"geometry":{"type":"Point","coordinates":[25.1,110.2]},"crs":"GCJ02"}`), false)
	want, _ := geo.ToWGS84(orb.Point{110.2, 25.1}, geo.GCJ02)
	if err != nil || !e.Swapped || geo.Distance(e.Geometry.(orb.Point), want) > 0.02 || e.Entered != (orb.Point{25.1, 110.2}) {
		t.Errorf("%+v %v", e, err)
	}
}

// TestWhatADeclarationAllowsIsRead makes entries of every layer from the declarations.
func TestWhatADeclarationAllowsIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(layer.All).Draw(t, "layer")
		properties := map[string]any{}
		for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
			if !f.ReadOnly && !f.Confirmation && !(f.Name == "area_id" && l.Name == "area") && rapid.Bool().Draw(t, f.Name) {
				properties[f.Name] = valueFor(t, f)
			}
		}
		body, err := json.Marshal(map[string]any{"type": "Feature", "properties": properties})
		if err != nil {
			t.Fatal(err)
		}
		e, err := layer.ParseEntry(l, body, false)
		if err != nil || len(e.Values) != len(properties) {
			t.Fatalf("%s: %v", body, err)
		}
		again, err := json.Marshal(map[string]any{"properties": e.Values})
		if err != nil {
			t.Fatal(err)
		}
		twice, err := layer.ParseEntry(l, again, false)
		if err != nil || fmt.Sprint(twice.Values) != fmt.Sprint(e.Values) {
			t.Fatalf("read again: %v %v, want %v", twice.Values, err, e.Values)
		}
	})
}

func valueFor(t *rapid.T, f layer.Field) any {
	switch f.Type {
	case layer.Integer, layer.Number:
		least, most := -1e6, 1e6
		if f.Min != nil {
			least = *f.Min
		}
		if f.Max != nil {
			most = *f.Max
		}
		v := rapid.Float64Range(least, most).Draw(t, "number")
		if f.Type == layer.Integer {
			v = math.Trunc(v)
		}
		return v
	case layer.Boolean:
		return rapid.Bool().Draw(t, "boolean")
	case layer.Choice:
		return rapid.SampledFrom(f.Choices).Draw(t, "choice").Value
	case layer.Choices:
		return []string{rapid.SampledFrom(f.Choices).Draw(t, "choice").Value}
	case layer.Phone:
		return rapid.StringMatching(`[0-9+() -]{1,5}[0-9]{3,20}`).Draw(t, "phone")
	case layer.Date:
		return "2026-02-28"
	case layer.Time:
		return "2026-02-28T01:02:03Z"
	case layer.Reference:
		return "01890a5d-ac96-774b-bcce-b302099a8057"
	}
	return "字" + rapid.StringMatching(fmt.Sprintf(`[a-z<>&"一-龥]{0,%d}`, min(f.MaxLength-1, 60))).Draw(t, "text")
}

// FuzzParseEntry: whatever comes, there is an entry or faults with both sentences, and what is read is valid.
func FuzzParseEntry(f *testing.F) {
	f.Add(goodPoint, true)
	f.Add(`{"geometry":{"type":"MultiPolygon","coordinates":[[[[110,25],[110.1,25],[110.1,25.1],[110,25]]]]},"crs":"BD09"}`, false)
	f.Add(`{"properties":{"name":"\ud800"}}`, false)
	f.Fuzz(func(t *testing.T, body string, create bool) {
		for _, l := range layer.All {
			e, err := layer.ParseEntry(l, []byte(body), create)
			if err == nil {
				if e.Geometry != nil && geo.CheckValid(e.Geometry) != nil {
					t.Errorf("an invalid place: %v", e.Geometry)
				}
				continue
			}
			var refused *layer.EntryError
			if !errors.As(err, &refused) || len(refused.Faults) == 0 {
				t.Fatalf("%v", err)
			}
			for _, fault := range refused.Faults {
				if fault.Code == "" || fault.Text.Zh == "" || fault.Text.En == "" {
					t.Errorf("a fault without words: %+v", fault)
				}
			}
		}
	})
}
