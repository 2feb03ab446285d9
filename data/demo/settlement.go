package demo

import (
	"math"
	"math/rand/v2"

	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// settlement is a built-up place, from the county seat to a hamlet.
type settlement struct {
	x, y    float64
	reach   float64 // how far houses go, m
	turn    float64 // direction of its streets, rad
	long    float64 // length of a block along and across that direction, m
	wide    float64
	seat    int  // of a township, -1 for none
	village int  // -1 outside the district
	works   bool // halls instead of houses
	n       terrain.Noise
}

// label is what a street is called: the settlement and the row or column of its grid.
type label struct {
	settlement int
	row        int
	named      bool
}

// settlements finds how large each place is and how its streets lie: along the main road.
func (d *division) settlements(l *land, roads *segments, seed int64) []settlement {
	r := chance(seed, "settlements")
	var out []settlement
	cx, cy := l.confluence()
	out = append(out, settlement{x: cx, y: cy, reach: 3000, long: 235, wide: 165, seat: 0, village: -1})
	for k, s := range d.seats[streets:] {
		t := settlement{x: s.x, y: s.y, reach: 310 + float64(60*r.Float64()), long: 190, wide: 140, seat: streets + k, village: -1}
		if s.inside {
			t.reach, t.long, t.wide = 600+float64(260*r.Float64()), 150, 105
		}
		out = append(out, t)
	}
	for k, s := range d.sites {
		t := settlement{x: s.x, y: s.y, reach: 135 + float64(75*r.Float64()), long: 100, wide: 80, seat: -1, village: k}
		if d.seats[s.township].street == 0 || distance(s.x, s.y, cx, cy) > 3200 {
			out = append(out, t)
		}
	}
	for _, i := range d.hamlets {
		x, y := l.Centre(i)
		out = append(out, settlement{x: x, y: y, reach: 85, long: 95, wide: 75, seat: -1, village: -1})
	}
	out = append(out, d.works(l, roads, out[:townships-streets+1], r)...)
	for k := range out {
		out[k].n = terrain.Noise(r.Uint64())
		out[k].turn = roads.direction(out[k].x, out[k].y, 400) + float64(0.12*r.NormFloat64())
	}
	return out
}

// density is how built-up a place is: above 0 there are houses; it falls off irregularly outwards.
func (s settlement) density(l *land, x, y float64) float64 {
	away := distance(x, y, s.x, s.y) / s.reach
	if away > 1.6 {
		return -1
	}
	i := l.Index(x, y)
	grain := max(150, s.reach/3.2)
	v := 1 - away + float64(0.55*s.n.Fractal(x/grain, y/grain, 2))
	v -= float64(5 * max(0, l.Sample(l.slope, x, y)-0.06))
	if l.above[i] < 1.2 || l.wet[i] {
		v -= 0.5
	}
	return v
}

// grid lays the streets of a settlement: a bent lattice where it is built-up, without those that
// would run beside a road that exists or through a river.
func (s settlement) grid(id int, l *land, roads, rivers *segments, r *rand.Rand) []street {
	if s.reach < 100 {
		return nil // a hamlet lies along its one road
	}
	var out []street
	nu, nv := int(1.5*s.reach/s.long), int(1.5*s.reach/s.wide)
	at := func(i, j int) orb.Point { return s.corner(i, j) }
	live := func(p orb.Point) bool {
		return s.density(l, p[0], p[1]) > 0.12 && l.Contains(p[0], p[1]) && rivers.distance(p, 90) > 28
	}
	add := func(i, j, k, m, row int) {
		a, b := at(i, j), at(k, m)
		if !live(a) || !live(b) || r.Float64() < s.gaps() {
			return
		}
		line := orb.LineString{a, b}
		if rivers.crosses(line) || roads.distance(a, 60)+roads.distance(b, 60) < 62 {
			return
		}
		out = append(out, street{line: line, class: residential, route: -1, label: label{id, row, s.reach > 300 && !s.works}})
	}
	for i := -nu; i <= nu; i++ {
		for j := -nv; j <= nv; j++ {
			add(i, j, i+1, j, 2*j)
			add(i, j, i, j+1, 2*i+1)
		}
	}
	return out
}

// gaps is the share of streets that were never built.
func (s settlement) gaps() float64 {
	if s.reach < 300 {
		return 0.27
	}
	return 0.1
}

// corner is a node of the lattice, bent by noise so that no two blocks are alike.
func (s settlement) corner(i, j int) orb.Point {
	u, v := float64(float64(i)*s.long)+float64(0.37*s.long), float64(float64(j)*s.wide)+float64(0.41*s.wide)
	const wave = 1500.0 // m
	jitter := 0.16
	if s.reach < 300 && !s.works {
		jitter = 0.3
	}
	u += float64(0.9*s.long*s.n.At(u/wave, v/wave)) + float64(jitter*s.long*(s.n+3).At(float64(i)*1.7, float64(j)*1.3))
	v += float64(0.9*s.wide*(s.n+5).At(u/wave, v/wave)) + float64(jitter*s.wide*(s.n+7).At(float64(i)*1.3, float64(j)*1.7))
	sin, cos := math.Sincos(s.turn)
	return orb.Point{s.x + float64(u*cos) - float64(v*sin), s.y + float64(u*sin) + float64(v*cos)}
}

// works sets industrial land at the edge of the county seat and of some towns, near a road.
func (d *division) works(l *land, roads *segments, towns []settlement, r *rand.Rand) []settlement {
	var out []settlement
	for k, s := range towns {
		want := 1
		if k == 0 {
			want = 4
		} else if r.Float64() < 0.4 {
			continue
		}
		for tries := 0; tries < 400 && want > 0; tries++ {
			away := s.reach * (1 + float64(0.45*r.Float64()))
			sin, cos := math.Sincos(2 * math.Pi * r.Float64())
			x, y := s.x+float64(away*cos), s.y+float64(away*sin)
			i := l.Index(x, y)
			free := l.slope[i] < 0.04 && l.above[i] > 2 && d.village[i] >= 0 && roads.distance(orb.Point{x, y}, 400) < 130
			for _, o := range out {
				free = free && distance(x, y, o.x, o.y) > 1500
			}
			if free {
				want--
				out = append(out, settlement{x: x, y: y, reach: 230 + s.reach/12, long: 190, wide: 150, seat: -1, village: -1, works: true})
			}
		}
	}
	return out
}
