package demo

import (
	"math"
	"slices"

	"fourmaps/data/demo/terrain"
	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

const (
	halfGap     = 14.0   // m between the middle of a motorway and each carriageway
	rampRun     = 430.0  // m along the motorway from a crossing to where ramps leave
	rampReach   = 190.0  // m along the crossed road to where ramps end
	interchange = 9500.0 // m between interchanges at least
)

// buildMotorway crosses the map along the valley, past the county seat: two one-way carriageways
// that meet others only at interchanges, with ramps to the roads that it crosses there. It takes
// and gives the list of all roads.
func (w *ways) buildMotorway(d *division, roads []street, rivers []reach) []street {
	centre := w.motorwayCourse(d)
	east := topology.Rounded(shifted(centre, halfGap), 2)
	west := topology.Rounded(shifted(centre, -halfGap), 2)
	first, last := centre[0], centre[len(centre)-1]
	east[0], east[len(east)-1] = first, last
	west[0], west[len(west)-1] = first, last
	reverse(west)
	r := w.begin(motorway, -1, -1)
	var ramps []street
	var open []orb.Point
	for _, c := range crossed(centre, roads) {
		free := roads[c.road].class <= secondary && !w.nearEdge(w.Index(c.point[0], c.point[1]), 3000)
		for _, o := range open {
			free = free && distance(o[0], o[1], c.point[0], c.point[1]) > interchange
		}
		if !free {
			continue
		}
		if new, ok := diamond(c, centre, roads, r); ok {
			ramps = append(ramps, new...)
			open = append(open, c.point)
		}
	}
	below := newSegments()
	for k, s := range roads {
		if s.class <= tertiary {
			below.add(s.line, k)
		}
	}
	for k, r := range rivers {
		if r.area >= bridged {
			below.add(localLine(r.line), k)
		}
	}
	for _, line := range []orb.LineString{east, west} {
		roads = append(roads, w.carriageway(line, r, below)...)
	}
	// At the border of the map the carriageways join, so that every edge can be left again.
	return append(roads, ramps...)
}

// motorwayCourse is the middle line: gentle curves, through hills where it must, round the towns.
func (w *ways) motorwayCourse(d *division) orb.LineString {
	m := &ways{land: w.land, built: make([]class, w.Len()), beside: make([]bool, w.Len()), seen: make([]float64, w.Len()), from: make([]int32, w.Len()), link: map[int64]bond{}, rough: make([]float64, w.Len()), wanted: make([]bool, w.Len()), gentle: true}
	cx, cy := w.confluence()
	for i := range m.rough {
		x, y := w.Centre(i)
		m.built[i], m.seen[i] = noRoad, math.Inf(1)
		m.rough[i] = 1 + float64(min(w.rough[i], 4)*0.25) + float64(5*terrain.Smoothstep(4600, 3300, distance(x, y, cx, cy)))
		if w.wet[i] {
			m.rough[i] = 30
		}
	}
	for _, s := range d.seats[streets:] {
		m.avoid(s.x, s.y, 1500, 4)
	}
	for _, s := range d.sites {
		m.avoid(s.x, s.y, 450, 2)
	}
	main := mainCourse()
	a := w.gate([2]float64{w.X0 + 50, float64(main[0][1]*1000) + 6500})
	b := w.gate([2]float64{-w.X0 - 50, float64(main[len(main)-1][1]*1000) - 7000})
	via := int32(w.Index(cx+1500, cy-4800))
	var line orb.LineString
	m.search([]int32{via}, []int32{a, b}, math.Inf(1), nil)
	for at := b; at >= 0; at = m.from[at] {
		line = append(line, w.middle[at])
	}
	slices.Reverse(line)
	var west orb.LineString
	for at := a; at != via; at = m.from[at] {
		west = append(west, w.middle[at])
	}
	line = append(west, line...)
	return topology.Relaxed(line, 170, 4)
}

// avoid makes the ground around a place dearer.
func (w *ways) avoid(x, y, r, extra float64) {
	for _, i := range w.around(x, y, r) {
		if px, py := w.Centre(i); distance(px, py, x, y) < r {
			w.rough[i] += extra
		}
	}
}

// crossing is where a road goes under or over the motorway.
type crossing struct {
	point orb.Point
	road  int
	at    float64 // m along the motorway
	along float64 // m along the road
}

func crossed(centre orb.LineString, roads []street) []crossing {
	index := newSegments()
	for k, r := range roads {
		index.add(r.line, k)
	}
	var out []crossing
	way := 0.0
	for k := range len(centre) - 1 {
		a, b := centre[k], centre[k+1]
		step := distance(a[0], a[1], b[0], b[1])
		seen := map[[2]int]bool{}
		index.near(a, b, 0, func(q piece) {
			if t, ok := intersection(a, b, q.a, q.b); ok && !seen[[2]int{q.line, q.at}] {
				seen[[2]int{q.line, q.at}] = true
				p := along(a, b, t)
				line := roads[q.line].line[:q.at+1]
				out = append(out, crossing{p, q.line, way + float64(t*step), length(line) + distance(q.a[0], q.a[1], p[0], p[1])})
			}
		})
		way += step
	}
	return out
}

// diamond is the four ramps of an interchange, or nothing where the crossed road is too short.
func diamond(c crossing, centre orb.LineString, roads []street, r int32) ([]street, bool) {
	road := roads[c.road].line
	if c.along < rampReach+30 || length(road)-c.along < rampReach+30 || c.at < 2*rampRun || length(centre)-c.at < 2*rampRun {
		return nil, false
	}
	ends := [2]orb.Point{pointAt(road, c.along-rampReach), pointAt(road, c.along+rampReach)}
	ahead, behind := pointAt(centre, c.at+rampRun), pointAt(centre, c.at-rampRun)
	right := func(p orb.Point) bool { return sideOf(behind, ahead, p) < 0 }
	if right(ends[0]) == right(ends[1]) {
		return nil, false
	}
	if !right(ends[0]) {
		ends[0], ends[1] = ends[1], ends[0]
	}
	// Traffic keeps right: eastbound on the right of the middle line, westbound on its left.
	e0, e1 := beside(centre, c.at-rampRun, halfGap), beside(centre, c.at+rampRun, halfGap)
	w0, w1 := beside(centre, c.at+rampRun, -halfGap), beside(centre, c.at-rampRun, -halfGap)
	ramp := func(from, to, via orb.Point) street {
		return street{line: topology.Rounded(orb.LineString{from, via, to}, 3), class: motorway, route: r, oneway: true, above: true, ramp: true}
	}
	off := func(p, end orb.Point) orb.Point { q := along(p, end, 0.55); return along(q, c.point, -0.12) }
	return []street{ramp(e0, ends[0], off(e0, ends[0])), ramp(ends[0], e1, off(ends[0], e1)),
		ramp(w0, ends[1], off(w0, ends[1])), ramp(ends[1], w1, off(ends[1], w1))}, true
}

// carriageway divides a carriageway into open road, bridges and tunnels by comparing an even
// profile with the ground.
func (w *ways) carriageway(line orb.LineString, r int32, below *segments) []street {
	const step = 60.0
	n := int(length(line) / step)
	ground, level := make([]float64, n+1), make([]float64, n+1)
	for k := range ground {
		p := pointAt(line, float64(k)*length(line)/float64(n))
		ground[k] = w.Sample(w.height, p[0], p[1])
		level[k] = ground[k]
	}
	for range 260 { // the profile relaxes to gentle grades
		for k := 1; k < n; k++ {
			level[k] = float64(0.004*ground[k]) + float64(0.498*(level[k-1]+level[k+1]))
		}
	}
	kind := func(k int) (bridge, tunnel bool) {
		a, b := pointAt(line, float64(k)*length(line)/float64(n)), pointAt(line, float64(k+1)*length(line)/float64(n))
		rise := (level[k] + level[k+1] - ground[k] - ground[k+1]) / 2
		return rise > 14 || (rise > -12 && below.crosses(orb.LineString{a, b})), rise < -24
	}
	var out []street
	start := 0
	for k := 1; k <= n; k++ {
		b, t := kind(start)
		if k < n {
			if nb, nt := kind(k); nb == b && nt == t {
				continue
			}
		}
		total := length(line)
		out = append(out, street{line: between(line, float64(start)*total/float64(n), float64(k)*total/float64(n)),
			class: motorway, route: r, oneway: true, above: true, bridge: b, tunnel: t && !b})
		start = k
	}
	return out
}
