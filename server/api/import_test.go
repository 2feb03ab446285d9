package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"fourmaps/server/store/storetest"
)

// draft is an import as a client reads it.
type draft struct {
	ID       string
	State    string
	Revision int
	Layer    *string
	Work     *struct{ Kind string }
	Counts   *counts
	Fault    *struct{ Code, Zh, En string }
	Origins  []struct {
		Name string
		Rows int
	}
	Mappings []struct {
		ID, Name string
		Choices  json.RawMessage
	}
	About struct {
		Kind      string
		Columns   []struct{ Name string }
		CRS       string
		Layer     string
		Missing   *struct{ Code, Zh, En string }
		Proposals map[string][]struct{ Column, Field, Confidence string }
	}
}

type counts struct{ Read, New, Changed, Moved, Same, Rejected, Gone, Removed, Blank int }

func (c counts) String() string {
	return fmt.Sprintf("read %d new %d changed %d same %d rejected %d gone %d", c.Read, c.New, c.Changed, c.Same, c.Rejected, c.Gone)
}

type reportRow struct {
	Row      *int
	Outcome  string
	Key      string
	Name     string
	ID       *string
	Lon, Lat *float64
	Area     *string
	Moved    bool
	FromArea *string `json:"from_area"`
	Changes  []struct {
		Field         string
		Before, After any
	}
	Problems []struct{ Column, Code, Zh, En string }
}

// upload sends a file and wants a status.
func (r *running) upload(want int, name string, content []byte, query, cookie string) (draft, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), "POST", r.url+"/api/imports?name="+url.QueryEscape(name)+query, bytes.NewReader(content))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Cookie", cookie)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		r.t.Fatalf("%s: %d %.300s, %v, want %d", name, answer.StatusCode, body, err, want)
	}
	var d draft
	if want == 201 {
		if err := json.Unmarshal(body, &d); err != nil {
			r.t.Fatal(err)
		}
	}
	return d, string(body)
}

// choose says what a file does not say, and waits for the check if one begins.
func (r *running) choose(d draft, body fields, cookie string) draft {
	r.t.Helper()
	status, _, text := r.send("PATCH", "/api/imports/"+d.ID, body, "Cookie", cookie)
	if status != 200 {
		r.t.Fatalf("choosing: %d %s", status, text)
	}
	return r.settled(d.ID, cookie)
}

func (r *running) settled(id, cookie string) draft {
	r.t.Helper()
	var d draft
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		status, _, text := r.send("GET", "/api/imports/"+id, nil, "Cookie", cookie)
		d = draft{}
		if err := json.Unmarshal([]byte(text), &d); err != nil || status != 200 {
			r.t.Fatalf("%d %s %v", status, text, err)
		}
		if d.Work == nil {
			return d
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("the work does not end: %s", text)
		}
	}
}

func (r *running) report(d draft, outcome, cookie string) []reportRow {
	r.t.Helper()
	status, _, text := r.send("GET", "/api/imports/"+d.ID+"/rows?limit=1000&outcome="+outcome, nil, "Cookie", cookie)
	var page struct{ Rows []reportRow }
	if err := json.Unmarshal([]byte(text), &page); err != nil || status != 200 {
		r.t.Fatalf("%d %s %v", status, text, err)
	}
	return page.Rows
}

func (r *running) apply(d draft, removeGone bool, want int, cookie string) draft {
	r.t.Helper()
	status, _, text := r.send("POST", "/api/imports/"+d.ID+"/apply", fields{"revision": d.Revision, "remove_gone": removeGone}, "Cookie", cookie)
	if status != want {
		r.t.Fatalf("applying: %d %s, want %d", status, text, want)
	}
	return r.settled(d.ID, cookie)
}

func (r *running) stored(layer string) (n int) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), "SELECT count(*) FROM "+layer+" WHERE deleted_at IS NULL").Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// ledgerOfStores is a table of stores: in the township 990101001 and its village, in the next township, far away, and bad ones.
const ledgerOfStores = "编号,名称,类型,经度,纬度,可容纳人数,联系电话\n" +
	"S1,一号避难场所,避难场所,110.15,25.2,100,0000-0000001\n" +
	"S2,二号避难场所,应急避难场所,110.05,25.2,200,0000-0000002\n" +
	"S3,三号,火山,110.05,25.2,300,\n" +
	"S4,四号,避难场所,110.3,25.2,400,\n" +
	"S5,五号,避难场所,130.3,25.2,500,\n" +
	"S1,重复,避难场所,110.15,25.2,1,\n" +
	",,,,,,\n"

func (r *running) proposed(d draft, layer string) []fields {
	var pairs []fields
	for _, p := range d.About.Proposals[layer] {
		pairs = append(pairs, fields{"column": p.Column, "field": p.Field})
	}
	return pairs
}

// TestImportFromUploadToScreen walks a ledger through: proposals, the question for the system, report, import, again, and a changed copy.
func TestImportFromUploadToScreen(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	staff := storetest.SignIn(t, r.pool, "staff", "990101001")
	d, _ := r.upload(201, "../避难场所台账.csv", []byte(ledgerOfStores), "", staff)
	if d.About.Layer != "material_site" || d.About.Kind != ".csv" || d.About.Missing == nil || d.About.Missing.Code != "layer_missing" || len(d.About.Proposals["material_site"]) != 7 {
		t.Fatalf("%+v", d.About)
	}
	pairs := r.proposed(d, "material_site")
	d = r.choose(d, fields{"layer": "material_site", "choices": fields{"mapping": pairs}}, staff)
	if d.About.Missing == nil || d.About.Missing.Code != "crs_missing" || strings.Contains(d.About.Missing.Zh+d.About.Missing.En, "--") || d.State != "uploaded" {
		t.Fatalf("%+v", d.About.Missing)
	}
	var preview struct {
		Features []any
		Systems  []struct {
			CRS               string
			Swap              bool
			Inside, Near, Far int
		}
	}
	r.json("/api/installation", &struct{}{})
	status, _, text := r.send("GET", "/api/imports/"+d.ID+"/preview?crs=wgs84", nil, "Cookie", staff)
	if err := json.Unmarshal([]byte(text), &preview); err != nil || status != 200 || len(preview.Features) != 6 || preview.Systems[0].Inside != 5 || preview.Systems[0].Far != 1 {
		t.Errorf("%d %s", status, text)
	}
	d = r.choose(d, fields{"choices": fields{"crs": "wgs84"}}, staff)
	if d.State != "checked" || d.Counts.String() != "read 6 new 2 changed 0 same 0 rejected 4 gone 0" || d.Counts.Blank != 1 || r.stored("material_site") != 0 {
		t.Fatalf("%+v %v %+v", d.Counts, d.State, d.Fault)
	}
	var told []string
	for _, row := range r.report(d, "rejected", staff) {
		told = append(told, fmt.Sprintf("%d %s %s", *row.Row, row.Problems[0].Column, row.Problems[0].Code))
	}
	if got, want := strings.Join(told, ", "), "4 类型 choice_unknown, 5  outside_own_area, 6 经度 outside_expected, 7 编号 key_twice"; got != want {
		t.Errorf("rejected %s, want %s", got, want)
	}
	d = r.apply(d, false, 200, staff)
	if d.State != "applied" || r.stored("material_site") != 2 {
		t.Fatalf("%+v", d)
	}
	var actor, write string
	if err := r.pool.QueryRow(t.Context(), `SELECT actor, write_id::text FROM history WHERE layer = 'material_site' AND person_id IS NOT NULL AND address <> '' LIMIT 1`).Scan(&actor, &write); err != nil || write != d.ID {
		t.Errorf("history: %s %s %v", actor, write, err)
	}
	if rows := r.report(d, "new", staff); len(rows) != 2 || rows[0].ID == nil || rows[0].Lon == nil {
		t.Errorf("%+v", rows)
	}
	r.apply(d, false, 409, staff) // once is enough
	if status, _, _ := r.send("PATCH", "/api/imports/"+d.ID, fields{"choices": fields{"crs": "gcj02"}}, "Cookie", staff); status != 409 {
		t.Errorf("an applied import was changed: %d", status)
	}

	again, _ := r.upload(201, "again.csv", []byte(ledgerOfStores), "&layer=material_site", staff)
	if len(again.Origins) != 1 || again.Origins[0].Name != "避难场所台账" || again.Origins[0].Rows != 2 {
		t.Errorf("origins %+v", again.Origins)
	}
	how := fields{"choices": fields{"mapping": pairs, "crs": "wgs84", "origin": "避难场所台账"}}
	if again = r.choose(again, how, staff); again.Counts.String() != "read 6 new 0 changed 0 same 2 rejected 4 gone 0" {
		t.Errorf("again: %v", again.Counts)
	}
	changed, _ := r.upload(201, "changed.csv", []byte("编号,名称,类型,经度,纬度,可容纳人数,联系电话\nS1,一号避难场所,避难场所,110.15,25.2,101,0000-0000001\nS9,九号,避难场所,110.16,25.2,9,\n"), "&layer=material_site", staff)
	if changed = r.choose(changed, how, staff); changed.Counts.String() != "read 2 new 1 changed 1 same 0 rejected 0 gone 1" {
		t.Errorf("changed: %v", changed.Counts)
	}
	if rows := r.report(changed, "changed", staff); len(rows) != 1 || len(rows[0].Changes) != 1 || rows[0].Changes[0].Field != "capacity_persons" || fmt.Sprint(rows[0].Changes[0].Before, rows[0].Changes[0].After) != "100 101" {
		t.Errorf("%+v", rows)
	}
	// somebody changes a row between check and import: nothing is written, and the check has to be made again
	r.sql(`UPDATE material_site SET keeper = '某人' WHERE origin_key = 'S1'`)
	if stale := r.apply(changed, true, 412, staff); stale.State != "uploaded" || stale.Fault.Code != "changed_meanwhile" || r.stored("material_site") != 2 {
		t.Errorf("%+v", stale)
	}
	if status, _, _ := r.send("POST", "/api/imports/"+changed.ID+"/check", nil, "Cookie", staff); status != 202 {
		t.Errorf("checking again: %d", status)
	}
	changed = r.apply(r.settled(changed.ID, staff), true, 200, staff)
	if changed.Counts.Removed != 1 || r.stored("material_site") != 2 {
		t.Errorf("%v, %d are stored", changed.Counts, r.stored("material_site"))
	}
	// nobody else sees it
	other := storetest.SignIn(t, r.pool, "staff", "")
	if status, _, _ := r.send("GET", "/api/imports/"+changed.ID, nil, "Cookie", other); status != 404 {
		t.Errorf("another person's import: %d", status)
	}
	if status, _, _ := r.send("DELETE", "/api/imports/"+again.ID, nil, "Cookie", staff); status != 204 {
		t.Errorf("discarding: %d", status)
	}
}

// TestSavedMappingIsOffered for the next file with its columns, to its owner and to those with whom it is shared.
func TestSavedMappingIsOffered(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	everywhere, local := storetest.SignIn(t, r.pool, "staff", ""), storetest.SignIn(t, r.pool, "staff", "990101001")
	d, _ := r.upload(201, "a.csv", []byte(ledgerOfStores), "", local)
	d = r.choose(d, fields{"layer": "material_site", "choices": fields{"mapping": r.proposed(d, "material_site"), "crs": "gcj02"}}, local)
	if status, _, text := r.send("POST", "/api/import-mappings", fields{"name": "避难场所", "import": d.ID, "everywhere": true}, "Cookie", local); status != 403 {
		t.Errorf("shared beyond the own area: %d %s", status, text)
	}
	status, _, text := r.send("POST", "/api/import-mappings", fields{"name": " 避难场所 ", "import": d.ID}, "Cookie", local)
	var saved struct{ ID, Name string }
	if err := json.Unmarshal([]byte(text), &saved); err != nil || status != 201 || saved.Name != "避难场所" {
		t.Fatalf("%d %s", status, text)
	}
	if next, _ := r.upload(201, "b.csv", []byte(ledgerOfStores), "", local); len(next.Mappings) != 1 || !strings.Contains(string(next.Mappings[0].Choices), "gcj02") {
		t.Errorf("%+v", next.Mappings)
	}
	if next, _ := r.upload(201, "b.csv", []byte(ledgerOfStores), "", everywhere); len(next.Mappings) != 0 {
		t.Errorf("another person's mapping is offered: %+v", next.Mappings)
	}
	if next, _ := r.upload(201, "c.csv", []byte("名称,等级\n甲,重大\n"), "", local); len(next.Mappings) != 0 {
		t.Errorf("a mapping for other columns is offered: %+v", next.Mappings)
	}
	if status, _, _ := r.send("DELETE", "/api/import-mappings/"+saved.ID, nil, "Cookie", everywhere); status != 404 {
		t.Errorf("another person's mapping was deleted: %d", status)
	}
	if status, _, _ := r.send("PATCH", "/api/import-mappings/"+saved.ID, fields{"name": "新名"}, "Cookie", local); status != 200 {
		t.Errorf("renaming: %d", status)
	}
	if status, _, _ := r.send("DELETE", "/api/import-mappings/"+saved.ID, nil, "Cookie", local); status != 204 {
		t.Errorf("deleting: %d", status)
	}
}
