package api_test

import (
	"testing"

	"fourmaps/server/store/storetest"
)

// TestAMappingIsSharedInAnAreaThatIsThere: another id is a mistake of who asks, not of the server.
func TestAMappingIsSharedInAnAreaThatIsThere(t *testing.T) {
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	d, _ := r.upload(201, "a.csv", []byte(ledgerOfStores), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, staff)
	body := fields{"name": "共用", "import": d.ID, "area_id": "00000000-0000-7000-8000-0000000000ff"}
	r.want(422, nil, "POST", "/api/import-mappings", body, "Cookie", staff)
	body["area_id"] = r.areaID("990101001")
	r.want(201, nil, "POST", "/api/import-mappings", body, "Cookie", staff)
}

// TestARowThatMovesInAnAreaWithoutPolygonStays: an import judges it as a save does, by the area that it has.
func TestARowThatMovesInAnAreaWithoutPolygonStays(t *testing.T) {
	r := startWithAreas(t)
	r.sql(`INSERT INTO area (code, level, name, origin_key, parent_id) SELECT '990101009', 'township', '无图乡', 'w', id FROM area WHERE code = '990101'`)
	r.sql(`UPDATE area SET geom = NULL WHERE code LIKE '990101001%' OR code LIKE '990101002%'`)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	r.sql(`INSERT INTO material_site (origin, origin_key, name, kind, area_id, geom) SELECT '台账', 'S1', '一号避难场所', 'shelter', id, 'SRID=4326;POINT(110.15 25.2)' FROM area WHERE code = '990101009'`)
	staff := storetest.SignIn(t, r.pool, "staff", "990101009")
	d, _ := r.upload(201, "a.csv", []byte("编号,名称,类型,经度,纬度\nS1,一号避难场所,避难场所,110.16,25.21\n"), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84", "origin": "台账"}}, staff)
	if d.Counts == nil || d.Counts.Changed != 1 {
		t.Fatalf("%v %+v %+v", d.Counts, d.About.Missing, r.report(d, "", staff))
	}
	d = r.apply(d, false, 200, staff)
	var code string
	if err := r.pool.QueryRow(t.Context(), `SELECT a.code FROM material_site m JOIN area a ON a.id = m.area_id WHERE ST_X(m.geom) = 110.16`).Scan(&code); err != nil || code != "990101009" {
		t.Errorf("it lies in %q, %v", code, err)
	}
}

// TestSavedMappingsHaveAHistoryAndALimit: who saved, renamed and deleted which, from where.
func TestSavedMappingsHaveAHistoryAndALimit(t *testing.T) {
	r := startWithAreas(t)
	person, staff := storetest.SignInAs(t, r.pool, "staff-of-mappings", "staff", "")
	d, _ := r.upload(201, "a.csv", []byte(ledgerOfStores), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "wgs84"}}, staff)
	var saved struct{ ID string }
	for _, body := range []fields{{"name": "共用", "import": d.ID}, {"name": "共用", "import": d.ID}, {"name": "共用", "import": d.ID, "everywhere": true}} { // the second changes nothing
		r.want(201, &saved, "POST", "/api/import-mappings", body, "Cookie", staff)
	}
	r.want(200, nil, "PATCH", "/api/import-mappings/"+saved.ID, fields{"name": "新名"}, "Cookie", staff)
	r.want(204, nil, "DELETE", "/api/import-mappings/"+saved.ID, nil, "Cookie", staff)
	var told string
	if err := r.pool.QueryRow(t.Context(), `SELECT string_agg(kind || ' ' || coalesce(before ->> 'name', '-') || '>' || coalesce(after ->> 'name', '-') || ' ' || coalesce(after ->> 'everywhere', '-'), ', ' ORDER BY seq)
		FROM import_mapping_history WHERE id = $1 AND person_id = $2 AND address <> '' AND actor <> '' AND source = 'import'`, saved.ID, person).Scan(&told); err != nil {
		t.Fatal(err)
	}
	if want := "insert ->共用 false, update 共用>共用 true, update 共用>新名 true, delete 新名>- -"; told != want {
		t.Errorf("history: %s, want %s", told, want)
	}
	if _, err := r.pool.Exec(t.Context(), "DELETE FROM import_mapping_history"); err == nil {
		t.Error("the history can be deleted")
	}
	r.sql(`INSERT INTO import_mapping (person_id, layer, name, columns, choices) SELECT $1, 'material_site', 'm' || i, '{a}', '{}' FROM generate_series(1, 50) i`, person)
	r.want(409, nil, "POST", "/api/import-mappings", fields{"name": "多了", "import": d.ID}, "Cookie", staff)
	r.want(201, nil, "POST", "/api/import-mappings", fields{"name": "m7", "import": d.ID}, "Cookie", staff) // one that is there may be saved anew
	r.want(204, nil, "DELETE", "/api/import-mappings/"+r.mappingID("m8"), nil, "Cookie", staff)
	r.want(201, nil, "POST", "/api/import-mappings", fields{"name": "多了", "import": d.ID}, "Cookie", staff)
}

func (r *running) mappingID(name string) (id string) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), "SELECT id FROM import_mapping WHERE name = $1", name).Scan(&id); err != nil {
		r.t.Fatal(err)
	}
	return id
}
