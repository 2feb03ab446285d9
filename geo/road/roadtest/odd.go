package roadtest

import (
	"github.com/paulmach/orb"

	"fourmaps/geo/road"
)

// junctionEvery is how many junctions of the lattice lie between two ramps of an expressway.
const junctionEvery = 24

// motorways lays expressways over the county, each as two carriageways that only ramps join to other roads.
func (m *maker) motorways() {
	for line := junctionEvery / 2; line < m.side; line += 4 * junctionEvery {
		m.motorway(func(along, off float64) (float64, float64) { return along, float64(line) + off }, line, true)
		m.motorway(func(along, off float64) (float64, float64) { return float64(line) + off, along }, line, false)
	}
}

func (m *maker) motorway(at func(along, off float64) (x, y float64), line int, level bool) {
	for _, side := range []float64{-0.1, 0.1} {
		var before int64
		var from orb.Point
		for along := 2; along < m.side; along += junctionEvery / 4 {
			x, y := at(float64(along), side)
			to := m.place(x, y)
			m.nodeID++
			if along > 2 {
				e := road.Edge{Class: road.Motorway, Oneway: road.Forward, Access: road.Open, Source: before, Target: m.nodeID, Bridge: along%5 == 0}
				curve := m.bend(from, to)
				if side < 0 { // the other carriageway runs back
					e.Source, e.Target = e.Target, e.Source
					curve.Reverse()
				}
				m.add(e, curve)
			}
			if (along-2)%junctionEvery == 0 {
				m.ramps(m.nodeID, to, along, line, level)
			}
			before, from = m.nodeID, to
		}
	}
}

// ramps join a carriageway to the nearest junction, one way each.
func (m *maker) ramps(node int64, at orb.Point, along, line int, level bool) {
	other := line*m.side + along
	if !level {
		other = along*m.side + line
	}
	ramp := road.Edge{Class: road.Motorway, Oneway: road.Forward, Access: road.Open, SpeedKmh: 50}
	on, off := ramp, ramp
	on.Source, on.Target = int64(other), node
	off.Source, off.Target = node, int64(other)
	m.add(on, m.bend(m.at[other], at))
	m.add(off, m.bend(at, m.at[other]))
}

// oddities are what real networks have and simple programs stumble over.
func (m *maker) oddities() {
	for range len(m.edges) / 400 {
		m.loop(m.random.IntN(len(m.at)))
		m.parallel(&m.edges[m.random.IntN(len(m.edges))])
	}
	for range len(m.edges) / 150 {
		m.island(m.random.IntN(len(m.at)))
	}
}

// loop is a turning circle at a junction.
func (m *maker) loop(node int) {
	p, r := m.at[node], 20*metre
	m.add(road.Edge{Class: road.Service, Oneway: road.Forward, Access: road.Open, Source: int64(node), Target: int64(node)},
		orb.LineString{p, {p[0] + r, p[1]}, {p[0] + r, p[1] + r}, {p[0], p[1] + r}, p})
}

// parallel is a second road between two junctions.
func (m *maker) parallel(e *road.Edge) {
	second := road.Edge{Class: road.Service, Oneway: road.Both, Access: road.Open, Source: e.Source, Target: e.Target}
	from, to := e.Geom[0], e.Geom[len(e.Geom)-1]
	m.add(second, orb.LineString{from, {(from[0] + to[0]) / 2, (from[1]+to[1])/2 + 40*metre}, to})
}

// island is a car park's road that no other road joins.
func (m *maker) island(node int) {
	p := m.at[node]
	m.nodeID += 2
	m.add(road.Edge{Class: road.Service, Oneway: road.Both, Access: road.Open, Source: m.nodeID - 1, Target: m.nodeID},
		orb.LineString{{p[0] + 50*metre, p[1] + 50*metre}, {p[0] + 90*metre, p[1] + 60*metre}})
}
