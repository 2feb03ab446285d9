package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fourmaps/geo/format/export"
	"fourmaps/server/store/storetest"
)

// undrawn are the ways in which a township may lack a polygon: nothing is known of where it lies, or its centre is.
var undrawn = map[string]string{"without a place": "NULL", "with a centre point": "ST_SetSRID(ST_MakePoint(110.35, 25.35), 4326)"}

// withUndrawn is a server whose third township has no polygon; the others cover half of the county each no more.
func withUndrawn(t *testing.T, place string) *running {
	t.Helper()
	r := startWithAreas(t)
	r.sql(`UPDATE area SET geom = ST_MakeEnvelope(110.2, 25, 110.4, 25.2, 4326) WHERE code = '990101002'`)
	r.sql(`INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) SELECT '00000000-0000-7000-8000-000000000009', '990101003', 'township', '无图乡', 'w', id, ` + place + ` FROM area WHERE code = '990101'`)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	return r
}

// stood makes a depot at 110.35, 25.35 that is said to belong to the township without a polygon.
func (r *running) stood(name, cookie string, more fields) (status int, id, text string) {
	r.t.Helper()
	properties := fields{"name": name, "kind": "depot", "area_id": r.areaID("990101003")}
	for k, v := range more {
		properties[k] = v
	}
	status, _, text = r.send("POST", "/api/layers/material_site/features", fields{"type": "Feature", "geometry": fields{"type": "Point", "coordinates": []float64{110.35, 25.35}}, "properties": properties}, "Cookie", cookie)
	var made struct{ ID string }
	if status == 201 {
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			r.t.Fatal(err)
		}
	}
	return status, made.ID, text
}

// TestATownshipWithoutAPolygonWorksByItsCode: rows, rights, lists, figures, what is due, files and imports, all over HTTP.
func TestATownshipWithoutAPolygonWorksByItsCode(t *testing.T) {
	for name, place := range undrawn {
		t.Run(name, func(t *testing.T) {
			r := withUndrawn(t, place)
			here, beside := storetest.SignIn(t, r.pool, "staff", "990101003"), storetest.SignIn(t, r.pool, "staff", "990101001")
			above := storetest.SignIn(t, r.pool, "staff", "990101")
			if status, _, text := r.stood("别人的", beside, nil); status != 422 || !strings.Contains(text, `"outside_own_area"`) {
				t.Errorf("made by the neighbours: %d %s", status, text)
			}
			status, id, text := r.stood("无图站", here, nil)
			if status != 201 {
				t.Fatalf("made by its own: %d %s", status, text)
			}
			if status, _, text := r.stood("县里的", above, nil); status != 201 {
				t.Errorf("made by the county: %d %s", status, text)
			}
			row := "/api/layers/material_site/features/" + id
			for _, c := range []struct {
				what, method, path string
				body               any
				headers            []string
			}{
				{"changing", "PATCH", row, fields{"type": "Feature", "properties": fields{"keeper": "某人"}}, []string{"If-Match", `"1"`}},
				{"moving", "PATCH", row, fields{"type": "Feature", "geometry": fields{"type": "Point", "coordinates": []float64{110.36, 25.36}}}, []string{"If-Match", `"2"`}},
				{"confirming", "POST", row + "/confirm", nil, []string{"If-Match", `"3"`}},
				{"its history", "GET", row + "/history", nil, nil},
				{"deleting", "DELETE", row, nil, []string{"If-Match", `"4"`}},
				{"what is deleted", "GET", "/api/layers/material_site/deleted", nil, nil},
				{"bringing back", "POST", row + "/undelete", nil, []string{"If-Match", `"5"`}},
			} {
				if c.what != "what is deleted" {
					if status, _, text := r.send(c.method, c.path, c.body, append(c.headers, "Cookie", beside)...); status != 403 && !(status == 422 && strings.Contains(text, "outside_own_area")) {
						t.Errorf("%s by the neighbours: %d %s", c.what, status, text)
					}
				}
				status, _, text := r.send(c.method, c.path, c.body, append(c.headers, "Cookie", here)...)
				if status != 200 || strings.Contains(c.path, "deleted") && !strings.Contains(text, id) {
					t.Errorf("%s: %d %s", c.what, status, text)
				}
			}
			r.counted(id)
			r.comesAndGoes(here, beside)
		})
	}
}

// counted looks for two rows, of which one is due, wherever rows are listed or counted by area.
func (r *running) counted(confirmed string) {
	r.t.Helper()
	for code, want := range map[string]int{"990101003": 2, "990101": 2, "990101001": 0, "990101002": 0} {
		var rows collection
		r.json("/api/layers/material_site/features?area="+code, &rows)
		var due, fresh collection
		r.json("/api/layers/material_site/features?due=true&area="+code, &due)
		r.json("/api/layers/material_site/features?due=false&area="+code, &fresh)
		var summary struct{ Total int }
		r.json("/api/layers/material_site/summary?area="+code, &summary)
		var walk struct{ Features []feature }
		r.json("/api/due?area="+code+"&from=110.35,25.35", &walk)
		if rows.Matched != want || summary.Total != want || due.Matched != want/2 || fresh.Matched != want/2 || len(walk.Features) != want/2 {
			r.t.Errorf("%s: %d rows, %d in the summary, %d due, %d fresh, %d in the walk, want %d", code, rows.Matched, summary.Total, due.Matched, fresh.Matched, len(walk.Features), want)
		}
		if want > 0 && fresh.Matched > 0 && fresh.Features[0].ID != confirmed {
			r.t.Errorf("%s: another row is fresh", code)
		}
	}
	type share struct {
		Code             string
		Total, Confirmed int
	}
	var figures struct {
		Layers []struct {
			Layer string
			Areas []share
		}
	}
	r.json("/api/freshness?area=990101&area_level=township", &figures)
	told := ""
	for _, l := range figures.Layers {
		for _, a := range l.Areas {
			if l.Layer == "material_site" && a.Code == "990101003" {
				told = fmt.Sprint(a.Confirmed, " of ", a.Total)
			}
		}
	}
	if told != "1 of 2" {
		r.t.Errorf("the confirmed share is %q", told)
	}
}

// comesAndGoes exports the township's rows, imports them unchanged, and imports others by its code.
func (r *running) comesAndGoes(here, beside string) {
	r.t.Helper()
	for _, f := range export.Formats() {
		format := f.Name
		status, h, file := r.get("/api/layers/material_site/export?area=990101003&format="+format, "Cookie", here)
		if status != 200 || h.Get("X-Export-Rows") != "2" {
			r.t.Errorf("%s: %d %v", format, status, h)
			continue
		}
		d, _ := r.upload(201, "导出"+f.Extension, file, "&layer=material_site", here)
		d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, here)
		if d.Counts == nil || d.Counts.String() != "read 2 new 0 changed 0 same 2 rejected 0 gone 0" {
			r.t.Errorf("%s comes back as %v, %+v, %+v", format, d.Counts, d.About.Missing, r.report(d, "", here))
		}
	}
	table := []byte("编号,名称,类型,所属区划,经度,纬度\nN1,新站,物资储备库,990101003,110.37,25.37\nN2,邻站,物资储备库,990101001,110.15,25.15\n")
	for who, want := range map[string]string{here: "read 2 new 1 changed 0 same 0 rejected 1 gone 0", beside: "read 2 new 1 changed 0 same 0 rejected 1 gone 0"} {
		d, _ := r.upload(201, "新.csv", table, "&layer=material_site", who)
		d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, who)
		if d.Counts == nil || d.Counts.String() != want {
			r.t.Errorf("by its code: %v, %+v %+v", d.Counts, d.About, r.report(d, "", who))
		}
	}
	d, _ := r.upload(201, "新.csv", table, "&layer=material_site", here)
	d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, here)
	r.apply(d, false, 200, here)
	r.eventually("there are three rows after the import", func() bool {
		var rows collection
		r.json("/api/layers/material_site/features?area=990101003", &rows)
		return rows.Matched == 3
	})
}

// TestAPlaceDecidesWhereNothingIsSaid: without its code a row in the gap lies in the county only.
func TestAPlaceDecidesWhereNothingIsSaid(t *testing.T) {
	r := withUndrawn(t, "NULL")
	here := storetest.SignIn(t, r.pool, "staff", "990101003")
	if status, _, text := r.stood("没说的", here, fields{"area_id": nil}); status != 422 || !strings.Contains(text, `"outside_own_area"`) {
		t.Errorf("%d %s", status, text)
	}
	if status, _, text := r.stood("没说的", r.cookie, fields{"area_id": nil}); status != 201 || !strings.Contains(text, `"area_id":"`+r.areaID("990101")+`"`) {
		t.Errorf("%d %s", status, text)
	}
}
