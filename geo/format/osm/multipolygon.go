package osm

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// part is a member way of a multipolygon.
type part struct {
	refs  []int64
	inner bool
}

// joined is a closed ring of node ids, made of one way or several.
type joined struct {
	refs  []int64
	inner bool // all its parts had the role inner
}

// joinRings puts ways together end to end until they close. whole is false if some could not be closed.
func joinRings(parts []part) (rings []joined, whole bool) {
	ends := map[int64][]int{} // open parts by their end nodes
	used := make([]bool, len(parts))
	for i, p := range parts {
		if len(p.refs) < 2 {
			used[i] = true
			continue
		}
		if first, last := p.refs[0], p.refs[len(p.refs)-1]; first == last {
			rings = append(rings, joined(p))
			used[i] = true
		} else {
			ends[first] = append(ends[first], i)
			ends[last] = append(ends[last], i)
		}
	}
	whole = true
	for i, p := range parts {
		if used[i] {
			continue
		}
		used[i] = true
		ring := joined{slices.Clone(p.refs), p.inner}
		for ring.refs[0] != ring.refs[len(ring.refs)-1] {
			tail := ring.refs[len(ring.refs)-1]
			next := -1
			for _, candidate := range ends[tail] {
				if !used[candidate] {
					next = candidate
					break
				}
			}
			if next < 0 {
				break
			}
			used[next] = true
			more := slices.Clone(parts[next].refs)
			if more[0] != tail {
				slices.Reverse(more)
			}
			ring.refs = append(ring.refs, more[1:]...)
			ring.inner = ring.inner && parts[next].inner
		}
		if ring.refs[0] == ring.refs[len(ring.refs)-1] {
			rings = append(rings, ring)
		} else {
			whole = false
		}
	}
	return rings, whole
}

// shaped is a ring with its place among the others.
type shaped struct {
	ring  orb.Ring
	inner bool
	area  float64 // square degrees, only for order
	bound orb.Bound
	depth int // rings around it
	outer int // position of the polygon it belongs to
}

// assemble makes polygons with holes of rings. Which ring is a hole follows from what lies inside what and not from
// the roles, which are often wrong; only if a ring is missing, one that calls itself inner and has nothing around it
// is left out.
func assemble(rings []shaped, whole bool) orb.MultiPolygon {
	for i := range rings {
		rings[i].area = math.Abs(planar.Area(rings[i].ring))
		rings[i].bound = rings[i].ring.Bound()
	}
	slices.SortStableFunc(rings, func(a, b shaped) int { return cmp.Compare(b.area, a.area) })
	var out orb.MultiPolygon
	for i := range rings {
		r := &rings[i]
		for j := i - 1; j >= 0; j-- { // from the next larger one up: the first that contains it is its parent
			if rings[j].around(r) {
				r.depth, r.outer = rings[j].depth+1, rings[j].outer
				break
			}
		}
		if r.depth%2 == 1 {
			if r.outer >= 0 {
				r.ring = wound(r.ring, orb.CW)
				out[r.outer] = append(out[r.outer], r.ring)
			}
			continue
		}
		if r.outer = -1; r.inner && !whole && r.depth == 0 {
			continue
		}
		r.outer = len(out)
		out = append(out, orb.Polygon{wound(r.ring, orb.CCW)})
	}
	return out
}

// around tells whether other lies inside r, by most of a few of its vertices, because rings may touch.
func (r *shaped) around(other *shaped) bool {
	if !r.bound.Contains(other.bound.Min) || !r.bound.Contains(other.bound.Max) {
		return false
	}
	step := max(1, len(other.ring)/7)
	inside, asked := 0, 0
	for i := 0; i < len(other.ring)-1; i += step {
		asked++
		a, b := other.ring[i], other.ring[i+1]
		if planar.RingContains(r.ring, orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}) {
			inside++
		}
	}
	return 2*inside > asked
}

func wound(r orb.Ring, o orb.Orientation) orb.Ring {
	if r.Orientation() != o {
		r.Reverse()
	}
	return r
}
