package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
	"fourmaps/server/store"
)

// newSites is a desk over a store of fireworks at 110.1°E 25.1°N, a park, a road and an unrelated rule less: the one for villages.
func newSites(t *testing.T) *desk {
	d := newDesk(t)
	exec(t, d.pool, `INSERT INTO risk_point (id, name, name_en, kind, risk_level, geom) VALUES ('00000000-0000-7000-8000-0000000000b1', '烟花库', 'Fireworks store', 'fireworks', 'major', ST_SetSRID(ST_MakePoint(110.1, 25.1), 4326));
		INSERT INTO landuse (kind, name, geom) VALUES ('park', '滨河公园', ST_MakeEnvelope(110.15, 25.15, 110.16, 25.16, 4326))`)
	return d
}

// waste is a waste recycling point so many metres east of the fireworks store.
func (d *desk) waste(metres float64, more string) string {
	d.t.Helper()
	var x, y float64
	err := d.pool.QueryRow(d.t.Context(), `SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Project(ST_SetSRID(ST_MakePoint(110.1, 25.1), 4326)::geography, $1::float8, pi() / 2)::geometry AS p) x`, metres).Scan(&x, &y)
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprintf(`{"geometry":{"type":"Point","coordinates":[%.7f,%.7f]},"properties":{"name":"废品站","kind":"waste_recycling_point","risk_level":"low"}%s}`, x, y, more)
}

func (d *desk) risk(body string) (store.Written, error) {
	return d.s.Create(d.t.Context(), entry(d.t, &layer.RiskPoint, body, true), d.how)
}

func (d *desk) move(id uuid.UUID, base int, body string) (store.Written, error) {
	return d.s.Patch(d.t.Context(), id, base, entry(d.t, &layer.RiskPoint, body, false), d.how)
}

func (d *desk) findings(state string) []store.SitingFinding {
	d.t.Helper()
	page, err := d.s.SitingFindings(d.t.Context(), store.SitingQuery{State: state, Limit: 100})
	if err != nil {
		d.t.Fatal(err)
	}
	return page.Findings
}

func heldBack(t *testing.T, err error) []store.Finding {
	t.Helper()
	var held *store.FindingsError
	if !errors.As(err, &held) {
		t.Fatalf("it is not held back: %v", err)
	}
	return held.Findings
}

func TestARowTooNearIsHeldBackUntilItIsWaived(t *testing.T) {
	d := newSites(t)
	_, err := d.risk(d.waste(320, ""))
	held := heldBack(t, err)
	if len(held) != 1 || held[0].Code != "siting_refused" || !held[0].Acceptable || held[0].Offers[0].Action != "waive" {
		t.Fatalf("%+v", held)
	}
	for _, part := range []string{"烟花库", "320.0 米", "500 米", "再生资源回收场所安全专项整治方案"} {
		if !strings.Contains(held[0].Text.Zh, part) {
			t.Errorf("%q does not say %q", held[0].Text.Zh, part)
		}
	}
	for _, part := range []string{"Fireworks store", "320.0 m", "500 m", "IV (6)"} {
		if !strings.Contains(held[0].Text.En, part) {
			t.Errorf("%q does not say %q", held[0].Text.En, part)
		}
	}
	if n := d.number(`SELECT (SELECT count(*) FROM siting_finding) + (SELECT count(*) FROM risk_point WHERE kind = 'waste_recycling_point')`); n != 0 {
		t.Errorf("%d rows were written of what is held back", n)
	}
	w, err := d.risk(d.waste(320, `,"accept":["siting_refused"],"reason":"已有批准"`))
	if err != nil {
		t.Fatal(err)
	}
	waived := d.findings("waived")
	if len(waived) != 1 || waived[0].Row.ID != w.ID || waived[0].Waiver.Reason != "已有批准" || waived[0].Waiver.By != "王某" || waived[0].Other.Name != "烟花库" || string(waived[0].Line) == "null" {
		t.Errorf("%+v", waived)
	}
	// what is known is not told again, unless it gets worse
	if _, err := d.move(w.ID, 1, `{"properties":{"address":"桥头"}}`); err != nil {
		t.Errorf("another field: %v", err)
	}
	if _, err := d.move(w.ID, 2, d.waste(400, "")); err != nil {
		t.Errorf("farther away, though not far enough: %v", err)
	}
	if f := d.findings("waived"); len(f) != 1 || f[0].Measured < 399 {
		t.Errorf("farther away: %+v", f)
	}
	_, err = d.move(w.ID, 3, d.waste(200, ""))
	if held := heldBack(t, err); !strings.Contains(held[0].Text.Zh, "200.0 米") {
		t.Errorf("nearer: %+v", held)
	}
	if _, err := d.move(w.ID, 3, d.waste(501, "")); err != nil {
		t.Fatal(err)
	}
	if open, resolved := d.findings("open"), d.findings("resolved"); len(open) != 0 || len(resolved) != 1 || resolved[0].ResolvedAt == nil {
		t.Errorf("moved away: %+v %+v", open, resolved)
	}
	if n := d.number(`SELECT count(*) FROM siting_history WHERE subject = 'siting_finding' AND id = $1`, waived[0].ID); n < 4 {
		t.Errorf("the finding's history has %d events", n)
	}
}

// TestWhatIsForbiddenIsRecordedAndStaysOpen: a place that is there belongs on the map; only who may waives it.
func TestWhatIsForbiddenIsRecordedAndStaysOpen(t *testing.T) {
	d := newSites(t)
	may := d.how.May
	d.how.May = func(permission string, _ *uuid.UUID) bool { return permission != "siting.waive" }
	_, err := d.risk(d.waste(320, ""))
	if held := heldBack(t, err); !held[0].Acceptable || len(held[0].Offers) != 1 || held[0].Offers[0].Action != "accept" {
		t.Errorf("%+v", held)
	}
	w, err := d.risk(d.waste(320, `,"accept":["siting_refused"],"reason":"我说可以"`))
	if err != nil {
		t.Fatal(err)
	}
	if open := d.findings("open"); len(open) != 1 || open[0].Row.ID != w.ID || open[0].Waiver != nil {
		t.Errorf("%+v", open)
	}
	d.how.May = may
	if _, err := d.move(w.ID, 1, d.waste(200, `,"accept":["siting_refused"]`)); err != nil {
		t.Fatal(err)
	}
	if open := d.findings("open"); len(open) != 1 || open[0].Measured > 201 {
		t.Errorf("accepted without a reason: %+v", open)
	}
}

// TestTheOtherRowIsLookedAtToo: who puts the store of fireworks near, deletes it or brings it back.
func TestTheOtherRowIsLookedAtToo(t *testing.T) {
	d := newSites(t)
	if _, err := d.risk(d.waste(800, "")); err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(strings.Replace(d.waste(450, ""), "waste_recycling_point", "hazardous_chemicals", 1), "废品站", "化工库", 1)
	_, err := d.risk(second)
	if held := heldBack(t, err); len(held) != 1 || !strings.HasPrefix(held[0].Text.Zh, "“废品站”—") || !strings.Contains(held[0].Text.Zh, "“化工库” 350.0 米") {
		t.Fatalf("%+v", held)
	}
	w, err := d.risk(strings.TrimSuffix(second, "}") + `,"accept":["siting_refused"],"reason":"迁建中"}`)
	if err != nil {
		t.Fatal(err)
	}
	if f := d.findings("waived"); len(f) != 1 || f[0].Row.Name != "废品站" || f[0].Other.ID != w.ID {
		t.Errorf("%+v", f)
	}
	gone, err := d.s.Delete(t.Context(), &layer.RiskPoint, w.ID, 1, d.how)
	if err != nil {
		t.Fatal(err)
	}
	if f := d.findings("resolved"); len(f) != 1 {
		t.Errorf("the store is gone: %+v", f)
	}
	if _, err := d.s.Undelete(t.Context(), &layer.RiskPoint, w.ID, gone.Version, d.how); err != nil {
		t.Fatal(err)
	}
	if f := d.findings("open"); len(f) != 1 {
		t.Errorf("the store is back, and nobody has waived that: %+v", f)
	}
}

// TestWhatIsFoundIsToldAtOnce: a similar name nearby, a place in a park, and a fence that is too low.
func TestWhatIsFoundIsToldAtOnce(t *testing.T) {
	d := newSites(t)
	body := `{"geometry":{"type":"Point","coordinates":[110.155,25.155]},"properties":{"name":"废品站","kind":"waste_recycling_point","risk_level":"low","fence_height_m":3.2,"floor_area_m2":300%s}}`
	exec(t, d.pool, `INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('废品站', 'warehouse', 'low', ST_SetSRID(ST_MakePoint(110.1551, 25.155), 4326))`)
	_, err := d.risk(fmt.Sprintf(body, ""))
	var codes []string
	for _, f := range heldBack(t, err) {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"similar_nearby", "siting", "siting_refused"}) {
		t.Fatal(codes)
	}
	w, err := d.risk(strings.TrimSuffix(fmt.Sprintf(body, ""), "}") + `,"accept":["similar_nearby","siting","siting_refused"],"reason":"临时"}`)
	if err != nil {
		t.Fatal(err)
	}
	if open, waived := d.findings("open"), d.findings("waived"); len(open) != 1 || open[0].Measured != 3.2 || open[0].Required != 4 || len(waived) != 1 || waived[0].Other.Name != "滨河公园" {
		t.Errorf("%+v %+v", open, waived)
	}
	if _, err := d.move(w.ID, 1, `{"properties":{"fence_height_m":4}}`); err != nil {
		t.Fatal(err)
	}
	if open := d.findings("open"); len(open) != 0 {
		t.Errorf("the fence is high enough: %+v", open)
	}
}

func TestWaiversEndAndAreTakenBack(t *testing.T) {
	d := newSites(t)
	exec(t, d.pool, `INSERT INTO risk_point (name, kind, risk_level, geom) VALUES ('旧废品站', 'waste_recycling_point', 'low', ST_SetSRID(ST_MakePoint(110.102, 25.1), 4326))`)
	check := func() store.SitingCheck {
		t.Helper()
		c, done, err := d.s.CheckSiting(t.Context(), &store.Actor{Name: "李某"}, time.Time{})
		if err != nil || !done {
			t.Fatal(done, err)
		}
		return c
	}
	if c := check(); c.New != 1 || c.Open != 1 || c.Rows == 0 || c.Rules == 0 || *c.By != "李某" {
		t.Fatalf("%+v", c)
	}
	if c := check(); c.New != 0 || c.Open != 1 {
		t.Errorf("again: %+v", c)
	}
	f := d.findings("open")[0]
	may := func(*uuid.UUID) bool { return true }
	actor := store.Actor{Name: "李某", Source: "siting"}
	now := time.Now()
	until := now.Add(time.Hour)
	waive := func(version int, w store.Waiving) (store.SitingFinding, error) {
		w.May = may
		return d.s.WaiveSiting(t.Context(), actor, f.ID, version, w, now)
	}
	if _, err := waive(f.Version+1, store.Waiving{Reason: "x"}); !errors.Is(err, store.ErrStale) {
		t.Errorf("another version: %v", err)
	}
	if _, err := d.s.WaiveSiting(t.Context(), actor, f.ID, f.Version, store.Waiving{Reason: "x", May: func(*uuid.UUID) bool { return false }}, now); err == nil {
		t.Error("waived without the right")
	}
	waived, err := waive(f.Version, store.Waiving{Reason: "搬迁期内", Until: &until})
	if err != nil || waived.State != "waived" {
		t.Fatal(waived, err)
	}
	check()
	if len(d.findings("waived")) != 1 {
		t.Error("a check took the waiver away")
	}
	exec(t, d.pool, `UPDATE risk_point SET geom = ST_SetSRID(ST_MakePoint(110.1015, 25.1), 4326) WHERE name = '旧废品站'`)
	check()
	if len(d.findings("open")) != 1 {
		t.Error("the waiver stays though the row is 50 m nearer")
	}
	f = d.findings("open")[0]
	if f, err = waive(f.Version, store.Waiving{Reason: "再议", Until: &until}); err != nil {
		t.Fatal(err)
	}
	exec(t, d.pool, `UPDATE siting_finding SET waived_until = now() - interval '1 minute'`)
	check()
	if len(d.findings("open")) != 1 {
		t.Error("the waiver has ended and the finding is not open")
	}
	f = d.findings("open")[0]
	if f, err = waive(f.Version, store.Waiving{Reason: "长期"}); err != nil {
		t.Fatal(err)
	}
	if f, err = waive(f.Version, store.Waiving{}); err != nil || f.State != "open" || f.Waiver != nil {
		t.Errorf("taken back: %+v %v", f, err)
	}
	rules, err := d.s.SitingRules(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rules, func(r siting.Rule) bool { return r.Code == "waste_dangerous_goods" })
	rules[i].Number = 100
	if _, err := d.s.ChangeSitingRule(t.Context(), actor, rules[i].ID, rules[i].Version, rules[i]); err != nil {
		t.Fatal(err)
	}
	if len(d.findings("open")) != 0 {
		t.Error("the rule asks for 100 m now, and the finding stays open")
	}
	if _, err := d.s.ChangeSitingRule(t.Context(), actor, rules[i].ID, rules[i].Version, rules[i]); !errors.Is(err, store.ErrStale) {
		t.Errorf("a stale rule: %v", err)
	}
}

// TestOneCheckAtATime: of many that begin at once on several stores, those that are late are told so, and a due one that was
// done is not done again.
func TestOneCheckAtATime(t *testing.T) {
	d := newSites(t)
	due := time.Now().Add(-time.Minute)
	var wait sync.WaitGroup
	did := make([]bool, 8)
	for i := range did {
		wait.Go(func() {
			_, done, err := store.New(d.pool).CheckSiting(t.Context(), nil, due)
			if err != nil && !errors.Is(err, store.ErrChecking) {
				t.Error(err)
			}
			did[i] = done
		})
	}
	wait.Wait()
	if n := d.number(`SELECT count(*) FROM siting_check WHERE finished_at IS NOT NULL`); n != 1 {
		t.Errorf("%d checks were done (%v)", n, did)
	}
	if _, running, err := d.s.LastSitingChecks(t.Context(), 5); running || err != nil {
		t.Errorf("a check still runs: %v", err)
	}
}
