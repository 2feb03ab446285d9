// Package roadtest makes road networks for tests and benchmarks: always the same ones, from a fixed seed.
package roadtest

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/road"
)

// The ground on which networks are made.
const (
	spacing   = 175.0     // metres between junctions, before they are moved
	metre     = 1 / 111e3 // degrees of latitude
	seed      = 2614
	villageKM = 1.8 // kilometres between villages
)

// West and South are the corner of all networks, WGS 84: nobody's county.
const (
	West  = 112.0
	South = 29.0
)

// Network makes about so many edges (within a few percent from 10,000 on), in the order of their making: a square
// county with expressways as two carriageways and ramps, trunk and country roads, villages with streets, lanes, farm
// tracks and dead ends, some one-way streets, gates, bridges, limits, parallel roads, loops and islands. 90,000 edges
// are 41 by 41 km. Components are numbered.
func Network(edges int) []road.Edge {
	m := &maker{random: rand.New(rand.NewPCG(seed, uint64(edges))), side: max(4, int(math.Sqrt(float64(edges)/1.56)))}
	m.nodes()
	m.streets()
	m.motorways()
	m.oddities()
	road.NumberComponents(m.edges)
	return m.edges
}

// Point gives a place in the county of so many edges: x and y are shares of its sides.
func Point(edges int, x, y float64) orb.Point {
	side := math.Sqrt(float64(edges)/1.56) * spacing * metre
	return orb.Point{West + x*side/math.Cos(South*math.Pi/180), South + y*side}
}

type maker struct {
	random *rand.Rand
	side   int // junctions on each side
	at     []orb.Point
	edges  []road.Edge
	nodeID int64 // the last one given to a node that is not on the lattice
}

// nodes puts the junctions of the lattice down, each a little off its place.
func (m *maker) nodes() {
	m.nodeID = int64(m.side * m.side)
	for y := range m.side {
		for x := range m.side {
			m.at = append(m.at, m.place(float64(x)+m.around(0.35), float64(y)+m.around(0.35)))
		}
	}
}

func (m *maker) place(x, y float64) orb.Point {
	return orb.Point{West + x*spacing*metre/math.Cos(South*math.Pi/180), South + y*spacing*metre}
}

func (m *maker) around(most float64) float64 { return (2*m.random.Float64() - 1) * most }

// streets joins neighbours on the lattice.
func (m *maker) streets() {
	for y := range m.side {
		for x := range m.side {
			if x+1 < m.side {
				m.street(x, y, x+1, y, y)
			}
			if y+1 < m.side {
				m.street(x, y, x, y+1, x)
			}
		}
	}
}

// street makes the road between two neighbours, along a line of the lattice whose number says what kind it is.
func (m *maker) street(x, y, toX, toY, line int) {
	class, keep := m.classOf(line, m.village(x, y))
	if m.random.Float64() > keep {
		return
	}
	e := road.Edge{Class: class, Oneway: road.Both, Access: road.Open, Source: int64(y*m.side + x), Target: int64(toY*m.side + toX)}
	minor := class == road.Residential || class == road.Service || class == road.Unclassified
	chance := m.random.Float64()
	switch {
	case minor && chance < 0.04:
		e.Oneway = road.Forward
	case minor && chance < 0.08:
		e.Oneway = road.Backward
	case minor && chance < 0.10:
		e.Access = road.Restricted
	case chance > 0.985:
		e.Bridge = true
	}
	if e.Bridge && minor {
		e.MaxWeightT = 5 + math.Floor(m.random.Float64()*20)
	}
	m.add(e, m.bend(m.at[e.Source], m.at[e.Target]))
}

// village tells whether a junction lies in a village.
func (m *maker) village(x, y int) bool {
	const every = villageKM * 1000 / spacing
	dx := math.Mod(float64(x), every) - every/2
	dy := math.Mod(float64(y), every) - every/2
	return math.Hypot(dx, dy) < every/4
}

// classOf gives the class of a road and how likely it exists.
func (m *maker) classOf(line int, village bool) (road.Class, float64) {
	switch {
	case line%64 == 20:
		return road.Trunk, 1
	case line%32 == 4:
		return road.Primary, 1
	case line%16 == 11:
		return road.Secondary, 0.99
	case line%6 == 1:
		return road.Tertiary, 0.97
	case village && m.random.Float64() < 0.8:
		return road.Residential, 0.95
	case village:
		return road.Service, 0.9
	case m.random.Float64() < 0.5:
		return road.Unclassified, 0.75
	}
	return road.Track, 0.6
}

// bend draws a road with up to four corners between its ends.
func (m *maker) bend(from, to orb.Point) orb.LineString {
	line := orb.LineString{from}
	corners := m.random.IntN(5)
	for i := 1; i <= corners; i++ {
		share := float64(i) / float64(corners+1)
		line = append(line, orb.Point{from[0] + share*(to[0]-from[0]) + m.around(12*metre), from[1] + share*(to[1]-from[1]) + m.around(12*metre)})
	}
	return append(line, to)
}

// add gives an edge its number, line, length, speed and costs.
func (m *maker) add(e road.Edge, line orb.LineString) {
	e.ID = int64(len(m.edges)) + 1
	e.Geom = line
	for i := range line {
		line[i] = orb.Point{geo.Round7(line[i][0]), geo.Round7(line[i][1])}
	}
	e.LengthM = geo.Length(line)
	if e.SpeedKmh == 0 {
		e.SpeedKmh = road.DefaultSpeed(e.Class)
	}
	cost := road.Seconds(e.LengthM, e.SpeedKmh)
	if e.Access == road.Restricted {
		cost = cost*1.5 + 15
	}
	e.CostS, e.ReverseCostS = cost, cost
	switch e.Oneway {
	case road.Forward:
		e.ReverseCostS = road.NotAllowed
	case road.Backward:
		e.CostS = road.NotAllowed
	}
	m.edges = append(m.edges, e)
}
