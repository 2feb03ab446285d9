package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// shown is a person as the tests read it.
type shown struct {
	ID      string
	Version int
	Name    string
	Phone   *string
	Account struct {
		Name       string
		Disabled   bool
		MustChange bool `json:"must_change"`
	}
	Grants []struct {
		ID, Role string
		Area     *struct{ Code string }
	}
}

// want sends and reads the answer, which must have a status.
func (r *running) want(status int, v any, method, path string, body any, headers ...string) {
	r.t.Helper()
	got, _, text := r.send(method, path, body, headers...)
	if got != status {
		r.t.Fatalf("%s %s: %d %s, want %d", method, path, got, text, status)
	}
	if v != nil {
		if err := json.Unmarshal([]byte(text), v); err != nil {
			r.t.Fatalf("%s %s: %v in %s", method, path, err, text)
		}
	}
}

func TestAPersonFromBeginningToEnd(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	var added struct {
		Person   shown
		Password string
	}
	r.want(201, &added, "POST", "/api/people", fields{"name": "王建国", "account_name": "Wang.JianGuo", "phone": "0000-0000001", "grants": []fields{{"role": "staff", "area_id": r.areaID("990101001")}}})
	p := added.Person
	if p.Name != "王建国" || p.Account.Name != "wang.jianguo" || !p.Account.MustChange || len(p.Grants) != 1 || p.Grants[0].Area.Code != "990101001" {
		t.Fatalf("%+v", p)
	}
	path := "/api/people/" + p.ID
	status, cookie, body := r.signIn("wang.jianguo", added.Password)
	if status != 200 || !strings.Contains(body, `"must_change":true`) {
		t.Fatalf("with the temporary password: %d %s", status, body)
	}
	r.want(204, nil, "PUT", "/api/me/password", fields{"present": added.Password, "next": goodPassword}, "Cookie", cookie)

	r.want(428, nil, "PATCH", path, fields{"post": "站长"})
	r.want(412, nil, "PATCH", path, fields{"post": "站长"}, "If-Match", `"99"`)
	r.want(200, &p, "PATCH", path, fields{"post": "站长", "phone": ""}, "If-Match", fmt.Sprintf("%q", fmt.Sprint(p.Version)))
	if p.Phone != nil {
		t.Errorf("an empty text does not clear: %+v", p)
	}
	r.want(409, nil, "POST", "/api/people", fields{"name": "另一人", "account_name": "wang.jianguo"})
	r.want(400, nil, "POST", "/api/people", fields{"name": "另一人", "account_name": "another", "colour": 1})
	r.want(400, nil, "POST", path+"/grants", fields{"role": "king"})
	r.want(409, nil, "POST", path+"/grants", fields{"role": "viewer", "area_id": "00000000-0000-7000-8000-000000000009"})
	r.want(200, &p, "POST", path+"/grants", fields{"role": "viewer", "area_id": nil})
	r.want(409, nil, "POST", path+"/grants", fields{"role": "viewer"})
	r.want(200, &p, "DELETE", path+"/grants/"+p.Grants[0].ID, nil)

	var open struct{ Sessions []struct{ ID, Agent string } }
	r.want(200, &open, "GET", path+"/sessions", nil)
	if len(open.Sessions) != 1 {
		t.Fatalf("%+v", open)
	}
	r.want(204, nil, "DELETE", path+"/sessions/"+open.Sessions[0].ID, nil)
	r.want(401, nil, "GET", "/api/me", nil, "Cookie", cookie)

	var reset struct{ Password string }
	r.want(200, &reset, "POST", path+"/password", nil)
	if status, _, _ := r.signIn("wang.jianguo", goodPassword); status != 401 {
		t.Errorf("the password before the reset: %d", status)
	}
	r.want(200, &p, "GET", path, nil)
	r.want(200, &p, "PATCH", path, fields{"disabled": true}, "If-Match", fmt.Sprint(p.Version))
	if status, _, body := r.signIn("wang.jianguo", reset.Password); status != 403 {
		t.Errorf("a disabled account: %d %s", status, body)
	}
	r.want(204, nil, "DELETE", path, nil, "If-Match", fmt.Sprint(p.Version))
	r.want(404, nil, "GET", path, nil)

	var lines, hashes int
	if err := r.pool.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE concat(before::text, after::text) LIKE '%argon2%') FROM people_history WHERE actor LIKE 'administrator-%'`).Scan(&lines, &hashes); err != nil {
		t.Fatal(err)
	}
	if lines < 9 || hashes != 0 {
		t.Errorf("the history has %d lines of the administrator, %d with a password", lines, hashes)
	}
	if _, err := r.pool.Exec(t.Context(), `DELETE FROM people_history`); err == nil {
		t.Error("the history can be rewritten")
	}
}

func (r *running) areaID(code string) string {
	r.t.Helper()
	var id string
	if err := r.pool.QueryRow(r.t.Context(), `SELECT id FROM area WHERE code = $1`, code).Scan(&id); err != nil {
		r.t.Fatal(err)
	}
	return id
}

// TestATownshipAdministratorStaysBelow: who manages people of one township gives nothing outside it, nothing more than
// is held, and touches nobody who has rights elsewhere.
func TestATownshipAdministratorStaysBelow(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	inside, outside, village := r.areaID("990101001"), r.areaID("990101"), r.areaID("990101001001")
	cookie := storetest.SignIn(t, r.pool, "administrator", "990101001")
	chief, _ := storetest.SignInAs(t, r.pool, "chief", "viewer", "")
	ask := func(status int, v any, method, path string, body any, headers ...string) {
		t.Helper()
		r.want(status, v, method, path, body, append(headers, "Cookie", cookie)...)
	}
	var added struct{ Person shown }
	ask(201, &added, "POST", "/api/people", fields{"name": "李", "account_name": "li", "grants": []fields{{"role": "staff", "area_id": village}}})
	path := "/api/people/" + added.Person.ID
	ask(200, nil, "POST", path+"/grants", fields{"role": "administrator", "area_id": inside})
	ask(403, nil, "POST", path+"/grants", fields{"role": "viewer", "area_id": outside})
	ask(403, nil, "POST", path+"/grants", fields{"role": "viewer"})
	ask(403, nil, "POST", "/api/people", fields{"name": "赵", "account_name": "zhao", "grants": []fields{{"role": "viewer"}}})
	ask(403, nil, "POST", "/api/people/"+chief+"/password", nil)
	ask(403, nil, "GET", "/api/people/"+chief, nil)
	ask(403, nil, "DELETE", "/api/people/"+chief, nil, "If-Match", "1")
	var list struct{ People []shown }
	ask(200, &list, "GET", "/api/people", nil)
	for _, p := range list.People {
		if p.ID == chief {
			t.Error("somebody with rights elsewhere is listed")
		}
	}
	r.sql(`INSERT INTO person_grant (person_id, role) VALUES ($1, 'viewer')`, added.Person.ID)
	ask(403, nil, "PATCH", path, fields{"disabled": true}, "If-Match", "1")
}

func TestTheLastAdministratorStays(t *testing.T) {
	r := start(t)
	var list struct{ People []shown }
	r.want(200, &list, "GET", "/api/people", nil)
	if len(list.People) != 1 {
		t.Fatalf("%+v", list)
	}
	last := list.People[0]
	path := "/api/people/" + last.ID
	r.want(409, nil, "PATCH", path, fields{"disabled": true}, "If-Match", "1")
	r.want(409, nil, "DELETE", path, nil, "If-Match", "1")
	r.want(409, nil, "DELETE", path+"/grants/"+last.Grants[0].ID, nil)
	storetest.SignIn(t, r.pool, "administrator", "")
	r.want(200, nil, "DELETE", path+"/grants/"+last.Grants[0].ID, nil)
}
