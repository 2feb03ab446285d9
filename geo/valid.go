package geo

import (
	"fmt"
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// CheckValid tells what is wrong with a WGS 84 geometry: numbers that are not finite or outside the world, lines
// without length, rings that are open, too short or cross themselves or each other. Nil means valid. It is kind and
// early; ST_IsValid in the database is the judge. Its error is an *InputError.
func CheckValid(g orb.Geometry) error {
	if g == nil {
		return &InputError{"geometry_missing", "没有几何", "there is no geometry"}
	}
	var bad error
	EachPoint(g, func(p *orb.Point) {
		if bad == nil {
			bad = WGS84.check(*p)
		}
	})
	if bad != nil {
		return bad
	}
	switch g := g.(type) {
	case orb.MultiPoint:
		if len(g) == 0 {
			return emptyGeometry(g)
		}
	case orb.LineString:
		return checkLine(g)
	case orb.MultiLineString:
		return checkEach(g, len(g), func(i int) error { return checkLine(g[i]) })
	case orb.Ring:
		return checkPolygon(orb.Polygon{g})
	case orb.Polygon:
		return checkPolygon(g)
	case orb.MultiPolygon:
		return checkEach(g, len(g), func(i int) error { return checkPolygon(g[i]) })
	case orb.Collection:
		return checkEach(g, len(g), func(i int) error { return CheckValid(g[i]) })
	}
	return nil
}

func checkEach(g orb.Geometry, n int, check func(int) error) error {
	if n == 0 {
		return emptyGeometry(g)
	}
	for i := range n {
		if err := check(i); err != nil {
			return err
		}
	}
	return nil
}

func emptyGeometry(g orb.Geometry) error {
	return &InputError{"geometry_empty", "几何为空", "the " + g.GeoJSONType() + " is empty"}
}

func checkLine(l orb.LineString) error {
	for i := 1; i < len(l); i++ {
		if l[i] != l[0] {
			return nil
		}
	}
	return &InputError{"line_too_short", "线至少要有两个不同的点", "a line needs two different points"}
}

func checkPolygon(p orb.Polygon) error {
	if len(p) == 0 {
		return emptyGeometry(p)
	}
	for _, r := range p {
		if len(r) < 4 {
			return &InputError{"ring_too_short", "多边形的环至少要有四个点", "a ring needs four positions"}
		}
		if r[0] != r[len(r)-1] {
			return &InputError{"ring_open", "多边形的环没有闭合", "a ring is not closed"}
		}
		if r.Orientation() == 0 && straight(r) {
			return &InputError{"ring_flat", "多边形的环没有面积", "a ring has no area"}
		}
	}
	if at, crosses := crossing(p); crosses {
		return &InputError{"self_intersection",
			fmt.Sprintf("多边形的边在（%.6f, %.6f）附近相交", at[0], at[1]),
			fmt.Sprintf("edges of the polygon cross near (%.6f, %.6f)", at[0], at[1])}
	}
	return nil
}

// straight tells whether all positions of a ring lie on one line. A ring without area may also be a figure of eight,
// whose edges cross.
func straight(r orb.Ring) bool {
	far := r[0]
	for _, p := range r {
		if p != r[0] {
			far = p
			break
		}
	}
	for _, p := range r {
		if side(r[0], far, p) != 0 {
			return false
		}
	}
	return true
}

// segment is one edge of a ring, west end first.
type segment struct {
	a, b        orb.Point
	ring, index int // which edge of which ring
	edges       int // that the ring has
}

// neighbours tells whether two edges of one ring share a vertex by right.
func (s segment) neighbours(t segment) bool {
	gap := (s.index - t.index + s.edges) % s.edges
	return gap == 1 || gap == s.edges-1
}

// crossing finds a place where two edges of a polygon cross or overlap, or where a ring touches itself. Different rings
// may touch in a point. It sweeps from west to east, comparing each edge with those that overlap it in longitude.
func crossing(p orb.Polygon) (orb.Point, bool) {
	var all []segment
	for ri, r := range p {
		first := len(all)
		for i := 1; i < len(r); i++ {
			a, b := r[i-1], r[i]
			if a == b {
				continue // a repeated position is no edge
			}
			if less(b, a) {
				a, b = b, a
			}
			all = append(all, segment{a: a, b: b, ring: ri, index: len(all) - first})
		}
		for i := first; i < len(all); i++ {
			all[i].edges = len(all) - first
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].a[0] < all[j].a[0] })
	// by index, since of many thousand edges most only pass each other
	east, south, north := make([]float64, len(all)), make([]float64, len(all)), make([]float64, len(all))
	var active []int32
	for i, s := range all {
		east[i], south[i], north[i] = s.b[0], math.Min(s.a[1], s.b[1]), math.Max(s.a[1], s.b[1])
		keep := active[:0]
		for _, j := range active {
			if east[j] < s.a[0] {
				continue
			}
			keep = append(keep, j)
			if north[j] < south[i] || north[i] < south[j] {
				continue
			}
			if at, bad := s.crosses(all[j]); bad {
				return at, true
			}
		}
		active = append(keep, int32(i))
	}
	return orb.Point{}, false
}

// crosses tells whether two edges share more than they may: an end point that follows from the ring, or a touch.
func (s segment) crosses(t segment) (orb.Point, bool) {
	d1, d2 := side(t.a, t.b, s.a), side(t.a, t.b, s.b)
	d3, d4 := side(s.a, s.b, t.a), side(s.a, s.b, t.b)
	if d1*d2 < 0 && d3*d4 < 0 {
		return meet(s, t), true
	}
	if d1 == 0 && d2 == 0 { // on one line: an overlap of more than a point
		west, east := s.a, s.b
		if less(west, t.a) {
			west = t.a
		}
		if less(t.b, east) {
			east = t.b
		}
		if less(west, east) {
			return west, true
		}
	}
	if s.ring == t.ring && !s.neighbours(t) {
		return s.touches(t, d1, d2, d3, d4)
	}
	return orb.Point{}, false
}

// touches tells whether an end of one edge lies on the other; d1 to d4 say on which side the four ends lie.
func (s segment) touches(t segment, d1, d2, d3, d4 float64) (orb.Point, bool) {
	switch {
	case d1 == 0 && between(s.a, t):
		return s.a, true
	case d2 == 0 && between(s.b, t):
		return s.b, true
	case d3 == 0 && between(t.a, s):
		return t.a, true
	case d4 == 0 && between(t.b, s):
		return t.b, true
	}
	return orb.Point{}, false
}

// between tells whether p, which is on the line of s, is on s itself.
func between(p orb.Point, s segment) bool { return !less(p, s.a) && !less(s.b, p) }

func less(a, b orb.Point) bool { return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]) }

// side is positive where p lies left of a→b, negative right of it, and 0 on it within the precision of the numbers.
func side(a, b, p orb.Point) float64 {
	x, y := (b[0]-a[0])*(p[1]-a[1]), (b[1]-a[1])*(p[0]-a[0])
	if d := x - y; math.Abs(d) > 4e-16*(math.Abs(x)+math.Abs(y)) {
		return d
	}
	return 0
}

func meet(s, t segment) orb.Point {
	d1, d2 := side(t.a, t.b, s.a), side(t.a, t.b, s.b)
	f := d1 / (d1 - d2)
	return orb.Point{s.a[0] + f*(s.b[0]-s.a[0]), s.a[1] + f*(s.b[1]-s.a[1])}
}
