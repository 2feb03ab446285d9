package terrain

// Flow says where water goes over a height grid.
type Flow struct {
	To    []int32   // the next cell downstream, -1 at an outlet
	Order []int32   // every cell once, each after the cell that it flows to
	Area  []float64 // catchment, m², inflows included
}

// Inflow is water that enters the grid from outside.
type Inflow struct {
	Cell int
	Area float64 // catchment outside the grid, m²
}

// rise is what a filled hollow climbs per cell, m, so that it still drains.
const rise = 0.004

// Drain fills hollows of height in place so that every cell drains to one of the outlets, and says
// where its water goes.
//
//go:norace
func Drain(g Grid, height []float64, outlets []int, inflows []Inflow) Flow {
	flow := Flow{To: make([]int32, g.Len()), Order: make([]int32, 0, g.Len()), Area: make([]float64, g.Len())}
	seen := make([]bool, g.Len())
	queue := make(Queue, 0, 4*(g.W+g.H))
	for _, o := range outlets {
		seen[o] = true
		queue.Push(height[o], int32(o))
	}
	steps := Steps()
	for len(queue) > 0 {
		_, i := queue.Pop()
		flow.Order = append(flow.Order, i)
		for _, s := range steps {
			j := g.Neighbour(int(i), s)
			if j < 0 || seen[j] {
				continue
			}
			seen[j] = true
			height[j] = max(height[j], height[i]+rise)
			queue.Push(height[j], int32(j))
		}
	}
	flow.descend(g, height, outlets)
	flow.gather(g, inflows)
	return flow
}

// descend points every cell to its steepest lower neighbour. Every move is a little easier or
// harder by chance: otherwise water prefers the eight directions of the grid.
//
//go:norace
func (f *Flow) descend(g Grid, height []float64, outlets []int) {
	steps := Steps()
	for i := range f.To {
		f.To[i] = -1
		best := 0.0
		for k, s := range steps {
			j := g.Neighbour(i, s)
			if j < 0 {
				continue
			}
			ease := 1 + float64(0.45*Noise(k).corner(i, k))
			if slope := (height[i] - height[j]) / s.Length * ease; slope > best {
				best, f.To[i] = slope, int32(j)
			}
		}
	}
	for _, o := range outlets {
		f.To[o] = -1
	}
}

// gather adds up catchments from the ridges down.
//
//go:norace
func (f *Flow) gather(g Grid, inflows []Inflow) {
	for i := range f.Area {
		f.Area[i] = g.Cell * g.Cell
	}
	for _, in := range inflows {
		f.Area[in.Cell] += in.Area
	}
	for k := len(f.Order) - 1; k >= 0; k-- {
		if i := f.Order[k]; f.To[i] >= 0 {
			f.Area[f.To[i]] += f.Area[i]
		}
	}
}
