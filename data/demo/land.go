package demo

import (
	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// land is the ground before people: relief, and the way of the water over it.
type land struct {
	terrain.Grid
	bend      *bend
	middle    []orb.Point // of every cell on the map
	height    []float64   // m above sea level
	flow      terrain.Flow
	above     []float64 // m above the stream a cell drains to
	catchment []float64 // of that stream, m²
	slope     []float64 // rise over run
	wet       []bool    // under a reservoir
}

// The two rivers that come from outside, as a chain of points in km, and the streams that leave.
func mainCourse() []orb.Point {
	return []orb.Point{{-50.4, -15}, {-43, -11}, {-36, -13}, {-29, -11}, {-22, -7}, {-15, -8}, {-9, -4}, {-4, -5},
		{0, -1}, {5, 2}, {10, 1}, {15, 5}, {22, 6}, {28, 11}, {35, 10}, {42, 15}, {50.4, 17}}
}

func southCourse() []orb.Point {
	return []orb.Point{{9, -48}, {5, -42}, {8, -35}, {3, -29}, {6, -22}, {2, -16}, {5, -10}, {1, -5}, {0, -1}}
}

const (
	mainCatchment  = 5200e6 // m² above the western border
	southCatchment = 900e6  // m² above the southern border
)

// newLand grows the relief of the demonstration from a seed.
func newLand(seed int64) *land {
	l := &land{Grid: frame()}
	l.wet = make([]bool, l.Len())
	l.bend = newBend(l.Grid, terrain.Noise(uint64(seed)*2+5))
	l.bendCentres()
	warp := terrain.Noise(uint64(seed)*2 + 11)
	main, south := meander(mainCourse(), warp, 1.8), meander(southCourse(), warp+5, 1.5)
	gateIn, gateSouth, gateOut := main[0], south[0], main[len(main)-1]
	valley := newNearest(main, south)
	plan := terrain.Plan{
		Bend: warp + 71,
		Start: func(x, y float64) float64 {
			d := valley.distance(x, y)
			return 60 - float64(x*0.0004) + float64(min(d, 9000)*0.01) + float64(25*(1+warp.Fractal(x/6000, y/6000, 5))) - float64(40*terrain.Smoothstep(800, 0, d))
		},
		Uplift: func(x, y float64) float64 { return uplift(warp, x, y, valley.distance(x, y)) },
		Outlets: []terrain.Gate{{X: gateOut[0], Y: gateOut[1], Height: 48},
			{X: -24000, Y: 47990, Height: 95}, {X: 20000, Y: 47990, Height: 80}, {X: -50390, Y: 24000, Height: 110},
			{X: 50390, Y: -20000, Height: 90}, {X: -22000, Y: -47990, Height: 105}, {X: 34000, Y: -47990, Height: 100}},
		Inflows: []terrain.Gate{{X: gateIn[0], Y: gateIn[1], Area: mainCatchment}, {X: gateSouth[0], Y: gateSouth[1], Area: southCatchment}},
	}
	l.height, l.flow = terrain.Shape(l.Grid, plan)
	terrain.FillValleys(l.height, l.flow)
	l.measure()
	return l
}

// measure derives what depends on height alone.
func (l *land) measure() {
	l.above, l.catchment = terrain.AboveWater(l.height, l.flow)
	l.slope = terrain.Slope(l.Grid, l.height)
}

// uplift says how high the ground wants to be: ranges from south-west to north-east as in the hills
// of Hunan, a low basin along the main valley, two massifs.
func uplift(n terrain.Noise, x, y, valley float64) float64 {
	wx, wy := x+float64(2500*n.Fractal(x/9000, y/9000, 3)), y+float64(2500*(n+3).Fractal(x/9000, y/9000, 3))
	along, across := float64(0.82*wx)+float64(0.57*wy), float64(0.82*wy)-float64(0.57*wx)
	ridge := 1 - float64(abs((n+21).Fractal(along/26000, across/11000, 3))*2.1)
	ranges := terrain.Smoothstep(0.05, 0.9, ridge)
	massif := bump(x, y, -15000, 15000, 13000) + bump(x, y, 19000, -15000, 12000) + float64(0.8*bump(x, y, -34000, -32000, 14000)) + float64(0.8*bump(x, y, 36000, 34000, 14000))
	basin := terrain.Smoothstep(1000, 9500, valley+float64(2500*(n+33).Fractal(x/7000, y/7000, 3)))
	u := 11 + float64(basin*(27+float64(50*ranges)+float64(62*massif)))
	return u * (1 + float64(0.55*(n+55).Fractal(x/3500, y/3500, 3)))
}

// bump is 1 at its centre and falls to 0 at radius r.
func bump(x, y, cx, cy, r float64) float64 {
	d := (float64((x-cx)*(x-cx)) + float64((y-cy)*(y-cy))) / (r * r)
	if d >= 1 {
		return 0
	}
	return float64((1 - d) * (1 - d))
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}
