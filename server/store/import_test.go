package store_test

import (
	"context"
	"errors"
	"iter"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/data/realdata"
	"fourmaps/geo/format/osm"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// given makes rows of what a test says.
func given(rows [][]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}

func shelters(rows ...[]any) store.Batch {
	return store.Batch{Layer: &layer.MaterialSite, Columns: []string{"origin_key", "name", "kind", "geom", "capacity_persons"}, Rows: given(rows)}
}

func TestImportLayerTellsWhatChanged(t *testing.T) {
	s := store.New(storetest.New(t))
	ctx := t.Context()
	how := store.Import{Origin: "shelters", Actor: "tester"}
	first, err := s.ImportLayer(ctx, shelters(
		[]any{"1", "一号", "shelter", orb.Point{110, 25}, 100},
		[]any{"2", "二号", "shelter", orb.Point{110.1, 25}, nil},
		[]any{"3", "三号", "shelter", orb.Point{110.2, 25}, 300},
		[]any{"4", "线", "shelter", orb.LineString{{110, 25}, {110.1, 25}}, nil},
		[]any{"5", "无处", "shelter", nil, nil},
		[]any{"6", "蝴蝶", "shelter", orb.Polygon{{{110, 25}, {110.1, 25.1}, {110.1, 25}, {110, 25.1}, {110, 25}}}, nil},
	), how)
	if err != nil {
		t.Fatal(err)
	}
	// a butterfly falls into two triangles, which the layer, taking single polygons, does not accept
	if first.Read != 6 || first.New != 3 || len(first.Rejected) != 3 || first.Same != 0 || first.Repaired != 1 {
		t.Errorf("the first import: %+v", first)
	}
	how.RemoveGone = true
	second, err := s.ImportLayer(ctx, shelters(
		[]any{"1", "一号", "shelter", orb.Point{110, 25}, 100},
		[]any{"2", "二号改", "shelter", orb.Point{110.1, 25}, nil},
		[]any{"7", "七号", "shelter", orb.Point{110.3, 25}, nil},
	), how)
	if err != nil {
		t.Fatal(err)
	}
	if second.New != 1 || second.Changed != 1 || second.Same != 1 || second.Gone != 1 || second.Removed != 1 {
		t.Errorf("the second import: %+v", second)
	}
	var actor, source string
	err = s.Pool().QueryRow(ctx, `SELECT actor, source FROM history WHERE kind = 'delete'`).Scan(&actor, &source)
	if err != nil || actor != "tester" || source != "import" {
		t.Errorf("history tells %q %q %v", actor, source, err)
	}
}

func TestImportLayerIsAllOrNothing(t *testing.T) {
	s := store.New(storetest.New(t))
	for name, rows := range map[string][][]any{
		"a key twice":          {{"1", "a", "shelter", orb.Point{110, 25}, nil}, {"1", "b", "shelter", orb.Point{110, 25}, nil}},
		"an undeclared choice": {{"1", "a", "shelter", orb.Point{110, 25}, nil}, {"2", "b", "castle", orb.Point{110, 25}, nil}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := s.ImportLayer(t.Context(), shelters(rows...), store.Import{Origin: "x"}); err == nil {
				t.Error("the import was accepted")
			}
			var n int
			if err := s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM material_site`).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d rows stayed, %v", n, err)
			}
		})
	}
}

// TestRefusalTellsNoRow: what the database refuses is told in both languages, and without the row, which may hold phones.
func TestRefusalTellsNoRow(t *testing.T) {
	s := store.New(storetest.New(t))
	_, err := s.ImportLayer(t.Context(), shelters([]any{"1", "不该外传", "castle", orb.Point{110, 25}, nil}), store.Import{Origin: "x"})
	var conflict *store.ConflictError
	if !errors.As(err, &conflict) {
		t.Fatalf("got %v", err)
	}
	chinese, english := conflict.Sentences()
	if strings.Contains(chinese+english, "不该外传") || !strings.Contains(chinese, "material_site_kind_choice") || !strings.Contains(english, "material_site_kind_choice") {
		t.Errorf("told %q, %q", chinese, english)
	}
}

func TestImportAreasFindsParentsAndAssigns(t *testing.T) {
	s := store.New(storetest.New(t))
	ctx := t.Context()
	_, err := s.Pool().Exec(ctx, `INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) VALUES ('p', '点', 'low', 'mine', 'SRID=4326;POINT(110.05 25.05)')`)
	if err != nil {
		t.Fatal(err)
	}
	square := func(x, y, side float64) orb.Polygon {
		return orb.Polygon{{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}}
	}
	batch := store.Batch{Columns: []string{"code", "name", "geom"}, Rows: given([][]any{
		{"990101001001", "村", square(110, 25, .1)}, // the order of a file is none of the tree
		{"990101", "县", square(110, 25, .4)},
		{"990101001", "镇", square(110, 25, .2)},
	})}
	got, err := s.ImportAreas(ctx, batch, store.Import{Origin: "areas"})
	if err != nil {
		t.Fatal(err)
	}
	if got.New != 3 || got.Assigned != 1 {
		t.Errorf("%+v", got)
	}
	var depth int
	var code string
	err = s.Pool().QueryRow(ctx, `SELECT array_length(a.path, 1), a.code FROM risk_point r JOIN area a ON a.id = r.area_id`).Scan(&depth, &code)
	if err != nil || depth != 3 || code != "990101001001" {
		t.Errorf("the point lies in %s at depth %d, %v", code, depth, err)
	}
	again, err := s.ImportAreas(ctx, batch, store.Import{Origin: "areas"})
	if err != nil || again.Same != 3 || again.Changed+again.New != 0 {
		t.Errorf("again: %+v %v", again, err)
	}
	_, err = s.ImportAreas(ctx, batch, store.Import{Origin: "others"})
	if err == nil || !strings.Contains(err.Error(), "another origin") {
		t.Errorf("the same codes from elsewhere: %v", err)
	}
}

// madeExtract is a place of one row a layer; it needs no real data.
const madeExtract = `<osm version="0.6">
<node id="1" lat="27.00" lon="112.00"/><node id="2" lat="27.00" lon="112.01"/><node id="3" lat="27.01" lon="112.01"/><node id="4" lat="27.01" lon="112.00"/>
<node id="5" lat="27.005" lon="112.005"><tag k="place" v="village"/><tag k="name" v="青石村"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="secondary"/><tag k="name" v="青石路"/><tag k="maxheight" v="400"/><tag k="maxweight" v="7500"/><tag k="ref" v="S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 S16 S17 S18 S19"/></way>
<way id="2"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="natural" v="water"/></way>
<way id="3"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="landuse" v="forest"/></way>
<way id="4"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="building" v="yes"/><tag k="building:levels" v="900"/><tag k="height" v="5 km"/></way>
</osm>`

// TestCopyRefusesWhatIsNoNumber: the checks of some columns let minus infinity through.
func TestCopyRefusesWhatIsNoNumber(t *testing.T) {
	s := store.New(storetest.New(t))
	for _, cost := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		batch := store.Batch{Layer: &layer.Road, Columns: []string{"origin_key", "class", "oneway", "speed_kmh", "cost_s", "reverse_cost_s", "length_m", "source_node", "target_node", "component", "geom"},
			Rows: given([][]any{{"1", "track", "both", 10., cost, 10., 10., int64(1), int64(2), 1, orb.LineString{{110, 25}, {110.1, 25}}}})}
		_, err := s.ImportLayer(t.Context(), batch, store.Import{Origin: "x"})
		if err == nil || !strings.Contains(err.Error(), "cost_s") {
			t.Errorf("%v: %v", cost, err)
		}
	}
}

// TestImportOSM imports an extract twice: the second time replaces the first.
func TestImportOSM(t *testing.T) {
	made := filepath.Join(t.TempDir(), "made.osm")
	if err := os.WriteFile(made, []byte(madeExtract), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Run("made", func(t *testing.T) { importTwice(t, extract(t, made)) })
	t.Run("real", func(t *testing.T) { importTwice(t, extract(t, realdata.File(t, "osm/monaco-20210421.osm.pbf"))) })
}

func importTwice(t *testing.T, e *osm.Extract) {
	s := store.New(storetest.New(t))
	for range 2 {
		got, err := s.ImportOSM(t.Context(), e, store.Import{Actor: "tester"})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 5 {
			t.Errorf("%d layers were imported, want 5", len(got))
		}
		for _, one := range got {
			var n int64
			if err := s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM `+one.Layer).Scan(&n); err != nil || n != one.Read-int64(len(one.Rejected)) || n == 0 {
				t.Errorf("%s holds %d rows, %v; the import says %+v", one.Layer, n, err, one)
			}
		}
	}
}

func extract(t testing.TB, path string) *osm.Extract {
	t.Helper()
	began := time.Now()
	e, err := osm.Read(context.Background(), path, osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s read in %v", filepath.Base(path), time.Since(began))
	return e
}
