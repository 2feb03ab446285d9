package format

import (
	"encoding/json"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// decodeGeometry reads a GeoJSON geometry with at most so many positions. A third number of a position, the height, is
// left out, because the product stores none.
func decodeGeometry(raw json.RawMessage, positions int) (orb.Geometry, error) {
	d := geometryDecoder{left: positions}
	return d.decode(raw, 0)
}

type geometryDecoder struct{ left int }

type position []float64

func (d *geometryDecoder) decode(raw json.RawMessage, depth int) (orb.Geometry, error) {
	var g struct {
		Type        string            `json:"type"`
		Coordinates json.RawMessage   `json:"coordinates"`
		Geometries  []json.RawMessage `json:"geometries"`
	}
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, because(brokenGeometry("成员的类型不对", "a member is of a wrong type"), err)
	}
	switch g.Type {
	case "Point":
		return decodeAs(g.Coordinates, d.point)
	case "MultiPoint":
		return decodeAs(g.Coordinates, func(c []position) (orb.Geometry, error) {
			p, err := d.points(c)
			return orb.MultiPoint(p), err
		})
	case "LineString":
		return decodeAs(g.Coordinates, func(c []position) (orb.Geometry, error) {
			p, err := d.points(c)
			return orb.LineString(p), err
		})
	case "MultiLineString":
		return decodeAs(g.Coordinates, func(c [][]position) (orb.Geometry, error) {
			out := make(orb.MultiLineString, len(c))
			for i := range c {
				p, err := d.points(c[i])
				if err != nil {
					return nil, err
				}
				out[i] = p
			}
			return out, nil
		})
	case "Polygon":
		return decodeAs(g.Coordinates, func(c [][]position) (orb.Geometry, error) { return d.polygon(c) })
	case "MultiPolygon":
		return decodeAs(g.Coordinates, func(c [][][]position) (orb.Geometry, error) {
			out := make(orb.MultiPolygon, len(c))
			for i := range c {
				p, err := d.polygon(c[i])
				if err != nil {
					return nil, err
				}
				out[i] = p
			}
			return out, nil
		})
	case "GeometryCollection":
		if depth > 4 {
			return nil, brokenGeometry("集合嵌套过深", "collections lie inside collections")
		}
		out := make(orb.Collection, len(g.Geometries))
		for i := range g.Geometries {
			m, err := d.decode(g.Geometries[i], depth+1)
			if err != nil {
				return nil, err
			}
			out[i] = m
		}
		return out, nil
	}
	return nil, brokenGeometry("不认识的类型“"+clipText(g.Type, 40)+"”", "unknown type "+clipText(g.Type, 40))
}

func decodeAs[C any](raw json.RawMessage, make func(C) (orb.Geometry, error)) (orb.Geometry, error) {
	var c C
	if len(raw) == 0 || string(raw) == "null" {
		return nil, brokenGeometry("没有坐标", "there are no coordinates")
	}
	if err := json.Unmarshal(raw, &c); err != nil {
		return nil, because(brokenGeometry("坐标的写法不对", "the coordinates are not written as they should be"), err)
	}
	g, err := make(c)
	if err != nil {
		return nil, err
	}
	return g, nil
}

func (d *geometryDecoder) point(p position) (orb.Geometry, error) {
	all, err := d.points([]position{p})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

func (d *geometryDecoder) points(c []position) ([]orb.Point, error) {
	if d.left -= len(c); d.left < 0 {
		return nil, badInput("too_many_positions", "几何的坐标点数超过上限", "the geometry has more positions than allowed")
	}
	out := make([]orb.Point, len(c))
	for i, p := range c {
		if len(p) < 2 {
			return nil, brokenGeometry("有的坐标少于两个数", "a position has fewer than two numbers")
		}
		out[i] = orb.Point{p[0], p[1]}
	}
	return out, nil
}

func (d *geometryDecoder) polygon(c [][]position) (orb.Polygon, error) {
	out := make(orb.Polygon, len(c))
	for i := range c {
		p, err := d.points(c[i])
		if err != nil {
			return nil, err
		}
		out[i] = p
	}
	return out, nil
}

func brokenGeometry(zh, en string) *geo.InputError {
	return badInput("geometry_broken", "几何无法读取：%[1]s", "the geometry cannot be read: %[2]s", zh, en)
}
