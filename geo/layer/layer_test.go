package layer_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"fourmaps/geo/layer"
)

var identifier = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// TestDeclarationsAreWhole checks what every declaration must say, so that a new layer cannot be half declared.
func TestDeclarationsAreWhole(t *testing.T) {
	names := map[string]bool{}
	for _, l := range layer.All {
		t.Run(l.Name, func(t *testing.T) {
			if names[l.Name] || !identifier.MatchString(l.Name) {
				t.Errorf("name %q is taken or no identifier", l.Name)
			}
			names[l.Name] = true
			if l.Label.Zh == "" || l.Label.En == "" || l.Map == "" || len(l.Geometry) == 0 || l.MinZoom > l.MaxZoom {
				t.Errorf("label, map, geometry and zooms must be declared")
			}
			for _, name := range []string{l.SymbolField, l.LevelField} {
				if f, ok := l.Field(name); name != "" && (!ok || f.Type != layer.Choice || !f.Tile) {
					t.Errorf("symbol or level field %q must be a choice that tiles carry", name)
				}
			}
			checkFields(t, l.Fields)
			for _, p := range l.Parts {
				if !identifier.MatchString(p.Name) || p.Label.Zh == "" || p.Label.En == "" {
					t.Errorf("part %q lacks a name or label", p.Name)
				}
				checkFields(t, p.Fields)
			}
		})
	}
	checkFields(t, layer.Standing)
}

func checkFields(t *testing.T, fields []layer.Field) {
	t.Helper()
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.Name] || !identifier.MatchString(f.Name) {
			t.Errorf("field %q is there twice or no identifier", f.Name)
		}
		seen[f.Name] = true
		if f.Label.Zh == "" || f.Label.En == "" {
			t.Errorf("field %s lacks a label", f.Name)
		}
		if f.Sensitive && (f.Tile || f.Search || f.Filter) {
			t.Errorf("field %s is sensitive: not in tiles, search or filters", f.Name)
		}
		if (f.Type == layer.Choice || f.Type == layer.Choices) != (len(f.Choices) > 0) {
			t.Errorf("field %s: choices and their type go together", f.Name)
		}
		if _, ok := layer.ByName(f.Layer); (f.Type == layer.Reference) != ok {
			t.Errorf("field %s: a reference names its layer", f.Name)
		}
		if (f.Type == layer.String || f.Type == layer.Phone) != (f.MaxLength > 0) {
			t.Errorf("field %s: texts have a greatest length, others none", f.Name)
		}
		if f.Default != "" && (!f.Required || f.Type == layer.Choice && !f.Has(f.Default)) {
			t.Errorf("field %s: the default %q is for a required field, and one of its choices", f.Name, f.Default)
		}
		checkChoices(t, f)
	}
}

// checkChoices: values are unique, and no spelling that an import accepts means two of them.
func checkChoices(t *testing.T, f layer.Field) {
	t.Helper()
	means := map[string]string{}
	for _, o := range f.Choices {
		if !identifier.MatchString(o.Value) || o.Label.Zh == "" || o.Label.En == "" {
			t.Errorf("field %s: choice %q lacks a value or label", f.Name, o.Value)
		}
		for _, spelling := range append([]string{o.Value, o.Label.Zh, o.Label.En}, o.Synonyms...) {
			if other, taken := means[spelling]; taken && other != o.Value {
				t.Errorf("field %s: %q means both %s and %s", f.Name, spelling, other, o.Value)
			}
			means[spelling] = o.Value
		}
	}
}

func TestListsInJSONAreNeverNull(t *testing.T) {
	text, err := json.Marshal(layer.All)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"fields", "parts", "choices", "synonyms", "geometry"} {
		if strings.Contains(string(text), `"`+list+`":null`) {
			t.Errorf("%s is null somewhere", list)
		}
	}
}
