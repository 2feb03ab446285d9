package topology

import (
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// scale makes whole numbers of stored coordinates: exact arithmetic decides what crosses.
const scale = 1e7

type dot struct{ x, y int64 }

type segment struct {
	a, b dot
	arc  int32
	n    int32 // place within the arc
}

func dotOf(p orb.Point) dot {
	return dot{int64(math.Round(p[0] * scale)), int64(math.Round(p[1] * scale))}
}

// Crossing lists the arcs that meet another arc, or themselves, elsewhere than at their ends.
// Coordinates must be in degrees with at most 7 decimals.
func (m *Mesh) Crossing() []int {
	lines := make([]orb.LineString, len(m.Arcs))
	for k, a := range m.Arcs {
		lines[k] = a.Line
	}
	return Crossings(lines)
}

// Crossings lists the lines that meet another line, or themselves, elsewhere than at their ends.
func Crossings(lines []orb.LineString) []int {
	bad := map[int]bool{}
	for _, pair := range CrossingPairs(lines) {
		bad[pair[0]], bad[pair[1]] = true, true
	}
	out := make([]int, 0, len(bad))
	for k := range bad {
		out = append(out, k)
	}
	sort.Ints(out)
	return out
}

// CrossingPairs lists pairs of lines that meet elsewhere than at their ends.
//
//go:norace
func CrossingPairs(lines []orb.LineString) [][2]int {
	const bucket = 20000 // 1e-7 degrees, about 200 m
	cells := map[dot][]segment{}
	var pairs [][2]int
	for k, line := range lines {
		for n := range len(line) - 1 {
			s := segment{dotOf(line[n]), dotOf(line[n+1]), int32(k), int32(n)}
			for x := min(s.a.x, s.b.x) / bucket; x <= max(s.a.x, s.b.x)/bucket; x++ {
				for y := min(s.a.y, s.b.y) / bucket; y <= max(s.a.y, s.b.y)/bucket; y++ {
					for _, o := range cells[dot{x, y}] {
						if s.crosses(o, lines) {
							pairs = append(pairs, [2]int{int(o.arc), k})
						}
					}
					cells[dot{x, y}] = append(cells[dot{x, y}], s)
				}
			}
		}
	}
	return pairs
}

// crosses says whether two segments share a point that they may not share.
//
//go:norace
func (s segment) crosses(o segment, lines []orb.LineString) bool {
	if max(s.a.x, s.b.x) < min(o.a.x, o.b.x) || max(o.a.x, o.b.x) < min(s.a.x, s.b.x) ||
		max(s.a.y, s.b.y) < min(o.a.y, o.b.y) || max(o.a.y, o.b.y) < min(s.a.y, s.b.y) {
		return false
	}
	d1, d2 := side(o.a, o.b, s.a), side(o.a, o.b, s.b)
	d3, d4 := side(s.a, s.b, o.a), side(s.a, s.b, o.b)
	if d1*d2 > 0 || d3*d4 > 0 {
		return false
	}
	shared, ok := s.joint(o, lines)
	if !ok {
		return true
	}
	if d1 != 0 || d2 != 0 {
		return false
	}
	// On one line and joined: wrong if they leave the joint the same way.
	p, q := s.far(shared), o.far(shared)
	return (p.x-shared.x)*(q.x-shared.x)+(p.y-shared.y)*(q.y-shared.y) > 0
}

func (s segment) far(p dot) dot {
	if s.a == p {
		return s.b
	}
	return s.a
}

// joint is the point where two segments may touch: following each other in one line, or the ends
// of lines.
//
//go:norace
func (s segment) joint(o segment, lines []orb.LineString) (dot, bool) {
	if s.arc == o.arc {
		switch {
		case o.n+1 == s.n:
			return s.a, true
		case s.n+1 == o.n:
			return o.a, true
		}
	}
	for _, p := range []dot{s.a, s.b} {
		if (p == o.a || p == o.b) && s.endpoint(p, lines) && o.endpoint(p, lines) {
			return p, true
		}
	}
	return dot{}, false
}

//go:norace
func (s segment) endpoint(p dot, lines []orb.LineString) bool {
	return (s.n == 0 && p == s.a) || (int(s.n) == len(lines[s.arc])-2 && p == s.b)
}

//go:norace
func side(a, b, p dot) int {
	v := (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x)
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}
