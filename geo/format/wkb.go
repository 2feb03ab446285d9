package format

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
)

// wkbReader reads well-known binary as GeoPackages have it (ISO 19125, with heights and measures, which are left out). It
// is our own because orb's knows two dimensions only, and most surveys have heights.
type wkbReader struct {
	b    []byte
	left int // positions that it may still have
}

// Geometry types; 1000 more is with heights, 2000 with measures, 3000 with both.
const (
	wkbPoint = iota + 1
	wkbLine
	wkbPolygon
	wkbMultiPoint
	wkbMultiLine
	wkbMultiPolygon
	wkbCollection
)

// decodeWKB reads one geometry with at most so many positions; nil for an empty one.
func decodeWKB(b []byte, positions int) (orb.Geometry, error) {
	r := wkbReader{b, positions}
	return r.geometry(0)
}

func wkbShort() error { return brokenGeometry("数据不完整", "its bytes end too early") }

// head reads byte order and type.
func (r *wkbReader) head() (order binary.ByteOrder, kind, numbers int, err error) {
	if len(r.b) < 5 {
		return nil, 0, 0, wkbShort()
	}
	order = binary.ByteOrder(binary.BigEndian)
	if r.b[0] == 1 {
		order = binary.LittleEndian
	}
	code := order.Uint32(r.b[1:])
	r.b = r.b[5:]
	numbers = 2
	if code&0xe0000000 != 0 { // EWKB, which some programs write here though the standard forbids it
		if code&0x80000000 != 0 {
			numbers++
		}
		if code&0x40000000 != 0 {
			numbers++
		}
		if code&0x20000000 != 0 {
			if len(r.b) < 4 {
				return nil, 0, 0, wkbShort()
			}
			r.b = r.b[4:]
		}
		code &= 0xffff
	}
	switch code / 1000 {
	case 1, 2:
		numbers++
	case 3:
		numbers += 2
	}
	return order, int(code % 1000), numbers, nil
}

func (r *wkbReader) count(order binary.ByteOrder, least int) (int, error) {
	if len(r.b) < 4 {
		return 0, wkbShort()
	}
	n := order.Uint32(r.b)
	r.b = r.b[4:]
	if int64(n)*int64(least) > int64(len(r.b)) {
		return 0, wkbShort()
	}
	return int(n), nil
}

func (r *wkbReader) positions(order binary.ByteOrder, n, numbers int) ([]orb.Point, error) {
	if r.left -= n; r.left < 0 {
		return nil, badInput("too_many_positions", "几何的坐标点数超过上限", "the geometry has more positions than allowed")
	}
	if len(r.b) < n*numbers*8 {
		return nil, wkbShort()
	}
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = orb.Point{math.Float64frombits(order.Uint64(r.b)), math.Float64frombits(order.Uint64(r.b[8:]))}
		r.b = r.b[numbers*8:]
	}
	return out, nil
}

func (r *wkbReader) line(order binary.ByteOrder, numbers int) ([]orb.Point, error) {
	n, err := r.count(order, numbers*8)
	if err != nil {
		return nil, err
	}
	return r.positions(order, n, numbers)
}

func (r *wkbReader) geometry(depth int) (orb.Geometry, error) {
	order, kind, numbers, err := r.head()
	if err != nil {
		return nil, err
	}
	switch kind {
	case wkbPoint:
		at, err := r.positions(order, 1, numbers)
		if err != nil || math.IsNaN(at[0][0]) && math.IsNaN(at[0][1]) {
			return nil, err // an empty point
		}
		return at[0], nil
	case wkbLine:
		at, err := r.line(order, numbers)
		if err != nil || len(at) == 0 {
			return nil, err
		}
		return orb.LineString(at), nil
	case wkbPolygon:
		n, err := r.count(order, 4)
		if err != nil || n == 0 {
			return nil, err
		}
		out := make(orb.Polygon, n)
		for i := range out {
			at, err := r.line(order, numbers)
			if err != nil {
				return nil, err
			}
			out[i] = at
		}
		return out, nil
	case wkbMultiPoint, wkbMultiLine, wkbMultiPolygon, wkbCollection:
		return r.members(order, depth)
	}
	return nil, brokenGeometry("不支持曲线等类型", "curves and the like are not supported")
}

func (r *wkbReader) members(order binary.ByteOrder, depth int) (orb.Geometry, error) {
	if depth > 4 {
		return nil, brokenGeometry("集合嵌套过深", "collections lie inside collections")
	}
	n, err := r.count(order, 5)
	if err != nil {
		return nil, err
	}
	var out orb.Collection
	for range n {
		g, err := r.geometry(depth + 1)
		if err != nil {
			return nil, err
		}
		if g != nil {
			out = append(out, g)
		}
	}
	if len(out) == 1 && depth == 0 {
		return multiple(out[0]), nil
	}
	return gathered(out), nil
}

// multiple is the multiple form of a geometry that stood alone in one.
func multiple(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Point:
		return orb.MultiPoint{g}
	case orb.LineString:
		return orb.MultiLineString{g}
	case orb.Polygon:
		return orb.MultiPolygon{g}
	}
	return g
}
