package demo

import (
	"math"

	"fourmaps/data/demo/terrain"
)

// class of a road, the most important first.
type class uint8

const (
	motorway class = iota
	trunk
	primary
	secondary
	tertiary
	unclassified
	residential
	track
	noRoad class = 255
)

// ways is the raster on which roads are sought: what a move costs, and what has been built.
type ways struct {
	*land
	rough   []float64      // what 1 m costs on level ground in a cell
	built   []class        // best class through a cell
	beside  []bool         // a road is near
	link    map[int64]bond // roads between neighbouring cells
	routes  []route
	gentle  bool      // grades matter little: bridges and tunnels will do
	seen    []float64 // scratch of a search: cost to reach
	from    []int32
	touched []int32 // cells of which seen is set
	wanted  []bool  // targets of a search
}

func newWays(l *land, seed int64) *ways {
	n := terrain.Noise(uint64(seed)*2 + 977)
	w := &ways{land: l, rough: make([]float64, l.Len()), built: make([]class, l.Len()), beside: make([]bool, l.Len()),
		link: map[int64]bond{}, seen: make([]float64, l.Len()), from: make([]int32, l.Len()), wanted: make([]bool, l.Len())}
	for i := range w.rough {
		x, y := l.Centre(i)
		w.built[i], w.seen[i] = noRoad, math.Inf(1)
		w.rough[i] = 1.15 + float64(0.5*n.Fractal(x/1400, y/1400, 3)) + float64(1.5*terrain.Clamp(l.slope[i]-0.05, 0, 1))
		if l.above[i] < 2 {
			w.rough[i] += 0.35 // wet in every flood
		}
		switch a := l.flow.Area[i]; {
		case l.wet[i]:
			w.rough[i] = math.Inf(1)
		case a > 400e6:
			w.rough[i] += 13
		case a > 60e6:
			w.rough[i] += 5
		case a > 8e6:
			w.rough[i] += 1.6
		}
	}
	return w
}

// cost of the move from cell i to its neighbour j, in m of easy way.
//
//go:norace
func (w *ways) cost(i, j int32, s terrain.Step) float64 {
	length := s.Length * w.Cell
	grade := (w.height[j] - w.height[i]) / length
	rough := (w.rough[i] + w.rough[j]) / 2
	if w.gentle {
		return length * rough * (1 + float64(9*grade*grade))
	}
	if w.built[i] != noRoad && w.built[j] != noRoad && w.isLink(i, j) {
		return length * 0.42 * (1 + float64(25*grade*grade))
	}
	if w.beside[i] && w.beside[j] {
		rough *= 1.6 // no second road beside the first
	}
	return length * rough * (1 + float64(130*grade*grade) + float64(3*abs(grade)))
}

func linkKey(i, j int32) int64 { return int64(min(i, j))<<32 | int64(max(i, j)) }

//go:norace
func (w *ways) isLink(i, j int32) bool {
	_, ok := w.link[linkKey(i, j)]
	return ok
}

// blocked says whether the diagonal move k from i would cross a road that has no junction there.
//
//go:norace
func (w *ways) blocked(i int32, k int) bool {
	if k%2 == 0 {
		return false
	}
	steps := terrain.Steps()
	a, b := w.Neighbour(int(i), steps[k-1]), w.Neighbour(int(i), steps[(k+1)%8])
	return a >= 0 && b >= 0 && w.built[a] != noRoad && w.built[b] != noRoad && w.isLink(int32(a), int32(b))
}

// search spreads from the starts over cells until every target is reached, or over all cells within
// limit if there are no targets.
//
//go:norace
func (w *ways) search(starts []int32, targets []int32, limit float64, inside func(cell int32) bool) {
	for _, i := range w.touched {
		w.seen[i] = math.Inf(1)
	}
	w.touched = w.touched[:0]
	left := len(targets)
	for _, t := range targets {
		w.wanted[t] = true
	}
	defer func() {
		for _, t := range targets {
			w.wanted[t] = false
		}
	}()
	var q terrain.Queue
	for _, s := range starts {
		w.seen[s], w.from[s] = 0, -1
		w.touched = append(w.touched, s)
		q.Push(0, s)
	}
	steps := terrain.Steps()
	for q.Len() > 0 {
		key, i := q.Pop()
		if key > w.seen[i] {
			continue
		}
		if w.wanted[i] {
			w.wanted[i] = false
			if left--; left == 0 {
				return
			}
		}
		for k, s := range steps {
			j := int32(w.Neighbour(int(i), s))
			if j < 0 || (inside != nil && !inside(j)) || w.blocked(i, k) {
				continue
			}
			if c := key + w.cost(i, j, s); c < w.seen[j] && c < limit {
				if math.IsInf(w.seen[j], 1) {
					w.touched = append(w.touched, j)
				}
				w.seen[j], w.from[j] = c, i
				q.Push(c, j)
			}
		}
	}
}

// bond is a road between two neighbouring cells.
type bond struct {
	class class
	route int32 // the numbered road that it belongs to
}

// route is a road with a number of its own.
type route struct {
	class    class
	from, to int // seats that it joins, -1 for none
}

// begin opens a new numbered road.
func (w *ways) begin(c class, from, to int) int32 {
	w.routes = append(w.routes, route{c, from, to})
	return int32(len(w.routes) - 1)
}

// build makes the way back from a cell to where the search began a road.
func (w *ways) build(cell int32, r int32) {
	if math.IsInf(w.seen[cell], 1) {
		return
	}
	for at := cell; w.from[at] >= 0; at = w.from[at] {
		w.join(at, w.from[at], bond{w.routes[r].class, r})
	}
}

// join makes the move between two neighbouring cells a road, unless it is a better one already.
func (w *ways) join(i, j int32, b bond) {
	for _, c := range [2]int32{i, j} {
		if w.built[c] == noRoad {
			w.shade(int(c))
		}
		w.built[c] = min(w.built[c], b.class)
	}
	if had, ok := w.link[linkKey(i, j)]; !ok || b.class < had.class {
		w.link[linkKey(i, j)] = b
	}
}

// shade marks the cells within 200 m of a new road.
func (w *ways) shade(i int) {
	c, r := i%w.W, i/w.W
	for row := max(0, r-2); row <= min(w.H-1, r+2); row++ {
		for col := max(0, c-2); col <= min(w.W-1, c+2); col++ {
			w.beside[row*w.W+col] = true
		}
	}
}

// connect builds a road between two cells, sought in the country around both.
func (w *ways) connect(a, b int32, r int32) {
	ac, ar, bc, br := int(a)%w.W, int(a)/w.W, int(b)%w.W, int(b)/w.W
	room := 25 + 35*max(abs(float64(ac-bc)), abs(float64(ar-br)))/100
	c0, c1, r0, r1 := min(ac, bc)-int(room), max(ac, bc)+int(room), min(ar, br)-int(room), max(ar, br)+int(room)
	w.search([]int32{a}, []int32{b}, math.Inf(1), func(cell int32) bool {
		c, r := int(cell)%w.W, int(cell)/w.W
		return c >= c0 && c <= c1 && r >= r0 && r <= r1
	})
	w.build(b, r)
}

// roads lists all cells that have a road.
func (w *ways) roads() []int32 {
	var out []int32
	for i, c := range w.built {
		if c != noRoad {
			out = append(out, int32(i))
		}
	}
	return out
}
