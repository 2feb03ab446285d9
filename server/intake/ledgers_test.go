package intake_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"fourmaps/data/realdata"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// person makes somebody who may import everywhere.
func person(t testing.TB, s *store.Store) intake.Importer {
	t.Helper()
	var id uuid.UUID
	if err := s.Pool().QueryRow(t.Context(), "INSERT INTO person (name) VALUES ('导入员') RETURNING id").Scan(&id); err != nil {
		t.Fatal(err)
	}
	return intake.Importer{Person: id, Name: "导入员", Address: "127.0.0.1", May: func(string, *uuid.UUID) bool { return true }}
}

// brought is a file on the way that uploads go: kept as a draft, checked, applied.
func brought(t testing.TB, s *store.Store, desk *intake.Desk, who intake.Importer, name string, data []byte, l *layer.Layer, c intake.Choices) store.Draft {
	t.Helper()
	about, err := intake.Glance(bytes.NewReader(data), int64(len(data)), name, l, c)
	if err != nil || about.Missing != nil {
		t.Fatalf("%s: %v %+v", name, err, about.Missing)
	}
	d, err := intake.NewDraft(who.Person, name, int64(len(data)), l, c, about)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = s.AddDraft(t.Context(), d, bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return worked(t, s, who, d.ID, func() (<-chan struct{}, error) { return desk.Check(t.Context(), d.ID, who) })
}

func worked(t testing.TB, s *store.Store, who intake.Importer, id uuid.UUID, begin func() (<-chan struct{}, error)) store.Draft {
	t.Helper()
	ended, err := begin()
	if err != nil {
		t.Fatal(err)
	}
	<-ended
	d, err := s.Draft(context.WithoutCancel(t.Context()), who.Person, id)
	if err != nil || d.Fault != nil || d.Counts == nil {
		t.Fatalf("%v %+v", err, d.Fault)
	}
	if d.Counts.Read != d.Counts.New+d.Counts.Changed+d.Counts.Same+d.Counts.Rejected {
		t.Errorf("read %d, %+v", d.Counts.Read, d.Counts)
	}
	return d
}

func told(c *store.DraftCounts) string {
	return fmt.Sprintf("read %d = new %d + changed %d + same %d + rejected %d; gone %d", c.Read, c.New, c.Changed, c.Same, c.Rejected, c.Gone)
}

// proposals are the mapping that a file's columns speak for; other says otherwise by column ("" leaves a column out).
func proposals(t *testing.T, data []byte, name string, l *layer.Layer, other map[string]string) format.Mapping {
	t.Helper()
	about, err := intake.Glance(bytes.NewReader(data), int64(len(data)), name, l, intake.Begin(name))
	if err != nil {
		t.Fatal(err)
	}
	var m format.Mapping
	for _, p := range about.Proposals[l.Name] {
		to, said := other[p.Column]
		if !said {
			to = p.Field
		}
		if to != "" {
			m = append(m, format.Pair{Column: p.Column, Field: to})
		}
		t.Logf("%s: %q → %s (%s: %s)", name, p.Column, p.Field, p.Confidence, p.En)
	}
	for column, to := range other {
		if to != "" && !strings.Contains(fmt.Sprint(m), "{"+column+" ") {
			m = append(m, format.Pair{Column: column, Field: to})
		}
	}
	return m
}

// TestRealLedgers imports ledgers that nobody here wrote into a fresh database: new, again the same, and a changed copy.
func TestRealLedgers(t *testing.T) {
	for _, c := range []struct {
		file   string
		layer  *layer.Layer
		other  map[string]string
		choose func(*intake.Choices)
		change func(t *testing.T, data []byte) []byte
		// what is told
		first, again, changed string
	}{
		{"points/evacuation_space_data.xlsx", &layer.MaterialSite, nil, func(c *intake.Choices) { c.Constants = map[string]string{"kind": "shelter"} }, changedWorkbook,
			"read 195 = new 195 + changed 0 + same 0 + rejected 0; gone 0", "read 195 = new 0 + changed 0 + same 195 + rejected 0; gone 0", "read 195 = new 1 + changed 1 + same 192 + rejected 1; gone 1"},
		{"points/sandbag_creation_location_data.csv", &layer.MaterialSite, nil, func(c *intake.Choices) { c.Constants = map[string]string{"kind": "township_store"} }, changedTable,
			"read 9 = new 9 + changed 0 + same 0 + rejected 0; gone 0", "read 9 = new 0 + changed 0 + same 9 + rejected 0; gone 0", "read 9 = new 1 + changed 1 + same 7 + rejected 0; gone 1"},
		{"points/glc_china_subset.csv", &layer.RiskPoint, nil, func(c *intake.Choices) { c.Constants = map[string]string{"risk_level": "general"} }, changedTable,
			"read 426 = new 405 + changed 0 + same 0 + rejected 21; gone 0", "read 426 = new 0 + changed 0 + same 405 + rejected 21; gone 0", "read 426 = new 1 + changed 1 + same 403 + rejected 21; gone 1"},
		{"points/takamatsu_city_organization_list_0083_202604.xlsx", &layer.CommandUnit, map[string]string{"所属名称": "name"}, func(c *intake.Choices) {
			c.Levels = format.Levels{Columns: []string{"局", "部", "課", "室・出先", "係"}, ByDepth: map[string][]string{"kind": {"headquarters", "office"}, "level": {"city", "county"}}}
		}, changedWorkbook, "read 387 = new 385 + changed 0 + same 0 + rejected 2; gone 0", "read 387 = new 0 + changed 0 + same 385 + rejected 2; gone 0", "read 387 = new 1 + changed 1 + same 383 + rejected 2; gone 1"},
	} {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			data, err := os.ReadFile(realdata.File(t, c.file))
			if err != nil {
				t.Fatal(err)
			}
			s := store.New(storetest.New(t))
			desk := intake.NewDesk(s, slog.New(slog.DiscardHandler))
			defer desk.Close()
			who := person(t, s)
			name := filepath.Base(c.file)
			choices := intake.Begin(name)
			choices.CRS = "wgs84"
			choices.Mapping = proposals(t, data, name, c.layer, c.other)
			c.choose(&choices)
			bring := func(data []byte, want string) store.Draft {
				t.Helper()
				d := brought(t, s, desk, who, name, data, c.layer, choices)
				got := told(d.Counts)
				t.Logf("%s: %s", name, got)
				if want != "" && got != want {
					t.Errorf("%s, want %s", got, want)
				}
				page, err := s.DraftRows(t.Context(), d.ID, store.RowRejected, 0, 5)
				for _, row := range page {
					t.Logf("row %d: %s", *row.Row, row.Problems)
				}
				if err != nil {
					t.Error(err)
				}
				return worked(t, s, who, d.ID, func() (<-chan struct{}, error) { return desk.Apply(t.Context(), d.ID, who, d.Revision, false) })
			}
			first := bring(data, c.first)
			second := bring(data, c.again)
			if second.Counts.Same != first.Counts.New || second.Counts.Rejected != first.Counts.Rejected {
				t.Errorf("again: %s", told(second.Counts))
			}
			third := bring(c.change(t, data), c.changed)
			if parent, tree := format.TreeField(c.layer); tree {
				var tops int
				if err := s.Pool().QueryRow(t.Context(), "SELECT count(*) FROM "+c.layer.Name+" WHERE "+parent.Name+" IS NULL").Scan(&tops); err != nil || tops != 18+1 { // and the one of the changed copy
					t.Errorf("%d units have none above, %v", tops, err)
				}
			}
			if third.Counts.New != 1 || third.Counts.Changed == 0 || third.Counts.Gone != 1 {
				t.Errorf("a changed copy: %s", told(third.Counts))
			}
		})
	}
}

// changedTable changes the name in the second row of a CSV, drops the third, and adds a copy of the second under another key.
func changedTable(t *testing.T, data []byte) []byte {
	bom := bytes.HasPrefix(data, []byte("\xef\xbb\xbf"))
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	extra := append([]string{}, rows[1]...)
	extra[0] = "99999"
	name := 1
	for i, column := range rows[0] {
		if column == "nearest_places" {
			name = i
		}
	}
	rows[1][name] += "（改）"
	rows = append(append(rows[:2], rows[3:]...), extra)
	var out bytes.Buffer
	if bom {
		out.WriteString("\xef\xbb\xbf")
	}
	w := csv.NewWriter(&out)
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// changedWorkbook does the like with a workbook.
func changedWorkbook(t *testing.T, data []byte) []byte {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheet := f.GetSheetName(0)
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows) // the last row goes, another comes in its place
	name := 4
	if rows[0][0] != "#property" {
		name = 6
	}
	set := func(column, row int, text string) {
		cell, err := excelize.CoordinatesToCellName(column, row)
		if err == nil {
			err = f.SetCellStr(sheet, cell, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	set(name, 2, rows[1][name-1]+"（改）")
	if rows[0][0] == "#property" {
		set(1, last, "9999")
		set(18, 3, "很多") // a capacity that is no number: the row is rejected, and not gone
	} else {
		for column := 1; column <= 5; column++ {
			set(column, last, "")
		}
		set(1, last, "新設局")
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
