package demo

import (
	"math"
	"math/rand/v2"

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

// roadside takes places beside roads of certain classes, spread over the district.
func (m *maker) roadside(r *rand.Rand, apart float64, right float64, good func(e edge, v int) bool) orb.Point {
	for tries := 0; ; tries++ {
		e := pick(r, m.network.edges)
		total := length(e.line)
		p := beside(e.line, total*(0.2+0.6*r.Float64()), right)
		if total < 30 || e.bridge || e.tunnel {
			continue
		}
		v := m.villageAt(geographic(p))
		if v < 0 || !m.dry(p) || !good(e, v) {
			continue
		}
		// Where the district is full, things may stand nearer together.
		if room := apart / (1 + float64(tries)/3000); m.plots.free(p[0], p[1], room) {
			m.plots.add(p[0], p[1], room)
			return geographic(p)
		}
	}
}

// hillside takes a place on a slope within some metres of a house or road.
func (m *maker) onSlope(r *rand.Rand, lo, hi, apart float64) orb.Point {
	for tries := 0; ; tries++ {
		s := pick(r, m.division.sites)
		x, y := s.x+2200*(r.Float64()-0.5), s.y+2200*(r.Float64()-0.5)
		i := m.land.Index(x, y)
		p := geographic(orb.Point{x, y})
		if m.land.slope[i] < lo || m.land.slope[i] > hi || m.land.wet[i] || m.villageAt(p) < 0 ||
			m.roads.distance(orb.Point{x, y}, 400) > 260 || !m.plots.free(x, y, apart/(1+float64(tries)/4000)) {
			continue
		}
		m.plots.add(x, y, apart)
		return p
	}
}
