package api_test

import (
	"testing"

	"fourmaps/server/store/storetest"
)

// TestSettingsTellWhoAndFromWhere: the histories of people, periods and siting rules name the person and the address, as
// those of rows do.
func TestSettingsTellWhoAndFromWhere(t *testing.T) {
	r := startWithAreas(t)
	person, cookie := storetest.SignInAs(t, r.pool, "wang", "administrator", "")
	var rules struct {
		Rules []struct {
			ID      string
			Version int
		}
	}
	r.json("/api/siting/rules", &rules)
	r.want(200, nil, "PATCH", "/api/siting/rules/"+rules.Rules[0].ID, fields{"verified": true}, "Cookie", cookie, "If-Match", `"1"`)
	r.want(200, nil, "PATCH", "/api/confirmation-periods", fields{"layer": "risk_point", "kind": "school", "days": 33}, "Cookie", cookie, "If-Match", `"1"`)
	r.want(201, nil, "POST", "/api/people", fields{"name": "李某", "account_name": "li-mou"}, "Cookie", cookie)
	for _, history := range []string{"siting_history", "confirmation_period_history", "people_history"} {
		var n int
		if err := r.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+history+` WHERE person_id = $1 AND address = '127.0.0.1'`, person).Scan(&n); err != nil || n == 0 {
			t.Errorf("%s has %d events of that person from there, %v", history, n, err)
		}
	}
}
