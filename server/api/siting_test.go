package api_test

import (
	"fmt"
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

type shownFinding struct {
	ID       string
	Version  int
	State    string
	Measured float64
	Required float64
	Row      struct{ ID, Name string }
	Other    *struct{ ID, Name string }
	Area     *struct{ Code string }
	Waiver   *struct{ Reason, By string }
	Text     struct{ Zh, En string }
	Line     any
}

type shownFindings struct {
	Findings []shownFinding
	States   map[string]int
	Rules    map[string]int
	Next     *string
}

// TestFindingsAreListedWaivedAndTakenBack over HTTP, each within the own area.
func TestFindingsAreListedWaivedAndTakenBack(t *testing.T) {
	r := startWithAreas(t)
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) SELECT '库' || i, 'fireworks', 'low', ST_SetSRID(ST_MakePoint(110.15 + 0.15 * i, 25.2), 4326) FROM generate_series(0, 1) i`)
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) SELECT '站' || i, 'waste_recycling_point', 'low', ST_SetSRID(ST_MakePoint(110.152 + 0.15 * i, 25.2), 4326) FROM generate_series(0, 1) i`)
	var checks struct {
		Checks []struct {
			By        *string
			New, Open int
		}
		Running bool
	}
	r.want(200, &checks, "POST", "/api/siting/checks", nil)
	if len(checks.Checks) != 1 || checks.Checks[0].New != 2 || checks.Checks[0].By == nil || checks.Running {
		t.Fatalf("%+v", checks)
	}
	var all, one shownFindings
	r.json("/api/siting/findings?state=open", &all)
	r.json("/api/siting/findings?state=open&area=990101001", &one)
	if len(all.Findings) != 2 || all.States["open"] != 2 || len(one.Findings) != 1 || one.States["open"] != 1 || one.Findings[0].Row.Name != "站0" || one.Findings[0].Area.Code != "990101001" || one.Findings[0].Line == nil {
		t.Fatalf("%+v\n%+v", all, one)
	}
	var first, second shownFindings
	r.json("/api/siting/findings?limit=1", &first)
	r.json("/api/siting/findings?limit=1&after="+*first.Next, &second)
	if first.Findings[0].ID == second.Findings[0].ID || second.Next != nil {
		t.Errorf("pages: %+v %+v", first, second)
	}
	inside, outside := one.Findings[0], all.Findings[0]
	if outside.ID == inside.ID {
		outside = all.Findings[1]
	}
	administrator := storetest.SignIn(t, r.pool, "administrator", "990101001")
	path := func(f shownFinding) string { return "/api/siting/findings/" + f.ID + "/waive" }
	send := func(method string, f shownFinding, version int, body any, want int, says string) {
		t.Helper()
		status, _, text := r.send(method, path(f), body, "Cookie", administrator, "If-Match", fmt.Sprintf(`"%d"`, version))
		if status != want || !strings.Contains(text, says) {
			t.Errorf("%s: %d %s, want %d %q", method, status, text, want, says)
		}
	}
	reason := fields{"reason": "搬迁中"}
	send("POST", outside, outside.Version, reason, 403, "not_permitted")
	send("POST", inside, inside.Version+7, reason, 412, "changed_meanwhile")
	send("POST", inside, inside.Version, fields{"reason": " "}, 400, "reason")
	send("POST", inside, inside.Version, fields{"reason": "x", "until": "2020-01-01T00:00:00Z"}, 422, "until")
	send("POST", inside, inside.Version, reason, 200, `"state":"waived"`)
	r.json("/api/siting/findings?state=waived", &one)
	if len(one.Findings) != 1 || one.Findings[0].Waiver.Reason != "搬迁中" || one.States["open"] != 1 {
		t.Errorf("%+v", one)
	}
	send("DELETE", inside, one.Findings[0].Version, nil, 200, `"state":"open"`)
	var events struct {
		Events []struct{ Actor, Source string }
	}
	r.json("/api/siting/findings/"+inside.ID+"/history", &events)
	if len(events.Events) != 3 || events.Events[0].Source != "siting" || events.Events[2].Source != "check" {
		t.Errorf("%+v", events)
	}
	for _, bad := range []string{"state=shut", "layer=nothing", "row=x", "rule=1", "after=z", "limit=0", "area=abc", "whatever=1"} {
		if status, _, _ := r.get("/api/siting/findings?" + bad); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
}

func TestRulesAreChangedByAdministratorsOfAll(t *testing.T) {
	r := startWithAreas(t)
	var rules struct {
		Rules []struct {
			ID, Code string
			Version  int
			Number   float64
			Document struct{ Zh, En string }
		}
	}
	r.json("/api/siting/rules", &rules)
	if len(rules.Rules) < 14 {
		t.Fatalf("%d rules", len(rules.Rules))
	}
	rule := rules.Rules[0]
	patch := func(cookie string, version int, body any, want int, says string) {
		t.Helper()
		headers := []string{"If-Match", fmt.Sprintf(`"%d"`, version)}
		if cookie != "" {
			headers = append(headers, "Cookie", cookie)
		}
		status, _, text := r.send("PATCH", "/api/siting/rules/"+rule.ID, body, headers...)
		if status != want || !strings.Contains(text, says) {
			t.Errorf("%d %s, want %d %q", status, text, want, says)
		}
	}
	patch(storetest.SignIn(t, r.pool, "administrator", "990101001"), rule.Version, fields{"number": 6}, 403, "not_permitted")
	patch("", rule.Version, fields{"number": 6}, 200, `"number":6`)
	patch("", rule.Version, fields{"number": 7}, 412, "changed_meanwhile")
	patch("", rule.Version+1, fields{"near_filter": "class=nonsense"}, 422, "near_filter")
	patch("", rule.Version+1, fields{"what_layer": "nothing", "measure": "guess", "outcome": "x"}, 422, "what_layer")
	patch("", rule.Version+1, fields{"number": 0}, 422, "number")
	patch("", rule.Version+1, fields{"valid_from": "2026-07-14", "valid_to": "2026-07-01"}, 422, "valid_to")
	patch("", rule.Version+1, fields{"nonsense": 1}, 400, "nonsense")
	status, _, text := r.send("POST", "/api/siting/rules", fields{"code": "school_fireworks", "name": fields{"zh": "烟花库距学校", "en": "Fireworks to a school"}, "what_layer": "risk_point", "what_filter": "kind=fireworks",
		"measure": "distance", "near_layer": "risk_point", "near_filter": "kind=school", "number": 300, "outcome": "warn", "document": fields{"zh": "试行办法", "en": "Trial measures"}})
	if status != 201 || !strings.Contains(text, `"active":true`) {
		t.Errorf("%d %s", status, text)
	}
	if status, _, text := r.send("POST", "/api/siting/rules", fields{"code": "school_fireworks"}); status != 422 {
		t.Errorf("%d %s", status, text)
	}
}
