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
