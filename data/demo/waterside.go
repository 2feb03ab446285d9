package demo

import (
	"math/rand/v2"

	"github.com/paulmach/orb"
)

// valleys are steep side valleys: a stretch of a small stream.
func valleys(m *maker, _ *rand.Rand) []option { return m.stretches(3e6, 18e6) }

// riverbanks are stretches of the larger rivers.
func riverbanks(m *maker, _ *rand.Rand) []option { return m.stretches(60e6, 9000e6) }

// stretches are parts of rivers with a catchment between lo and hi, m², within one village.
func (m *maker) stretches(lo, hi float64) []option {
	var out []option
	for _, k := range m.rivers {
		line := localLine(k.line)
		if total := length(line); k.area > lo && k.area < hi && total > 700 {
			out = m.lineOption(out, between(line, total*0.3, min(total*0.75, float64(total*0.3)+900)))
		}
	}
	return out
}

// dams are those of the district's reservoirs.
func dams(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, k := range m.lakes {
		if p := geographic(k.dam); m.villageAt(p) >= 0 {
			out = append(out, option{p, p})
		}
	}
	return out
}

// weirs are on larger streams.
func weirs(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, k := range m.rivers {
		if p := k.line[len(k.line)/2]; k.area > 35e6 && k.area < 1500e6 && m.villageAt(p) >= 0 {
			out = append(out, option{p, p})
		}
	}
	return out
}

// steepRoads are parts of hill roads within one village.
func steepRoads(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, e := range m.network.edges {
		total := length(e.line)
		mid := pointAt(e.line, total/2)
		if e.class >= primary && e.class <= unclassified && total > 300 && m.land.Sample(m.land.slope, mid[0], mid[1]) > 0.15 {
			out = m.lineOption(out, between(e.line, total*0.1, min(total*0.9, float64(total*0.1)+700)))
		}
	}
	return out
}

// oldBridges are bridges of lesser roads.
func oldBridges(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, e := range m.network.edges {
		p := geographic(pointAt(e.line, length(e.line)/2))
		if e.bridge && e.class >= secondary && e.class <= unclassified && m.villageAt(p) >= 0 {
			out = append(out, option{p, p})
		}
	}
	return out
}

// inTown takes houses: 0 at the edge of a town, 1 in the county seat, 2 in any town, 3 in a village.
func inTown(where int) siting {
	return func(m *maker, r *rand.Rand, count int) ([]option, error) {
		var out []option
		for range count {
			t := r.IntN(townships)
			if where == 1 {
				t = r.IntN(streets)
			}
			first, next := int(m.division.first(int32(t))), int(m.division.first(int32(t+1)))
			v := first
			if where == 3 || where == 1 || t < streets {
				v = span(r, first, next-1)
			}
			s := m.division.sites[v]
			reach := []float64{900, 300, 350, 200}[where]
			var p orb.Point = m.spot(v, s.x+float64(reach*(r.Float64()-0.5)), s.y+float64(reach*(r.Float64()-0.5)))
			out = append(out, option{p, p})
		}
		return out, nil
	}
}
