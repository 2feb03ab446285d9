package api_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
	"fourmaps/tiles"
)

// withTiles adds the tiles and their cache, as the program does.
func withTiles(t testing.TB, url string) func(*apiOptions) {
	t.Helper()
	pool := storetest.Connect(t, url)
	source, err := tiles.NewSource(t.Context(), pool, tiles.Connections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	return func(o *apiOptions) {
		o.Tiles = &tiles.Handler{Source: source, Cache: tiles.NewCache(16 << 20), Basemap: tiles.NewBasemap(pool, t.TempDir(), slog.New(slog.DiscardHandler))}
	}
}

// TestListCountAndTilesShowTheSameRows draws random filters and compares what the list, the summary and the vector
// tile around everything say.
func TestListCountAndTilesShowTheSameRows(t *testing.T) {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	r.sql(threeAreas)
	f := newFiller(3)
	maps := []*layer.Layer{&layer.RiskPoint, &layer.MaterialSite, &layer.ResponseForce, &layer.CommandUnit}
	for _, l := range maps {
		r.fill(f, l, 60)
	}
	r.sql(`UPDATE risk_point SET deleted_at = now() WHERE origin_key LIKE '%7'`)
	tile := maptile.At(orb.Point{110.2, 25.2}, 6)
	if b := tile.Bound(); !b.Contains(orb.Point{110, 25}) || !b.Contains(orb.Point{110.6, 25.5}) {
		t.Fatalf("the tile %v does not hold all rows", b)
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := rapid.SampledFrom(maps).Draw(rt, "layer")
		query := drawFilter(rt, l)
		var rows collection
		r.json("/api/layers/"+l.Name+"/features?"+query.Encode(), &rows)
		var counts store.Summary
		r.json("/api/layers/"+l.Name+"/summary?"+query.Encode(), &counts)
		if len(rows.Features) != rows.Matched || rows.Returned != rows.Matched || counts.Total != int64(rows.Matched) {
			rt.Fatalf("%s?%s: %d rows, numberMatched %d, total %d", l.Name, query.Encode(), len(rows.Features), rows.Matched, counts.Total)
		}
		if n := r.drawn(tile, l, query); n != rows.Matched {
			rt.Fatalf("%s?%s: %d rows, the tile draws %d", l.Name, query.Encode(), rows.Matched, n)
		}
		for name, values := range counts.By {
			field, _ := l.Field(name)
			if field.Type == layer.Choice && sum(values) != rows.Matched {
				rt.Fatalf("%s: counts by %s add up to %d, want %d", l.Name, name, sum(values), rows.Matched)
			}
			for value, n := range values {
				if got := count(rows.Features, name, value); got != int(n) {
					rt.Fatalf("%s?%s: %d rows with %s=%q, the summary says %d", l.Name, query.Encode(), got, name, value, n)
				}
			}
		}
		if c := counts.Confirmed; c == nil || c.Due+c.Fresh != counts.Total {
			rt.Fatalf("confirmed: %+v of %d", c, counts.Total)
		}
		for _, a := range counts.Areas {
			var inside collection
			query.Set("area", a.Code)
			r.json("/api/layers/"+l.Name+"/features?"+query.Encode(), &inside)
			if int64(inside.Matched) != a.Count {
				rt.Fatalf("%s in %s: %d rows, the summary says %d", l.Name, a.Code, inside.Matched, a.Count)
			}
		}
	})
}

// drawFilter makes a random filter that some rows may pass. Places are left out, since rows without a place are in no tile.
func drawFilter(rt *rapid.T, l *layer.Layer) url.Values {
	query := url.Values{}
	if rapid.Bool().Draw(rt, "in an area") {
		query.Set("area", rapid.SampledFrom(areaCodes).Draw(rt, "area"))
	}
	if rapid.IntRange(0, 3).Draw(rt, "searching") == 0 {
		query.Set("q", rapid.SampledFrom([]string{"长桥", "changqiao", "qs", "青", "mill", "50%", "a'b", "zzz"}).Draw(rt, "q"))
	}
	if rapid.IntRange(0, 3).Draw(rt, "in a box") == 0 {
		west := 110 + rapid.Float64Range(0, .4).Draw(rt, "west")
		query.Set("bbox", fmt.Sprintf("%g,25.05,%g,25.3", west, west+.2))
	}
	if l.ConfirmDays > 0 && rapid.IntRange(0, 2).Draw(rt, "by age") == 0 {
		query.Set("due", fmt.Sprint(rapid.Bool().Draw(rt, "due")))
	}
	for _, field := range l.Fields {
		if !field.Filter || rapid.IntRange(0, 5).Draw(rt, field.Name) > 0 {
			continue
		}
		switch field.Type {
		case layer.Choice, layer.Choices:
			var values []string
			for _, o := range field.Choices {
				values = append(values, o.Value)
			}
			chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, min(5, len(values)), rapid.ID).Draw(rt, "values")
			query[field.Name] = chosen
		case layer.Integer, layer.Number:
			query.Set(field.Name+".min", fmt.Sprint(rapid.IntRange(0, 40).Draw(rt, "least")))
		default:
			query.Set(field.Name+".null", fmt.Sprint(rapid.Bool().Draw(rt, "null")))
		}
	}
	return query
}

// drawn counts the rows of a layer in a tile; a group counts as many as it stands for.
func (r *running) drawn(t maptile.Tile, l *layer.Layer, query url.Values) int {
	r.t.Helper()
	status, _, body := r.get(fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt?%s", l.Name, t.Z, t.X, t.Y, query.Encode()))
	if status == 204 {
		return 0
	}
	if status != 200 {
		r.t.Fatalf("the tile: %d %s", status, body)
	}
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	for _, feature := range layers[0].Features {
		if group, ok := feature.Properties["point_count"].(float64); ok {
			n += int(group)
		} else {
			n++
		}
	}
	return n
}

func sum(counts map[string]int64) (n int) {
	for _, c := range counts {
		n += int(c)
	}
	return n
}

func count(rows []feature, field, value string) (n int) {
	for _, row := range rows {
		v := row.Properties[field]
		list, several := v.([]any)
		switch {
		case value == "" && (v == nil || several && len(list) == 0), v == value && value != "", slices.Contains(list, any(value)):
			n++
		}
	}
	return n
}

// TestPagingSkipsNothingAndRepeatsNothing walks through pages while rows are added, removed, moved in the order and
// edited. A row that stays as it is in the order must come exactly once.
func TestPagingSkipsNothingAndRepeatsNothing(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	f := newFiller(4)
	l := &layer.RiskPoint
	r.fill(f, l, 60)
	var sorts []string
	for _, field := range append(slices.Clone(layer.Standing), l.Fields...) {
		if field.Filter {
			sorts = append(sorts, field.Name, "-"+field.Name)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		sort := rapid.SampledFrom(append(sorts, "id", "-id")).Draw(rt, "sort")
		limit := rapid.IntRange(1, 20).Draw(rt, "limit")
		touched := map[string]bool{}
		seen := map[string]int{}
		var before collection
		r.json("/api/layers/risk_point/features", &before)
		path := fmt.Sprintf("/api/layers/risk_point/features?sort=%s&limit=%d", sort, limit)
		cursor := ""
		for {
			var page collection
			r.json(path+"&cursor="+cursor, &page)
			for _, row := range page.Features {
				seen[row.ID]++
			}
			if page.Next == "" {
				break
			}
			cursor = page.Next
			if rapid.Bool().Draw(rt, "edit") {
				r.disturb(f, rapid.SampledFrom(before.Features).Draw(rt, "row").ID, rapid.IntRange(0, 3).Draw(rt, "how"), touched)
			}
		}
		for _, row := range before.Features {
			if !touched[row.ID] && seen[row.ID] != 1 {
				rt.Fatalf("sorted by %s in pages of %d: the row %s came %d times", sort, limit, row.ID, seen[row.ID])
			}
		}
	})
}

// disturb changes rows in a way that may move them in any order.
func (r *running) disturb(f *filler, id string, how int, touched map[string]bool) {
	touched[id] = true
	switch how {
	case 0:
		r.sql(`UPDATE risk_point SET name = $2, people_threatened = $3, risk_level = $4, listed_on = NULL WHERE id = $1`,
			id, f.text(0), f.IntN(50), []string{"major", "larger", "general", "low"}[f.IntN(4)])
	case 1:
		r.sql(`UPDATE risk_point SET deleted_at = now() WHERE id = $1`, id)
	case 2:
		r.sql(`UPDATE risk_point SET deleted_at = NULL, people_threatened = NULL WHERE id = $1`, id)
	default:
		r.fill(f, &layer.RiskPoint, 1)
	}
}

// TestCursorBelongsToItsQuestion refuses a cursor under another filter or sort.
func TestCursorBelongsToItsQuestion(t *testing.T) {
	r := start(t)
	r.fill(newFiller(5), &layer.RiskPoint, 5)
	var page collection
	r.json("/api/layers/risk_point/features?limit=2&sort=name", &page)
	for path, want := range map[string]int{
		"risk_point/features?limit=3&sort=name":             200,
		"risk_point/features?limit=2&sort=-name":            400,
		"risk_point/features?limit=2&sort=address":          400,
		"risk_point/features?limit=2&sort=name&area=990101": 400,
		"place/features?limit=2&sort=name":                  400,
	} {
		if status, _, body := r.get("/api/layers/" + path + "&cursor=" + page.Next); status != want {
			t.Errorf("%s: %d %.200s, want %d", path, status, body, want)
		}
	}
	if page.Matched != 5 || page.Returned != 2 || len(page.Links) != 2 || page.Links[1].Rel != "next" {
		t.Fatalf("%+v", page)
	}
	var next collection
	r.json(page.Links[1].Href, &next)
	if next.Matched != 5 || next.Returned != 2 {
		t.Errorf("the link to the next page gives %+v", next)
	}
}
