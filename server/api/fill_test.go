package api_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"fourmaps/geo/layer"
)

// threeAreas makes a county, two townships and a village around 110°E 25°N; part of the county lies in no township's
// village, and what lies east of it in no area.
const threeAreas = `
	INSERT INTO area (id, code, level, name, origin_key, geom) VALUES
		('00000000-0000-7000-8000-000000000001', '990101', 'county', '青山县', 'c', ST_MakeEnvelope(110, 25, 110.4, 25.4, 4326));
	INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) VALUES
		('00000000-0000-7000-8000-000000000002', '990101001', 'township', '长桥镇', 't', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110, 25, 110.2, 25.4, 4326)),
		('00000000-0000-7000-8000-000000000003', '990101002', 'township', '白沙乡', 'u', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110.2, 25, 110.4, 25.4, 4326));
	INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) VALUES
		('00000000-0000-7000-8000-000000000004', '990101001001', 'village', '桥头村', 'v', '00000000-0000-7000-8000-000000000002', ST_MakeEnvelope(110, 25, 110.1, 25.4, 4326))`

var areaCodes = []string{"990101", "990101001", "990101002", "990101001001", "88"}

// filler makes random rows that fit a layer's declaration, so that a test over all fields needs no list of them.
type filler struct {
	*rand.Rand
	n int
}

func newFiller(seed uint64) *filler { return &filler{Rand: rand.New(rand.NewPCG(seed, 1))} }

var words = []string{"长桥", "白沙", "青山", "龙潭", "石坝", "new", "Mill", "12号", "东", "西", "Ä", "a'b", "50%", "x_y"}

func (f *filler) text(most int) string {
	text := words[f.IntN(len(words))] + words[f.IntN(len(words))]
	if most > 0 && len(text) > most {
		return text[:1]
	}
	return text
}

// value makes a value of a field, and sometimes none.
func (f *filler) value(field layer.Field, l *layer.Layer) any {
	required := field.Required || field.Name == "name" && !l.NameOptional
	if !required && f.IntN(4) == 0 {
		return nil
	}
	low, high := 0.0, 50.0
	if field.Min != nil {
		low = *field.Min
	}
	if field.Max != nil {
		high = math.Min(*field.Max, low+50)
	}
	switch field.Type {
	case layer.Integer:
		return int(low) + f.IntN(int(high-low)+1)
	case layer.Number:
		return low + float64(f.IntN(10))/10*(high-low)
	case layer.Boolean:
		return f.IntN(2) == 0
	case layer.Date, layer.Time:
		return time.Date(2026, 1, 1+f.IntN(300), f.IntN(24), 0, 0, f.IntN(1e9)/1000*1000, time.UTC)
	case layer.Choice:
		return field.Choices[f.IntN(len(field.Choices))].Value
	case layer.Choices:
		chosen := []string{}
		for _, o := range field.Choices {
			if f.IntN(3) == 0 {
				chosen = append(chosen, o.Value)
			}
		}
		return chosen
	case layer.Phone:
		return fmt.Sprintf("1%010d", f.IntN(1e10))
	case layer.Reference:
		return nil // the database finds the area; trees are no matter here
	}
	return f.text(field.MaxLength)
}

func (f *filler) geometry(l *layer.Layer) string {
	x, y := 110+f.Float64()*.5, 25+f.Float64()*.4
	switch l.Geometry[f.IntN(len(l.Geometry))] {
	case layer.LineString:
		return fmt.Sprintf("SRID=4326;LINESTRING(%g %g,%g %g)", x, y, x+.01, y+.02)
	case layer.MultiLineString:
		return fmt.Sprintf("SRID=4326;MULTILINESTRING((%g %g,%g %g))", x, y, x+.01, y+.02)
	case layer.Polygon: // clockwise, as PostGIS does not mind
		return fmt.Sprintf("SRID=4326;POLYGON((%g %g,%g %g,%g %g,%[1]g %[2]g))", x, y, x, y+.01, x+.01, y)
	case layer.MultiPolygon:
		return fmt.Sprintf("SRID=4326;MULTIPOLYGON(((%g %g,%g %g,%g %g,%[1]g %[2]g)))", x, y, x, y+.01, x+.01, y)
	}
	return fmt.Sprintf("SRID=4326;POINT(%g %g)", x, y)
}

// fill puts n random rows into a layer.
func (r *running) fill(f *filler, l *layer.Layer, n int) {
	r.t.Helper()
	for range n {
		f.n++
		columns, marks := []string{"origin_key", "geom"}, []string{"$1", "$2::text::geometry"}
		values := []any{fmt.Sprint("r", f.n), f.geometry(l)}
		for _, field := range append(append([]layer.Field{}, layer.Standing...), l.Fields...) {
			v := f.value(field, l)
			if v == nil || field.ReadOnly {
				continue
			}
			columns = append(columns, field.Name)
			values = append(values, v)
			marks = append(marks, fmt.Sprintf("$%d", len(values)))
		}
		sql := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", l.Name, strings.Join(columns, ", "), strings.Join(marks, ", "))
		if _, err := r.pool.Exec(context.Background(), sql, values...); err != nil {
			r.t.Fatalf("%s: %v", sql, err)
		}
	}
}

// filled are the layers that can be filled with random rows: areas have a form of their own.
func filled() []*layer.Layer {
	var out []*layer.Layer
	for _, l := range looked() {
		if l.Name != layer.Area.Name {
			out = append(out, l)
		}
	}
	return out
}

// looked are the layers that tests over all layers walk through: all of them, or, in a copy of the checkout that has one more,
// that one.
func looked() []*layer.Layer {
	if l, ok := layer.ByName(os.Getenv("FOURMAPS_NEW_LAYER")); ok {
		return []*layer.Layer{l}
	}
	return layer.All
}
