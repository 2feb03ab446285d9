package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"fourmaps/geo/layer"
	"fourmaps/server/api"
	"fourmaps/server/auth"
	"fourmaps/server/store/storetest"
)

// demand is what a route asks of whoever uses it, written down here a second time, so that a route that is opened by
// mistake is seen.
type demand struct {
	permission string // anyone, signed_in or a permission
	everywhere bool   // the permission has to hold on the whole installation
	scoped     bool   // the permission has to hold on the area of the row, person or finding in the path
	own        bool   // what is in the path is one's own: nobody else finds it
	why        string // the permission may hold anywhere, though it is divided by area: why that is enough
	method     string // to ask with, where it is not the route's own
	body       any    // that gets as far as the question who may
}

// undivided are the permissions of which holding them anywhere is enough, by decision: looking is not divided by area.
var undivided = []string{"anyone", "signed_in", "layer.read", "layer.export"}

// table has a line for each route. A route without one fails the test.
var table = map[string]demand{
	"GET /healthz":                                                     {permission: "anyone"},
	"GET /readyz":                                                      {permission: "anyone"},
	"GET /metrics":                                                     {permission: "installation.manage", everywhere: true},
	"GET /api/openapi.json":                                            {permission: "signed_in"},
	"GET /api/installation":                                            {permission: "layer.read"},
	"GET /api/layers":                                                  {permission: "layer.read"},
	"GET /api/layers/:layer":                                           {permission: "layer.read"},
	"GET /api/layers/:layer/features":                                  {permission: "layer.read"},
	"GET /api/layers/:layer/features/:id":                              {permission: "layer.read"},
	"GET /api/layers/:layer/export":                                    {permission: "layer.export"},
	"GET /api/layers/:layer/summary":                                   {permission: "layer.read"},
	"POST /api/layers/:layer/features":                                 {permission: "layer.write", body: newForce, why: "the area follows from the place in the body: TestRowsAreMadeInOnesOwnAreaOnly"},
	"PATCH /api/layers/:layer/features/:id":                            {permission: "layer.write", scoped: true, body: fields{"type": "Feature", "properties": fields{"name": "别名"}}},
	"DELETE /api/layers/:layer/features/:id":                           {permission: "layer.write", scoped: true},
	"POST /api/layers/:layer/features/:id/undelete":                    {permission: "layer.write", scoped: true},
	"POST /api/layers/:layer/features/:id/restore":                     {permission: "layer.write", scoped: true, body: fields{"version": 1}},
	"POST /api/layers/:layer/features/:id/confirm":                     {permission: "layer.confirm", scoped: true},
	"GET /api/layers/:layer/features/:id/history":                      {permission: "history.read", scoped: true},
	"GET /api/layers/:layer/features/:id/versions/:version":            {permission: "history.read", scoped: true},
	"GET /api/layers/:layer/deleted":                                   {permission: "history.read", why: "shows those of one's own area: TestDeletedRowsAreListedInOnesOwnArea"},
	"GET /api/layers/:layer/features/:id/files":                        {permission: "layer.read"},
	"GET /api/layers/:layer/features/:id/files/deleted":                {permission: "photo.write", scoped: true},
	"GET /api/layers/:layer/features/:id/files/history":                {permission: "history.read", scoped: true},
	"PUT /api/layers/:layer/features/:id/files/:file":                  {permission: "photo.write", scoped: true},
	"GET /api/layers/:layer/features/:id/files/:file":                  {permission: "layer.read"},
	"GET /api/layers/:layer/features/:id/files/:file/thumbnails/:edge": {permission: "layer.read"},
	"DELETE /api/layers/:layer/features/:id/files/:file":               {permission: "photo.write", scoped: true},
	"POST /api/layers/:layer/features/:id/files/:file/undelete":        {permission: "photo.write", scoped: true},
	"GET /api/imports":                                                 {permission: "layer.import", why: "lists one's own"},
	"POST /api/imports":                                                {permission: "layer.import", why: "nothing is stored by it; rows of other areas are rejected by the check"},
	"GET /api/imports/:id":                                             {permission: "layer.import", own: true},
	"PATCH /api/imports/:id":                                           {permission: "layer.import", own: true, body: fields{"revision": 1}},
	"DELETE /api/imports/:id":                                          {permission: "layer.import", own: true},
	"POST /api/imports/:id/check":                                      {permission: "layer.import", own: true},
	"POST /api/imports/:id/apply":                                      {permission: "layer.import", own: true, body: fields{"revision": 1}},
	"GET /api/imports/:id/rows":                                        {permission: "layer.import", own: true},
	"GET /api/imports/:id/points":                                      {permission: "layer.import", own: true},
	"GET /api/imports/:id/preview":                                     {permission: "layer.import", own: true},
	"GET /api/import-mappings":                                         {permission: "layer.import", why: "lists one's own and those that are shared"},
	"POST /api/import-mappings":                                        {permission: "layer.import", why: "sharing asks for the whole installation: TestSavedMappingIsOffered"},
	"PATCH /api/import-mappings/:id":                                   {permission: "layer.import", own: true, body: fields{"name": "别名"}},
	"DELETE /api/import-mappings/:id":                                  {permission: "layer.import", own: true},
	"GET /api/freshness":                                               {permission: "layer.read"},
	"GET /api/due":                                                     {permission: "layer.read"},
	"GET /api/confirmation-periods":                                    {permission: "layer.read"},
	"PATCH /api/confirmation-periods":                                  {permission: "installation.manage", everywhere: true},
	"GET /api/confirmation-periods/history":                            {permission: "installation.manage", everywhere: true},
	"GET /api/exports":                                                 {permission: "installation.manage", everywhere: true},
	"GET /api/people/history":                                          {permission: "people.manage", why: "tells of those whom one may manage: TestPeopleHistoryTells"},
	"GET /api/session":                                                 {permission: "anyone"},
	"POST /api/session":                                                {permission: "anyone"},
	"DELETE /api/session":                                              {permission: "anyone"},
	"GET /api/session/oidc":                                            {permission: "anyone"},
	"GET /api/session/oidc/return":                                     {permission: "anyone"},
	"GET /api/me":                                                      {permission: "signed_in"},
	"PUT /api/me/password":                                             {permission: "signed_in"},
	"GET /api/roles":                                                   {permission: "people.manage", why: "roles are the same everywhere"},
	"GET /api/people":                                                  {permission: "people.manage", why: "lists those whom one may manage: TestATownshipAdministratorStaysBelow"},
	"POST /api/people":                                                 {permission: "people.manage", why: "the rights in the body decide: TestATownshipAdministratorStaysBelow"},
	"GET /api/people/:id":                                              {permission: "people.manage", scoped: true},
	"PATCH /api/people/:id":                                            {permission: "people.manage", scoped: true},
	"DELETE /api/people/:id":                                           {permission: "people.manage", scoped: true},
	"POST /api/people/:id/grants":                                      {permission: "people.manage", scoped: true},
	"DELETE /api/people/:id/grants/:grant":                             {permission: "people.manage", scoped: true},
	"POST /api/people/:id/password":                                    {permission: "people.manage", scoped: true},
	"GET /api/people/:id/sessions":                                     {permission: "people.manage", scoped: true},
	"DELETE /api/people/:id/sessions":                                  {permission: "people.manage", scoped: true},
	"DELETE /api/people/:id/sessions/:session":                         {permission: "people.manage", scoped: true},
	"GET /api/siting/rules":                                            {permission: "layer.read"},
	"POST /api/siting/rules":                                           {permission: "installation.manage", everywhere: true},
	"PATCH /api/siting/rules/:id":                                      {permission: "installation.manage", everywhere: true},
	"GET /api/siting/rules/:id/history":                                {permission: "history.read", why: "rules hold for all areas"},
	"GET /api/siting/findings":                                         {permission: "layer.read"},
	"POST /api/siting/findings/:id/waive":                              {permission: "siting.waive", scoped: true, body: fields{"reason": "围墙在建"}},
	"DELETE /api/siting/findings/:id/waive":                            {permission: "siting.waive", scoped: true},
	"GET /api/siting/findings/:id/history":                             {permission: "history.read", scoped: true},
	"GET /api/siting/checks":                                           {permission: "layer.read"},
	"POST /api/siting/checks":                                          {permission: "siting.waive", why: "a check finds what is so, wherever"},
	"GET /api/events":                                                  {permission: "layer.read", method: "HEAD"}, // a stream would stay open
	"GET /api/basemaps":                                                {permission: "layer.read"},
	"GET /tiles/:layers/:z/:x/:y":                                      {permission: "layer.read"},
	"GET /tiles/:layers":                                               {permission: "layer.read"},
	"GET /tiles/*":                                                     {permission: "layer.read"},
	"GET /ca.crt":                                                      {permission: "anyone"},
	"GET /*":                                                           {permission: "anyone"},
}

// newForce lacks what a row of the layer needs: who may make it is told so.
var newForce = fields{"type": "Feature", "geometry": fields{"type": "Point", "coordinates": []float64{110.15, 25.2}}, "properties": fields{"name": "新队"}}

// permitted are the roles' permissions as issue and docs have them.
var permitted = map[string]string{
	"viewer":        "layer.read layer.export",
	"staff":         "layer.read layer.export layer.write layer.confirm layer.import sensitive.read history.read photo.write",
	"inspector":     "layer.read layer.export layer.confirm history.read photo.write sensitive.read",
	"responder":     "layer.read layer.export layer.confirm photo.write sensitive.read",
	"dispatcher":    "layer.read layer.export sensitive.read history.read layer.confirm",
	"planner":       "layer.read layer.export history.read",
	"evaluator":     "layer.read layer.export history.read",
	"administrator": "layer.read layer.export layer.write layer.confirm layer.import sensitive.read history.read photo.write area.write siting.waive people.manage installation.manage",
}

// places are where a row or a person is, seen from a right on the township 990101001.
var places = map[string]struct {
	point  string
	code   string // area of a person's right
	inside bool
}{
	"in the township":      {"110.15, 25.2", "990101001", true},
	"in a village below":   {"110.05, 25.2", "990101001001", true},
	"in the next township": {"110.3, 25.2", "990101002", false},
	"in the county above":  {"", "990101", false},
	"outside every area":   {"111, 25.2", "", false},
}

// TestEveryRouteForEveryRole walks all routes, for nobody and for every role, held everywhere and on one township only.
func TestEveryRouteForEveryRole(t *testing.T) {
	r := startWithAreas(t)
	rows, people := r.scattered()
	found := r.found(rows)
	for _, role := range append(rolesInOrder(), "") {
		for _, on := range []string{"", "990101001"} {
			if role == "" && on != "" {
				continue
			}
			t.Run(fmt.Sprintf("%s on %q", role, on), func(t *testing.T) {
				r.t = t
				cookie := "theme=dark"
				if role != "" {
					cookie = storetest.SignIn(t, r.pool, role, on)
				}
				for _, line := range api.Routes() {
					a, ok := table[line]
					if !ok {
						t.Fatalf("%s is not in the table", line)
					}
					for place, at := range places {
						ids := rows
						switch {
						case strings.Contains(line, "/people/"):
							ids = people
						case strings.Contains(line, "/siting/findings/"):
							ids = found
						}
						if a.scoped && ids[place] == "" {
							continue
						}
						may := a.permission == "anyone" || role != "" && (a.permission == "signed_in" || slices.Contains(strings.Fields(permitted[role]), a.permission))
						want := 0
						switch {
						case may && a.everywhere && on != "":
							want = 403
						case may && a.scoped && on != "" && !at.inside:
							want = 403
						case may:
						case role == "":
							want = 401
						default:
							want = 403
						}
						r.probe(line, a, ids[place], cookie, role, on, want, place)
					}
				}
			})
		}
	}
}

func rolesInOrder() []string {
	var names []string
	for name := range permitted {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// startWithAreas is a server with areas and tiles.
func startWithAreas(t *testing.T) *running {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	r.sql(threeAreas)
	return r
}

// scattered makes a row and a person in each place.
func (r *running) scattered() (rows, people map[string]string) {
	r.t.Helper()
	rows, people = map[string]string{}, map[string]string{}
	for name, at := range places {
		if at.point != "" {
			var id string
			err := r.pool.QueryRow(r.t.Context(), `INSERT INTO response_force (name, nature, headcount, leader_phone, geom) VALUES ($1, 'militia', 5, '0000-0000007', ST_GeomFromText('POINT(' || $2 || ')', 4326)) RETURNING id`,
				name, strings.ReplaceAll(at.point, ",", "")).Scan(&id)
			if err != nil {
				r.t.Fatal(err)
			}
			r.sql(`INSERT INTO member (response_force_id, name, phone) VALUES ($1, '成员', '0000-0000008')`, id)
			rows[name] = id
		}
		people[name], _ = storetest.SignInAs(r.t, r.pool, "somebody-"+strings.ReplaceAll(name, " ", "-"), "viewer", at.code)
	}
	r.eventually("areas are known", func() bool { return r.auth.Renew(r.t.Context(), r.pool) == nil })
	return rows, people
}

// found makes a finding about each row.
func (r *running) found(rows map[string]string) map[string]string {
	r.t.Helper()
	ids := map[string]string{}
	for name, row := range rows {
		var id string
		if err := r.pool.QueryRow(r.t.Context(), `INSERT INTO siting_finding (rule_id, layer, row_id, measured, required) SELECT id, 'response_force', $1, 1, 4 FROM siting_rule WHERE code = 'waste_fence' RETURNING id`, row).Scan(&id); err != nil {
			r.t.Fatal(err)
		}
		ids[name] = id
	}
	return ids
}

// probe uses a route without a body and wants 401, 403 or (0) neither. What it would change fails later, for want of a
// body or a version; only sessions end.
func (r *running) probe(line string, a demand, id, cookie, role, on string, want int, place string) {
	r.t.Helper()
	method, path, _ := strings.Cut(line, " ")
	if a.method != "" {
		method = a.method
	}
	if id == "" {
		id = "00000000-0000-7000-8000-0000000000fe" // there is no such row
	}
	if line == "DELETE /api/session" && role != "" {
		cookie = storetest.SignIn(r.t, r.pool, role, on) // it ends
	}
	if line == "POST /api/people/:id/password" && want == 0 && place != "in the township" {
		return // each takes time
	}
	const nobody = "00000000-0000-7000-8000-0000000000ff"
	path = strings.NewReplacer(":layers/:z/:x/:y", "place/6/51/27.mvt", ":layers", "place.json", ":layer", "response_force", ":id", id, ":file", nobody, ":edge", "320", ":grant", nobody, ":session", nobody, ":version", "1", "/tiles/*", "/tiles/relief/1/1/1.png", "/*", "/risk").Replace(path)
	headers := []string{"Cookie", cookie}
	if strings.Contains(line, "/features/") || strings.Contains(line, "/findings/") {
		headers = append(headers, "If-Match", `"999"`) // nothing is changed: all have another version
	}
	status, _, body := r.send(method, path, a.body, headers...)
	if want == 0 && (status == 401 || status == 403) || want != 0 && status != want {
		r.t.Errorf("%s (%s): %d %.200s, want %d", line, place, status, body, want)
	}
	if want != 0 && method != "HEAD" && !strings.Contains(body, `"code":"not_`) {
		r.t.Errorf("%s (%s): it is not said why: %s", line, place, body)
	}
	for _, name := range auth.Permissions {
		if want != 0 && strings.Contains(body, string(name)) {
			r.t.Errorf("%s (%s): %s is no word for people: %s", line, place, name, body)
		}
	}
}

// TestSensitiveFieldsAreSeenWhereTheRightHolds, and nowhere else: not in lists, tiles, counts or the stream.
func TestSensitiveFieldsAreSeenWhereTheRightHolds(t *testing.T) {
	r := startWithAreas(t)
	rows, _ := r.scattered()
	for role, names := range permitted {
		for _, on := range []string{"", "990101001"} {
			cookie := storetest.SignIn(t, r.pool, role, on)
			for place, at := range places {
				if at.point == "" {
					continue
				}
				status, h, body := r.send("GET", "/api/layers/response_force/features/"+rows[place], nil, "Cookie", cookie)
				if status != 200 || h.Get("Cache-Control") != "no-store" {
					t.Fatalf("%d %s", status, body)
				}
				want := strings.Contains(names, "sensitive.read") && (on == "" || at.inside)
				for field, value := range map[string]string{"leader_phone": "0000-0000007", "a member's phone": "0000-0000008"} {
					if got := strings.Contains(body, value); got != want {
						t.Errorf("%s on %q, %s: %s is seen: %v", role, on, place, field, got)
					}
				}
			}
			for _, path := range []string{"/api/layers/response_force/features", "/api/layers/response_force/summary"} {
				if _, _, body := r.send("GET", path, nil, "Cookie", cookie); strings.Contains(body, "0000-000000") {
					t.Errorf("%s carries a phone number", path)
				}
			}
		}
	}
}

// TestStreamsEndWithTheirSession, within a second, and with their rights.
func TestStreamsEndWithTheirSession(t *testing.T) {
	r := start(t)
	for name, end := range map[string]string{
		"session ended":    `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.person_id = $1`,
		"right taken":      `DELETE FROM person_grant WHERE person_id = $1`,
		"account disabled": `UPDATE account SET disabled_at = now() WHERE person_id = $1`,
		"person removed":   `DELETE FROM person WHERE id = $1`,
	} {
		person, cookie := storetest.SignInAs(t, r.pool, strings.ReplaceAll(name, " ", "-"), "viewer", "")
		s := r.listen("/api/events", "Cookie", cookie)
		s.next("heartbeat")
		r.sql(end, person)
		began := time.Now()
		select {
		case _, open := <-s.events:
			if open {
				t.Errorf("%s: the stream goes on", name)
			}
		case <-time.After(time.Second):
			t.Errorf("%s: after %v the stream is still open", name, time.Since(began))
		}
	}
}

// TestPermissionsAgreeWithTheTable: the program knows those that the database has, and the roles are as they should be.
func TestPermissionsAgreeWithTheTable(t *testing.T) {
	r := start(t)
	var answer struct {
		Roles []struct {
			Name        string
			Permissions []struct {
				Name  string
				Label layer.Text
			}
		}
	}
	r.want(200, &answer, "GET", "/api/roles", nil)
	if len(answer.Roles) != len(permitted) {
		t.Errorf("%d roles", len(answer.Roles))
	}
	for _, role := range answer.Roles {
		var names []string
		for _, p := range role.Permissions {
			names = append(names, p.Name)
			if auth.SetOf(auth.Permission(p.Name)) == 0 {
				t.Errorf("the program does not know %s", p.Name)
			}
			if said := auth.Permission(p.Name).Label(); said != p.Label {
				t.Errorf("%s is called %v by refusals and %v by the table", p.Name, said, p.Label)
			}
		}
		want := strings.Fields(permitted[role.Name])
		slices.Sort(want)
		slices.Sort(names)
		if !slices.Equal(names, want) {
			t.Errorf("%s may %v, want %v", role.Name, names, want)
		}
	}
	for _, name := range auth.Permissions {
		if !strings.Contains(permitted["administrator"], string(name)) {
			t.Errorf("%s is in no table", name)
		}
	}
}

func TestMetricsForAProgramWithTheToken(t *testing.T) {
	r := start(t, func(o *apiOptions) { o.MetricsToken = "a long secret" })
	for header, want := range map[string]int{"Bearer a long secret": http.StatusOK, "Bearer another": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		if status, _, _ := r.send("GET", "/metrics", nil, "Cookie", "", "Authorization", header); status != want {
			t.Errorf("%q: %d", header, status)
		}
	}
}
