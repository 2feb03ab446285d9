package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// threeAreas are a county with two townships around 110°E 25°N, and ids to name them by.
const threeAreas = `
	INSERT INTO area (id, code, level, name, origin_key, geom) VALUES ('00000000-0000-7000-8000-000000000001', '990101', 'county', '青山县', 'c', ST_MakeEnvelope(110, 25, 110.4, 25.4, 4326));
	INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) VALUES
		('00000000-0000-7000-8000-000000000002', '990101001', 'township', '长桥镇', 't', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110, 25, 110.2, 25.4, 4326)),
		('00000000-0000-7000-8000-000000000003', '990101002', 'township', '白沙乡', 'u', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110.2, 25, 110.4, 25.4, 4326)),
		('00000000-0000-7000-8000-000000000005', '990101003', 'township', '无图乡', 'w', '00000000-0000-7000-8000-000000000001', NULL)`

var (
	changqiao = uuid.MustParse("00000000-0000-7000-8000-000000000002")
	baisha    = uuid.MustParse("00000000-0000-7000-8000-000000000003")
	undrawn   = uuid.MustParse("00000000-0000-7000-8000-000000000005")
)

// desk is a store with areas, and a person who writes.
type desk struct {
	t    testing.TB
	s    *store.Store
	pool *pgxpool.Pool
	how  store.Write
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	pool := storetest.New(t)
	exec(t, pool, threeAreas)
	return &desk{t: t, s: store.New(pool), pool: pool, how: store.Write{Actor: "王某", Person: uuid.MustParse("00000000-0000-7000-8000-0000000000aa"), Address: "10.0.0.7", Now: time.Now()}}
}

// in gives the same desk to a person who may do everything in some areas only; none means the whole installation.
func (d *desk) in(areas ...uuid.UUID) *desk {
	other := *d
	other.how.May = func(_ string, area *uuid.UUID) bool {
		for _, a := range areas {
			if area != nil && *area == a {
				return true
			}
		}
		return len(areas) == 0
	}
	return &other
}

func entry(t testing.TB, l *layer.Layer, body string, create bool) layer.Entry {
	t.Helper()
	e, err := layer.ParseEntry(l, []byte(body), create)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return e
}

func siteAt(x, y float64, more string) string {
	return fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[%g,%g]},"properties":{"name":"东山物资站","kind":"depot"%s}}`, x, y, more)
}

func (d *desk) create(body string) (store.Written, error) {
	return d.s.Create(context.Background(), entry(d.t, &layer.MaterialSite, body, true), d.how)
}

func (d *desk) mustCreate(body string) store.Written {
	d.t.Helper()
	w, err := d.create(body)
	if err != nil {
		d.t.Fatalf("creating %s: %v", body, err)
	}
	return w
}

func (d *desk) patch(id uuid.UUID, base int, body string) (store.Written, error) {
	return d.s.Patch(context.Background(), id, base, entry(d.t, &layer.MaterialSite, body, false), d.how)
}

func (d *desk) mustPatch(id uuid.UUID, base int, body string) store.Written {
	d.t.Helper()
	w, err := d.patch(id, base, body)
	if err != nil {
		d.t.Fatalf("changing to %s: %v", body, err)
	}
	return w
}

func properties(t testing.TB, w store.Written) map[string]any {
	t.Helper()
	var f struct{ Properties map[string]any }
	if err := json.Unmarshal(w.Feature, &f); err != nil {
		t.Fatalf("%v in %s", err, w.Feature)
	}
	return f.Properties
}

func (d *desk) number(sql string, args ...any) (n int) {
	d.t.Helper()
	if err := d.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		d.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

const someStock = `,"stock_line":[{"item":"编织袋","quantity":300,"unit":"条"},{"item":"铁锹","quantity":20,"unit":"把"}]`

func TestARowAndItsListsAreOneVersion(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, someStock))
	if w.Version != 1 || *w.AreaID != changqiao || len(properties(t, w)["stock_line"].([]any)) != 2 {
		t.Errorf("created: %+v %s", w, w.Feature)
	}
	first := properties(t, w)["stock_line"].([]any)[0].(map[string]any)["id"]
	w = d.mustPatch(w.ID, 1, fmt.Sprintf(`{"properties":{"address":"桥头","stock_line":[{"id":%q,"item":"编织袋","quantity":250,"unit":"条"},{"item":"雨衣","quantity":5,"unit":"件"}]},"occurred_at":"2026-01-02T03:04:05Z"}`, first))
	if p := properties(t, w); w.Version != 2 || p["address"] != "桥头" || p["kind"] != "depot" || len(p["stock_line"].([]any)) != 2 {
		t.Errorf("changed: %+v %s", w, w.Feature)
	}
	w = d.mustPatch(w.ID, 2, `{"properties":{"stock_line":[]}}`) // only the list
	if w.Version != 3 {
		t.Errorf("an emptied list makes version %d", w.Version)
	}
	w = d.mustPatch(w.ID, 3, `{"properties":{"stock_line":[],"address":"桥头"}}`)
	if w.Version != 3 {
		t.Errorf("changing nothing makes version %d", w.Version)
	}
	if n := d.number(`SELECT count(*) FROM history WHERE id = $1 AND person_id = '00000000-0000-7000-8000-0000000000aa' AND address = '10.0.0.7' AND actor = '王某' AND source = 'entry'`, w.ID); n != 3 {
		t.Errorf("%d events tell who and from where, want 3", n)
	}
	if n := d.number(`SELECT count(*) FROM history WHERE id = $1 AND version = 2 AND occurred_at = '2026-01-02T03:04:05Z' AND at > now() - interval '1 minute'`, w.ID); n != 1 {
		t.Error("the history does not tell when it happened and when it was recorded")
	}
	// of the lists: two came with version 1; one changed, one came, one went with version 2; two went with version 3
	for version, want := range map[int]int{1: 2, 2: 3, 3: 2} {
		if n := d.number(`SELECT count(*) FROM history WHERE owner_id = $1 AND owner_version = $2`, w.ID, version); n != want {
			t.Errorf("%d lines changed with version %d, want %d", n, version, want)
		}
	}
}

func TestStaleSavesAreRefusedWithWhatIsThere(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, ""))
	d.mustPatch(w.ID, 1, `{"properties":{"address":"他人所写"}}`)
	_, err := d.patch(w.ID, 1, `{"properties":{"address":"我写的"}}`)
	var stale *store.StaleError
	if !errors.As(err, &stale) || !errors.Is(err, store.ErrStale) || stale.Version != 2 || !strings.Contains(string(stale.Current), "他人所写") {
		t.Errorf("got %v %+v", err, stale)
	}
	deleted, err := d.s.Delete(t.Context(), &layer.MaterialSite, w.ID, 2, d.how)
	if err != nil || deleted.Version != 3 || string(deleted.Feature) != "null" {
		t.Fatalf("%+v %v", deleted, err)
	}
	_, err = d.patch(w.ID, 2, `{"properties":{"address":"我写的"}}`)
	if !errors.As(err, &stale) || stale.DeletedAt == nil || string(stale.Current) != "null" {
		t.Errorf("of a deleted row: %v %+v", err, stale)
	}
	if _, err = d.patch(w.ID, 3, `{"properties":{"address":"我写的"}}`); !errors.As(err, &stale) {
		t.Errorf("a deleted row of the right version: %v", err)
	}
	if _, err = d.patch(uuid.Must(uuid.NewV7()), 1, `{}`); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an unknown row: %v", err)
	}
}

func TestTwoWritersOneWins(t *testing.T) {
	d := newDesk(t)
	w := d.mustCreate(siteAt(110.1, 25.1, someStock))
	const writers, rounds = 4, 5
	for round := range rounds {
		var wait sync.WaitGroup
		results := make([]error, writers)
		for i := range writers {
			wait.Go(func() {
				_, results[i] = d.patch(w.ID, 1+round, fmt.Sprintf(`{"properties":{"address":"%d-%d","stock_line":[{"item":"%d","quantity":1,"unit":"件"}]}}`, round, i, i))
			})
		}
		wait.Wait()
		won := 0
		for _, err := range results {
			if err == nil {
				won++
			} else if !errors.Is(err, store.ErrStale) {
				t.Errorf("a loser got %v", err)
			}
		}
		if won != 1 {
			t.Fatalf("%d of %d writers won", won, writers)
		}
	}
}

func TestRepeatsOfOneKeyWriteOnce(t *testing.T) {
	d := newDesk(t)
	d.how.Key, d.how.Request = uuid.Must(uuid.NewV7()), sha256.Sum256([]byte("a"))
	var wait sync.WaitGroup
	answers := make([]store.Written, 20)
	for i := range answers {
		wait.Go(func() {
			var err error
			if answers[i], err = d.create(siteAt(110.1, 25.1, someStock)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	repeats := 0
	for _, a := range answers {
		if a.ID != answers[0].ID || a.Version != 1 || properties(t, a)["name"] != "东山物资站" {
			t.Errorf("one answer is %+v", a)
		}
		if a.Repeat {
			repeats++
		}
	}
	if n := d.number(`SELECT count(*) FROM material_site`); n != 1 || repeats != 19 {
		t.Errorf("%d rows were written, %d answers were repeats", n, repeats)
	}
	d.mustPatchFresh(answers[0].ID, 1, `{"properties":{"address":"后来"}}`)
	if again, err := d.create(siteAt(110.1, 25.1, someStock)); err != nil || !again.Repeat || again.Version != 1 {
		t.Errorf("a late repeat gets %+v %v, want the first answer", again, err)
	}
	other := *d
	other.how.Request = sha256.Sum256([]byte("b"))
	if _, err := other.create(siteAt(110.15, 25.1, "")); !errors.Is(err, store.ErrKeyReused) {
		t.Errorf("another body under the same key: %v", err)
	}
	other = *d
	other.how.Person = uuid.Must(uuid.NewV7())
	if _, err := other.create(siteAt(110.1, 25.1, someStock)); !errors.Is(err, store.ErrKeyReused) {
		t.Errorf("another person under the same key: %v", err)
	}
}

// mustPatchFresh changes under no key.
func (d *desk) mustPatchFresh(id uuid.UUID, base int, body string) {
	d.t.Helper()
	other := *d
	other.how.Key = uuid.Nil
	other.mustPatch(id, base, body)
}

// TestARefusedWriteKeepsNoKey: what was not written may be asked again under the same key, and then is.
func TestARefusedWriteKeepsNoKey(t *testing.T) {
	d := newDesk(t)
	d.how.Key, d.how.Request = uuid.Must(uuid.NewV7()), sha256.Sum256([]byte("a"))
	var found *store.FindingsError
	if _, err := d.create(siteAt(120, 25.1, "")); !errors.As(err, &found) {
		t.Fatalf("outside the district: %v", err)
	}
	d.how.Request = sha256.Sum256([]byte("b"))
	if w, err := d.create(siteAt(110.1, 25.1, "")); err != nil || w.Repeat {
		t.Errorf("%+v %v", w, err)
	}
	n, err := d.s.DropWritesBefore(t.Context(), time.Now().Add(time.Minute))
	if err != nil || n != 1 {
		t.Errorf("%d answers dropped, %v", n, err)
	}
}

// TestAWriteKilledBeforeItsEndIsNone kills the connection after the row is written and before the transaction ends; the
// repeat under the same key writes it once.
func TestAWriteKilledBeforeItsEndIsNone(t *testing.T) {
	d := newDesk(t)
	d.how.Key, d.how.Request = uuid.Must(uuid.NewV7()), sha256.Sum256([]byte("a"))
	exec(t, d.pool, `CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3); RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON material_site DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION linger()`)
	failed := make(chan error)
	go func() { _, err := d.create(siteAt(110.1, 25.1, someStock)); failed <- err }()
	for d.number(`SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`) == 0 {
		time.Sleep(5 * time.Millisecond)
	}
	exec(t, d.pool, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`)
	if err := <-failed; err == nil {
		t.Fatal("the killed write says that it succeeded")
	}
	exec(t, d.pool, `DROP TRIGGER linger ON material_site`)
	if n := d.number(`SELECT (SELECT count(*) FROM material_site) + (SELECT count(*) FROM stock_line) + (SELECT count(*) FROM write_done)`); n != 0 {
		t.Errorf("%d rows of a killed write are there", n)
	}
	if w := d.mustCreate(siteAt(110.1, 25.1, someStock)); w.Repeat {
		t.Error("the repeat of a killed write was taken for done")
	}
	if w := d.mustCreate(siteAt(110.1, 25.1, someStock)); !w.Repeat {
		t.Error("the second repeat was written again")
	}
}

// TestWritesThatWaitForEachOtherAreTriedAgain makes two units change places in the tree by turns: each holds its own row
// and wants the other's.
func TestWritesThatWaitForEachOtherAreTriedAgain(t *testing.T) {
	d := newDesk(t)
	unit := func(name string) uuid.UUID {
		w, err := d.s.Create(t.Context(), entry(t, &layer.CommandUnit, `{"properties":{"name":"`+name+`","kind":"office","level":"county"}}`, true), d.how)
		if err != nil {
			t.Fatal(err)
		}
		return w.ID
	}
	a, b := unit("甲"), unit("乙")
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			id, other := a, b
			if i%2 == 1 {
				id, other = b, a
			}
			for base := 1; ; {
				_, err := d.s.Patch(context.Background(), id, base, entry(t, &layer.CommandUnit, fmt.Sprintf(`{"properties":{"leader":"%d","parent_id":%q}}`, i, other), false), d.how)
				var stale *store.StaleError
				var refused *layer.EntryError
				switch {
				case errors.As(err, &stale):
					base = stale.Version
					continue
				case err == nil:
				case errors.As(err, &refused) && refused.Faults[0].Field == "parent_id": // a circle
				default:
					t.Errorf("%v", err)
				}
				return
			}
		})
	}
	wait.Wait()
}
