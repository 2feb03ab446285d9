package demo

import (
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"fourmaps/geo"
	"fourmaps/geo/layer"

	"github.com/google/uuid"
)

// TestRowsKeepToTheDeclarations reads every value of every row against the layer that it belongs to.
func TestRowsKeepToTheDeclarations(t *testing.T) {
	for _, table := range district(t).Tables(testNow()) {
		fields, geometries := declared(t, table.Name)
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if len(row) != len(table.Columns) {
				t.Fatalf("%s: %d values for %d columns", table.Name, len(row), len(table.Columns))
			}
			for k, column := range table.Columns {
				if column == "geom" && row[k] != nil {
					checkGeometry(t, table.Name, row[k].([]byte), geometries)
				} else if f, ok := fields[column]; ok {
					checkValue(t, table.Name, f, row[k])
				}
			}
		}
		for name, f := range fields {
			if f.Required && !f.ReadOnly && !slices.Contains(table.Columns, name) {
				t.Errorf("%s: %s is required and never given", table.Name, name)
			}
		}
	}
}

// declared finds the fields of a layer or part by name, and the geometries of a layer.
func declared(t *testing.T, name string) (map[string]layer.Field, []layer.Geometry) {
	t.Helper()
	fields := map[string]layer.Field{}
	for _, l := range layer.All {
		if l.Name == name {
			for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
				fields[f.Name] = f
			}
			return fields, l.Geometry
		}
		if p, ok := l.Part(name); ok {
			for _, f := range p.Fields {
				fields[f.Name] = f
			}
			return fields, nil
		}
	}
	t.Fatalf("no layer or part is called %s", name)
	return nil, nil
}

func checkGeometry(t *testing.T, table string, b []byte, allowed []layer.Geometry) {
	t.Helper()
	g, srid, err := geo.DecodeEWKB(b)
	if err != nil || srid != 4326 {
		t.Fatalf("%s: SRID %d, %v", table, srid, err)
	}
	if !slices.Contains(allowed, layer.Geometry(g.GeoJSONType())) {
		t.Fatalf("%s does not take a %s", table, g.GeoJSONType())
	}
}

func checkValue(t *testing.T, table string, f layer.Field, v any) {
	t.Helper()
	bad := func(why string) { t.Helper(); t.Fatalf("%s.%s = %v: %s", table, f.Name, v, why) }
	if v == nil {
		if f.Required {
			bad("required")
		}
		return
	}
	switch x := v.(type) {
	case string:
		if f.Type == layer.Choice && !f.Has(x) {
			bad("not a declared choice")
		}
		if f.MaxLength > 0 && utf8.RuneCountInString(x) > f.MaxLength {
			bad("too long")
		}
	case []string:
		for _, s := range x {
			if !f.Has(s) {
				bad("not a declared choice")
			}
		}
	case int:
		if f.Type != layer.Integer || (f.Min != nil && float64(x) < *f.Min) || (f.Max != nil && float64(x) > *f.Max) {
			bad("not an integer within the limits")
		}
	case float64:
		if f.Type != layer.Number || (f.Min != nil && x < *f.Min) || (f.Max != nil && x > *f.Max) {
			bad("not a number within the limits")
		}
	case bool:
		if f.Type != layer.Boolean {
			bad("not declared as boolean")
		}
	case time.Time:
		if f.Type != layer.Date && f.Type != layer.Time {
			bad("not declared as a time")
		}
	case uuid.UUID:
		if f.Type != layer.Reference {
			bad("not declared as a reference")
		}
	default:
		bad("of a type that no table takes")
	}
}

func TestConfirmationsAreFreshDueAndMissing(t *testing.T) {
	fresh, due, never := 0, 0, 0
	for _, s := range district(t).Sites {
		switch {
		case s.Age < 0:
			never++
		case s.Age > float64(layer.MaterialSite.ConfirmDays):
			due++
		default:
			fresh++
		}
	}
	if fresh < 200 || due < 30 || never < 5 {
		t.Errorf("fresh %d, due %d, never %d: want all three", fresh, due, never)
	}
}
