package api_test

import (
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// ledgerThatMoves has S1 of the township 长桥镇 (990101001) in 白沙乡 (990101002), and S2 the other way round.
const ledgerThatMoves = "编号,名称,类型,经度,纬度\nS1,一号避难场所,避难场所,110.25,25.2\nS2,二号避难场所,避难场所,110.15,25.2\nS3,三号避难场所,避难场所,110.16,25.2\n"

// whereIs is the code of the area in which a material site lies.
func (r *running) whereIs(key string) (code string) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), `SELECT coalesce(a.code, '') FROM material_site m LEFT JOIN area a ON a.id = m.area_id WHERE m.origin_key = $1 AND m.deleted_at IS NULL`, key).Scan(&code); err != nil {
		r.t.Fatal(err)
	}
	return code
}

func startWithSites(t *testing.T) *running {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	r.sql(`INSERT INTO material_site (origin, origin_key, name, kind, geom) VALUES ('台账', 'S1', '一号避难场所', 'shelter', 'SRID=4326;POINT(110.15 25.2)'),
		('台账', 'S2', '二号避难场所', 'shelter', 'SRID=4326;POINT(110.25 25.2)'), ('台账', 'S3', '三号避难场所', 'shelter', 'SRID=4326;POINT(110.17 25.2)')`)
	return r
}

// TestNobodyMovesRowsOfOthersByImport: neither out of another township into the own one, nor from the own one out, by the
// place as by a column that names the area; the report tells both areas.
func TestNobodyMovesRowsOfOthersByImport(t *testing.T) {
	r := startWithSites(t)
	staff := storetest.SignIn(t, r.pool, "staff", "990101001")
	const byColumn = "编号,名称,类型,经度,纬度,所属区划\nS1,一号避难场所,避难场所,110.15,25.2,990101002\nS2,二号避难场所,避难场所,110.25,25.2,990101001\nS3,三号避难场所,避难场所,110.16,25.2,\n"
	// the column says where the row lies already, and the place, which decides then, is another township's
	const byBoth = "编号,名称,类型,经度,纬度,所属区划\nS1,一号避难场所,避难场所,110.25,25.2,990101001\nS2,二号避难场所,避难场所,110.15,25.2,990101002\nS3,三号避难场所,避难场所,110.16,25.2,\n"
	for _, ledger := range []string{ledgerThatMoves, byColumn, byBoth} {
		d, _ := r.upload(201, "台账.csv", []byte(ledger), "&layer=material_site", staff)
		d = r.choose(d, fields{"choices": fields{"mapping": r.mapped(d), "crs": "wgs84"}}, staff)
		if d.Counts == nil || d.Counts.Rejected != 2 || d.Counts.Changed+d.Counts.Same != 1 || d.Counts.Moved != 0 {
			t.Fatalf("%s: %+v %+v", ledger, d.Counts, d.About.Missing)
		}
		for _, row := range r.report(d, "rejected", staff) {
			p := row.Problems[0]
			if p.Code != "outside_own_area" || !strings.Contains(p.Zh, "长桥镇") || !strings.Contains(p.Zh, "白沙乡") || !strings.Contains(p.En, "长桥镇") || !strings.Contains(p.En, "白沙乡") {
				t.Errorf("%s of %s: %s %s", row.Key, ledger, p.Zh, p.En)
			}
		}
		r.apply(d, true, 200, staff)
		if one, two := r.whereIs("S1"), r.whereIs("S2"); one != "990101001" || two != "990101002" {
			t.Fatalf("%s: S1 lies in %s, S2 in %s", ledger, one, two)
		}
	}
}

// mapped are the proposals, and the column that names the area.
func (r *running) mapped(d draft) []fields {
	pairs := r.proposed(d, "material_site")
	for _, c := range d.About.Columns {
		named := false
		for _, p := range pairs {
			named = named || p["column"] == c.Name
		}
		if c.Name == "所属区划" && !named {
			pairs = append(pairs, fields{"column": c.Name, "field": "area_id"})
		}
	}
	return pairs
}

// TestMovesBetweenAreasAreConfirmed: who may write in both areas is told which rows move from where, and nothing is
// written before that is confirmed.
func TestMovesBetweenAreasAreConfirmed(t *testing.T) {
	r := startWithSites(t)
	staff := storetest.SignIn(t, r.pool, "staff", "990101")
	d, _ := r.upload(201, "台账.csv", []byte(ledgerThatMoves), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.mapped(d), "crs": "wgs84"}}, staff)
	if d.Counts == nil || d.Counts.Changed != 3 || d.Counts.Moved != 2 || d.Counts.Rejected != 0 {
		t.Fatalf("%+v", d.Counts)
	}
	moves := map[string]string{}
	for _, row := range r.report(d, "changed", staff) {
		if moves[row.Key] = *row.Area; row.Moved {
			moves[row.Key] = *row.FromArea + "→" + *row.Area
		}
	}
	if moves["S1"] != "长桥镇→白沙乡" || moves["S2"] != "白沙乡→长桥镇" || moves["S3"] != "长桥镇" {
		t.Errorf("%v", moves)
	}
	for _, body := range []fields{{"revision": d.Revision}, {"revision": d.Revision, "move_areas": false}} {
		if status, _, text := r.send("POST", "/api/imports/"+d.ID+"/apply", body, "Cookie", staff); status != 409 || !strings.Contains(text, "moves_unconfirmed") || !strings.Contains(text, "2 rows would move") {
			t.Errorf("not confirmed: %d %s", status, text)
		}
	}
	if at := r.whereIs("S3"); at != "990101001" || r.version("S3") != 1 {
		t.Errorf("S3 was written before")
	}
	r.want(200, nil, "POST", "/api/imports/"+d.ID+"/apply", fields{"revision": d.Revision, "move_areas": true}, "Cookie", staff)
	if one, two := r.whereIs("S1"), r.whereIs("S2"); one != "990101002" || two != "990101001" {
		t.Errorf("S1 lies in %s, S2 in %s", one, two)
	}
	// a ledger in which nothing moves needs no such word
	d, _ = r.upload(201, "台账.csv", []byte(ledgerThatMoves), "&layer=material_site", staff)
	d = r.choose(d, fields{"choices": fields{"mapping": r.mapped(d), "crs": "wgs84"}}, staff)
	if d.Counts.Same != 3 || d.Counts.Moved != 0 {
		t.Errorf("again: %+v", d.Counts)
	}
	r.apply(d, false, 200, staff)
}

func (r *running) version(key string) (n int) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), "SELECT version FROM material_site WHERE origin_key = $1", key).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}
