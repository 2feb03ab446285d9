package demo

import (
	"fmt"
	"math"

	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

const (
	surfaced = 130e6 // m²: rivers with a larger catchment also have a surface
	named    = 5e6   // m²: streams with a larger catchment have a name
)

func (m *maker) makeWaters() {
	m.nameRivers()
	for k, r := range m.rivers {
		kind := "stream"
		if r.area > 40e6 {
			kind = "river"
		}
		m.addWater(fmt.Sprintf("reach-%d", k), kind, m.riverName[r.stem], r.line, math.Round(max(2, width(r.area))))
		if r.area > surfaced {
			m.addSurface(k, r)
		}
	}
	for k, l := range m.lakes {
		m.addWater(fmt.Sprintf("reservoir-%d", k), "reservoir", m.lakes[k].name, l.shore, 0)
	}
	m.addPonds()
}

func (m *maker) addWater(key, kind, name string, g orb.Geometry, wide float64) {
	w := Water{Kind: kind, Width: wide}
	w.Row = Row{ID: id(m.Seed, "water", key), Key: key, Name: name, Geom: g, Age: -1}
	if name != "" {
		w.NameEn = riverEn(name)
	}
	m.Waters = append(m.Waters, w)
}

// riverEn is the English form of a water's name: the last character says what it is.
func riverEn(name string) string {
	for _, end := range [][2]string{{"水库", "Reservoir"}, {"塘", "Pond"}, {"江", "River"}, {"河", "River"}, {"水", "River"}, {"港", "River"}, {"溪", "Stream"}, {"冲", "Stream"}, {"湖", "Lake"}} {
		if n := len(name) - len(end[0]); n > 0 && name[n:] == end[0] {
			return latin(name[:n]) + " " + end[1]
		}
	}
	return latin(name)
}

// nameRivers names every stem that is large enough, the two great ones first; and the reservoirs.
func (m *maker) nameRivers() {
	largest := map[int]float64{}
	for _, r := range m.rivers {
		largest[r.stem] = max(largest[r.stem], r.area)
	}
	main, south := mainCourse()[0], southCourse()[0]
	for k, g := range []orb.Point{main, south} {
		cell := int32(m.land.Index(g[0]*1000, g[1]*1000))
		for _, r := range m.rivers {
			if r.cells[0] == cell {
				m.riverName[r.stem] = []string{mainRiver, southRiver}[k]
				m.names.used[m.riverName[r.stem]] = true
			}
		}
	}
	for _, r := range m.rivers {
		if _, ok := m.riverName[r.stem]; !ok && largest[r.stem] > named {
			m.riverName[r.stem] = m.names.river(largest[r.stem])
		}
	}
	for k := range m.lakes {
		m.lakes[k].name = m.names.fresh(func() string { return pick(m.names.r, features()) }) + "水库"
	}
}

// addSurface adds the polygons of a wide river. Its line is drawn rounder first.
func (m *maker) addSurface(k int, r reach) {
	wide := width(r.area)
	line := localLine(r.line)
	for j, p := range strip(line, func(t float64) float64 {
		q := pointAt(line, t*length(line))
		return wide * (1 + float64(0.22*terrain.Noise(m.Seed+77).Fractal(q[0]/700, q[1]/700, 2)))
	}) {
		m.addWater(fmt.Sprintf("surface-%d-%d", k, j), "river", m.riverName[r.stem], p, math.Round(wide))
	}
}

// ponds is how many village ponds there are.
const ponds = 260

// addPonds digs ponds on low ground near villages, lobed like ponds that follow fields.
func (m *maker) addPonds() {
	r := chance(m.Seed, "ponds")
	roads, rivers := m.roads, m.water
	taken := newBuckets(500)
	for n, tries := 0, 0; n < ponds && tries < 200*ponds; tries++ {
		s := pick(r, m.division.sites)
		x, y := s.x+float64(1500*(r.Float64()-0.5)), s.y+float64(1500*(r.Float64()-0.5))
		i := m.land.Index(x, y)
		size := 26 + float64(34*r.Float64())
		if m.land.slope[i] > 0.05 || m.land.wet[i] || m.division.village[i] < 0 || roads.distance(orb.Point{x, y}, 150) < float64(size*1.6)+12 ||
			rivers.distance(orb.Point{x, y}, 250) < float64(size*1.6)+90 || !taken.free(x, y, 300) {
			continue
		}
		taken.add(x, y, 300)
		m.addWater(fmt.Sprintf("pond-%d", n), "pond", "", orb.Polygon{blob(x, y, size, terrain.Noise(r.Uint64()))}, 0)
		n++
	}
}

// blob is an uneven outline around a place.
func blob(x, y, size float64, n terrain.Noise) orb.Ring {
	const corners = 22
	var ring orb.Ring
	sin, cos := math.Sincos(3 * n.At(0.5, 0.5))
	for k := range corners {
		s, c := math.Sincos(2 * math.Pi * float64(k) / corners)
		r := size * (1 + float64(0.45*n.Fractal(float64(c*1.2)+9, float64(s*1.2)+9, 2)))
		u, v := r*c*1.45, r*s*0.75
		ring = append(ring, geographic(orb.Point{x + float64(u*cos) - float64(v*sin), y + float64(u*sin) + float64(v*cos)}))
	}
	return append(ring, ring[0])
}

func (m *maker) roadIndex() *segments {
	s := newSegments()
	for k, e := range m.network.edges {
		s.add(e.line, k)
	}
	return s
}

// riverIndex has the lines of all streams on the map; a piece's line is the number of its reach.
func (m *maker) riverIndex() *segments {
	s := newSegments()
	for k, r := range m.rivers {
		s.add(localLine(r.line), k)
	}
	return s
}
