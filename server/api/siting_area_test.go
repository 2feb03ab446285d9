package api_test

import (
	"testing"

	"fourmaps/server/store/storetest"
)

// TestThePastOfAFindingIsReadInTheOwnArea, as that of its row is; what there is not is not found.
func TestThePastOfAFindingIsReadInTheOwnArea(t *testing.T) {
	r := startWithAreas(t)
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) SELECT '库' || i, 'fireworks', 'low', ST_SetSRID(ST_MakePoint(110.15 + 0.15 * i, 25.2), 4326) FROM generate_series(0, 1) i`)
	r.sql(`INSERT INTO risk_point (name, kind, risk_level, geom) SELECT '站' || i, 'waste_recycling_point', 'low', ST_SetSRID(ST_MakePoint(110.152 + 0.15 * i, 25.2), 4326) FROM generate_series(0, 1) i`)
	r.want(200, nil, "POST", "/api/siting/checks", nil)
	var found shownFindings
	r.json("/api/siting/findings?state=open", &found)
	if len(found.Findings) != 2 {
		t.Fatalf("%+v", found)
	}
	for role, may := range map[string]bool{"staff": true, "viewer": false, "administrator": true} {
		cookie := storetest.SignIn(t, r.pool, role, "990101001")
		for _, f := range found.Findings {
			want := 403
			if may && f.Area.Code == "990101001" {
				want = 200
			}
			var past struct{ Events []struct{ Kind string } }
			status, _, text := r.send("GET", "/api/siting/findings/"+f.ID+"/history", nil, "Cookie", cookie)
			if status != want {
				t.Errorf("%s reads of %s: %d %s, want %d", role, f.Row.Name, status, text, want)
			}
			if want == 200 {
				r.want(200, &past, "GET", "/api/siting/findings/"+f.ID+"/history", nil, "Cookie", cookie)
				if len(past.Events) == 0 {
					t.Error("a finding has no past")
				}
			}
		}
	}
	const nobody = "00000000-0000-7000-8000-0000000000ff"
	for _, subject := range []string{"findings", "rules"} {
		r.want(404, nil, "GET", "/api/siting/"+subject+"/"+nobody+"/history", nil)
	}
}
