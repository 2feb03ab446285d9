package intake_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// risksBy are the choices for tables headed 编号,名称,风险等级,类别,经度,纬度,受威胁人数.
func risksBy(origin string) intake.Choices {
	c := intake.Begin(origin)
	c.CRS = "wgs84"
	for _, p := range [][2]string{{"编号", "key"}, {"名称", "name"}, {"风险等级", "risk_level"}, {"类别", "kind"}, {"经度", "lon"}, {"纬度", "lat"}, {"受威胁人数", "people_threatened"}} {
		c.Mapping = append(c.Mapping, format.Pair{Column: p[0], Field: p[1]})
	}
	return c
}

// TestRowsReadAreAllAccountedFor: whatever is in a table and in the database, each row is new, changed, the same or
// rejected; an import does what its check has told; and the same again changes nothing.
func TestRowsReadAreAllAccountedFor(t *testing.T) {
	s := store.New(storetest.New(t))
	desk := intake.NewDesk(s, slog.New(slog.DiscardHandler))
	defer desk.Close()
	who := person(t, s)
	round := 0
	cell := func(r *rapid.T, good, bad []string) string {
		if rapid.IntRange(0, 9).Draw(r, "bad") == 0 {
			return rapid.SampledFrom(bad).Draw(r, "cell")
		}
		return rapid.SampledFrom(good).Draw(r, "cell")
	}
	table := func(r *rapid.T) string {
		var b strings.Builder
		b.WriteString("编号,名称,风险等级,类别,经度,纬度,受威胁人数\n")
		for range rapid.IntRange(1, 12).Draw(r, "rows") {
			fmt.Fprintf(&b, "%s,%s,%s,%s,%s,%s,%s\n", cell(r, []string{"A", "B", "C", "D", "E", "F", "G"}, []string{"", "Ａ"}), cell(r, []string{"桥", "坝", "路"}, []string{"", "锟斤拷"}),
				cell(r, []string{"重大", "低", "一级"}, []string{"", "很高"}), cell(r, []string{"桥梁", "水库"}, []string{"火山"}),
				cell(r, []string{"110.1", "110.2"}, []string{"", "x", "0", "400"}), cell(r, []string{"25.1", "25.2"}, []string{"", "88", "北"}), cell(r, []string{"", "1", "20"}, []string{"-1", "1.5", "多"}))
		}
		return b.String()
	}
	rapid.Check(t, func(r *rapid.T) {
		round++
		origin := fmt.Sprintf("第%d本台账", round)
		for range 3 {
			data := []byte(table(r))
			d := brought(t, s, desk, who, origin+".csv", data, &layer.RiskPoint, risksBy(origin))
			found := *d.Counts
			remove := rapid.Bool().Draw(r, "remove")
			before := rowsOf(t, s, origin)
			d = worked(t, s, who, d.ID, func() (<-chan struct{}, error) { return desk.Apply(t.Context(), d.ID, who, d.Revision, remove) })
			after := rowsOf(t, s, origin)
			if d.State != store.DraftApplied || d.Counts.New != found.New || d.Counts.Changed != found.Changed || after != before+found.New-d.Counts.Removed {
				r.Fatalf("told %s, did %s with %d removed; %d rows became %d\n%s", told(&found), told(d.Counts), d.Counts.Removed, before, after, data)
			}
			again := brought(t, s, desk, who, origin+".csv", data, &layer.RiskPoint, risksBy(origin))
			if again.Counts.New+again.Counts.Changed != 0 || again.Counts.Rejected != found.Rejected {
				r.Fatalf("again: %s\n%s", told(again.Counts), data)
			}
			if err := s.DiscardDraft(t.Context(), who.Person, again.ID); err != nil {
				r.Fatal(err)
			}
		}
	})
}

func rowsOf(t *testing.T, s *store.Store, origin string) (n int64) {
	t.Helper()
	if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM risk_point WHERE origin = $1 AND deleted_at IS NULL", origin).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestInterruptedWorkCanBeDoneAgain: a server that ends in the middle of a check leaves a draft that says so.
func TestInterruptedWorkCanBeDoneAgain(t *testing.T) {
	s := store.New(storetest.New(t))
	who := person(t, s)
	desk := intake.NewDesk(s, slog.New(slog.DiscardHandler))
	defer desk.Close()
	d := brought(t, s, desk, who, "a.csv", []byte("编号,名称,风险等级,类别,经度,纬度,受威胁人数\nA,桥,低,桥梁,110.1,25.1,1\n"), &layer.RiskPoint, risksBy("a"))
	if _, err := s.Pool().Exec(t.Context(), "UPDATE import_draft SET work = 'apply', work_id = uuid_v7(), beat_at = now() - interval '1 minute' WHERE id = $1", d.ID); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Draft(t.Context(), who.Person, d.ID); err != nil || !d.Broken || d.Work != nil {
		t.Errorf("%+v %v", d, err)
	}
	d = worked(t, s, who, d.ID, func() (<-chan struct{}, error) { return desk.Check(t.Context(), d.ID, who) })
	if d.State != store.DraftChecked || d.Counts.New != 1 {
		t.Errorf("%s %s", d.State, told(d.Counts))
	}
	if _, err := desk.Apply(t.Context(), d.ID, who, d.Revision-1, false); !errors.Is(err, store.ErrStale) {
		t.Errorf("a report of before the check is applied: %v", err)
	}
	// the database knows which steps there are
	if _, err := s.Pool().Exec(t.Context(), "UPDATE import_draft SET state = 'applied', applied_at = now() WHERE id = $1", d.ID); err != nil {
		t.Error(err)
	}
	if _, err := s.Pool().Exec(t.Context(), "UPDATE import_draft SET state = 'checked', applied_at = NULL WHERE id = $1", d.ID); err == nil {
		t.Error("an applied draft went back")
	}
}

// TestDiscardEndsTheWork: what is discarded while it is worked on leaves nothing.
func TestDiscardEndsTheWork(t *testing.T) {
	s := store.New(storetest.New(t))
	who := person(t, s)
	desk := intake.NewDesk(s, slog.New(slog.DiscardHandler))
	defer desk.Close()
	var b strings.Builder
	b.WriteString("编号,名称,风险等级,类别,经度,纬度,受威胁人数\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "K%d,桥%d,低,桥梁,110.1,25.1,1\n", i, i)
	}
	d := brought(t, s, desk, who, "a.csv", []byte(b.String()), &layer.RiskPoint, risksBy("a"))
	ended, err := desk.Apply(t.Context(), d.ID, who, d.Revision, false)
	if err != nil {
		t.Fatal(err)
	}
	desk.Drop(d.ID)
	<-ended
	if d, err = s.Draft(t.Context(), who.Person, d.ID); err != nil {
		t.Fatal(err)
	}
	if n := rowsOf(t, s, "a"); n != 0 && d.State != store.DraftApplied || n == 0 && (d.State != store.DraftChecked || d.Fault == nil || d.Fault.Code != "interrupted") {
		t.Errorf("%d rows, %s, %+v", n, d.State, d.Fault)
	}
	if err := s.DiscardDraft(t.Context(), who.Person, d.ID); err != nil {
		t.Error(err)
	}
	var pieces int
	if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM import_file").Scan(&pieces); err != nil || pieces != 0 {
		t.Errorf("%d pieces of files are left, %v", pieces, err)
	}
}

// TestLevelsPassOverWhatIsNoRow: a unit named in a level column that is no row of the file is passed over, with a note.
func TestLevelsPassOverWhatIsNoRow(t *testing.T) {
	s := store.New(storetest.New(t))
	who := person(t, s)
	desk := intake.NewDesk(s, slog.New(slog.DiscardHandler))
	defer desk.Close()
	c := intake.Begin("组织")
	c.Mapping = format.Mapping{{Column: "电话", Field: "duty_phone"}}
	c.Levels = format.Levels{Columns: []string{"县", "镇", "村"}, ByDepth: map[string][]string{"level": {"county", "township", "village"}, "kind": {"headquarters", "station", "village_post"}}}
	bring := func(table string) store.Draft {
		d := brought(t, s, desk, who, "组织.csv", []byte(table), &layer.CommandUnit, c)
		return worked(t, s, who, d.ID, func() (<-chan struct{}, error) { return desk.Apply(t.Context(), d.ID, who, d.Revision, false) })
	}
	d := bring("县,镇,村,电话\n某县,甲镇,一村,0000-0000001\n某县,,,\n某县,乙镇,,\n某县,乙镇,二村,\n,,,0000-0000002\n")
	if told(d.Counts) != "read 5 = new 4 + changed 0 + same 0 + rejected 1; gone 0" || !strings.Contains(fmt.Sprint(d.Counts.Notes), "levels_missing") {
		t.Errorf("%s %v", told(d.Counts), d.Counts.Notes)
	}
	d = bring("县,镇,村,电话\n某县,乙镇,三村,\n") // below a unit that came before
	var below string
	err := s.Pool().QueryRow(t.Context(), `SELECT string_agg(u.name || '<' || coalesce(p.name, '') || ' ' || u.level || ' ' || u.kind, ', ' ORDER BY u.origin_key) FROM command_unit u LEFT JOIN command_unit p ON p.id = u.parent_id`).Scan(&below)
	if want := "某县< county headquarters, 乙镇<某县 township station, 三村<乙镇 village village_post, 二村<乙镇 village village_post, 一村<某县 village village_post"; err != nil || len(below) != len(want) || d.Counts.New != 1 || !strings.Contains(below, "三村<乙镇") || !strings.Contains(below, "一村<某县") || !strings.Contains(below, "某县< county") {
		t.Errorf("%s, %v", below, err)
	}
}
