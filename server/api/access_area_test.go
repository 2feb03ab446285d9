package api_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fourmaps/server/store/storetest"
)

// TestNoRouteIsExemptWithoutAReason: a permission that is divided by area is asked on an area, on the whole installation, or about one's
// own; where holding it anywhere is enough, the table says why, and a test that it names is there.
func TestNoRouteIsExemptWithoutAReason(t *testing.T) {
	tests := testNames(t)
	for line, a := range table {
		divided := !slices.Contains(undivided, a.permission)
		asked := a.scoped || a.everywhere || a.own
		if divided && !asked && a.why == "" || asked && a.why != "" {
			t.Errorf("%s: asked on an area: %v, %q", line, asked, a.why)
		}
		if _, name, ok := strings.Cut(a.why, ": Test"); ok && !slices.Contains(tests, "Test"+name) {
			t.Errorf("%s: there is no Test%s", line, name)
		}
	}
}

// testNames are the tests of this package.
func testNames(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range testName.FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
	}
	return names
}

var testName = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// TestNobodyFindsWhatIsSomebodyElses: imports and mappings, not even who may do everything.
func TestNobodyFindsWhatIsSomebodyElses(t *testing.T) {
	r := startWithAreas(t)
	owner, staff := storetest.SignInAs(t, r.pool, "owner", "staff", "990101001")
	var draft, mapping string
	if err := r.pool.QueryRow(t.Context(), `INSERT INTO import_draft (person_id, file_name, file_bytes, choices, about) VALUES ($1, 'a.csv', 1, '{}', '{}') RETURNING id`, owner).Scan(&draft); err != nil {
		t.Fatal(err)
	}
	if err := r.pool.QueryRow(t.Context(), `INSERT INTO import_mapping (person_id, name, layer, columns, choices) VALUES ($1, '甲', 'risk_point', '{"a"}', '{}') RETURNING id`, owner).Scan(&mapping); err != nil {
		t.Fatal(err)
	}
	for line, a := range table {
		if !a.own {
			continue
		}
		method, path, _ := strings.Cut(line, " ")
		path = strings.NewReplacer("imports/:id", "imports/"+draft, "import-mappings/:id", "import-mappings/"+mapping).Replace(path)
		for role, cookie := range map[string]string{"administrator": r.cookie, "staff beside": storetest.SignIn(t, r.pool, "staff", "990101001")} {
			if status, _, body := r.send(method, path, a.body, "Cookie", cookie); status != 404 || !strings.Contains(body, `"not_found"`) {
				t.Errorf("%s as %s: %d %.200s", line, role, status, body)
			}
		}
	}
	if status, _, body := r.send("GET", "/api/imports/"+draft, nil, "Cookie", staff); status != 200 {
		t.Errorf("its owner: %d %s", status, body)
	}
}

// TestRowsAreMadeInOnesOwnAreaOnly, wherever the person may read.
func TestRowsAreMadeInOnesOwnAreaOnly(t *testing.T) {
	r := startWithAreas(t)
	r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
	for role, names := range permitted {
		for _, on := range []string{"", "990101001"} {
			cookie := storetest.SignIn(t, r.pool, role, on)
			for name, at := range places {
				if at.point == "" {
					continue
				}
				var x, y float64
				if _, err := fmt.Sscanf(at.point, "%f, %f", &x, &y); err != nil {
					t.Fatal(err)
				}
				status, _, body := r.send("POST", "/api/layers/response_force/features", fields{"type": "Feature", "geometry": fields{"type": "Point", "coordinates": []float64{x, y}},
					"properties": fields{"name": role + on + name, "nature": "militia", "headcount": 5}, "accept": []string{"outside_district", "outside_own_area", "similar_nearby"}}, "Cookie", cookie)
				want, code := 201, ""
				switch {
				case !strings.Contains(names, "layer.write"):
					want, code = 403, `"not_permitted"`
				case on != "" && !at.inside:
					want, code = 422, `"acceptable":false`
				}
				if status != want || !strings.Contains(body, code) {
					t.Errorf("%s on %q, %s: %d %.300s, want %d %s", role, on, name, status, body, want, code)
				}
			}
		}
	}
}

// TestDeletedRowsAreListedInOnesOwnArea: each role sees those that it could bring back or read about.
func TestDeletedRowsAreListedInOnesOwnArea(t *testing.T) {
	r := startWithAreas(t)
	rows, _ := r.scattered()
	r.sql(`UPDATE response_force SET deleted_at = now()`)
	for role, names := range permitted {
		for _, on := range []string{"", "990101001"} {
			cookie := storetest.SignIn(t, r.pool, role, on)
			status, _, body := r.send("GET", "/api/layers/response_force/deleted", nil, "Cookie", cookie)
			if !strings.Contains(names, "history.read") {
				if status != 403 {
					t.Errorf("%s: %d", role, status)
				}
				continue
			}
			for name, row := range rows {
				if want := on == "" || places[name].inside; strings.Contains(body, row) != want {
					t.Errorf("%s on %q: %s is listed: %v", role, on, name, !want)
				}
			}
		}
	}
}
