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

func (d *desk) area(body string) (store.Written, error) {
	return d.s.Create(d.t.Context(), entry(d.t, &layer.Area, body, true), d.how)
}

func (d *desk) redraw(id uuid.UUID, base int, body string) (store.Written, error) {
	return d.s.Patch(d.t.Context(), id, base, entry(d.t, &layer.Area, body, false), d.how)
}

func box(west, south, east, north float64) string {
	return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%[1]g,%[2]g],[%[3]g,%[2]g],[%[3]g,%[4]g],[%[1]g,%[4]g],[%[1]g,%[2]g]]]}`, west, south, east, north)
}

// TestDrawnAreasTakeTheirRowsAtOnce: a polygon drawn by hand, corrected and deleted gives every row inside its area in the
// same transaction; a new area finds the one above by its code.
func TestDrawnAreasTakeTheirRowsAtOnce(t *testing.T) {
	d := newDesk(t)
	site := d.mustCreate(siteAt(110.05, 25.05, ""))
	in := func(when, want string) {
		t.Helper()
		var got string
		if err := d.pool.QueryRow(t.Context(), `SELECT coalesce((SELECT code FROM area WHERE id = s.area_id), '') FROM material_site s WHERE id = $1`, site.ID).Scan(&got); err != nil || got != want {
			t.Errorf("%s: in %q, want %q (%v)", when, got, want, err)
		}
	}
	in("before", "990101001")
	w, err := d.area(`{"geometry":` + box(110, 25, 110.1, 25.1) + `,"properties":{"name":"河口村","code":"990101001001","level":"village"}}`)
	if err != nil {
		t.Fatal(err)
	}
	in("a village is drawn", "990101001001")
	if n := d.number(`SELECT count(*) FROM area WHERE code = '990101001001' AND parent_id = $1`, changqiao); n != 1 {
		t.Error("the village does not lie below its township")
	}
	if _, err := d.redraw(w.ID, 1, `{"geometry":`+box(110, 25, 110.1, 25.04)+`}`); err != nil {
		t.Fatal(err)
	}
	in("the village is corrected", "990101001")
	if _, err := d.redraw(w.ID, 2, `{"geometry":`+box(110, 25, 110.1, 25.1)+`}`); err != nil {
		t.Fatal(err)
	}
	in("and again", "990101001001")
	if _, err := d.s.Delete(t.Context(), &layer.Area, w.ID, 3, d.how); err != nil {
		t.Fatal(err)
	}
	in("the village is deleted", "990101001")
	if n := d.number(`SELECT count(*) FROM history WHERE layer = 'area' AND id = $1`, w.ID); n != 4 {
		t.Errorf("the area's history has %d events", n)
	}
}

func TestOutlinesAreComparedWithTheirNeighbours(t *testing.T) {
	d := newDesk(t)
	codes := func(err error) (out []string, texts string) {
		for _, f := range heldBack(t, err) {
			out, texts = append(out, f.Code), texts+f.Text.Zh+"|"+f.Text.En+"\n"
		}
		return out, texts
	}
	// 长桥镇 over its neighbour 白沙乡, and out of the county
	_, err := d.redraw(changqiao, 1, `{"geometry":`+box(110, 25, 110.21, 25.41)+`}`)
	got, texts := codes(err)
	if strings.Join(got, " ") != "area_overlap area_outside_parent" || !strings.Contains(texts, "与“白沙乡”重叠 44.") || !strings.Contains(texts, "青山县") {
		t.Errorf("%v\n%s", got, texts)
	}
	// it gives up a strip that nobody takes
	if got, _ := codes(second(d.redraw(changqiao, 1, `{"geometry":`+box(110, 25, 110.19, 25.4)+`}`))); strings.Join(got, " ") != "area_gap" {
		t.Error(got)
	}
	// within what two drawings of one border differ by
	if _, err := d.redraw(changqiao, 1, `{"geometry":`+box(110, 25, 110.2000001, 25.4)+`}`); err != nil {
		t.Errorf("a sliver: %v", err)
	}
	if _, err := d.redraw(changqiao, 2, `{"geometry":`+box(110, 25, 110.21, 25.4)+`,"accept":["area_overlap"]}`); err != nil {
		t.Errorf("accepted: %v", err)
	}
	var fault *layer.EntryError
	if _, err := d.area(fmt.Sprintf(`{"properties":{"name":"错","code":"990102001","level":"township","parent_id":"%s"}}`, "00000000-0000-7000-8000-000000000001")); !errors.As(err, &fault) || fault.Faults[0].Field != "code" {
		t.Errorf("a code of another county: %v", err)
	}
	for body, field := range map[string]string{
		`{"properties":{"name":"短","code":"99010100","level":"township"}}`:       "code",
		`{"properties":{"name":"级","code":"990101009","level":"village"}}`:       "code",
		`{"properties":{"name":"字","code":"99010100x","level":"township"}}`:      "code",
		`{"properties":{"name":"重","code":"990101002","level":"township"}}`:      "",
		`{"properties":{"name":"自","code":"990101008","level":"no such level"}}`: "level",
	} {
		_, err := d.area2(body)
		var conflict *store.ConflictError
		if field == "" && !errors.As(err, &conflict) || field != "" && (!errors.As(err, &fault) || fault.Faults[0].Field != field) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := layer.ParseEntry(&layer.Area, []byte(`{"geometry":{"type":"Polygon","coordinates":[[[110,25],[110.1,25.1],[110.1,25],[110,25.1],[110,25]]]}}`), false); err == nil {
		t.Error("an outline that crosses itself is taken")
	}
}

// area2 is area for bodies that may not even be entries.
func (d *desk) area2(body string) (store.Written, error) {
	e, err := layer.ParseEntry(&layer.Area, []byte(body), true)
	if err != nil {
		return store.Written{}, err
	}
	return d.s.Create(d.t.Context(), e, d.how)
}

// TestAnAreaWithoutPolygonKeepsItsRows: rows are given to it by its code, may be moved and corrected by who has a right on it,
// and stay when other outlines change.
func TestAnAreaWithoutPolygonKeepsItsRows(t *testing.T) {
	d := newDesk(t)
	exec(t, d.pool, `UPDATE area SET geom = ST_SetSRID(ST_MakePoint(110.35, 25.35), 4326) WHERE id = '`+undrawn.String()+`'`)
	exec(t, d.pool, `UPDATE area SET geom = ST_MakeEnvelope(110.2, 25, 110.4, 25.3, 4326) WHERE id = '`+baisha.String()+`'`) // so that 110.35, 25.35 is the county's only
	local := d.in(undrawn)
	w, err := local.create(fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[110.35,25.35]},"properties":{"name":"无图站","kind":"depot","area_id":%q}}`, undrawn))
	if err != nil || *w.AreaID != undrawn {
		t.Fatal(w.AreaID, err)
	}
	stays := func(when string, w store.Written, err error) {
		t.Helper()
		if err != nil || w.AreaID == nil || *w.AreaID != undrawn {
			t.Errorf("%s: %v %v", when, w.AreaID, err)
		}
	}
	w, err = local.patch(w.ID, w.Version, `{"geometry":{"type":"Point","coordinates":[110.36,25.36]}}`)
	stays("moved", w, err)
	w, err = local.patch(w.ID, w.Version, `{"properties":{"address":"桥头"}}`)
	stays("corrected", w, err)
	exec(t, d.pool, `UPDATE area SET geom = ST_MakeEnvelope(110, 25, 110.41, 25.41, 4326) WHERE code = '990101'; SELECT assign_areas()`)
	w, err = local.patch(w.ID, w.Version, `{"properties":{"address":"桥尾"}}`)
	stays("the county is drawn anew", w, err)
	w, err = local.patch(w.ID, w.Version, `{"geometry":{"type":"Point","coordinates":[110.3,25.1]}}`) // into 白沙乡
	if held := heldBack(t, err); held[0].Code != "outside_own_area" {
		t.Errorf("%+v", held)
	}
	// once it is drawn, its rows are those that lie in it
	site := d.number(`SELECT version FROM area WHERE id = $1`, undrawn)
	if _, err := d.redraw(undrawn, site, `{"geometry":`+box(110.2, 25.3, 110.4, 25.4)+`}`); err != nil {
		t.Fatal(err)
	}
	if n := d.number(`SELECT count(*) FROM material_site WHERE area_id = $1`, undrawn); n != 1 {
		t.Error("the township is drawn and has lost its row")
	}
}

// TestOverlappingImportsAreRefused names both areas and changes nothing.
func TestOverlappingImportsAreRefused(t *testing.T) {
	d := newDesk(t)
	rows := areas([]any{"990101004", "新乡", square(t, 0.1)}, []any{"990101005", "旧乡", square(t, 0.08)})
	_, err := d.s.ImportAreas(t.Context(), rows, store.Import{Origin: "file"})
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) || !strings.Contains(conflict.Text.Zh, "新乡") || !strings.Contains(conflict.Text.En, "旧乡") {
		t.Fatal(err)
	}
	if n := d.number(`SELECT count(*) FROM area WHERE origin = 'file'`); n != 0 {
		t.Errorf("%d areas of a refused import", n)
	}
	// the old one goes with the import that brings the new one
	old := areas([]any{"990101005", "旧乡", square(t, 0.08)})
	if _, err := d.s.ImportAreas(t.Context(), old, store.Import{Origin: "file"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.ImportAreas(t.Context(), areas([]any{"990101004", "新乡", square(t, 0.1)}), store.Import{Origin: "file", RemoveGone: true}); err != nil {
		t.Errorf("an area that replaces one: %v", err)
	}
}
