package export

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// geojsonWriter writes a FeatureCollection (RFC 7946): WGS 84, right-hand rule, choices by value.
type geojsonWriter struct {
	*sheet
	out *bufio.Writer
}

func newGeoJSON(w io.Writer, s *sheet) (Writer, error) {
	g := &geojsonWriter{sheet: s, out: bufio.NewWriterSize(w, 64<<10)}
	_, err := fmt.Fprintf(g.out, `{"type":"FeatureCollection","name":%s,"features":[`, quoted(s.Layer.Name))
	return g, err
}

// Write writes a feature. The id stands among the properties too: not every program keeps that of a feature.
func (g *geojsonWriter) Write(r Row) error {
	if g.rows > 0 {
		g.out.WriteByte(',')
	}
	g.rows++
	fmt.Fprintf(g.out, "\n"+`{"type":"Feature","id":%q,"geometry":`, r.ID)
	if r.Geometry == nil {
		g.out.WriteString("null")
	} else if _, err := g.out.Write(appendGeometry(nil, geo.Wound(r.Geometry))); err != nil {
		return err
	}
	fmt.Fprintf(g.out, `,"properties":{"id":%q`, r.ID)
	for i, f := range g.fields {
		fmt.Fprintf(g.out, `,%q:%s`, f.Name, jsonValue(f, r.Values[i]))
	}
	_, err := g.out.WriteString("}}")
	return err
}

// Close ends the collection.
func (g *geojsonWriter) Close() (Report, error) {
	g.out.WriteString("\n]}\n")
	return g.report(), g.out.Flush()
}

// Abandon has nothing to let go of.
func (g *geojsonWriter) Abandon() {}

func jsonValue(f layer.Field, v any) []byte {
	switch v := v.(type) {
	case nil:
		return []byte("null")
	case string:
		return quoted(v)
	case []string:
		out := []byte{'['}
		for i, word := range v {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, quoted(word)...)
		}
		return append(out, ']')
	case time.Time:
		return quoted(forMachines(f, v))
	case float64:
		out, err := json.Marshal(v)
		if err != nil {
			return []byte("null") // JSON knows no NaN and no infinity
		}
		return out
	}
	return []byte(forMachines(f, v))
}

func quoted(s string) []byte {
	out, err := json.Marshal(s)
	if err != nil {
		return []byte(`""`) // a text can always be written
	}
	return out
}

// appendGeometry appends g with eight decimals.
func appendGeometry(dst []byte, g orb.Geometry) []byte {
	dst = fmt.Appendf(dst, `{"type":%q,"coordinates":`, g.GeoJSONType())
	switch g := g.(type) {
	case orb.Point:
		dst = appendPosition(dst, g)
	case orb.MultiPoint:
		dst = appendPositions(dst, g)
	case orb.LineString:
		dst = appendPositions(dst, g)
	case orb.MultiLineString:
		dst = appendList(dst, g, func(dst []byte, l orb.LineString) []byte { return appendPositions(dst, l) })
	case orb.Polygon:
		dst = appendRings(dst, g)
	case orb.MultiPolygon:
		dst = appendList(dst, g, appendRings)
	}
	return append(dst, '}')
}

func appendRings(dst []byte, p orb.Polygon) []byte {
	return appendList(dst, p, func(dst []byte, r orb.Ring) []byte { return appendPositions(dst, r) })
}

func appendPositions[S ~[]orb.Point](dst []byte, points S) []byte {
	return appendList(dst, points, appendPosition)
}

func appendPosition(dst []byte, p orb.Point) []byte {
	return append(append(append(append(append(dst, '['), degrees(p[0])...), ','), degrees(p[1])...), ']')
}

func appendList[T any](dst []byte, items []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, item := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, item)
	}
	return append(dst, ']')
}
