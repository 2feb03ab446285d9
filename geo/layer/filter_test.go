package layer_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"fourmaps/geo/layer"
)

func TestParseFilterRefuses(t *testing.T) {
	for _, c := range []struct{ name, query, parameter, code string }{
		{"an unknown parameter", "kin=mine", "kin", "unknown_parameter"},
		{"an unknown parameter without a value", "nonsense=", "nonsense", "unknown_parameter"},
		{"an unknown operator", "people_threatened.most=3", "people_threatened.most", "unknown_parameter"},
		{"an empty operator", "people_threatened.=3", "people_threatened.", "unknown_parameter"},
		{"a range of a choice", "kind.min=mine", "kind.min", "unknown_parameter"},
		{"a sensitive field", "responsible_phone=1", "responsible_phone", "unknown_parameter"},
		{"an undeclared choice", "kind=mine,volcano", "kind", "bad_value"},
		{"a number that is none", "people_threatened.min=NaN", "people_threatened.min", "bad_value"},
		{"an endless number", "people_threatened.max=1e999", "people_threatened.max", "bad_value"},
		{"a date that does not exist", "listed_on.min=2026-02-30", "listed_on.min", "bad_value"},
		{"a bbox of NaN", "bbox=NaN,1,2,3", "bbox", "bad_value"},
		{"a bbox of three", "bbox=1,2,3", "bbox", "bad_value"},
		{"an area that is no code", "area=99'--", "area", "bad_value"},
		{"an id that is none", "ids=1", "ids", "bad_value"},
		{"too many ids", "ids=" + strings.Repeat("x,", 10000), "ids", "too_many"},
		{"a long search", "q=" + strings.Repeat("山", 101), "q", "too_long"},
		{"a NUL in a search", "q=a%00b", "q", "bad_value"},
		{"two answers to a yes or no", "address.null=true&address.null=false", "address.null", "bad_value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			_, err = layer.ParseFilter(&layer.RiskPoint, query)
			var p *layer.ParameterError
			if !errors.As(err, &p) {
				t.Fatalf("got %v, want a ParameterError", err)
			}
			if p.Parameter != c.parameter || p.Code != c.code || p.Text.Zh == "" || p.Text.En == "" {
				t.Errorf("got %+v, want %s about %s in two languages", *p, c.code, c.parameter)
			}
		})
	}
}

func TestParseFilterSelects(t *testing.T) {
	query, _ := url.ParseQuery("kind=mine,dam&bbox=179,-1,-179,1&area=990101&q=" + url.QueryEscape("长 50%_QIAO") + "&limit=5&people_threatened.min=3&address.null=false")
	f, err := layer.ParseFilter(&layer.RiskPoint, query, "limit")
	if err != nil {
		t.Fatal(err)
	}
	sql, args := f.Where("r", []any{"first"})
	for _, want := range []string{"r.deleted_at IS NULL", "r.kind = ANY ($", "r.address IS NOT NULL", "r.people_threatened >= $", " OR ST_Intersects", "above.code = $"} {
		if !strings.Contains(sql, want) {
			t.Errorf("%q is missing from %s", want, sql)
		}
	}
	if args[0] != "first" || f.Query != "长50%_qiao" {
		t.Errorf("args %v, query %q", args, f.Query)
	}
	for _, a := range args {
		if s, ok := a.(string); ok && strings.Contains(s, "50") && s != `%长50\%\_qiao%` {
			t.Errorf("the pattern is %q", s)
		}
	}
}

func TestKeyIsTheSameForTheSameWish(t *testing.T) {
	a, _ := layer.ParseFilter(&layer.RiskPoint, url.Values{"kind": {"mine"}, "q": {"x"}})
	b, _ := layer.ParseFilter(&layer.RiskPoint, url.Values{"q": {"x"}, "kind": {" mine"}, "area": {""}})
	if a.Key() != b.Key() || a.Empty() {
		t.Errorf("keys %q and %q", a.Key(), b.Key())
	}
}

// FuzzParseFilter checks that no query reaches the SQL text: whatever is typed, only parameters differ.
func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{"q=';DROP TABLE area;--", "kind=mine", "bbox=1,2,3,4", "name=x&name.null=true", "confirmed_at.max=2026-01-01", "ids=,,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		query, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		for _, l := range layer.All {
			filter, err := layer.ParseFilter(l, query)
			if err != nil {
				continue
			}
			sql, _ := filter.Where("r", nil)
			if strings.ContainsAny(sql, ";\\") || strings.Contains(sql, "--") {
				t.Fatalf("%q reached the SQL: %s", raw, sql)
			}
		}
	})
}
