package demo

import (
	"fmt"
	"math/rand/v2"

	"github.com/paulmach/orb"
)

// option is somewhere that a point could be.
type option struct {
	geom orb.Geometry // WGS 84
	at   orb.Point    // WGS 84: decides the village
}

// among takes places from a list, as far apart as there is room for.
func among(apart float64, list func(m *maker, r *rand.Rand) []option) siting {
	return func(m *maker, r *rand.Rand, count int) ([]option, error) {
		return m.spread(r, apart, list(m, r), count)
	}
}

// spread takes so many of the options: apart from each other and from other points while that is
// possible, nearer when it is not.
func (m *maker) spread(r *rand.Rand, apart float64, options []option, count int) ([]option, error) {
	var out []option
	taken := make([]bool, len(options))
	for room := apart; ; room /= 2 {
		for _, k := range r.Perm(len(options)) {
			if len(out) == count {
				return out, nil
			}
			p := local(options[k].at)
			if !taken[k] && (room < 1 || m.plots.free(p[0], p[1], room)) {
				taken[k] = true
				m.plots.add(p[0], p[1], room)
				out = append(out, options[k])
			}
		}
		if room < 1 && len(out) < count {
			return nil, fmt.Errorf("find %d places among %d", count, len(options))
		}
	}
}

// pointOption is a point of the local plane if it lies in the district and out of the water.
func (m *maker) pointOption(out []option, p orb.Point) []option {
	if g := geographic(p); m.dry(p) && m.villageAt(g) >= 0 {
		out = append(out, option{g, g})
	}
	return out
}

// lineOption is a line of the local plane if it lies in one village.
func (m *maker) lineOption(out []option, line orb.LineString) []option {
	if len(line) > 1 && m.inside(line) {
		out = append(out, option{project(line), geographic(line[len(line)/2])})
	}
	return out
}

// inside says whether all points of a line of the local plane lie in one village.
func (m *maker) inside(line orb.LineString) bool {
	v := m.villageAt(geographic(line[0]))
	for _, p := range line {
		if v < 0 || m.villageAt(geographic(p)) != v {
			return false
		}
	}
	return true
}

// project brings a line of the local plane to WGS 84.
func project(line orb.LineString) orb.LineString {
	out := make(orb.LineString, 0, len(line))
	for _, p := range line {
		if q := geographic(p); len(out) == 0 || q != out[len(out)-1] {
			out = append(out, q)
		}
	}
	return out
}

// besideEdges are places off the middle of roads that are good for something, m to the right.
func (m *maker) besideEdges(r *rand.Rand, right float64, good func(e edge) bool) []option {
	var out []option
	for _, e := range m.network.edges {
		if total := length(e.line); total > 30 && !e.bridge && !e.tunnel && good(e) {
			out = m.pointOption(out, beside(e.line, total*(0.2+float64(0.6*r.Float64())), right))
		}
	}
	return out
}

func mainRoads(m *maker, r *rand.Rand) []option {
	return m.besideEdges(r, 14, func(e edge) bool { return e.class == trunk || e.class == primary })
}

func yards(m *maker, r *rand.Rand) []option {
	return m.besideEdges(r, 25, func(e edge) bool { return e.class >= secondary && e.class <= unclassified })
}

// lonely is beside small roads with no village core within 700 m.
func lonely(m *maker, r *rand.Rand) []option {
	return m.besideEdges(r, 40, func(e edge) bool {
		return (e.class == tertiary || e.class == unclassified) && !m.nearSite(e.line[0][0], e.line[0][1], 700)
	})
}

// slopes are steep places not far above a road.
func slopes(m *maker, r *rand.Rand) []option {
	var out []option
	for _, s := range m.division.sites {
		for range 25 {
			p := orb.Point{s.x + float64(2200*(r.Float64()-0.5)), s.y + float64(2200*(r.Float64()-0.5))}
			if v := m.land.slope[m.land.Index(p[0], p[1])]; v > 0.2 && v < 0.6 && m.roads.distance(p, 400) < 260 {
				out = m.pointOption(out, p)
			}
		}
	}
	return out
}

// woods are in the middle of hill forests.
func woods(m *maker, r *rand.Rand) []option {
	var out []option
	for i, v := range m.division.village {
		if v >= 0 && m.ground.cover[i] == forest && m.land.height[i] > 240 && r.IntN(40) == 0 {
			x, y := m.land.Centre(i)
			out = m.pointOption(out, orb.Point{x, y})
		}
	}
	return out
}

func factories(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, f := range m.footprint {
		if f.kind == "industrial" {
			out = m.pointOption(out, orb.Point{f.x, f.y})
		}
	}
	return out
}

func pits(m *maker, _ *rand.Rand) []option {
	var out []option
	for _, q := range m.ground.quarries {
		g := geographic(q)
		out = append(out, option{g, g})
	}
	return out
}
