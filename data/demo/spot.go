package demo

import (
	"math"

	"github.com/paulmach/orb"
)

// villageNear is the village whose core is nearest to a place of the local plane.
func (m *maker) villageNear(x, y float64) int {
	best, at := math.Inf(1), 0
	for v, s := range m.division.sites {
		if d := distance(x, y, s.x, s.y); d < best {
			best, at = d, v
		}
	}
	return at
}

// spot takes a house of a village near a place of the local plane, or else a plot beside a road;
// the point lies in the village.
func (m *maker) spot(v int, x, y float64) orb.Point {
	if m.houses == nil {
		m.houses = make([][]int, villages)
		for k, f := range m.footprint {
			if f.village >= 0 {
				m.houses[f.village] = append(m.houses[f.village], k)
			}
		}
	}
	best, at := math.Inf(1), -1
	for _, k := range m.houses[v] {
		f := m.footprint[k]
		if d := distance(x, y, f.x, f.y); !f.used && d < best && f.kind != "industrial" {
			best, at = d, k
		}
	}
	if at >= 0 && best < 1500 {
		m.footprint[at].used = true
		return geographic(orb.Point{m.footprint[at].x, m.footprint[at].y})
	}
	return m.plot(v, x, y)
}

// plot is a place beside a road of a village, near a place of the local plane, not used before.
func (m *maker) plot(v int, x, y float64) orb.Point {
	best, found := math.Inf(1), orb.Point{}
	for reach := 400.0; reach < 9000 && math.IsInf(best, 1); reach *= 1.7 {
		m.roads.near(orb.Point{x, y}, orb.Point{x, y}, reach, func(q piece) {
			e := m.network.edges[q.line]
			if e.class == motorway || e.bridge {
				return
			}
			p := beside(orb.LineString{q.a, q.b}, distance(q.a[0], q.a[1], q.b[0], q.b[1])/2, 16)
			d := distance(p[0], p[1], x, y)
			if d < best && m.plots.free(p[0], p[1], 24) && m.dry(p) && m.villageAt(geographic(p)) == v {
				best, found = d, p
			}
		})
	}
	if math.IsInf(best, 1) {
		s := m.division.sites[v]
		found = orb.Point{s.x, s.y}
	}
	m.plots.add(found[0], found[1], 24)
	return geographic(found)
}

// dry says whether a place is out of the water.
func (m *maker) dry(p orb.Point) bool {
	q, d := m.water.closest(p, 120)
	return !m.land.wet[m.land.Index(p[0], p[1])] && (q.line < 0 || d > width(m.rivers[q.line].area)/2+4)
}
