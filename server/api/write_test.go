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

	"github.com/google/uuid"

	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// answered is what a write answers.
type answered struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// write asks with a body as the person of a cookie; "" is the administrator.
func (r *running) write(cookie, method, path, body string, headers ...string) answered {
	r.t.Helper()
	request, err := http.NewRequest(method, r.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	if cookie == "" {
		cookie = r.cookie
	}
	request.Header.Set("Cookie", cookie)
	if body != "" {
		request.Header.Set("Content-Type", "application/geo+json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		r.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	return answered{r.t, answer.StatusCode, answer.Header, text}
}

// is wants a status and a code ("" for an answer that is no problem), and gives the body.
func (a answered) is(status int, code string) map[string]any {
	a.t.Helper()
	var body map[string]any
	if err := json.Unmarshal(a.body, &body); err != nil && len(a.body) > 0 {
		a.t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	if got, _ := body["code"].(string); a.status != status || got != code {
		a.t.Errorf("got %d %s, want %d %s: %s", a.status, got, status, code, a.body)
	}
	return body
}

const sites = "/api/layers/material_site/features"

func siteBody(x float64, more string) string {
	return fmt.Sprintf(`{"type":"Feature","geometry":{"type":"Point","coordinates":[%g,25.1]},"properties":{"name":"东山物资站","kind":"depot"%s}}`, x, more)
}

// TestARowFromBeginningToEnd creates, changes, confirms, deletes, brings back and restores a row.
func TestARowFromBeginningToEnd(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	staff := r.as("staff", "990101001")
	made := r.write(staff, "POST", sites, siteBody(110.1, `,"keeper_phone":"12345","stock_line":[{"item":"编织袋","quantity":300,"unit":"条"}]`))
	row := made.is(201, "")
	path := sites + "/" + row["id"].(string)
	if made.header.Get("Location") != path || made.header.Get("ETag") != `"1"` || made.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", made.header)
	}
	r.write(staff, "PATCH", path, `{"properties":{"address":"桥头"}}`).is(428, "version_missing")
	changed := r.write(staff, "PATCH", path, `{"properties":{"address":"桥头"}}`, "If-Match", `"1-masked"`) // as the ETag of who does not see all of it
	if p := changed.is(200, "")["properties"].(map[string]any); p["address"] != "桥头" || p["keeper_phone"] != "12345" || len(p["stock_line"].([]any)) != 1 || changed.header.Get("ETag") != `"2"` {
		t.Errorf("%s", changed.body)
	}
	stale := r.write(staff, "PATCH", path, `{"properties":{"address":"别处"}}`, "If-Match", `"1"`).is(412, "changed_meanwhile")
	if current := stale["current"].(map[string]any)["properties"].(map[string]any); current["address"] != "桥头" || stale["version"] != 2.0 {
		t.Errorf("%v", stale)
	}
	if p := r.write(staff, "POST", path+"/confirm", `{"occurred_at":"2026-01-02T03:04:05+08:00","position_accuracy_m":12}`, "If-Match", `"2"`).is(200, "")["properties"].(map[string]any); p["confirmed_at"] != "2026-01-01T19:04:05Z" || p["confirmed_by"] == nil {
		t.Errorf("%v", p)
	}
	if gone := r.write(staff, "DELETE", path, "", "If-Match", `"3"`).is(200, ""); gone["version"] != 4.0 || gone["deleted"] != true {
		t.Errorf("%v", gone)
	}
	if late := r.write(staff, "PATCH", path, `{"properties":{"address":"x"}}`, "If-Match", `"3"`).is(412, "changed_meanwhile"); late["deleted_at"] == nil || late["current"] != nil {
		t.Errorf("%v", late)
	}
	r.write(staff, "POST", path+"/undelete", "", "If-Match", `"4"`).is(200, "")
	r.write(staff, "POST", path+"/undelete", "", "If-Match", `"5"`).is(409, "conflict")
	if p := r.write(staff, "POST", path+"/restore", `{"version":1}`, "If-Match", `"5"`).is(200, "")["properties"].(map[string]any); p["address"] != nil || p["confirmed_at"] != nil || p["version"] != 6.0 {
		t.Errorf("%v", p)
	}
	r.write(staff, "POST", path+"/restore", `{"version":4}`, "If-Match", `"6"`).is(404, "not_found")
	var history struct {
		Events []struct {
			Version int
			Kind    string
			Actor   string
			Address string
			Changes []struct{ Field string }
		}
	}
	status, _, body := r.get(path+"/history", "Cookie", staff)
	if err := json.Unmarshal(body, &history); err != nil || status != 200 || len(history.Events) != 6 {
		t.Fatalf("%d %s", status, body)
	}
	if e := history.Events[1]; e.Version != 5 || e.Kind != "undelete" || !strings.HasPrefix(e.Actor, "staff") || e.Address != "127.0.0.1" {
		t.Errorf("%+v", e)
	}
	status, _, body = r.get(path+"/versions/2", "Cookie", staff)
	if status != 200 || !strings.Contains(string(body), "桥头") || !strings.Contains(string(body), "编织袋") {
		t.Errorf("%d %s", status, body)
	}
}

// as gives the cookie of somebody with a role on an area.
func (r *running) as(role, area string) string {
	r.t.Helper()
	return storetest.SignIn(r.t, r.pool, role, area)
}

// TestWritesAskForTheRowsArea walks writes × roles × inside and outside the own area.
func TestWritesAskForTheRowsArea(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	row := r.write("", "POST", sites, siteBody(110.15, `,"keeper_phone":"12345"`)).is(201, "")
	path, version := sites+"/"+row["id"].(string), 1
	for role, may := range map[string]struct{ write, confirm, history, phone bool }{
		"viewer": {}, "planner": {history: true}, "evaluator": {history: true},
		"staff": {true, true, true, true}, "administrator": {true, true, true, true},
		"inspector": {false, true, true, true}, "dispatcher": {false, true, true, true}, "responder": {false, true, false, true},
	} {
		for _, area := range []string{"990101001", "990101002"} {
			inside := area == "990101001"
			who := r.as(role, area)
			check := func(what string, allowed bool, a answered) {
				t.Helper()
				if allowed && inside {
					body := a.is(200, "")
					if v, ok := body["properties"].(map[string]any)["version"].(float64); ok {
						version = int(v)
					}
					_, told := body["properties"].(map[string]any)["keeper_phone"]
					if told != may.phone {
						t.Errorf("%s %s: the phone is told: %v", role, what, told)
					}
					return
				}
				a.is(403, "not_permitted")
			}
			check("patch", may.write, r.write(who, "PATCH", path, fmt.Sprintf(`{"properties":{"address":%q}}`, role), "If-Match", fmt.Sprintf(`"%d"`, version)))
			at := time.Now().Add(time.Duration(version) * time.Second / 100).UTC().Format(time.RFC3339Nano)
			check("confirm", may.confirm, r.write(who, "POST", path+"/confirm", `{"occurred_at":"`+at+`"}`, "If-Match", fmt.Sprintf(`"%d"`, version)))
			status, _, body := r.get(path+"/history", "Cookie", who)
			if allowed := may.history && inside; (status == 200) != allowed || status != 200 && status != 403 {
				t.Errorf("%s reads the history, inside %v: %d %s", role, inside, status, body)
			}
		}
	}
	for _, what := range []struct{ method, path string }{{"POST", sites}, {"PATCH", path}, {"DELETE", path}, {"POST", path + "/confirm"}, {"POST", path + "/restore"}, {"POST", path + "/undelete"}, {"GET", path + "/history"}, {"GET", path + "/versions/1"}, {"GET", "/api/due"}, {"GET", "/api/freshness"}, {"GET", "/api/confirmation-periods"}} {
		r.write("none=1", what.method, what.path, "", "If-Match", `"1"`).is(401, "not_signed_in")
	}
}

// TestDeletedRowsCanBeFound: each sees what was deleted in the own area.
func TestDeletedRowsCanBeFound(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	for i, x := range []float64{110.12, 110.15, 110.3} {
		row := r.write("", "POST", sites, strings.Replace(siteBody(x, ""), "东山", fmt.Sprint(i), 1)).is(201, "")
		r.write("", "DELETE", sites+"/"+row["id"].(string), "", "If-Match", `"1"`).is(200, "")
	}
	const path = "/api/layers/material_site/deleted"
	rows := func(cookie, query string) ([]any, string) {
		body := r.write(cookie, "GET", path+query, "").is(200, "")
		return body["rows"].([]any), body["next"].(string)
	}
	if all, next := rows("", ""); len(all) != 3 || next != "" || all[0].(map[string]any)["name"] != "2物资站" || all[0].(map[string]any)["version"] != 2.0 {
		t.Errorf("%v %q", all, next)
	}
	if mine, _ := rows(r.as("staff", "990101001"), ""); len(mine) != 2 {
		t.Errorf("of the township: %v", mine)
	}
	first, next := rows("", "?limit=2")
	if rest, end := rows("", "?limit=2&before="+url.QueryEscape(next)); len(first) != 2 || len(rest) != 1 || end != "" {
		t.Errorf("pages of %d and %d", len(first), len(rest))
	}
	r.write("", "GET", path+"?before=yesterday", "").is(400, "bad_value")
	r.write(r.as("viewer", ""), "GET", path, "").is(403, "not_permitted")
}

// TestFindingsAreTold holds an entry back until the person has decided.
func TestFindingsAreTold(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	r.write("", "POST", sites, siteBody(110.1, "")).is(201, "")
	held := r.write("", "POST", sites+"?lang=en", siteBody(110.10001, "")).is(422, "needs_decision")
	finding := held["findings"].([]any)[0].(map[string]any)
	if finding["code"] != "similar_nearby" || finding["acceptable"] != true || finding["text"].(map[string]any)["zh"] == "" || len(finding["offers"].([]any)) != 2 {
		t.Errorf("%v", held)
	}
	r.write("", "POST", sites, strings.Replace(siteBody(110.10001, ""), "{", `{"accept":["similar_nearby"],`, 1)).is(201, "")
	bad := r.write("", "POST", sites+"?lang=en", `{"properties":{"name":"","kind":"x","capacity_persons":-5}}`).is(422, "invalid_entry")
	if errs := bad["errors"].([]any); len(errs) != 4 || !strings.Contains(fmt.Sprint(errs), "-5 is not between 0 and 1000000") {
		t.Errorf("%v", bad)
	}
}

// TestHostileTextIsKeptAsText: what looks like HTML or SQL comes back as it was typed, in every place that tells it.
func TestHostileTextIsKeptAsText(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	for i, text := range []string{`<script>alert(1)</script>`, `'; DROP TABLE area; --`, `=HYPERLINK("http://x","y")`, `{"a":1}`, `\`, `%s%d%n`, "𠀀𝄞👩‍🚒"} {
		body, err := json.Marshal(map[string]any{"geometry": map[string]any{"type": "Point", "coordinates": []float64{110.05 + float64(i)/100, 25.1}},
			"properties": map[string]any{"name": text, "kind": "depot", "stock_line": []any{map[string]any{"item": text, "quantity": 1, "unit": "件"}}}})
		if err != nil {
			t.Fatal(err)
		}
		row := r.write("", "POST", sites, string(body)).is(201, "")
		p := row["properties"].(map[string]any)
		if p["name"] != text || p["stock_line"].([]any)[0].(map[string]any)["item"] != text {
			t.Errorf("%q comes back as %v", text, p)
		}
		var listed collection
		r.json(sites+"?ids="+row["id"].(string), &listed)
		if listed.Features[0].Properties["name"] != text {
			t.Errorf("%q is listed as %v", text, listed.Features[0].Properties["name"])
		}
		for _, path := range []string{"/history", "/versions/1"} {
			if a := r.write("", "GET", sites+"/"+row["id"].(string)+path, ""); a.status != 200 || strings.Contains(string(a.body), "<script>") || !json.Valid(a.body) {
				t.Errorf("%s: %d %s", path, a.status, a.body)
			}
		}
	}
	if n := len(r.write("", "GET", "/api/layers/area/features", "").is(200, "")["features"].([]any)); n != 4 {
		t.Errorf("%d areas are left of 4", n)
	}
}

// TestRepeatsGetTheFirstAnswer sends the same write again, and another under its key.
func TestRepeatsGetTheFirstAnswer(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	key := uuid.Must(uuid.NewV7()).String()
	body := strings.Replace(siteBody(110.1, ""), "{", `{"id":"`+uuid.Must(uuid.NewV7()).String()+`",`, 1)
	first := r.write("", "POST", sites, body, "Idempotency-Key", key)
	first.is(201, "")
	again := r.write("", "POST", sites, body, "Idempotency-Key", key)
	var one, other any
	if again.is(201, ""); again.header.Get("Idempotency-Replayed") != "true" || json.Unmarshal(first.body, &one) != nil || json.Unmarshal(again.body, &other) != nil || fmt.Sprint(one) != fmt.Sprint(other) {
		t.Errorf("%s\n%s", first.body, again.body)
	}
	r.write("", "POST", sites, siteBody(110.3, ""), "Idempotency-Key", key).is(422, "key_reused")
	r.write(r.as("staff", ""), "POST", sites, body, "Idempotency-Key", key).is(422, "key_reused")
	r.write("", "POST", sites, body, "Idempotency-Key", "7").is(400, "bad_value")
}

// TestBadWritesAreRefused sends what is no entry.
func TestBadWritesAreRefused(t *testing.T) {
	r := start(t)
	r.write("", "POST", sites, `{"type":"Fea`).is(400, "bad_body")
	r.write("", "POST", sites, "").is(400, "bad_body")
	r.write("", "POST", sites, `{}`, "Content-Type", "text/plain").is(415, "not_json")
	r.write("", "POST", sites, strings.Repeat(" ", layer.MaxEntryBytes+1)).is(413, "too_large")
	r.write("", "POST", sites+"?colour=red", `{}`).is(400, "unknown_parameter")
	r.write("", "POST", "/api/layers/volcano/features", `{}`).is(404, "unknown_layer")
	r.write("", "POST", "/api/layers/place/features", `{"geometry":{"type":"Point","coordinates":[110,25]},"properties":{"name":"a","kind":"peak"}}`).is(405, "imported_only")
	unknown := sites + "/00000000-0000-7000-8000-000000000009"
	r.write("", "PATCH", unknown, `{}`, "If-Match", `"1"`).is(404, "not_found")
	r.write("", "PATCH", unknown, `{"id":"00000000-0000-7000-8000-000000000008"}`, "If-Match", `"1"`).is(422, "invalid_entry")
	r.write("", "PATCH", unknown, `{}`, "If-Match", `new`).is(400, "bad_value")
	r.write("", "POST", unknown+"/confirm", `{"place":1}`, "If-Match", `"1"`).is(400, "bad_body")
	r.write("", "POST", unknown+"/confirm", `{} {}`, "If-Match", `"1"`).is(400, "bad_body")
	r.write("", "POST", unknown+"/restore", `{}`, "If-Match", `"1"`).is(400, "bad_value")
	r.write("", "DELETE", unknown, "", "If-Match", `"1"`).is(404, "not_found")
	r.write("", "GET", unknown+"/history", "").is(404, "not_found")
	r.write("", "POST", sites, siteBody(110.1, ""), "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site").is(403, "cross_origin")
}

// TestAWriteIsSeenAtOnce: lists and counts that were kept show it, and the stream tells it once.
func TestAWriteIsSeenAtOnce(t *testing.T) {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	r.sql(threeAreas)
	stream := r.listen("/api/events?last_event_id=0")
	for range 4 { // the areas
		stream.next("change")
	}
	var rows collection
	r.json(sites, &rows)
	row := r.write("", "POST", sites, siteBody(110.1, `,"stock_line":[{"item":"a","quantity":1,"unit":"件"}]`)).is(201, "")
	path := sites + "/" + row["id"].(string)
	if e := stream.next("change"); e.Data.Kind != "insert" || e.Data.Version != 1 {
		t.Errorf("%+v", e)
	}
	r.json(sites, &rows)
	if rows.Matched != 1 {
		t.Errorf("%d rows are listed", rows.Matched)
	}
	r.write("", "PATCH", path, `{"properties":{"address":"新","stock_line":[{"item":"b","quantity":1,"unit":"件"},{"item":"c","quantity":1,"unit":"件"}]}}`, "If-Match", `"1"`).is(200, "")
	if e := stream.next("change"); e.Data.Kind != "update" || e.Data.Version != 2 {
		t.Errorf("%+v", e)
	}
	r.write("", "DELETE", path, "", "If-Match", `"2"`).is(200, "")
	if e := stream.next("change"); e.Data.Kind != "delete" || e.Data.Version != 3 {
		t.Errorf("a save with its list is more than one change: %+v", e)
	}
}
