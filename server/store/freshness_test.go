package store_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// agedSites makes sites confirmed so many days ago; -1 for never. The kind of the last ones is hydrant.
func (d *desk) agedSites(kind string, days ...int) {
	d.t.Helper()
	for i, n := range days {
		var at *time.Time
		if n >= 0 {
			t := time.Now().AddDate(0, 0, -n)
			at = &t
		}
		exec(d.t, d.pool, `INSERT INTO material_site (origin_key, name, kind, confirmed_at, geom) VALUES ($1, $2, $3, $4, ST_SetSRID(ST_MakePoint($5, 25.1), 4326))`,
			fmt.Sprint(kind, i), fmt.Sprint(kind, n), kind, at, 110.05+0.05*float64(i))
	}
}

func (d *desk) listed(parameters string) (names []string) {
	d.t.Helper()
	values, err := url.ParseQuery(parameters)
	if err != nil {
		d.t.Fatal(err)
	}
	f, err := layer.ParseFilter(&layer.MaterialSite, values)
	if err != nil {
		d.t.Fatal(err)
	}
	where, args := f.Where("r", nil)
	rows, err := d.pool.Query(d.t.Context(), "SELECT name FROM material_site r WHERE "+where+" ORDER BY origin_key", args...)
	if err != nil {
		d.t.Fatal(err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			d.t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestWhatIsDueFollowsThePeriods(t *testing.T) {
	d := newDesk(t)
	d.agedSites("depot", -1, 0, 89, 91)
	d.agedSites("hydrant", -1, 20, 40)
	check := func(due, fresh string) {
		t.Helper()
		if got := strings.Join(d.listed("due=true"), " "); got != due {
			t.Errorf("due are %q, want %q", got, due)
		}
		if got := strings.Join(d.listed("due=false"), " "); got != fresh {
			t.Errorf("the others are %q, want %q", got, fresh)
		}
	}
	check("depot-1 depot91 hydrant-1", "depot0 depot89 hydrant20 hydrant40")
	exec(t, d.pool, `INSERT INTO confirmation_period VALUES ('material_site', 'hydrant', 30)`)
	check("depot-1 depot91 hydrant-1 hydrant40", "depot0 depot89 hydrant20")
	exec(t, d.pool, `UPDATE confirmation_period SET days = 0 WHERE kind = 'hydrant'`) // nobody need confirm
	check("depot-1 depot91", "depot0 depot89 hydrant-1 hydrant20 hydrant40")
	exec(t, d.pool, `DELETE FROM confirmation_period WHERE layer = 'material_site'`)
	check("", "depot-1 depot0 depot89 depot91 hydrant-1 hydrant20 hydrant40")
	if _, err := layer.ParseFilter(&layer.Road, url.Values{"due": {"true"}}); err == nil {
		t.Error("roads are never due, and the filter takes it")
	}
	if _, err := layer.ParseFilter(&layer.MaterialSite, url.Values{"due": {"yes"}}); err == nil {
		t.Error("due=yes is taken")
	}
}

func TestEveryConfirmedLayerHasAPeriod(t *testing.T) {
	d := newDesk(t)
	periods, err := d.s.Periods(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	days := map[string]int{}
	for _, p := range periods.Periods {
		days[p.Layer+"/"+p.Kind] = p.Days
	}
	for _, l := range layer.All {
		if days[l.Name+"/"] != l.ConfirmDays {
			t.Errorf("%s: a confirmation holds %d days, declared are %d", l.Name, days[l.Name+"/"], l.ConfirmDays)
		}
	}
}

func TestFreshnessCountsWhatTheFilterLists(t *testing.T) {
	d := newDesk(t)
	d.agedSites("depot", -1, 0, 91, 91, 89, -1) // at 110.05, 110.10, 110.15, 110.20 (on the border), 110.25, 110.30
	for _, area := range []string{"", "990101001", "990101003"} {
		f, err := layer.ParseFilter(&layer.MaterialSite, url.Values{"area": {area}})
		if err != nil {
			t.Fatal(err)
		}
		counted, err := d.s.Freshness(t.Context(), []layer.Filter{f}, "township")
		if err != nil {
			t.Fatal(err)
		}
		one := counted[0]
		sameAge(t, d, one.Freshness, area)
		for _, a := range one.Areas {
			sameAge(t, d, a.Freshness, a.Code)
		}
		if want := map[string]int{"": 3, "990101001": 1, "990101003": 1}[area]; len(one.Areas) != want {
			t.Errorf("%q: %d townships, want %d", area, len(one.Areas), want)
		}
	}
}

func sameAge(t *testing.T, d *desk, got store.Freshness, area string) {
	t.Helper()
	want := store.Freshness{
		Total:     int64(len(d.listed("area=" + area))),
		Due:       int64(len(d.listed("due=true&area=" + area))),
		Confirmed: int64(len(d.listed("due=false&area=" + area))),
		Never:     int64(len(d.listed("confirmed_at.null=true&area=" + area))),
	}
	if got != want {
		t.Errorf("area %q: %+v, the lists have %+v", area, got, want)
	}
}

func TestDueRowsAreInWalkingOrder(t *testing.T) {
	d := newDesk(t)
	for i, x := range []float64{110.30, 110.05, 110.12, 110.11, 110.18} {
		exec(t, d.pool, `INSERT INTO risk_point (origin_key, name, risk_level, kind, responsible_phone, geom) VALUES ($1, $1, 'low', 'mine', '12345', ST_SetSRID(ST_MakePoint($2, 25.1), 4326))`, fmt.Sprint("r", i), x)
	}
	exec(t, d.pool, `INSERT INTO command_unit (origin_key, name, kind, level) VALUES ('u', 'u', 'office', 'county'); INSERT INTO risk_point (origin_key, name, risk_level, kind, confirmed_at, geom) VALUES ('fresh', 'fresh', 'low', 'mine', now(), 'SRID=4326;POINT(110.1 25.1)')`)
	var filters []layer.Filter
	for _, l := range []*layer.Layer{&layer.RiskPoint, &layer.CommandUnit} {
		f, err := layer.ParseFilter(l, url.Values{"due": {"true"}})
		if err != nil {
			t.Fatal(err)
		}
		filters = append(filters, f)
	}
	walk, err := d.s.Due(t.Context(), filters, &orb.Point{110.10, 25.1}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, stop := range walk.Stops {
		for _, name := range []string{"r0", "r1", "r2", "r3", "r4", "u", "fresh"} {
			if strings.Contains(string(stop.JSON), `"name":"`+name+`"`) {
				order = append(order, name)
			}
		}
		if strings.Contains(string(stop.JSON), "12345") {
			t.Error("the walk tells phone numbers")
		}
	}
	if got := strings.Join(order, " "); got != "r3 r2 r4 r0 r1 u" || walk.Matched != 6 {
		t.Errorf("the walk is %s of %d", got, walk.Matched)
	}
	if leg := *walk.Stops[0].LegM; leg < 1007 || leg > 1010 {
		t.Errorf("the first leg is %v m", leg)
	}
	if walk.Stops[5].LegM != nil {
		t.Error("there is a way to a row without a place")
	}
	walk, err = d.s.Due(t.Context(), filters, nil, time.Now())
	if err != nil || len(walk.Stops) != 6 || walk.Stops[0].LegM != nil || walk.Stops[1].LegM == nil {
		t.Errorf("without a start: %+v %v", walk, err)
	}
}
