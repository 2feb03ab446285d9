package demo

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"
)

// footprint is a house: a rectangle in the local plane.
type footprint struct {
	x, y, turn  float64 // middle, m; direction of its front, rad
	front, deep float64 // m
	kind        string
	levels      int
	village     int // -1 outside the district
	settlement  int
	used        bool // something stands here already
}

// corners of a footprint grown by margin, counter-clockwise, local m.
func (f footprint) corners(margin float64) [4]orb.Point {
	s, c := math.Sincos(f.turn)
	u, v := f.front/2+margin, f.deep/2+margin
	at := func(a, b float64) orb.Point {
		return orb.Point{f.x + float64(a*c) - float64(b*s), f.y + float64(a*s) + float64(b*c)}
	}
	return [4]orb.Point{at(-u, -v), at(u, -v), at(u, v), at(-u, v)}
}

func (f footprint) polygon() orb.Polygon {
	var ring orb.Ring
	for _, p := range f.corners(0) {
		ring = append(ring, geographic(p))
	}
	return orb.Polygon{append(ring, ring[0])}
}

// makeBuildings sets houses along the streets of settlements: slabs in the county seat, shop houses
// in towns, farmhouses in villages, halls on industrial land.
func (m *maker) makeBuildings() {
	r := chance(m.Seed, "buildings")
	taken := newBuckets(60)
	near := m.settlementsByCell()
	for _, e := range m.network.edges {
		if e.class < secondary || e.class == track || e.bridge || e.tunnel {
			continue
		}
		mid := pointAt(e.line, length(e.line)/2)
		k, density := m.settlementAt(near, mid)
		if k < 0 {
			continue
		}
		m.lineHouses(r, e, k, density, taken)
	}
	for k, f := range m.footprint {
		key := fmt.Sprintf("house-%d", k)
		b := Building{Kind: f.kind, Levels: f.levels, Height: math.Round(float64(float64(f.levels)*31)+4) / 10}
		b.Row = Row{ID: id(m.Seed, "building", key), Key: key, Geom: f.polygon(), Age: -1}
		if f.village >= 0 {
			b.Area = m.Areas[firstVillage+f.village].ID
		}
		m.Buildings = append(m.Buildings, b)
	}
}

// settlementsByCell lists settlements by squares of 2 km.
func (m *maker) settlementsByCell() map[[2]int][]int {
	out := map[[2]int][]int{}
	for k, s := range m.places {
		n := int(1.6*s.reach/2000) + 1
		c := [2]int{int((s.x + 1e6) / 2000), int((s.y + 1e6) / 2000)}
		for i := -n; i <= n; i++ {
			for j := -n; j <= n; j++ {
				key := [2]int{c[0] + i, c[1] + j}
				out[key] = append(out[key], k)
			}
		}
	}
	return out
}

// settlementAt is the settlement in whose built-up ground a place lies, with its density there.
func (m *maker) settlementAt(near map[[2]int][]int, p orb.Point) (int, float64) {
	best, density := -1, 0.0
	for _, k := range near[[2]int{int((p[0] + 1e6) / 2000), int((p[1] + 1e6) / 2000)}] {
		if d := m.places[k].density(m.land, p[0], p[1]); d > density {
			best, density = k, d
		}
	}
	return best, density
}

// lineHouses sets houses on both sides of a street.
func (m *maker) lineHouses(r *rand.Rand, e edge, k int, density float64, taken *buckets) {
	s := m.places[k]
	total := length(e.line)
	for _, side := range []float64{-1, 1} {
		for at := 8 + float64(10*r.Float64()); at < total-8; {
			f := m.style(r, s, e)
			at += f.front / 2
			if at > total-6 {
				break
			}
			setback := 7 + float64(5*r.Float64()) + f.deep/2
			if e.class < residential {
				setback += 5
			}
			p := beside(e.line, at, side*setback)
			n, _ := place(e.line, at)
			f.x, f.y, f.settlement = p[0], p[1], k
			f.turn = heading(e.line[n], e.line[n+1])
			at += f.front/2 + 3 + float64(9*r.Float64())
			if r.Float64() < m.filled(s, density) && m.stands(f, taken) {
				taken.add(f.x, f.y, f.front)
				f.village = m.villageAt(geographic(p))
				m.footprint = append(m.footprint, f)
			}
		}
	}
}

// filled is the share of plots that have a house.
func (m *maker) filled(s settlement, density float64) float64 {
	switch {
	case s.works:
		return 0.75
	case s.seat == 0:
		return 0.5
	case s.reach > 300:
		return 0.5
	case s.village < 0:
		return 0.3
	}
	return 0.42 + float64(0.3*density)
}

// style is the kind of house that suits a street.
func (m *maker) style(r *rand.Rand, s settlement, e edge) footprint {
	away := distance(e.line[0][0], e.line[0][1], s.x, s.y) / s.reach
	f := footprint{kind: "residential", front: 10 + float64(5*r.Float64()), deep: 9 + float64(4*r.Float64()), levels: span(r, 1, 3)}
	switch {
	case s.works:
		f.kind, f.front, f.deep, f.levels = "industrial", 40+float64(45*r.Float64()), 22+float64(18*r.Float64()), span(r, 1, 3)
	case s.seat == 0 && r.Float64() < 0.6:
		f.front, f.deep, f.levels = 34+float64(26*r.Float64()), 12+float64(3*r.Float64()), span(r, 5, 7)
		if away < 0.5 && r.Float64() < 0.12 {
			f.front, f.deep, f.levels = 28, 20, span(r, 14, 26)
		}
	case s.reach > 300:
		f.front, f.deep, f.levels = 12+float64(12*r.Float64()), 11+float64(4*r.Float64()), span(r, 2, 5)
	}
	if s.reach > 300 && !s.works && (e.class < residential || away < 0.3) && r.Float64() < 0.5 {
		f.kind = "commercial"
	}
	return f
}

// stands says whether there is room for a house: not in another, nor on a road or in water.
func (m *maker) stands(f footprint, taken *buckets) bool {
	i := m.land.Index(f.x, f.y)
	if m.land.wet[i] || m.land.slope[i] > 0.2 || !taken.free(f.x, f.y, f.front+2) {
		return false
	}
	p := orb.Point{f.x, f.y}
	clear := true
	half := math.Sqrt(float64(f.front*f.front)+float64(f.deep*f.deep)) / 2
	m.roads.near(p, p, half+8, func(q piece) {
		e := m.network.edges[q.line]
		need := f.deep/2 + 3.5
		if e.class == motorway {
			need += 25
		}
		d := offset(p, q.a, q.b)
		if d < need {
			clear = false
		} else if d < half+2 && cuts(f, q) {
			clear = false
		}
	})
	if !clear {
		return false
	}
	q, d := m.water.closest(p, 140)
	return q.line < 0 || d > width(m.rivers[q.line].area)/2+half+6
}

// cuts says whether a piece of road runs through a footprint or its surroundings.
func cuts(f footprint, q piece) bool {
	c := f.corners(2)
	for k := range c {
		if _, ok := intersection(q.a, q.b, c[k], c[(k+1)%4]); ok {
			return true
		}
	}
	return false
}
