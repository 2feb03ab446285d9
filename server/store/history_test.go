package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

func (d *desk) history(w store.Written, before int64, limit int, sensitive bool) store.HistoryPage {
	d.t.Helper()
	page, err := d.s.History(d.t.Context(), &layer.MaterialSite, w.ID, before, limit, sensitive)
	if err != nil {
		d.t.Fatal(err)
	}
	return page
}

func fieldsOf(changes []store.Difference) (out []string) {
	for _, c := range changes {
		out = append(out, c.Field+" "+string(c.Before)+"→"+string(c.After))
	}
	return out
}

func TestHistoryTellsFieldByField(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, `,"keeper_phone":"12345"`+someStock))
	line := properties(t, w)["stock_line"].([]any)[0].(map[string]any)["id"]
	w = d.mustPatch(w.ID, 1, fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[110.12,25.1]},"properties":{"address":"桥头","keeper_phone":"54321","stock_line":[{"id":%q,"item":"编织袋","quantity":250,"unit":"条"}]},"occurred_at":"2026-01-02T03:04:05Z"}`, line))
	if _, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, 2, d.how); err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Undelete(t.Context(), &layer.MaterialSite, w.ID, 3, d.how); err != nil {
		t.Fatal(err)
	}
	page := d.history(w, 0, 10, true)
	var kinds []string
	for _, e := range page.Events {
		kinds = append(kinds, fmt.Sprint(e.Version, e.Kind, e.Source))
	}
	if want := []string{"4undeleteundelete", "3deletedelete", "2updateentry", "1insertentry"}; !slices.Equal(kinds, want) || page.Next != 0 {
		t.Errorf("the history is %q, want %q; next %d", kinds, want, page.Next)
	}
	e := page.Events[2]
	want := []string{`geometry {"type":"Point","coordinates":[110.1,25.1]}→{"type":"Point","coordinates":[110.12,25.1]}`, `address null→"桥头"`, `keeper_phone "12345"→"54321"`}
	if got := fieldsOf(e.Changes); !slices.Equal(got, want) {
		t.Errorf("version 2 changed %q", got)
	}
	if e.Actor != "王某" || *e.Address != "10.0.0.7" || e.PersonID == nil || e.OccurredAt.Format(time.RFC3339) != "2026-01-02T03:04:05Z" || time.Since(e.At) > time.Minute {
		t.Errorf("%+v", e)
	}
	if len(e.Parts) != 2 || e.Parts[0].Kind != "delete" || e.Parts[1].Kind != "update" || !slices.Equal(fieldsOf(e.Parts[1].Changes), []string{"quantity 300→250"}) {
		t.Errorf("the lists: %+v", e.Parts)
	}
	if len(page.Events[3].Parts) != 2 || len(page.Events[0].Changes) != 0 {
		t.Errorf("%+v", page.Events)
	}
	hidden := d.history(w, 0, 10, false).Events[2].Changes
	if i := slices.IndexFunc(hidden, func(c store.Difference) bool { return c.Field == "keeper_phone" }); i < 0 || !hidden[i].Hidden || string(hidden[i].After) != "null" {
		t.Errorf("who may not see gets %+v", hidden)
	}
	first := d.history(w, 0, 3, true)
	rest := d.history(w, first.Next, 3, true)
	if len(first.Events) != 3 || len(rest.Events) != 1 || rest.Events[0].Version != 1 || rest.Next != 0 {
		t.Errorf("pages of %d and %d", len(first.Events), len(rest.Events))
	}
}

// TestAnyVersionCanBeRestored changes rows at random, restores a random version, and wants the row as it was then.
func TestAnyVersionCanBeRestored(t *testing.T) {
	d := newDesk(t)
	rapid.Check(t, func(rt *rapid.T) {
		exec(t, d.pool, `UPDATE material_site SET deleted_at = now() WHERE deleted_at IS NULL`)
		w := d.mustCreate(siteAt(110.1, 25.1, someStock))
		states := map[int]string{1: comparable(t, w.Feature)}
		for range rapid.IntRange(1, 6).Draw(rt, "changes") {
			if rapid.IntRange(0, 5).Draw(rt, "deleting") == 0 {
				gone, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, w.Version, d.how)
				if err != nil {
					rt.Fatal(err)
				}
				if w, err = d.s.Undelete(t.Context(), &layer.MaterialSite, w.ID, gone.Version, d.how); err != nil {
					rt.Fatal(err)
				}
			} else {
				w = d.mustPatch(w.ID, w.Version, drawChange(rt, w))
			}
			states[w.Version] = comparable(t, w.Feature)
		}
		var versions []int
		for v := range states {
			versions = append(versions, v)
		}
		slices.Sort(versions)
		version := rapid.SampledFrom(versions).Draw(rt, "version")
		seen, err := d.s.Version(t.Context(), &layer.MaterialSite, w.ID, version, true)
		if err != nil {
			rt.Fatal(err)
		}
		if comparable(t, seen) != states[version] {
			rt.Fatalf("version %d is told as\n%s\nit was\n%s", version, comparable(t, seen), states[version])
		}
		restored, err := d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, w.Version, version, d.how)
		if err != nil {
			rt.Fatal(err)
		}
		if got := comparable(t, restored.Feature); got != states[version] {
			rt.Fatalf("restoring version %d of %d gives\n%s\nit was\n%s", version, w.Version, got, states[version])
		}
		if same := states[version] == states[w.Version]; !same && restored.Version != w.Version+1 {
			rt.Fatalf("the restoration of version %d made version %d after %d", version, restored.Version, w.Version)
		}
	})
}

// comparable is a row without what every version has of its own.
func comparable(t testing.TB, feature json.RawMessage) string {
	t.Helper()
	var f struct {
		Geometry   any
		Properties map[string]any
	}
	if err := json.Unmarshal(feature, &f); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"version", "updated_at", "area_code"} {
		delete(f.Properties, name)
	}
	for name, at := range f.Properties {
		if text, ok := at.(string); ok && strings.HasSuffix(name, "_at") {
			if moment, err := time.Parse(time.RFC3339Nano, text); err == nil {
				f.Properties[name] = moment.UTC().Format(time.RFC3339Nano) // jsonb keeps the zone as +00:00
			}
		}
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func drawChange(rt *rapid.T, w store.Written) string {
	change := map[string]any{}
	properties := map[string]any{}
	if rapid.Bool().Draw(rt, "move") {
		change["geometry"] = map[string]any{"type": "Point", "coordinates": []float64{rapid.Float64Range(110.01, 110.39).Draw(rt, "x"), 25.1}}
		change["crs"] = rapid.SampledFrom([]string{"WGS84", "GCJ02"}).Draw(rt, "crs")
	}
	if rapid.Bool().Draw(rt, "area") {
		properties["area_id"] = rapid.SampledFrom([]any{changqiao, baisha, undrawn, nil}).Draw(rt, "area_id")
	}
	if rapid.Bool().Draw(rt, "fields") {
		properties["address"] = rapid.SampledFrom([]any{nil, "甲", "乙"}).Draw(rt, "address")
		properties["floor_area_m2"] = rapid.SampledFrom([]any{nil, 1.25, 1e-7, 123456.789}).Draw(rt, "floor")
		properties["open_all_hours"] = rapid.SampledFrom([]any{nil, true, false}).Draw(rt, "open")
	}
	if rapid.Bool().Draw(rt, "lists") {
		var f struct {
			Properties struct {
				StockLine []map[string]any `json:"stock_line"`
			}
		}
		if json.Unmarshal(w.Feature, &f) != nil {
			rt.Fatal("no feature")
		}
		lines := []map[string]any{}
		for _, line := range f.Properties.StockLine {
			if rapid.Bool().Draw(rt, "keep") {
				line["quantity"] = rapid.IntRange(0, 3).Draw(rt, "quantity")
				lines = append(lines, line)
			}
		}
		if rapid.Bool().Draw(rt, "add") {
			lines = append(lines, map[string]any{"item": "新", "quantity": 1, "unit": "件", "expires_on": "2027-01-01"})
		}
		properties["stock_line"] = lines
	}
	change["properties"], change["confirm"] = properties, rapid.Bool().Draw(rt, "confirm")
	text, err := json.Marshal(change)
	if err != nil {
		rt.Fatal(err)
	}
	return string(text)
}

func TestADeletedRowComesBack(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, someStock))
	gone, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, 1, d.how)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, 1, 1, d.how); !errors.Is(err, store.ErrStale) {
		t.Errorf("restoring with an old version: %v", err)
	}
	if _, err := d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, gone.Version, gone.Version, d.how); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("restoring the deleted state: %v", err)
	}
	back, err := d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, gone.Version, 1, d.how)
	if err != nil || back.Version != 3 || comparable(t, back.Feature) != comparable(t, w.Feature) {
		t.Errorf("%+v %v", back, err)
	}
	var conflict *store.ConflictError
	if _, err := d.s.Undelete(t.Context(), &layer.MaterialSite, w.ID, 3, d.how); !errors.As(err, &conflict) {
		t.Errorf("bringing back what is there: %v", err)
	}
	// its area is gone meanwhile: it lies in the one around it
	if _, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, 3, d.how); err != nil {
		t.Fatal(err)
	}
	exec(t, d.pool, `UPDATE area SET deleted_at = now() WHERE code = '990101001'`)
	if back, err = d.s.Undelete(t.Context(), &layer.MaterialSite, w.ID, 4, d.how); err != nil || back.AreaID.String() != "00000000-0000-7000-8000-000000000001" {
		t.Errorf("%+v %v", back, err)
	}
	// what somebody may not write there, he may not bring back there
	if _, err := d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, 5, 1, d.in(changqiao).how); !denied(err, "layer.write") {
		t.Errorf("%v", err)
	}
}

func TestConfirmations(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, someStock))
	day := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	confirm := func(base int, at time.Time, accuracy *float64) (store.Written, error) {
		how := d.how
		how.OccurredAt = at
		return d.s.Confirm(t.Context(), &layer.MaterialSite, w.ID, base, store.Confirmation{AccuracyM: accuracy}, how)
	}
	now, err := confirm(1, day, nil)
	if p := properties(t, now); err != nil || now.Version != 2 || p["confirmed_at"] != "2026-01-02T03:04:05Z" || p["confirmed_by"] != "王某" {
		t.Fatalf("%s %v", now.Feature, err)
	}
	if now, err = confirm(1, day.Add(time.Hour), nil); err != nil || now.Version != 3 {
		t.Errorf("a second confirmation of the same version: %+v %v", now, err)
	}
	if now, err = confirm(1, day, nil); err != nil || now.Version != 3 || properties(t, now)["confirmed_at"] != "2026-01-02T04:04:05Z" {
		t.Errorf("an earlier confirmation that comes late: %s %v", now.Feature, err)
	}
	far := 3000.0
	if codes, _ := codesOf(t, second(confirm(3, day.Add(2*time.Hour), &far))); len(codes) != 1 || codes[0] != "inaccurate*" {
		t.Errorf("from far away: %v", codes)
	}
	d.mustPatch(w.ID, 3, `{"properties":{"stock_line":[]}}`)
	if _, err := confirm(3, day.Add(3*time.Hour), nil); !errors.Is(err, store.ErrStale) {
		t.Errorf("confirming what was changed meanwhile: %v", err)
	}
	if _, err := confirm(4, time.Now().Add(time.Hour), nil); !faulty(err, "occurred_at", "out_of_range") {
		t.Errorf("from the future: %v", err)
	}
	blind := *d
	blind.how.May = d.in(baisha).how.May
	if _, err := blind.s.Confirm(t.Context(), &layer.MaterialSite, w.ID, 4, store.Confirmation{}, blind.how); !denied(err, "layer.confirm") {
		t.Errorf("confirming another's row: %v", err)
	}
	if now, err = confirm(4, day.Add(4*time.Hour), nil); err != nil || now.Version != 5 {
		t.Errorf("%+v %v", now, err)
	}
}

// TestEveryVersionIsOneEventAndOneChange does anything in any order, sometimes with a version that is not the row's: each
// write that succeeds is one version, one event and one change; one that does not is nothing at all.
func TestEveryVersionIsOneEventAndOneChange(t *testing.T) {
	d := newDesk(t)
	rapid.Check(t, func(rt *rapid.T) {
		exec(t, d.pool, `UPDATE material_site SET deleted_at = now() WHERE deleted_at IS NULL`)
		w := d.mustCreate(siteAt(110.1, 25.1, someStock))
		version, deleted := 1, false
		for range rapid.IntRange(1, 10).Draw(rt, "writes") {
			base := version - rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(rt, "behind")
			action := rapid.SampledFrom([]string{"patch", "delete", "undelete", "restore", "confirm"}).Draw(rt, "action")
			var after store.Written
			var err error
			switch action {
			case "patch":
				after, err = d.patch(w.ID, base, drawChange(rt, w))
			case "delete":
				after, err = d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, base, d.how)
			case "undelete":
				after, err = d.s.Undelete(t.Context(), &layer.MaterialSite, w.ID, base, d.how)
			case "restore":
				after, err = d.s.Restore(t.Context(), &layer.MaterialSite, w.ID, base, rapid.IntRange(1, version).Draw(rt, "to"), d.how)
			default:
				how := d.how
				how.OccurredAt = time.Now()
				after, err = d.s.Confirm(t.Context(), &layer.MaterialSite, w.ID, base, store.Confirmation{}, how)
			}
			var conflict *store.ConflictError
			switch {
			case err == nil:
				if after.Version != version && after.Version != version+1 || base != version && action != "confirm" || deleted && (action == "patch" || action == "delete" || action == "confirm") || !deleted && action == "undelete" {
					rt.Fatalf("%s from version %d of %d (deleted: %v) made version %d", action, base, version, deleted, after.Version)
				}
				version, deleted = after.Version, string(after.Feature) == "null"
				if !deleted {
					w = after
				}
			case errors.Is(err, store.ErrStale) && (base != version || deleted):
			case errors.Is(err, store.ErrNotFound) && action == "restore": // a version in which it was deleted
			case errors.As(err, &conflict) && action == "undelete" && !deleted:
			default:
				rt.Fatalf("%s from version %d of %d (deleted: %v): %v", action, base, version, deleted, err)
			}
		}
		if n := d.number(`SELECT count(DISTINCT version) FROM history WHERE id = $1 AND version BETWEEN 1 AND $2`, w.ID, version); n != version {
			rt.Fatalf("%d versions have %d events", version, n)
		}
		if n := d.number(`SELECT count(*) FROM history WHERE id = $1`, w.ID); n != version {
			rt.Fatalf("%d versions have %d events", version, n)
		}
		if n := d.number(`SELECT count(*) FROM change WHERE id = $1`, w.ID); n != version {
			rt.Fatalf("%d versions made %d changes", version, n)
		}
		if n := d.number(`SELECT count(*) FROM history WHERE owner_id = $1 AND (owner_version < 1 OR owner_version > $2)`, w.ID, version); n != 0 {
			rt.Fatalf("%d lines belong to no version", n)
		}
	})
}

// TestAChildComesOrItsParentGoes lets somebody delete a unit while others put units below it: never is there a unit below
// one that is gone.
func TestAChildComesOrItsParentGoes(t *testing.T) {
	d := newDesk(t)
	for round := range 10 {
		parent, err := d.s.Create(t.Context(), entry(t, &layer.CommandUnit, fmt.Sprintf(`{"properties":{"name":"上%d","kind":"office","level":"county"}}`, round), true), d.how)
		if err != nil {
			t.Fatal(err)
		}
		var wait sync.WaitGroup
		for i := range 4 {
			wait.Go(func() {
				_, err := d.s.Create(context.Background(), entry(t, &layer.CommandUnit, fmt.Sprintf(`{"properties":{"name":"下%d-%d","kind":"station","level":"township","parent_id":%q}}`, round, i, parent.ID), true), d.how)
				if err != nil && !faulty(err, "parent_id", "no_such_row") {
					t.Errorf("the child: %v", err)
				}
			})
		}
		wait.Go(func() {
			var conflict *store.ConflictError
			if _, err := d.s.Delete(context.Background(), &layer.CommandUnit, parent.ID, 1, d.how); err != nil && !errors.As(err, &conflict) {
				t.Errorf("the parent: %v", err)
			}
		})
		wait.Wait()
	}
	if n := d.number(`SELECT count(*) FROM command_unit c JOIN command_unit p ON p.id = c.parent_id WHERE c.deleted_at IS NULL AND p.deleted_at IS NOT NULL`); n != 0 {
		t.Errorf("%d units lie below one that is gone", n)
	}
}

func TestDeletedRowsAreListed(t *testing.T) {
	d := newDesk(t)
	var ids []string
	for i, x := range []float64{110.1, 110.15, 110.3} {
		w := d.mustCreate(strings.Replace(siteAt(x, 25.1, ""), "东山", fmt.Sprint(i), 1))
		if _, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, 1, d.how); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, w.ID.String())
	}
	d.mustCreate(siteAt(110.1, 25.1, ""))
	list := func(within []uuid.UUID, after store.DeletedPlace, limit int) (got []string, rows []store.DeletedRow) {
		rows, err := d.s.Deleted(t.Context(), &layer.MaterialSite, within, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			got = append(got, r.ID.String())
		}
		return got, rows
	}
	later := store.DeletedPlace{At: time.Now().Add(time.Minute)}
	all, rows := list(nil, later, 10)
	if !slices.Equal(all, []string{ids[2], ids[1], ids[0]}) || rows[0].Version != 2 || *rows[0].Actor != "王某" {
		t.Errorf("%v %+v", all, rows)
	}
	if mine, _ := list([]uuid.UUID{changqiao}, later, 10); !slices.Equal(mine, []string{ids[1], ids[0]}) {
		t.Errorf("of the township: %v", mine)
	}
	if next, _ := list(nil, store.DeletedPlace{At: rows[0].DeletedAt, ID: rows[0].ID}, 1); !slices.Equal(next, []string{ids[1]}) {
		t.Errorf("the next page: %v", next)
	}
	exec(t, d.pool, `UPDATE material_site SET deleted_at = '2026-01-01' WHERE deleted_at IS NOT NULL`) // by one import
	var walked []string
	for at := later; ; {
		_, page := list(nil, at, 1)
		if len(page) == 0 {
			break
		}
		walked, at = append(walked, page[0].ID.String()), store.DeletedPlace{At: page[0].DeletedAt, ID: page[0].ID}
	}
	slices.Sort(walked)
	slices.Sort(ids)
	if !slices.Equal(walked, ids) {
		t.Errorf("page by page: %v, want %v", walked, ids)
	}
	if nowhere, _ := list([]uuid.UUID{}, later, 10); len(nowhere) != 0 {
		t.Errorf("nowhere: %v", nowhere)
	}
}
