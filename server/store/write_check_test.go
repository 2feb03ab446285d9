package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// codesOf are the findings that hold an entry back; a * marks those that cannot be accepted.
func codesOf(t *testing.T, err error) (codes []string, found []store.Finding) {
	t.Helper()
	var held *store.FindingsError
	if !errors.As(err, &held) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		return nil, nil
	}
	for _, f := range held.Findings {
		code := f.Code
		if !f.Acceptable {
			code += "*"
		}
		if f.Text.Zh == "" || f.Text.En == "" || f.Offers == nil {
			t.Errorf("a finding without words: %+v", f)
		}
		codes = append(codes, code)
	}
	return codes, held.Findings
}

func TestPlacesAreJudged(t *testing.T) {
	d := newDesk(t)
	everywhere, township, other := d.in(), d.in(changqiao), d.in(baisha)
	for name, c := range map[string]struct {
		who    *desk
		body   string
		want   string
		action string // of the first offer
	}{
		"in the own township":             {township, siteAt(110.1, 25.1, ""), "", ""},
		"in another's":                    {other, siteAt(110.1, 25.1, ""), "outside_own_area*", ""},
		"in the sea, staff":               {township, siteAt(125, 20, ""), "outside_district*", ""},
		"in the sea, district":            {everywhere, siteAt(125, 20, ""), "outside_district", "accept"},
		"in the sea, accepted":            {everywhere, strings.Replace(siteAt(125, 20, ""), `{`, `{"accept":["outside_district"],`, 1), "", ""},
		"in the sea, accepted by staff":   {township, strings.Replace(siteAt(125, 20, ""), `{`, `{"accept":["outside_district"],`, 1), "outside_district*", ""},
		"swapped beyond the pole":         {township, siteAt(25.1, 110.1, ""), "swapped*", "swap"},
		"swapped beyond the pole, GCJ-02": {township, strings.Replace(siteAt(25.1, 110.1, ""), `{`, `{"crs":"GCJ02",`, 1), "swapped*", "swap"},
		"an area of one's own, elsewhere": {township, siteAt(110.3, 25.1, fmt.Sprintf(`,"area_id":%q`, changqiao)), "outside_own_area*", ""},
		"an area without a polygon":       {d.in(undrawn), siteAt(120, 25.1, fmt.Sprintf(`,"area_id":%q`, undrawn)), "", ""},
		"the same, of another":            {township, siteAt(120, 25.1, fmt.Sprintf(`,"area_id":%q`, undrawn)), "outside_district*", ""},
		"accurate enough":                 {township, siteAt(110.12, 25.1, `,"position_accuracy_m":50`), "", ""},
		"a bad fix":                       {township, siteAt(110.13, 25.1, `,"position_accuracy_m":3000`), "inaccurate*", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.who.create(c.body)
			exec(t, d.pool, `UPDATE material_site SET deleted_at = now()`)
			codes, found := codesOf(t, err)
			if got := strings.Join(codes, " "); got != c.want {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			if c.action != "" && found[0].Offers[0].Action != c.action {
				t.Errorf("offered is %+v", found[0].Offers)
			}
			if c.action == "swap" && string(found[0].Offers[0].Geometry) != `{"type":"Point","coordinates":[110.1,25.1]}` {
				t.Errorf("offered is %s", found[0].Offers[0].Geometry)
			}
			if strings.HasPrefix(c.want, "inaccurate") && (!strings.Contains(found[0].Text.En, "3000 m") || !strings.Contains(found[0].Text.Zh, "50")) {
				t.Errorf("%+v does not show both numbers", found[0].Text)
			}
		})
	}
}

// TestSwapIsOfferedBeforeThePole: where both numbers may be latitudes, only the district tells.
func TestSwapIsOfferedBeforeThePole(t *testing.T) {
	d := newDesk(t)
	exec(t, d.pool, `INSERT INTO area (code, level, name, origin_key, geom) VALUES ('650000', 'county', '西', 'x', ST_MakeEnvelope(80, 40, 81, 41, 4326))`)
	_, err := d.in().create(siteAt(40.5, 80.5, ""))
	codes, found := codesOf(t, err)
	if strings.Join(codes, " ") != "outside_district swapped" || found[1].Offers[0].Action != "swap" {
		t.Errorf("%v %+v", codes, found)
	}
}

func TestNobodyMovesARowOutOfTheirArea(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, ""))
	if _, err := d.in(baisha).patch(w.ID, 1, `{"properties":{"address":"x"}}`); !denied(err, "layer.write") {
		t.Errorf("another's row: %v", err)
	}
	codes, _ := codesOf(t, second(d.in(changqiao).patch(w.ID, 1, `{"geometry":{"type":"Point","coordinates":[110.3,25.1]}}`)))
	if strings.Join(codes, " ") != "outside_own_area*" {
		t.Errorf("moving into another's area: %v", codes)
	}
	codes, _ = codesOf(t, second(d.in(changqiao).patch(w.ID, 1, fmt.Sprintf(`{"properties":{"area_id":%q}}`, baisha))))
	if strings.Join(codes, " ") != "outside_own_area*" {
		t.Errorf("giving a row to another's area: %v", codes)
	}
	if _, err := d.in(baisha).s.Delete(t.Context(), &layer.MaterialSite, w.ID, 1, d.in(baisha).how); !denied(err, "layer.write") {
		t.Errorf("deleting another's row: %v", err)
	}
	if n := d.number(`SELECT count(*) FROM history`); n != 5 { // four areas and the row
		t.Errorf("refused writes left %d events", n)
	}
}

func second(_ store.Written, err error) error { return err }

func denied(err error, permission string) bool {
	var e *store.DeniedError
	return errors.As(err, &e) && e.Permission == permission
}

// TestTheGivenAreaStays: an area that a person names holds, also when it is the one that the row had.
func TestTheGivenAreaStays(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.19, 25.1, fmt.Sprintf(`,"area_id":%q`, baisha)))
	if *w.AreaID != baisha {
		t.Errorf("created in %v", w.AreaID)
	}
	w = d.mustPatch(w.ID, 1, fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[110.18,25.1]},"properties":{"area_id":%q}}`, baisha))
	if *w.AreaID != baisha {
		t.Errorf("moved into %v", w.AreaID)
	}
	w = d.mustPatch(w.ID, 2, `{"properties":{"area_id":null}}`)
	if *w.AreaID != changqiao {
		t.Errorf("without a word it lies in %v", w.AreaID)
	}
}

func TestSimilarNeighboursAreTold(t *testing.T) {
	d := newDesk(t)
	first := d.mustCreate(siteAt(110.1, 25.1, ""))
	north := func(metres float64, name string) string {
		return fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[110.1,%.9f]},"properties":{"name":%q,"kind":"depot"}}`, 25.1+metres/110_780, name)
	}
	for name, c := range map[string]struct {
		body string
		told bool
	}{
		"the same name at 29 m":    {north(29, "东山物资站"), true},
		"the same name at 31 m":    {north(31, "东山物资站"), false},
		"a similar name":           {north(5, "东山镇物资站"), true},
		"pronounced alike":         {north(5, "冬山物姿站"), true},
		"another name":             {north(5, "消火栓12号"), false},
		"the same name with an ok": {strings.Replace(north(29, "东山物资站"), "{", `{"accept":["similar_nearby"],`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.create(c.body)
			codes, found := codesOf(t, err)
			if told := len(codes) == 1 && codes[0] == "similar_nearby"; told != c.told {
				t.Fatalf("told: %v", codes)
			}
			if !c.told {
				exec(t, d.pool, `UPDATE material_site SET deleted_at = now() WHERE id <> $1`, first.ID)
				return
			}
			if o := found[0].Offers; len(o) != 2 || o[0].Action != "merge" || *o[0].ID != first.ID || o[0].Version != 1 || *o[0].DistanceM > 30 || o[1].Action != "accept" {
				t.Errorf("offered is %+v", o)
			}
		})
	}
	if _, err := d.patch(first.ID, 1, `{"geometry":{"type":"Point","coordinates":[110.10001,25.1]},"properties":{"name":"东山物资站"}}`); err != nil {
		t.Errorf("a row is taken for its own neighbour: %v", err)
	}
}

func TestReferencesMustBeThere(t *testing.T) {
	d := newDesk(t)
	unit := func(body string) (store.Written, error) {
		return d.s.Create(t.Context(), entry(t, &layer.CommandUnit, body, true), d.how)
	}
	above, err := unit(`{"properties":{"name":"上","kind":"office","level":"county"}}`)
	if err != nil {
		t.Fatal(err)
	}
	below, err := unit(fmt.Sprintf(`{"properties":{"name":"下","kind":"station","level":"township","parent_id":%q}}`, above.ID))
	if err != nil {
		t.Fatal(err)
	}
	var conflict *store.ConflictError
	if _, err := d.s.Delete(t.Context(), &layer.CommandUnit, above.ID, 1, d.how); !errors.As(err, &conflict) || !strings.Contains(conflict.Text.Zh, "下") {
		t.Errorf("a unit with others below it: %v", err)
	}
	if _, err := d.s.Delete(t.Context(), &layer.CommandUnit, below.ID, 1, d.how); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Delete(t.Context(), &layer.CommandUnit, above.ID, 1, d.how); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Undelete(t.Context(), &layer.CommandUnit, below.ID, 2, d.how); !faulty(err, "parent_id", "no_such_row") {
		t.Errorf("coming back below a unit that is gone: %v", err)
	}
	_, err = unit(fmt.Sprintf(`{"properties":{"name":"丙","kind":"station","level":"township","parent_id":%q,"area_id":"00000000-0000-7000-8000-00000000ffff"}}`, above.ID))
	if !faulty(err, "area_id", "no_such_row") || !faulty(err, "parent_id", "no_such_row") {
		t.Errorf("references to nothing: %v", err)
	}
}

func faulty(err error, field, code string) bool {
	var e *layer.EntryError
	if !errors.As(err, &e) {
		return false
	}
	for _, f := range e.Faults {
		if f.Field == field && f.Code == code && f.Text.Zh != "" && f.Text.En != "" {
			return true
		}
	}
	return false
}

// TestTheDatabaseJudges sends what Go lets pass, and wants the field and a sentence.
func TestTheDatabaseJudges(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, ""))
	var conflict *store.ConflictError
	if _, err := d.create(strings.Replace(siteAt(110.15, 25.1, ""), "{", fmt.Sprintf(`{"id":%q,`, w.ID), 1)); !errors.As(err, &conflict) {
		t.Errorf("an id twice: %v", err)
	}
	if _, err := d.patch(w.ID, 1, `{"properties":{"stock_line":[{"item":"a","item_code":"12","quantity":1,"unit":"件"}]}}`); !faulty(err, "stock_line.item_code", "refused") {
		t.Errorf("a bad code: %v", err)
	}
	area := func(body string) error {
		return second(d.s.Create(t.Context(), entry(t, &layer.Area, body, true), d.how))
	}
	if err := area(`{"properties":{"name":"甲","code":"990101009","level":"village"}}`); !faulty(err, "code", "refused") {
		t.Errorf("a code of the wrong level: %v", err)
	}
	if err := area(`{"properties":{"name":"甲","code":"990101001","level":"township"}}`); !errors.As(err, &conflict) {
		t.Errorf("a code twice: %v", err)
	}
	if err := area(fmt.Sprintf(`{"properties":{"name":"甲","code":"990101009","level":"township","parent_id":%q}}`, changqiao)); !faulty(err, "parent_id", "refused") {
		t.Errorf("a township below a township: %v", err)
	}
	unit, err := d.s.Create(t.Context(), entry(t, &layer.CommandUnit, `{"properties":{"name":"甲","kind":"office","level":"county"}}`, true), d.how)
	if err != nil {
		t.Fatal(err)
	}
	for _, parent := range []uuid.UUID{unit.ID} {
		if _, err := d.s.Patch(t.Context(), unit.ID, 1, entry(t, &layer.CommandUnit, fmt.Sprintf(`{"properties":{"parent_id":%q}}`, parent), false), d.how); !faulty(err, "parent_id", "refused") {
			t.Errorf("a unit below itself: %v", err)
		}
	}
	if _, err := d.s.Create(t.Context(), entry(t, &layer.Place, `{"geometry":{"type":"Point","coordinates":[110,25]},"properties":{"name":"a","kind":"peak"}}`, true), d.how); !errors.Is(err, store.ErrKept) {
		t.Errorf("a base layer: %v", err)
	}
}

func TestAreasAreWrittenBelowOnesOwn(t *testing.T) {
	d := newDesk(t)
	body := func(parent uuid.UUID) string {
		return fmt.Sprintf(`{"geometry":{"type":"Polygon","coordinates":[[[110,25],[110.1,25],[110.1,25.1],[110,25.1],[110,25]]]},"properties":{"name":"桥头村","code":"990101001001","level":"village","parent_id":%q}}`, parent)
	}
	mine := d.in(changqiao)
	w, err := mine.s.Create(t.Context(), entry(t, &layer.Area, body(changqiao), true), mine.how)
	if err != nil || *w.AreaID != w.ID {
		t.Fatalf("%+v %v", w, err)
	}
	if _, err := mine.s.Create(t.Context(), entry(t, &layer.Area, strings.Replace(body(baisha), "990101001001", "990101002001", 1), true), mine.how); !denied(err, "area.write") {
		t.Errorf("a village of another township: %v", err)
	}
	own := d.in(changqiao, w.ID)
	if _, err := own.s.Patch(t.Context(), w.ID, 1, entry(t, &layer.Area, fmt.Sprintf(`{"properties":{"parent_id":%q}}`, baisha), false), own.how); !denied(err, "area.write") {
		t.Errorf("a village given to another township: %v", err)
	}
}

func TestThePlaceThatStaysKeepsItsOrigin(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(strings.Replace(siteAt(110.1, 25.1, `,"position_accuracy_m":8`), "{", `{"crs":"BD09",`, 1))
	if n := d.number(`SELECT count(*) FROM material_site WHERE source_crs = 'BD09' AND source_x = 110.1 AND source_y = 25.1 AND position_accuracy_m = 8`); n != 1 {
		t.Fatal("the pair as it came is not kept")
	}
	place := strings.Split(strings.Split(string(w.Feature), `"geometry":`)[1], `,"properties"`)[0]
	d.mustPatch(w.ID, 1, `{"geometry":`+place+`,"properties":{"address":"x"}}`)
	if n := d.number(`SELECT count(*) FROM material_site WHERE source_crs = 'BD09' AND position_accuracy_m = 8`); n != 1 {
		t.Error("sending the place back as it was answered moved the row")
	}
	d.mustPatch(w.ID, 2, `{"geometry":{"type":"Point","coordinates":[110.11,25.1]}}`)
	if n := d.number(`SELECT count(*) FROM material_site WHERE source_crs IS NULL AND position_accuracy_m IS NULL`); n != 1 {
		t.Error("a moved row keeps the accuracy or the pair of the place before")
	}
}

// TestWhoMayNotSeeDoesNotWipe: a person who may not see phone numbers saves a list without them, and they stay.
func TestWhoMayNotSeeDoesNotWipe(t *testing.T) {
	d := newDesk(t)
	force, err := d.s.Create(t.Context(), entry(t, &layer.ResponseForce, `{"geometry":{"type":"Point","coordinates":[110.1,25.1]},"properties":{"name":"队","nature":"militia","headcount":5,"leader_phone":"12345","member":[{"name":"甲","phone":"110"}]}}`, true), d.how)
	if err != nil {
		t.Fatal(err)
	}
	line := properties(t, force)["member"].([]any)[0].(map[string]any)["id"]
	blind := *d
	blind.how.May = func(permission string, _ *uuid.UUID) bool { return permission != "sensitive.read" }
	w, err := d.s.Patch(t.Context(), force.ID, 1, entry(t, &layer.ResponseForce, fmt.Sprintf(`{"properties":{"member":[{"id":%q,"name":"乙"}]}}`, line), false), blind.how)
	if err != nil || !strings.Contains(string(w.Feature), `"name":"乙","post":null,"phone":"110"`) {
		t.Errorf("%s %v", w.Feature, err)
	}
	if _, err := d.s.Patch(t.Context(), force.ID, 2, entry(t, &layer.ResponseForce, `{"properties":{"leader_phone":null}}`, false), blind.how); !denied(err, "sensitive.read") {
		t.Errorf("%v", err)
	}
}
