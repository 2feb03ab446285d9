package terrain

import "math"

// Plan is what the relief is made from: where the ground rises, and where water comes in and leaves.
type Plan struct {
	Start   func(x, y float64) float64 // height at the beginning, m
	Uplift  func(x, y float64) float64 // rise against erosion, m: twice as much makes twice as high
	Outlets []Gate                     // where water leaves, at a fixed height
	Inflows []Gate                     // where rivers come in
	Bend    Noise                      // bends what the grid's eight directions made straight
}

// Gate is a place on the border of the grid where a river passes.
type Gate struct {
	X, Y   float64
	Height float64 // of an outlet, m
	Area   float64 // catchment of an inflow outside the grid, m²
}

// stage is one resolution of the work: a coarse one carves the valleys, finer ones the gullies.
type stage struct {
	coarser int // cells of the final grid along one edge
	rounds  int
}

// creep smooths slopes by this share of the local curvature in every round.
const creep = 0.05

// bite is the erosion of one round: K·dt of the stream-power law with m = 1/2, n = 1.
const bite = 0.6

// Shape grows a landscape on g: uplift against the stream-power law, solved implicitly downstream
// to upstream (Braun and Willett 2013) on ever finer grids. The height drains everywhere.
func Shape(g Grid, plan Plan) ([]float64, Flow) {
	stages := []stage{{4, 36}, {2, 7}, {1, 2}}
	var height, uplift []float64
	var coarse, was Grid
	for _, st := range stages {
		at := Grid{W: g.W / st.coarser, H: g.H / st.coarser, Cell: g.Cell * float64(st.coarser), X0: g.X0, Y0: g.Y0}
		next := make([]float64, at.Len())
		for i := range next {
			x, y := at.Centre(i)
			if height == nil {
				next[i] = plan.Start(x, y)
			} else {
				dx, dy := plan.bend(g, x, y, was.Cell)
				next[i] = was.Sample(height, x+dx, y+dy)
			}
		}
		height, was = next, at
		if uplift == nil {
			coarse, uplift = at, plan.rises(at)
		}
		erode(at, height, resampled(coarse, uplift, at), plan, st.rounds)
	}
	outlets, inflows := plan.gates(g)
	return height, Drain(g, height, outlets, inflows)
}

// bend is how far aside a finer grid looks into a coarser one, m: nothing at the border, so that
// rivers still meet their gates.
func (p Plan) bend(g Grid, x, y, cell float64) (dx, dy float64) {
	wave, reach := 9*cell, 1.7*cell
	rim := min(x-g.X0, y-g.Y0, g.X0+float64(float64(g.W)*g.Cell)-x, g.Y0+float64(float64(g.H)*g.Cell)-y)
	reach *= Smoothstep(0, 4000, rim)
	return reach * p.Bend.Fractal(x/wave, y/wave, 2), reach * (p.Bend+3).Fractal(x/wave, y/wave, 2)
}

func (p Plan) gates(g Grid) (outlets []int, inflows []Inflow) {
	for _, o := range p.Outlets {
		outlets = append(outlets, g.Index(o.X, o.Y))
	}
	for _, in := range p.Inflows {
		inflows = append(inflows, Inflow{g.Index(in.X, in.Y), in.Area})
	}
	return outlets, inflows
}

// rises is the uplift of every cell.
func (p Plan) rises(g Grid) []float64 {
	out := make([]float64, g.Len())
	for i := range out {
		out[i] = p.Uplift(g.Centre(i))
	}
	return out
}

// resampled brings a field from one grid to another.
//
//go:norace
func resampled(from Grid, field []float64, to Grid) []float64 {
	out := make([]float64, to.Len())
	for i := range out {
		x, y := to.Centre(i)
		out[i] = from.Sample(field, x, y)
	}
	return out
}

//go:norace
func erode(g Grid, height, uplift []float64, plan Plan, rounds int) {
	outlets, inflows := plan.gates(g)
	for range rounds {
		for k, o := range outlets {
			height[o] = plan.Outlets[k].Height
		}
		flow := Drain(g, height, outlets, inflows)
		for _, i := range flow.Order {
			to := flow.To[i]
			if to < 0 {
				continue
			}
			length := g.Cell
			if d := i - to; d != 1 && d != -1 && d != int32(g.W) && d != -int32(g.W) {
				length *= diagonal
			}
			f := bite * math.Sqrt(flow.Area[i]) / length
			height[i] = (height[i] + float64(bite*uplift[i]) + float64(f*height[to])) / (1 + f)
		}
		soften(g, height)
	}
}

// soften lets slopes creep: sharp crests and notches become round.
//
//go:norace
func soften(g Grid, height []float64) {
	old := append([]float64(nil), height...)
	for r := 1; r < g.H-1; r++ {
		for c := 1; c < g.W-1; c++ {
			i := r*g.W + c
			height[i] += float64(creep * (old[i-1] + old[i+1] + old[i-g.W] + old[i+g.W] - float64(4*old[i])))
		}
	}
}
