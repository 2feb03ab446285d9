package api_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"fourmaps/geo/layer"
)

// TestEveryDeclaredFieldFilters asks for each field of each layer by a value that some row has, and compares what
// comes back with what the same rows say.
func TestEveryDeclaredFieldFilters(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	f := newFiller(1)
	for _, l := range filled() {
		r.fill(f, l, 40)
		var all collection
		r.json("/api/layers/"+l.Name+"/features", &all)
		for _, field := range append(slices.Clone(layer.Standing), l.Fields...) {
			if !field.Filter {
				continue
			}
			t.Run(l.Name+"."+field.Name, func(t *testing.T) {
				r := *r
				r.t = t
				for _, q := range questions(field, all.Features) {
					var got collection
					r.json("/api/layers/"+l.Name+"/features?"+q.parameters.Encode(), &got)
					var want []string
					for _, row := range all.Features {
						if q.holds(row.Properties[field.Name]) {
							want = append(want, row.ID)
						}
					}
					if ids := idsOf(got.Features); !slices.Equal(ids, want) || got.Matched != len(want) {
						t.Errorf("%s gives %d rows (numberMatched %d), want %d", q.parameters.Encode(), len(ids), got.Matched, len(want))
					}
				}
			})
		}
	}
}

// asked is a question about one field, and how to tell of a row whether it belongs to the answer.
type asked struct {
	parameters url.Values
	holds      func(v any) bool
}

// questions asks for null, for not null, for a value, and for a range where there is an order.
func questions(f layer.Field, rows []feature) []asked {
	none := func(v any) bool { return v == nil }
	some := func(v any) bool { return v != nil }
	out := []asked{{url.Values{f.Name + ".null": {"true"}}, none}, {url.Values{f.Name + ".null": {"false"}}, some}}
	for _, row := range rows {
		v := row.Properties[f.Name]
		if v == nil {
			continue
		}
		switch f.Type {
		case layer.Choices:
			if list := v.([]any); len(list) > 0 {
				out = append(out, asked{url.Values{f.Name: {list[0].(string)}}, func(v any) bool {
					has, ok := v.([]any)
					return ok && slices.Contains(has, list[0])
				}})
				return out
			}
			continue
		case layer.String, layer.Phone:
			part := strings.ToUpper(string([]rune(v.(string))[:1]))
			return append(out, asked{url.Values{f.Name: {part}}, func(v any) bool {
				return v != nil && strings.Contains(strings.ToLower(v.(string)), strings.ToLower(part))
			}})
		case layer.Integer, layer.Number:
			n := v.(float64)
			return append(out,
				asked{url.Values{f.Name: {fmt.Sprint(n)}}, func(v any) bool { return v == n }},
				asked{url.Values{f.Name + ".min": {fmt.Sprint(n)}}, func(v any) bool { return v != nil && v.(float64) >= n }},
				asked{url.Values{f.Name + ".max": {fmt.Sprint(n)}}, func(v any) bool { return v != nil && v.(float64) <= n }})
		case layer.Date, layer.Time:
			return append(out, times(f, v.(string))...)
		default:
			return append(out, asked{url.Values{f.Name: {fmt.Sprint(v)}}, func(other any) bool { return other == v }})
		}
	}
	return out
}

func times(f layer.Field, text string) []asked {
	read := func(v any) time.Time {
		t, err := time.Parse(time.RFC3339Nano, v.(string))
		if err != nil {
			t, _ = time.Parse(time.DateOnly, v.(string))
		}
		return t
	}
	at := read(text)
	return []asked{
		{url.Values{f.Name + ".min": {text}}, func(v any) bool { return v != nil && !read(v).Before(at) }},
		{url.Values{f.Name + ".max": {text}}, func(v any) bool { return v != nil && !read(v).After(at) }},
		{url.Values{f.Name + ".max": {text[:10]}}, func(v any) bool { return v != nil && read(v).Before(read(text[:10]).AddDate(0, 0, 1)) }}, // a day counts whole
	}
}

func idsOf(rows []feature) []string {
	var ids []string
	for _, row := range rows {
		ids = append(ids, row.ID)
	}
	return ids
}

// TestHostileTextIsOnlyText puts SQL into every parameter of every layer: it is refused or finds nothing, and nothing breaks.
func TestHostileTextIsOnlyText(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	f := newFiller(2)
	for _, l := range filled() {
		r.fill(f, l, 2)
	}
	hostile := []string{"'; DROP TABLE area; --", `" OR 1=1 --`, "1) OR (1=1", "%27%3B", "$1", `\'`, "NULL", "{}", "${jndi:x}", "\x00", "�", strings.Repeat("长", 101)}
	asked := map[string]bool{}
	for _, l := range layer.All {
		names := []string{"bbox", "area", "q", "ids", "limit", "cursor", "sort", "area_level", "lang", "'; DROP TABLE area; --"}
		for _, field := range append(slices.Clone(layer.Standing), l.Fields...) {
			names = append(names, field.Name, field.Name+".min", field.Name+".max", field.Name+".null")
		}
		for _, name := range names {
			for i, text := range hostile {
				for j, path := range []string{"features", "summary"} {
					if asked[name] && (i+j+len(l.Name))%4 != 0 {
						continue // what all layers have is asked in full of one of them
					}
					status, _, body := r.get("/api/layers/" + l.Name + "/" + path + "?" + url.Values{name: {text}}.Encode())
					if status != 200 && status != 400 {
						t.Errorf("%s %s=%q: %d %s", path, name, text, status, body)
					}
				}
			}
			asked[name] = true
		}
	}
	for _, text := range hostile[:8] {
		for _, path := range []string{"/api/layers/" + url.PathEscape(text), "/api/layers/" + url.PathEscape(text) + "/features", "/api/layers/area/features/" + url.PathEscape(text), "/api/" + url.PathEscape(text)} {
			if status, _, body := r.get(path); status != 404 && status != 400 {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	}
	var still collection
	r.json("/api/layers/area/features", &still)
	if still.Matched != 4 {
		t.Errorf("%d areas are left of 4", still.Matched)
	}
}
