package topology

import "github.com/paulmach/orb"

// Mesh is all arcs of a raster.
type Mesh struct {
	Arcs    []Arc
	raster  Raster
	leaving map[int]int // corner*4+direction → index of the directed arc that leaves there
}

// A directed arc is numbered 2·arc, or 2·arc+1 for the way back.
func newMesh(r Raster, arcs []Arc) *Mesh {
	m := &Mesh{Arcs: arcs, raster: r, leaving: make(map[int]int, 2*len(arcs))}
	for k, a := range arcs {
		m.leaving[a.from*4+a.first] = 2 * k
		m.leaving[a.to*4+(a.last+2)&3] = 2*k + 1
	}
	return m
}

// Group puts labels together; the identity keeps every label.
type Group func(label int32) int32

func (m *Mesh) left(directed int, group Group) int32 {
	if a := m.Arcs[directed/2]; directed&1 == 0 {
		return group(a.Left)
	} else {
		return group(a.Right)
	}
}

func (m *Mesh) arrival(directed int) (corner, dir int) {
	if a := m.Arcs[directed/2]; directed&1 == 0 {
		return a.to, a.last
	} else {
		return a.from, (a.first + 2) & 3
	}
}

// Polygons builds one polygon for each of n groups from shared arcs: exterior rings run
// counter-clockwise, holes clockwise. A group must be connected through cell edges.
func (m *Mesh) Polygons(n int, group Group) []orb.Polygon {
	polygons := make([]orb.Polygon, n)
	used := make([]bool, 2*len(m.Arcs))
	for d := range used {
		own, other := m.left(d, group), m.left(d^1, group)
		if used[d] || own == Outside || own == other {
			continue
		}
		ring := m.ring(d, own, group, used)
		if ring.Orientation() == orb.CCW {
			polygons[own] = append(orb.Polygon{ring}, polygons[own]...)
		} else {
			polygons[own] = append(polygons[own], ring)
		}
	}
	return polygons
}

// ring follows directed arcs with own on the left, always turning left where it can.
func (m *Mesh) ring(start int, own int32, group Group, used []bool) orb.Ring {
	var ring orb.Ring
	for d := start; !used[d]; d = m.next(d, own, group) {
		used[d] = true
		line := m.Arcs[d/2].Line
		for k := range len(line) - 1 {
			if d&1 == 0 {
				ring = append(ring, line[k])
			} else {
				ring = append(ring, line[len(line)-1-k])
			}
		}
	}
	return append(ring, ring[0])
}

func (m *Mesh) next(directed int, own int32, group Group) int {
	corner, dir := m.arrival(directed)
	for _, turn := range []int{1, 0, 3} {
		d, ok := m.leaving[corner*4+(dir+turn)&3]
		if ok && m.left(d, group) == own && m.left(d^1, group) != own {
			return d
		}
	}
	return directed // a closed arc ends where it began
}
