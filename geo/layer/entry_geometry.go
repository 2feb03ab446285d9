package layer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// This file reads the place of an entry.

// place reads the geometry, checks it, and brings it into WGS 84.
func (p *entryParser) place(raw json.RawMessage, create bool) {
	if !p.HasGeometry && !create {
		return
	}
	if raw == nil || string(raw) == "null" {
		if !p.Layer.PlaceOptional {
			p.fault("geometry", "missing", "必须有位置", "a place is required")
		}
		return
	}
	g, fault := readGeometry(raw)
	if fault == nil && !p.Layer.Accepts(Geometry(g.GeoJSONType())) {
		fault = wrong("geometry_type", "这个图层不接受 "+g.GeoJSONType(), fmt.Sprintf("this layer takes no %s, but %s", g.GeoJSONType(), joinTypes(p.Layer.Geometry)))
	}
	if fault == nil && p.CRS != geo.Undeclared { // a system that is not known has its own fault
		p.Entered = g
		fault = p.locate(g)
	}
	if fault != nil {
		p.fault("geometry", fault.Code, fault.Text.Zh, fault.Text.En)
	}
}

// locate sets Geometry. A latitude out of range that would be none with the numbers exchanged is not refused here: the
// person shall be offered to exchange them.
func (p *entryParser) locate(g orb.Geometry) *Fault {
	w, err := located(g, p.CRS)
	if err == nil {
		p.Geometry = w
		return nil
	}
	var input *geo.InputError
	if !errors.As(err, &input) {
		return wrong("bad_geometry", "位置有误", err.Error())
	}
	if input.Code == "coordinate_out_of_range" {
		if w, err := located(Exchanged(g), p.CRS); err == nil {
			p.Geometry, p.Swapped = w, true
			return nil
		}
	}
	return wrong(input.Code, input.Zh, input.En)
}

// located brings a geometry into WGS 84 with seven decimals and finds fault with what is no valid place on the map.
func located(g orb.Geometry, from geo.CRS) (orb.Geometry, error) {
	w, err := geo.ConvertGeometry(g, from, geo.WGS84)
	if err != nil {
		return nil, err
	}
	w = geo.Wound(geo.Rounded(w))
	if b := w.Bound(); b.Min[1] < -mapLatitude || b.Max[1] > mapLatitude {
		return nil, &geo.InputError{Code: "coordinate_out_of_range", Zh: "纬度超出地图范围（±85°）", En: "the latitude lies outside the map (±85°)"}
	}
	return w, geo.CheckValid(w)
}

const mapLatitude = 85 // degrees: what Web Mercator shows, and the tables take

// Exchanged gives a copy of g with the two numbers of each position exchanged.
func Exchanged(g orb.Geometry) orb.Geometry {
	if p, single := g.(orb.Point); single {
		return orb.Point{p[1], p[0]}
	}
	c := orb.Clone(g)
	geo.EachPoint(c, func(p *orb.Point) { p[0], p[1] = p[1], p[0] })
	return c
}

func firstPoint(g orb.Geometry) (first orb.Point) {
	found := false
	geo.EachPoint(g, func(p *orb.Point) {
		if !found {
			first, found = *p, true
		}
	})
	return first
}

func joinTypes(types []Geometry) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return strings.Join(names, ", ")
}

// readGeometry reads a GeoJSON geometry to the letter: every position has two numbers, or three, of which the height is
// left out.
func readGeometry(raw json.RawMessage) (orb.Geometry, *Fault) {
	members, err := readObject(raw)
	if err != nil {
		return nil, wrong("wrong_type", "应为 GeoJSON 几何", "must be a GeoJSON geometry")
	}
	var kind string
	var coordinates json.RawMessage
	for _, m := range members {
		switch m.name {
		case "type":
			kind, _ = m.text()
		case "coordinates":
			coordinates = m.value
		default:
			return nil, wrong("bad_geometry", "几何里有不认识的内容："+clip(m.name), fmt.Sprintf("a geometry has no %q", clip(m.name)))
		}
	}
	var any any
	if coordinates == nil || json.Unmarshal(coordinates, &any) != nil {
		return nil, wrong("bad_geometry", "几何没有坐标", "the geometry has no coordinates")
	}
	r := &coordinateReader{left: MaxEntryVertices}
	g := r.geometry(Geometry(kind), any)
	switch {
	case r.left < 0:
		return nil, wrong("too_many", fmt.Sprintf("坐标点超过 %d 个", MaxEntryVertices), fmt.Sprintf("has more than %d positions", MaxEntryVertices))
	case g == nil:
		return nil, wrong("geometry_type", "不认识的几何类型", "is no type of geometry that layers take")
	case r.bad:
		return nil, wrong("bad_geometry", "坐标的写法有误", "the coordinates are not nested lists of numbers as the type needs them")
	}
	return g, nil
}

// coordinateReader reads nested lists of numbers.
type coordinateReader struct {
	left int // positions that may still come
	bad  bool
}

func (r *coordinateReader) geometry(kind Geometry, v any) orb.Geometry {
	switch kind {
	case Point:
		return r.point(v)
	case LineString:
		return orb.LineString(r.points(v))
	case MultiLineString:
		return orb.MultiLineString(each(r, v, func(v any) orb.LineString { return r.points(v) }))
	case Polygon:
		return r.polygon(v)
	case MultiPolygon:
		return orb.MultiPolygon(each(r, v, r.polygon))
	}
	return nil
}

func (r *coordinateReader) polygon(v any) orb.Polygon {
	return each(r, v, func(v any) orb.Ring { return orb.Ring(r.points(v)) })
}

func (r *coordinateReader) points(v any) []orb.Point { return each(r, v, r.point) }

func (r *coordinateReader) point(v any) (p orb.Point) {
	r.left--
	list, ok := v.([]any)
	if !ok || len(list) < 2 || len(list) > 3 {
		r.bad = true
		return p
	}
	for i, n := range list {
		f, ok := n.(float64)
		if !ok {
			r.bad = true
		} else if i < 2 {
			p[i] = f
		}
	}
	return p
}

func each[T any](r *coordinateReader, v any, one func(any) T) []T {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		r.bad = true
		return nil
	}
	out := make([]T, 0, min(len(list), MaxEntryVertices))
	for _, item := range list {
		if r.left < 0 {
			return out
		}
		out = append(out, one(item))
	}
	return out
}
