package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// sitedDraft is what an applied import tells of siting rules.
type sitedDraft struct {
	ID     string
	Counts struct {
		Siting *struct{ New, Resolved, Open int }
	}
	Findings []struct {
		ID    string
		State string
		Row   struct{ Name string }
		Other *struct{ Name string }
		Text  struct{ Zh, En string }
	}
}

// bring imports a table of risk points and gives what the siting rules say of it.
func (r *running) bring(cookie, table string, removeGone bool) sitedDraft {
	r.t.Helper()
	d, _ := r.upload(201, "隐患点.csv", []byte(table), "&layer=risk_point", cookie)
	how := fields{"choices": fields{"mapping": r.proposed(d, "risk_point"), "crs": "wgs84", "origin": "隐患台账"}}
	if d = r.choose(d, how, cookie); d.State != "checked" {
		r.t.Fatalf("%+v", d)
	}
	var before sitedDraft
	r.readAs("/api/imports/"+d.ID, cookie, &before)
	if before.Counts.Siting != nil || len(before.Findings) != 0 {
		r.t.Errorf("a check tells of siting: %+v", before)
	}
	r.apply(d, removeGone, 200, cookie)
	var after sitedDraft
	r.readAs("/api/imports/"+d.ID, cookie, &after)
	if after.Counts.Siting == nil {
		r.t.Fatal("the sites were not checked")
	}
	return after
}

func (r *running) readAs(path, cookie string, v any) {
	r.t.Helper()
	status, _, text := r.send("GET", path, nil, "Cookie", cookie)
	if err := json.Unmarshal([]byte(text), v); err != nil || status != 200 {
		r.t.Fatalf("%d %s %v", status, text, err)
	}
}

// TestImportedRowsAreCheckedBySitingRules, and those near them; the result says how many findings there are, and which.
func TestImportedRowsAreCheckedBySitingRules(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	staff := storetest.SignIn(t, r.pool, "staff", "")
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('烟花库', 'fireworks', 'major', 'SRID=4326;POINT(110.15 25.2)')`)
	const head = "编号,名称,类型,风险等级,经度,纬度\n"
	near, far := "W1,近处废品站,废品回收点,低,110.152,25.2\n", "W2,远处废品站,废品回收点,低,110.16,25.2\n"
	told := r.bring(staff, head+near+far, false)
	if s := told.Counts.Siting; s.New != 1 || s.Resolved != 0 || s.Open != 1 || len(told.Findings) != 1 {
		t.Fatalf("%+v", told)
	}
	if f := told.Findings[0]; f.Row.Name != "近处废品站" || f.Other == nil || f.Other.Name != "烟花库" || f.State != "open" || !strings.Contains(f.Text.Zh, "500 米") || !strings.Contains(f.Text.Zh, "201") {
		t.Errorf("%+v", f)
	}
	// the same ledger again changes nothing
	if told = r.bring(staff, head+near+far, false); told.Counts.Siting.New != 0 || told.Counts.Siting.Resolved != 0 {
		t.Errorf("the same again: %+v", told)
	}
	// moved away, and the other one near
	told = r.bring(staff, head+"W1,近处废品站,废品回收点,低,110.17,25.2\nW2,远处废品站,废品回收点,低,110.151,25.2\n", false)
	if s := told.Counts.Siting; s.New != 1 || s.Resolved != 1 || s.Open != 1 || told.Findings[0].Row.Name != "远处废品站" {
		t.Errorf("%+v", told)
	}
	// rows that are removed have no findings any more
	told = r.bring(staff, head+"W1,近处废品站,废品回收点,低,110.17,25.2\n", true)
	if s := told.Counts.Siting; s.New != 0 || s.Resolved != 1 || s.Open != 0 || len(told.Findings) != 0 {
		t.Errorf("%+v", told)
	}
	// a store of fireworks that comes to a waste point is a finding about the waste point
	told = r.bring(staff, head+"W1,近处废品站,废品回收点,低,110.17,25.2\nF1,新烟花库,烟花爆竹,重大,110.171,25.2\n", false)
	if s := told.Counts.Siting; s.New != 1 || s.Open != 1 || len(told.Findings) != 1 || told.Findings[0].Row.Name != "近处废品站" || told.Findings[0].Other.Name != "新烟花库" {
		t.Errorf("%+v", told)
	}
	var by string
	if err := r.pool.QueryRow(t.Context(), `SELECT string_agg(DISTINCT actor || ' ' || source || ' ' || (person_id IS NOT NULL), '; ') FROM siting_history WHERE subject = 'siting_finding'`).Scan(&by); err != nil || !strings.HasSuffix(by, " import true") || strings.Contains(by, ";") {
		t.Errorf("the history says %q, %v", by, err)
	}
	var plain any
	r.readAs("/api/imports/"+told.ID, staff, &plain)
	d := r.document()
	for _, fault := range d.faults(d.at("components", "schemas", "Import"), plain, "import") {
		t.Error(fault)
	}
}

// TestAnImportOfManyRowsIsCheckedInParts: more rows than one transaction looks at, of which every second stands too near to a road.
func TestAnImportOfManyRowsIsCheckedInParts(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	r.sql(`INSERT INTO road (origin_key, class, oneway, speed_kmh, cost_s, reverse_cost_s, length_m, source_node, target_node, component, geom)
		SELECT i::text, 'tertiary', 'both', 40, 1, 1, 1, 1, 2, 1, ST_SetSRID(ST_MakeLine(ST_MakePoint(110.01 + (i % 100) * 0.002, 25.01 + i / 100 * 0.007), ST_MakePoint(110.01 + (i % 100) * 0.002, 25.0105 + i / 100 * 0.007)), 4326) FROM generate_series(0, 1499) i`)
	var table strings.Builder
	table.WriteString("编号,名称,类型,风险等级,经度,纬度\n")
	for i := range 2400 {
		fmt.Fprintf(&table, "W%d,废品站%d,废品回收点,低,%.6f,%.6f\n", i, i, 110.01+float64(i%200)*0.001, 25.01+float64(i/200)*0.007)
	}
	told := r.bring(r.cookie, table.String(), false)
	var near, all int // some stand in a village too, which is another rule
	if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE r.code = 'waste_road'), count(*) FROM siting_finding f JOIN siting_rule r ON r.id = f.rule_id WHERE f.state = 'open'`).Scan(&near, &all); err != nil {
		t.Fatal(err)
	}
	if s := told.Counts.Siting; near != 1200 || s.New != all || s.Open != all || len(told.Findings) != 100 {
		t.Errorf("%+v, %d findings, %d near roads of %d", *s, len(told.Findings), near, all)
	}
}
