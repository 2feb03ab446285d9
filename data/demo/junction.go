package demo

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// reachOf is how near the end of a road must come to another one to meet it, m.
const reachOf = 5.0

// cutAt is a place on a line: a part and a share of it, and the point that becomes a junction.
type cutAt struct {
	part  int
	share float64
	point orb.Point
}

// meet cuts roads where they cross or touch, so that they have a junction there. Roads on a level
// of their own are met only by their ends.
func meet(roads []street) []street {
	index := newSegments()
	for k, r := range roads {
		index.add(r.line, k)
	}
	cuts := make([][]cutAt, len(roads))
	for k := range roads {
		touchEnds(roads, k, index, cuts)
	}
	for k, r := range roads {
		if !r.above {
			crossings(roads, k, index, cuts)
		}
	}
	var out []street
	for k, r := range roads {
		out = append(out, r.cut(cuts[k])...)
	}
	return out
}

// touchEnds moves the ends of road k onto roads that they nearly reach, and cuts those there.
func touchEnds(roads []street, k int, index *segments, cuts [][]cutAt) {
	line := roads[k].line
	for _, end := range []int{0, len(line) - 1} {
		p := line[end]
		best, at := reachOf, piece{line: -1}
		index.near(p, p, reachOf, func(q piece) {
			if d := offset(p, q.a, q.b); q.line != k && d < best && (roads[q.line].above == roads[k].above || roads[k].class == motorway) {
				best, at = d, q
			}
		})
		if at.line < 0 {
			continue
		}
		t := foot(p, at.a, at.b)
		point := along(at.a, at.b, t)
		other := roads[at.line].line
		if distance(p[0], p[1], other[0][0], other[0][1]) < reachOf {
			line[end] = other[0]
		} else if e := other[len(other)-1]; distance(p[0], p[1], e[0], e[1]) < reachOf {
			line[end] = e
		} else {
			line[end] = point
			cuts[at.line] = append(cuts[at.line], cutAt{at.at, t, point})
		}
	}
}

// crossings cuts road k and the later roads that it crosses.
func crossings(roads []street, k int, index *segments, cuts [][]cutAt) {
	line := roads[k].line
	type met struct{ mine, other, part int }
	seen := map[met]bool{}
	for m := range len(line) - 1 {
		index.near(line[m], line[m+1], 0, func(q piece) {
			if q.line <= k || roads[q.line].above || seen[met{m, q.line, q.at}] {
				return
			}
			seen[met{m, q.line, q.at}] = true
			a, b := roads[q.line].line[q.at], roads[q.line].line[q.at+1]
			if a == line[m] || a == line[m+1] || b == line[m] || b == line[m+1] {
				return
			}
			t, ok := intersection(line[m], line[m+1], a, b)
			if !ok {
				return
			}
			point := along(line[m], line[m+1], t)
			cuts[k] = append(cuts[k], cutAt{m, t, point})
			cuts[q.line] = append(cuts[q.line], cutAt{q.at, foot(point, a, b), point})
		})
	}
}

// cut divides a road at the given places.
func (r street) cut(at []cutAt) []street {
	slices.SortFunc(at, func(a, b cutAt) int {
		return cmp.Or(cmp.Compare(a.part, b.part), cmp.Compare(a.share, b.share), cmp.Compare(a.point[0], b.point[0]), cmp.Compare(a.point[1], b.point[1]))
	})
	var out []street
	line := orb.LineString{r.line[0]}
	next := 1
	put := func(p orb.Point) {
		if p != line[len(line)-1] {
			line = append(line, p)
		}
	}
	emit := func() {
		if len(line) > 1 {
			piece := r
			piece.line = line
			out = append(out, piece)
		}
	}
	for _, c := range at {
		for ; next <= c.part; next++ {
			put(r.line[next])
		}
		put(c.point)
		emit()
		line = orb.LineString{c.point}
	}
	for ; next < len(r.line); next++ {
		put(r.line[next])
	}
	emit()
	return out
}
