package store

import (
	"encoding/binary"
	"errors"
	"math"
	"strconv"
)

// geometryWriter writes PostGIS's EWKB (EPSG:4326) as GeoJSON to the letter of RFC 7946: seven decimals, outer rings
// counterclockwise and holes clockwise; and keeps the box around all that it wrote.
type geometryWriter struct {
	box   box
	shift bool // keep longitudes below zero as +360, for boxes across the antimeridian
}

// box is empty until something was put in.
type box struct {
	west, south, east, north float64
	filled                   bool
}

func (b *box) add(x, y float64) {
	if !b.filled {
		*b = box{x, y, x, y, true}
		return
	}
	b.west, b.east = math.Min(b.west, x), math.Max(b.east, x)
	b.south, b.north = math.Min(b.south, y), math.Max(b.north, y)
}

var errEWKB = errors.New("reading a geometry: broken EWKB")

var geometryNames = map[uint32]string{1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}

// geometry appends v (nil for none) as a GeoJSON geometry or null.
func (g *geometryWriter) geometry(dst, v []byte) ([]byte, error) {
	if v == nil {
		return append(dst, "null"...), nil
	}
	r := &ewkb{data: v}
	kind, err := r.header()
	if err != nil {
		return dst, err
	}
	name, ok := geometryNames[kind]
	if !ok {
		return dst, errEWKB
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, name...)
	dst = append(dst, `","coordinates":`...)
	if dst, err = g.coordinates(dst, r, kind); err != nil {
		return dst, err
	}
	return append(dst, '}'), nil
}

func (g *geometryWriter) coordinates(dst []byte, r *ewkb, kind uint32) ([]byte, error) {
	switch kind {
	case 1:
		if len(r.data) < 16 {
			return dst, errEWKB
		}
		x, y := r.point(0)
		return g.position(dst, x, y), nil
	case 2:
		return g.line(dst, r, func(int) bool { return false })
	case 3:
		n, err := r.count()
		if err != nil {
			return dst, err
		}
		dst = append(dst, '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			// the first ring is the outer one: counterclockwise, its area is positive; holes the other way round
			if dst, err = g.line(dst, r, func(points int) bool { return (r.area(points) < 0) == (i == 0) }); err != nil {
				return dst, err
			}
		}
		return append(dst, ']'), nil
	default:
		return g.several(dst, r)
	}
}

func (g *geometryWriter) several(dst []byte, r *ewkb) ([]byte, error) {
	n, err := r.count()
	if err != nil {
		return dst, err
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		kind, err := r.header()
		if err != nil || kind > 3 {
			return dst, errEWKB
		}
		if dst, err = g.coordinates(dst, r, kind); err != nil {
			return dst, err
		}
		if kind == 1 {
			r.data = r.data[16:]
		}
	}
	return append(dst, ']'), nil
}

// line appends a list of positions, backwards if reverse says so of the points that follow.
func (g *geometryWriter) line(dst []byte, r *ewkb, reverse func(points int) bool) ([]byte, error) {
	n, err := r.count()
	if err != nil {
		return dst, err
	}
	if len(r.data) < 16*n {
		return dst, errEWKB
	}
	backwards := reverse(n)
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		at := i
		if backwards {
			at = n - 1 - i
		}
		x, y := r.point(at)
		dst = g.position(dst, x, y)
	}
	r.data = r.data[16*n:]
	return append(dst, ']'), nil
}

func (g *geometryWriter) position(dst []byte, x, y float64) []byte {
	if g.shift && x < 0 {
		g.box.add(x+360, y)
	} else {
		g.box.add(x, y)
	}
	dst = append(dst, '[')
	dst = appendDegrees(dst, x)
	dst = append(dst, ',')
	dst = appendDegrees(dst, y)
	return append(dst, ']')
}

// appendDegrees writes degrees with at most seven decimals (about a centimetre), without trailing zeros.
func appendDegrees(dst []byte, v float64) []byte {
	n := int64(math.Round(v * 1e7))
	if n < 0 {
		dst = append(dst, '-')
		n = -n
	}
	dst = strconv.AppendInt(dst, n/1e7, 10)
	rest := n % 1e7
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for scale := int64(1e6); rest > 0; scale /= 10 {
		dst = append(dst, byte('0'+rest/scale))
		rest %= scale
	}
	return dst
}

// appendBox writes a box as RFC 7946 asks; one that crosses the antimeridian has west greater than east.
func (b box) append(dst []byte) []byte {
	if b.west > 180 {
		b.west -= 360
	}
	if b.east > 180 {
		b.east -= 360
	}
	dst = append(dst, '[')
	for i, v := range []float64{b.west, b.south, b.east, b.north} {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendDegrees(dst, v)
	}
	return append(dst, ']')
}

// ewkb reads little-endian EWKB of two dimensions, which is what geometry columns of layers send.
type ewkb struct{ data []byte }

func (r *ewkb) header() (kind uint32, err error) {
	if len(r.data) < 5 || r.data[0] != 1 {
		return 0, errEWKB
	}
	kind = binary.LittleEndian.Uint32(r.data[1:])
	r.data = r.data[5:]
	if kind&0x20000000 != 0 { // an SRID follows
		if len(r.data) < 4 {
			return 0, errEWKB
		}
		r.data = r.data[4:]
	}
	if kind&0xc0000000 != 0 { // Z or M
		return 0, errEWKB
	}
	return kind & 0xff, nil
}

func (r *ewkb) count() (int, error) {
	if len(r.data) < 4 {
		return 0, errEWKB
	}
	n := binary.LittleEndian.Uint32(r.data)
	r.data = r.data[4:]
	if uint64(n) > uint64(len(r.data)) {
		return 0, errEWKB
	}
	return int(n), nil
}

func (r *ewkb) point(i int) (x, y float64) {
	return math.Float64frombits(binary.LittleEndian.Uint64(r.data[16*i:])), math.Float64frombits(binary.LittleEndian.Uint64(r.data[16*i+8:]))
}

// area is twice the signed area of the ring of the next n points, in degrees squared; positive is counterclockwise.
func (r *ewkb) area(n int) float64 {
	if n < 3 {
		return 0
	}
	x0, y0 := r.point(0)
	var sum float64
	for i := 1; i+1 < n; i++ {
		x1, y1 := r.point(i)
		x2, y2 := r.point(i + 1)
		sum += (x1-x0)*(y2-y0) - (x2-x0)*(y1-y0)
	}
	return sum
}
