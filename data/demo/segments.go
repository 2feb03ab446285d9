package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// segments finds pieces of lines near a place. Coordinates are m of the local plane.
type segments struct {
	list  []piece
	cells map[[2]int][]int32
}

// piece is one straight part of a line.
type piece struct {
	a, b orb.Point
	line int // the line's number
	at   int // the part's number within the line
}

const segmentCell = 250.0 // m

func newSegments() *segments { return &segments{cells: map[[2]int][]int32{}} }

func (s *segments) add(line orb.LineString, id int) {
	for k := range len(line) - 1 {
		p := piece{line[k], line[k+1], id, k}
		s.list = append(s.list, p)
		s.over(p.a, p.b, 0, func(key [2]int) bool {
			s.cells[key] = append(s.cells[key], int32(len(s.list)-1))
			return true
		})
	}
}

// over visits the cells of the box around a and b, widened by margin, until visit says no.
//
//go:norace
func (s *segments) over(a, b orb.Point, margin float64, visit func(key [2]int) bool) {
	cell := func(v float64) int { return int(math.Floor(v / segmentCell)) }
	for i := cell(min(a[0], b[0]) - margin); i <= cell(max(a[0], b[0])+margin); i++ {
		for j := cell(min(a[1], b[1]) - margin); j <= cell(max(a[1], b[1])+margin); j++ {
			if !visit([2]int{i, j}) {
				return
			}
		}
	}
}

// near visits all pieces whose cells touch the box around a and b, some of them more than once.
//
//go:norace
func (s *segments) near(a, b orb.Point, margin float64, visit func(p piece)) {
	s.over(a, b, margin, func(key [2]int) bool {
		for _, k := range s.cells[key] {
			visit(s.list[k])
		}
		return true
	})
}

// distance to the nearest line, at most limit.
func (s *segments) distance(p orb.Point, limit float64) float64 {
	_, d := s.closest(p, limit)
	return d
}

// closest is the nearest piece and its distance; without one within limit the distance is limit.
func (s *segments) closest(p orb.Point, limit float64) (piece, float64) {
	best, found := limit, piece{line: -1}
	s.near(p, p, limit, func(q piece) {
		if d := offset(p, q.a, q.b); d < best {
			best, found = d, q
		}
	})
	return found, best
}

// direction of the nearest line, rad; 0 without one within limit.
func (s *segments) direction(x, y, limit float64) float64 {
	q, _ := s.closest(orb.Point{x, y}, limit)
	if q.line < 0 {
		return 0
	}
	return math.Atan2(q.b[1]-q.a[1], q.b[0]-q.a[0])
}

// crosses says whether a line crosses any of the lines.
func (s *segments) crosses(line orb.LineString) bool {
	found := false
	for k := range len(line) - 1 {
		s.near(line[k], line[k+1], 0, func(q piece) {
			if _, ok := intersection(line[k], line[k+1], q.a, q.b); ok {
				found = true
			}
		})
	}
	return found
}

// foot is the place on a-b nearest to p, as a share of the way.
//
//go:norace
func foot(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	length := float64(dx*dx) + float64(dy*dy)
	if length == 0 {
		return 0
	}
	t := (float64((p[0]-a[0])*dx) + float64((p[1]-a[1])*dy)) / length
	return max(0, min(1, t))
}

// along is the point at a share of the way from a to b.
//
//go:norace
func along(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + float64((b[0]-a[0])*t), a[1] + float64((b[1]-a[1])*t)}
}

// offset is the distance of p from a-b.
//
//go:norace
func offset(p, a, b orb.Point) float64 {
	q := along(a, b, foot(p, a, b))
	return distance(p[0], p[1], q[0], q[1])
}

// intersection of a-b with c-d, as a share of the way from a to b.
//
//go:norace
func intersection(a, b, c, d orb.Point) (t float64, ok bool) {
	rx, ry, sx, sy := b[0]-a[0], b[1]-a[1], d[0]-c[0], d[1]-c[1]
	den := float64(rx*sy) - float64(ry*sx)
	if den == 0 {
		return 0, false
	}
	t = (float64((c[0]-a[0])*sy) - float64((c[1]-a[1])*sx)) / den
	u := (float64((c[0]-a[0])*ry) - float64((c[1]-a[1])*rx)) / den
	return t, t >= 0 && t <= 1 && u >= 0 && u <= 1
}
