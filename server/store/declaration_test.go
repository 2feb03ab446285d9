package store_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// column is what the database says of a column.
type column struct {
	Type     string
	Nullable bool
	Checks   string // all checks that name it
	Default  string // what the database fills in, as a cell would have it; "" for nothing
	Refers   string // table that a foreign key leads to
}

func columnsOf(t *testing.T, pool *pgxpool.Pool, table string) map[string]column {
	t.Helper()
	rows, err := pool.Query(t.Context(), `
		SELECT a.attname, format_type(a.atttypid, NULL), NOT a.attnotnull,
			coalesce((SELECT string_agg(pg_get_constraintdef(c.oid), ' ') FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND a.attnum = ANY (c.conkey)), ''),
			coalesce((SELECT c.confrelid::regclass::text FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype = 'f' AND c.conkey = ARRAY[a.attnum] LIMIT 1), ''),
			coalesce((SELECT regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^''(.*)''::text$', '\1') FROM pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum), '')
		FROM pg_attribute a WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped`, table)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]column{}
	var name string
	var c column
	if _, err := pgx.ForEachRow(rows, []any{&name, &c.Type, &c.Nullable, &c.Checks, &c.Refers, &c.Default}, func() error { all[name] = c; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestDeclarationsAgreeWithTheSchema compares every declared field with its column: type, required, choices, limits
// and what it refers to; and every layer with the geometry types that its table takes.
func TestDeclarationsAgreeWithTheSchema(t *testing.T) {
	pool := storetest.New(t)
	for _, l := range layer.All {
		t.Run(l.Name, func(t *testing.T) {
			columns := columnsOf(t, pool, l.Name)
			for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
				compare(t, l, f, columns[f.Name])
			}
			if got := columns["geom"].Nullable; got != l.PlaceOptional {
				t.Errorf("geom may be null: %v, declared place_optional %v", got, l.PlaceOptional)
			}
			if got := columns["name"].Nullable; got != l.NameOptional {
				t.Errorf("name may be null: %v, declared name_optional %v", got, l.NameOptional)
			}
			var types string
			if err := pool.QueryRow(t.Context(), `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1`, l.Name+"_geom_type").Scan(&types); err != nil {
				t.Fatal(err)
			}
			same(t, "geometry types", inBraces(types), geometries(l))
			undeclared(t, l, columns)
			for _, p := range l.Parts {
				lines := columnsOf(t, pool, p.Name)
				if lines[l.Name+"_id"].Refers != l.Name {
					t.Errorf("%s.%s_id does not refer to %s", p.Name, l.Name, l.Name)
				}
				for _, f := range p.Fields {
					compare(t, l, f, lines[f.Name])
				}
			}
		})
	}
}

var columnTypes = map[layer.Type][]string{
	layer.String: {"text"}, layer.Phone: {"text"}, layer.Integer: {"integer", "bigint"}, layer.Number: {"double precision"}, layer.Boolean: {"boolean"},
	layer.Date: {"date"}, layer.Time: {"timestamp with time zone"}, layer.Choice: {"text"}, layer.Choices: {"text[]"}, layer.Reference: {"uuid"},
}

func compare(t *testing.T, l *layer.Layer, f layer.Field, c column) {
	t.Helper()
	where := l.Name + "." + f.Name
	if !slices.Contains(columnTypes[f.Type], c.Type) {
		t.Errorf("%s: the column is %q, declared %s", where, c.Type, f.Type)
		return
	}
	if f.Name != "name" && c.Nullable == f.Required { // whether a name is needed differs by layer
		t.Errorf("%s: the column may be null: %v, declared required: %v", where, c.Nullable, f.Required)
	}
	if !f.ReadOnly && c.Default != f.Default { // what is read only is the database's own affair
		t.Errorf("%s: the database fills in %q, declared is %q", where, c.Default, f.Default)
	}
	switch f.Type {
	case layer.Choice, layer.Choices:
		var values []string
		for _, o := range f.Choices {
			values = append(values, o.Value)
		}
		same(t, where, quotedIn(c.Checks), values)
	case layer.Reference:
		if c.Refers != f.Layer && !(l.Name == "area" && f.Name == "area_id") { // an area lies in itself
			t.Errorf("%s refers to %q, declared %q", where, c.Refers, f.Layer)
		}
	case layer.Phone:
		if !strings.Contains(c.Checks, fmt.Sprintf("{3,%d}", f.MaxLength)) {
			t.Errorf("%s: the check %q allows not %d characters", where, c.Checks, f.MaxLength)
		}
	case layer.String:
		if f.MaxLength > 0 && !f.ReadOnly && !regexp.MustCompile(fmt.Sprintf(`\b%d\b|\\d`, f.MaxLength)).MatchString(c.Checks) {
			t.Errorf("%s: the check %q has no limit of %d characters", where, c.Checks, f.MaxLength)
		}
	case layer.Integer, layer.Number:
		for _, limit := range []*float64{f.Min, f.Max} {
			if limit != nil && !strings.Contains(c.Checks, fmt.Sprintf("%.0f", max(*limit, -*limit))) {
				t.Errorf("%s: the check %q has no limit %v", where, c.Checks, *limit)
			}
		}
	}
}

// undeclared columns would never be seen by anybody.
func undeclared(t *testing.T, l *layer.Layer, columns map[string]column) {
	kept := []string{"id", "fid", "geom", "anchor", "geom_3857", "geom_low", "geom_mid", "source_crs", "source_x", "source_y", "deleted_at", "search", "path"}
	for name := range columns {
		if _, ok := l.Field(name); !ok && !slices.Contains(kept, name) {
			t.Errorf("the column %s.%s is not declared", l.Name, name)
		}
	}
}

func geometries(l *layer.Layer) []string {
	var out []string
	for _, g := range l.Geometry {
		out = append(out, string(g))
	}
	return out
}

func quotedIn(check string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([a-z_]+)'::text`).FindAllStringSubmatch(check, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// inBraces reads '{Point,Polygon}'.
func inBraces(check string) []string {
	if m := regexp.MustCompile(`'\{([A-Za-z,]+)\}'`).FindStringSubmatch(check); m != nil {
		return strings.Split(m[1], ",")
	}
	return nil
}

func same(t *testing.T, what string, database, declared []string) {
	t.Helper()
	slices.Sort(database)
	declared = slices.Sorted(slices.Values(declared))
	if !slices.Equal(database, declared) {
		t.Errorf("%s: the database takes %v, declared are %v", what, database, declared)
	}
}
