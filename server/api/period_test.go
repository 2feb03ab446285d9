package api_test

import (
	"strconv"
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

type periodsAnswer struct {
	Version int
	Periods []struct {
		Layer, Kind string
		Days        int
	}
}

func (a periodsAnswer) days(layer, kind string) int {
	for _, p := range a.Periods {
		if p.Layer == layer && p.Kind == kind {
			return p.Days
		}
	}
	return -1
}

const periodsPath = "/api/confirmation-periods"

// TestAPeriodChangesTheFigures at once: also answers that were kept.
func TestAPeriodChangesTheFigures(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	r.sql(onePoint, "a")
	r.sql(`UPDATE risk_point SET confirmed_at = now() - interval '20 days'`)
	due := func() int {
		t.Helper()
		var fresh struct {
			Layers []struct {
				Layer string
				Due   int
			}
		}
		r.json("/api/freshness?area=990101", &fresh)
		if fresh.Layers[0].Layer != "risk_point" {
			t.Fatalf("%+v", fresh)
		}
		var sum struct{ Confirmed struct{ Due int } }
		r.json("/api/layers/risk_point/summary", &sum)
		var rows collection
		r.json("/api/layers/risk_point/features?due=true", &rows)
		if fresh.Layers[0].Due != sum.Confirmed.Due || rows.Matched != sum.Confirmed.Due {
			return -1 // one is still told otherwise
		}
		return rows.Matched
	}
	var kind string
	if err := r.pool.QueryRow(t.Context(), `SELECT kind FROM risk_point`).Scan(&kind); err != nil {
		t.Fatal(err)
	}
	r.eventually("nothing is due", func() bool { return due() == 0 })
	var now periodsAnswer
	r.json(periodsPath, &now)
	stream := r.listen("/api/events")
	stream.next("heartbeat")
	match := func() string { return `"` + strconv.Itoa(now.Version) + `"` }

	r.want(200, &now, "PATCH", periodsPath, fields{"layer": "risk_point", "kind": kind, "days": 10}, "If-Match", match())
	if now.days("risk_point", kind) != 10 {
		t.Errorf("%+v", now)
	}
	if e := stream.next("reload"); e.Data.Layer != "risk_point" {
		t.Errorf("screens hear %+v", e.Data)
	}
	r.eventually("the row is due", func() bool { return due() == 1 })
	r.want(200, &now, "PATCH", periodsPath, fields{"layer": "risk_point", "kind": kind, "days": nil}, "If-Match", match())
	r.eventually("the layer's period holds again", func() bool { return due() == 0 })
	r.want(200, &now, "PATCH", periodsPath, fields{"layer": "risk_point", "days": 15}, "If-Match", match())
	r.eventually("the row is due by the layer's period", func() bool { return due() == 1 })
	r.want(200, &now, "PATCH", periodsPath, fields{"layer": "risk_point", "days": 0}, "If-Match", match())
	r.eventually("nobody need confirm", func() bool { return due() == 0 })

	var history struct {
		Events []struct {
			Layer, Kind, Actor string
			Before, After      *int
		}
		Next int64
	}
	r.json(periodsPath+"/history", &history)
	if len(history.Events) != 4 || history.Events[1].After == nil || *history.Events[1].After != 15 || history.Events[2].After != nil || *history.Events[3].After != 10 || history.Events[3].Before != nil || history.Events[3].Kind != kind || history.Events[0].Actor == "" {
		t.Errorf("%+v", history)
	}
	r.json(periodsPath+"/history?limit=1&before=2", &history)
	if len(history.Events) != 1 || *history.Events[0].After != 10 {
		t.Errorf("%+v", history)
	}
}

func TestAPeriodIsRefused(t *testing.T) {
	r := start(t)
	good := fields{"layer": "risk_point", "days": 30}
	for name, c := range map[string]struct {
		status int
		code   string
		body   any
		match  string
	}{
		"no version":                  {428, "version_missing", good, ""},
		"another version":             {412, "changed_meanwhile", good, `"77"`},
		"a layer that is none":        {400, "bad_value", fields{"layer": "moon", "days": 30}, `"1"`},
		"a layer nobody confirms":     {400, "bad_value", fields{"layer": "road", "days": 30}, `"1"`},
		"a kind that is none":         {400, "bad_value", fields{"layer": "risk_point", "kind": "moon", "days": 30}, `"1"`},
		"too many days":               {400, "bad_value", fields{"layer": "risk_point", "days": 3651}, `"1"`},
		"less than none":              {400, "bad_value", fields{"layer": "risk_point", "days": -1}, `"1"`},
		"half a day":                  {400, "bad_value", fields{"layer": "risk_point", "days": 1.5}, `"1"`},
		"no period for a whole layer": {400, "bad_value", fields{"layer": "risk_point", "days": nil}, `"1"`},
		"an unknown member":           {400, "bad_value", fields{"layer": "risk_point", "days": 30, "x": 1}, `"1"`},
	} {
		headers := []string{}
		if c.match != "" {
			headers = []string{"If-Match", c.match}
		}
		if status, _, body := r.send("PATCH", periodsPath, c.body, headers...); status != c.status || !strings.Contains(body, `"`+c.code+`"`) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	var now periodsAnswer
	r.json(periodsPath, &now)
	if now.Version != 1 {
		t.Errorf("something was changed: %+v", now)
	}
}

// TestSensitiveFieldsGoOutToWhoMaySeeThem of every row of the file, and each file is written down.
func TestSensitiveFieldsGoOutToWhoMaySeeThem(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	for i, x := range []string{"110.15", "110.3"} { // in 990101001 and 990101002
		r.sql(`INSERT INTO response_force (origin_key, name, nature, headcount, leader_phone, geom) VALUES ($1, '队', 'militia', 5, '0000-0000007', ST_GeomFromText('POINT(' || $2 || ' 25.2)', 4326))`, strconv.Itoa(i), x)
	}
	r.sql(`INSERT INTO member (response_force_id, name, phone) SELECT id, '成员', '0000-0000008' FROM response_force`)
	for _, c := range []struct {
		role, on, query string
		status          int
		seen            bool
	}{
		{"staff", "", "sensitive=true", 200, true},
		{"staff", "", "sensitive=false", 200, false},
		{"staff", "", "", 200, false},
		{"staff", "990101001", "sensitive=true", 403, false},
		{"staff", "990101001", "sensitive=true&area=990101001", 200, true},
		{"staff", "990101001", "sensitive=true&area=990101002", 403, false},
		{"staff", "990101001", "", 200, false},
		{"viewer", "", "sensitive=true", 403, false},
		{"viewer", "", "sensitive=yes", 400, false},
	} {
		for _, format := range []string{"csv", "geojson"} {
			status, _, body := r.get("/api/layers/response_force/export?format="+format+"&"+c.query, "Cookie", r.as(c.role, c.on))
			if seen := strings.Contains(string(body), "0000-0000007"); status != c.status || seen != c.seen {
				t.Errorf("%s on %q, %s: %d, phone numbers %v", c.role, c.on, c.query, status, seen)
			}
		}
	}
	var log struct {
		Exports []struct {
			ID, Actor, Address, Layer, Asked, Format string
			Rows                                     int
			Sensitive                                bool
		}
		Next string
	}
	r.json("/api/exports", &log)
	if len(log.Exports) != 10 {
		t.Fatalf("%d files are written down: %+v", len(log.Exports), log)
	}
	newest, whole := log.Exports[0], log.Exports[len(log.Exports)-1]
	if newest.Sensitive || whole.Rows != 2 || !whole.Sensitive || whole.Layer != "response_force" || whole.Format != "csv" || !strings.HasPrefix(whole.Actor, "staff") || whole.Address != "127.0.0.1" {
		t.Errorf("%+v\n%+v", newest, whole)
	}
	r.json("/api/exports?limit=1&before="+log.Exports[8].ID, &log)
	if len(log.Exports) != 1 || log.Exports[0].ID != whole.ID {
		t.Errorf("%+v", log)
	}
}

// TestPeopleHistoryTells what was changed on accounts and rights, to who may manage those people.
func TestPeopleHistoryTells(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	var added struct{ Person shown }
	r.want(201, &added, "POST", "/api/people", fields{"name": "王建国", "account_name": "wang", "grants": []fields{{"role": "staff", "area_id": r.areaID("990101001")}}})
	id := added.Person.ID
	r.want(200, nil, "PATCH", "/api/people/"+id, fields{"post": "应急办主任", "disabled": true}, "If-Match", `"`+strconv.Itoa(added.Person.Version)+`"`)
	type event struct {
		Seq                  int64
		Subject, Kind, Actor string
		PersonName, Role     *string
		Area                 *struct{ Code string }
		Changes              []struct{ Field string }
		PersonID             string `json:"person_id"`
	}
	var history struct {
		Events []event
		Next   int64
	}
	r.json("/api/people/history?person="+id, &history)
	seen := map[string]bool{}
	for _, e := range history.Events {
		what := e.Subject + " " + e.Kind
		for _, c := range e.Changes {
			what += " " + c.Field
		}
		if e.Role != nil && e.Area != nil {
			what += " " + *e.Role + " " + e.Area.Code
		}
		seen[what] = true
		if e.PersonID != id || e.Actor == "" {
			t.Errorf("%+v", e)
		}
	}
	for _, want := range []string{"person insert", "account insert", "person_grant insert staff 990101001", "person update post", "account update disabled_at"} {
		if !seen[want] {
			t.Errorf("%q is not told: %v", want, seen)
		}
	}
	if len(history.Events) != 5 {
		t.Errorf("%d events", len(history.Events))
	}
	_, _, body := r.get("/api/people/history?limit=200")
	if strings.Contains(string(body), "argon2id") {
		t.Error("it tells what a password is made of")
	}
	for area, want := range map[string]int{"990101001": 5, "990101002": 0} {
		cookie := storetest.SignIn(t, r.pool, "administrator", area)
		r.want(200, &history, "GET", "/api/people/history?person="+id, nil, "Cookie", cookie)
		if len(history.Events) != want {
			t.Errorf("who manages people of %s reads %d events of somebody in 990101001", area, len(history.Events))
		}
	}
	if status, _, _ := r.get("/api/people/history?person=7"); status != 400 {
		t.Errorf("%d", status)
	}
}
