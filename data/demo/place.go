package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

func (m *maker) makePlaces() {
	m.addSeats()
	for v, s := range m.division.sites {
		if v != int(m.division.first(s.township)) || m.division.seats[s.township].street > 0 {
			stem := m.stemOfVillage(v)
			kind := "village"
			if m.division.seats[s.township].street > 0 && m.urban(s) {
				kind = "hamlet"
			}
			m.addPlace(fmt.Sprintf("village-%d", v), kind, stem, s.x, s.y, m.Areas[firstVillage+v].Population/3)
		}
	}
	for k, i := range m.division.hamlets {
		x, y := m.land.Centre(i)
		m.addPlace(fmt.Sprintf("hamlet-%d", k), "village", m.names.hamlet(m.land.slope[i] > 0.1), x, y, 0)
	}
	m.addFarmsteads()
	m.addPeaks()
}

// addSeats: the county seat, its three parts, and all towns.
func (m *maker) addSeats() {
	x, y := m.land.confluence()
	if q, away := m.roads.closest(orb.Point{x, y + 500}, 900); away < 900 {
		x, y = q.a[0], q.a[1]
	}
	m.addPlace("county", "county", countyStem, x, y, m.Areas[0].Population/4)
	for k, s := range m.division.seats {
		stem := m.seatStem(k)
		switch {
		case s.street > 0:
			m.addPlace(fmt.Sprintf("seat-%d", k), "suburb", stem, s.x, s.y, m.Areas[firstTownship+k].Population/2)
		case s.inside:
			m.addPlace(fmt.Sprintf("seat-%d", k), "town", stem, s.x, s.y, m.Areas[firstVillage+int(m.division.first(int32(k)))].Population)
		default:
			m.addPlace(fmt.Sprintf("seat-%d", k), "town", stem, s.x, s.y, 0)
		}
	}
}

func (m *maker) addPlace(key, kind, name string, x, y float64, population int) {
	p := Place{Kind: kind, Population: population, Elevation: math.Round(m.land.Sample(m.land.height, x, y))}
	at := geographic(orb.Point{x, y})
	p.Row = Row{ID: id(m.Seed, "place", key), Key: key, Name: name, NameEn: latin(name), Geom: at, Area: m.areaAt(at), Age: -1}
	m.Places = append(m.Places, p)
}

// farmsteads are named groups of houses off the village cores.
const farmsteads = 420

func (m *maker) addFarmsteads() {
	r := chance(m.Seed, "farmsteads")
	set := newBuckets(700)
	for _, s := range m.division.sites {
		set.add(s.x, s.y, 1100)
	}
	for n, tries := 0, 0; n < farmsteads && tries < 60000; tries++ {
		e := pick(r, m.network.edges)
		p := e.line[0]
		v := m.villageAt(e.geo[0])
		if (e.class != unclassified && e.class != tertiary) || v < 0 || !set.free(p[0], p[1], 650) {
			continue
		}
		set.add(p[0], p[1], 650)
		name := pick(r, surnames()) + pick(r, []string{"家屋", "家院子", "家老屋", "家新屋", "家咀", "家组"})
		m.addPlace(fmt.Sprintf("farmstead-%d", n), "hamlet", name, p[0], p[1], span(r, 40, 260))
		n++
	}
}

// addPeaks names summits: the highest ground within 1.8 km that stands out.
//
//go:norace
func (m *maker) addPeaks() {
	l := m.land
	const window = 18
	n := 0
	for i, h := range l.height {
		c, row := i%l.W, i/l.W
		if h < 240 || c < window || row < window || c >= l.W-window || row >= l.H-window {
			continue
		}
		top, low := true, h
		for dr := -window; dr <= window && top; dr++ {
			for dc := -window; dc <= window; dc++ {
				o := l.height[i+dr*l.W+dc]
				low = min(low, o)
				if o > h || (o == h && dr*l.W+dc < 0) {
					top = false
					break
				}
			}
		}
		if top && h-low > 120 {
			x, y := l.Centre(i)
			m.addPlace(fmt.Sprintf("peak-%d", n), "peak", m.names.peak(), x, y, 0)
			n++
		}
	}
}
