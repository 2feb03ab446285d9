//go:build !race

// Each round is long work of one goroutine and of the database: under the race detector it takes minutes, and there is nothing
// to find. make test runs this without it.

package intake_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // a machine may have no time zones of its own

	"github.com/google/uuid"

	"fourmaps/data/demo"
	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestExportComesBackUnchanged: what is exported, edited by nobody and imported changes nothing, for every layer of the
// demonstration that keeps a history, in every format that an import reads and every system that an export writes.
func TestExportComesBackUnchanged(t *testing.T) {
	d, err := demo.Generate(1)
	if err != nil {
		t.Fatal(err)
	}
	rows := store.New(storetest.New(t))
	if err := rows.LoadDemo(t.Context(), d, time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	// as people leave them: places entered by a map of Amap, moments with fractions of a second
	_, err = rows.Pool().Exec(t.Context(), `UPDATE risk_point SET confirmed_at = confirmed_at + interval '123456 microseconds', source_crs = 'GCJ02',
		source_x = ST_X(anchor) + 0.005, source_y = ST_Y(anchor) - 0.003 WHERE ST_Dimension(geom) = 0`)
	if err != nil {
		t.Fatal(err)
	}
	hold(t, rows)
	for _, l := range layer.All {
		if !l.History {
			continue
		}
		for _, f := range export.Formats() {
			for _, crs := range export.Systems() {
				if crs != geo.WGS84 && (!f.ChooseCRS || l.Name == layer.Area.Name && f.Name != export.Shapefile.Name) {
					continue // every import of areas looks at all rows; one format with its vertices is enough
				}
				for _, sensitive := range []bool{false, true} {
					if f.ChooseCRS && sensitive != (crs == geo.WGS84) {
						continue // a phone number knows no coordinate system: each format is made with and without them
					}
					if sensitive && !slices.ContainsFunc(l.Fields, func(f layer.Field) bool { return f.Sensitive }) {
						continue
					}
					t.Run(fmt.Sprintf("%s %s %v sensitive %v", l.Name, f.Name, crs, sensitive), func(t *testing.T) { comesBack(t, rows, l, f, crs, sensitive) })
				}
			}
		}
	}
}

// hold puts into a row of each layer what files find hard to hold: long texts with spaces where a Shapefile parts them, signs
// of spreadsheets, line breaks, rare characters, the first and the last day, and nothing at all where nothing need be.
func hold(t *testing.T, rows *store.Store) {
	hard := "=1+1 '\"“引号”,;\t汛期值班😀𠮷\n二行 " + strings.Repeat("甲 乙", 150) + "\n止"
	for _, l := range layer.All {
		if !l.History {
			continue
		}
		var full, none []string
		for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
			if f.ReadOnly || l.Name == layer.Area.Name && (f.Name == "code" || f.Name == "valid_to") { // an area that is no more is not found by its code
				continue
			}
			if !f.Required && f.Name != "name" && f.Name != "area_id" && f.Name != "level" && f.Name != "parent_id" {
				none = append(none, f.Name+" = NULL")
			}
			switch f.Type {
			case layer.String:
				text := []rune(hard)
				full = append(full, fmt.Sprintf("%s = '%s'", f.Name, strings.ReplaceAll(strings.TrimSpace(string(text[:min(len(text), f.MaxLength)])), "'", "''")))
			case layer.Date:
				full = append(full, f.Name+" = '9999-12-31'")
			case layer.Time:
				full = append(full, f.Name+" = '1234-05-06 07:08:09.987654+00'")
			case layer.Number:
				full = append(full, f.Name+" = 0.1 + 0.2")
			}
		}
		for offset, set := range [][]string{full, none} {
			if len(set) == 0 {
				continue
			}
			if _, err := rows.Pool().Exec(t.Context(), fmt.Sprintf("UPDATE %[1]s SET %[2]s WHERE id = (SELECT id FROM %[1]s ORDER BY id LIMIT 1 OFFSET %[3]d)", l.Name, strings.Join(set, ", "), offset)); err != nil {
				t.Fatalf("%s: %v", l.Name, err)
			}
		}
	}
}

func comesBack(t *testing.T, rows *store.Store, l *layer.Layer, f export.Format, crs geo.CRS, sensitive bool) {
	out := exported(t, rows, l, f, export.Options{Layer: l, CRS: crs, Sensitive: sensitive, Location: shanghai(t), GB18030: crs == geo.CGCS2000, English: crs == geo.GCJ02})
	o := intake.Options{Layer: l, File: out, Import: store.Import{Origin: filepath.Base(out), Actor: "tester"}}
	if f.ChooseCRS {
		o.Format.CRS, o.Ingest.CRS = crs, crs
	}
	proposals, columns, err := intake.Proposals(o) // as the wizard has them
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proposals {
		o.Ingest.Mapping = append(o.Ingest.Mapping, p.Pair)
		if p.Confidence != "sure" {
			t.Errorf("the column %s of %v is taken for %s: %s", p.Column, columns, p.Field, p.En)
		}
	}
	if missing := unmapped(export.Options{Layer: l, Sensitive: sensitive}, o.Ingest.Mapping); len(missing) > 0 && f.Name != export.KML.Name { // whose columns are those that have a value
		t.Errorf("no column is proposed for %v", missing)
	}
	o.Rejected = func(p format.Problem) { t.Error(p.Error()) }
	report, err := intake.Bring(t.Context(), rows, o)
	if err != nil {
		t.Fatal(err)
	}
	if report.Stored.New+report.Stored.Changed+report.Stored.Assigned > 0 {
		t.Errorf("%+v", report)
	}
	var stored int64
	if err := rows.Pool().QueryRow(t.Context(), "SELECT count(*) FROM "+l.Name).Scan(&stored); err != nil || stored != int64(report.Read) || report.Stored.Same != stored || stored == 0 {
		t.Errorf("%d rows are stored, %d were read, %d are the same, %v", stored, report.Read, report.Stored.Same, err)
	}
}

// unmapped are the fields of people for which the mapping has no column.
func unmapped(o export.Options, m format.Mapping) []string {
	var out []string
	l := o.Layer
	for _, f := range o.Fields() {
		if !f.ReadOnly && !(l.Name == layer.Area.Name && (f.Name == "level" || f.Name == "parent_id")) &&
			!slices.ContainsFunc(m, func(p format.Pair) bool { return p.Field == f.Name }) {
			out = append(out, f.Name)
		}
	}
	if !slices.ContainsFunc(m, func(p format.Pair) bool { return p.Field == "key" }) {
		out = append(out, "key")
	}
	return out
}

// exported writes a layer to a file.
func exported(t *testing.T, rows *store.Store, l *layer.Layer, f export.Format, o export.Options) string {
	var file bytes.Buffer
	w, err := export.New(&file, f, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	asked := store.Export{Filter: layer.Filter{Layer: l}}
	if o.Sensitive {
		asked.Sees = func(*uuid.UUID) bool { return true }
	}
	if err := rows.Export(t.Context(), asked, w); err != nil {
		t.Fatal(err)
	}
	report, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range report.Notes {
		t.Log(n.En)
	}
	name := filepath.Join(t.TempDir(), l.Name+f.Extension)
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func shanghai(t *testing.T) *time.Location {
	place, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return place
}
