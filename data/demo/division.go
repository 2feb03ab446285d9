package demo

import (
	"math"

	"fourmaps/data/demo/terrain"
	"fourmaps/data/demo/topology"
)

// division is who governs which ground.
type division struct {
	seats    []seat
	sites    []site  // one for each village, those of a township together, its seat first
	village  []int32 // of every cell, topology.Outside beyond the district
	township []int32 // of every village
	hamlets  []int   // cells of settlements outside the district
}

// site is where a village has its core.
type site struct {
	x, y     float64
	side     int32
	township int32
}

// newDivision grows townships from their seats against their neighbours, and in each of them
// villages from their cores. Hillsides are never cut, so borders follow ridges and rivers.
func newDivision(l *land, h *hillsides, seed int64) *division {
	d := &division{seats: l.seats(h, seed)}
	var seeds []seedling
	for _, s := range d.seats {
		delay := 0.0
		if s.street > 0 {
			delay = streetsDelay
		}
		seeds = append(seeds, seedling{s.side, delay})
	}
	owner := h.grow(seeds, func(int32) bool { return true })
	number := d.unite(l, h, owner)
	township := make([]int32, len(owner))
	for k, o := range owner {
		township[k] = -1
		if o >= 0 && number[o] < townships {
			township[k] = number[o]
		}
	}
	d.place(l, h, township, seed)
	d.fill(l, h, township)
	return d
}

// unite chooses the towns that make up the district: near the county seat, and such that the outline
// stays compact. It puts their seats first and tells the new number of every seat.
func (d *division) unite(l *land, h *hillsides, owner []int32) []int32 {
	t := newTerritories(h, owner, len(d.seats))
	cx, cy := l.confluence()
	order := []int{}
	for k := range streets {
		order = append(order, k)
		d.seats[k].inside = true
	}
	for len(order) < townships {
		best, at := math.Inf(1), -1
		for k := range d.seats {
			if d.seats[k].inside || t.size[k] == 0 {
				continue
			}
			if score := oval(t.x[k]-cx, t.y[k]-cy) - float64(9000*t.shared(d.seats, k)); score < best {
				best, at = score, k
			}
		}
		d.seats[at].inside = true
		order = append(order, at)
	}
	for k := range d.seats {
		if !d.seats[k].inside {
			order = append(order, k)
		}
	}
	number := make([]int32, len(order))
	seats := make([]seat, len(order))
	for n, k := range order {
		number[k], seats[n] = int32(n), d.seats[k]
	}
	d.seats = seats
	return number
}

// fill grows the villages of each township and makes every one a single clean piece.
func (d *division) fill(l *land, h *hillsides, township []int32) {
	var seeds []seedling
	for _, s := range d.sites {
		seeds = append(seeds, seedling{side: s.side})
		d.township = append(d.township, s.township)
	}
	village := make([]int32, len(h.list))
	for k := range village {
		village[k] = topology.Outside
	}
	for t := range int32(townships) {
		grown := h.grow(d.seedsOf(t, seeds), func(side int32) bool { return township[side] == t })
		for k, owner := range grown {
			if owner >= 0 {
				village[k] = d.first(t) + owner
			}
		}
	}
	d.feed(h, village)
	d.village = make([]int32, l.Len())
	for i, side := range h.of {
		d.village[i] = village[side]
	}
	topology.Tidy(d.raster(l.Grid), d.townshipOf, districtOf)
	d.settle(l)
}

// leastVillage is the smallest ground of a village, in cells of 1 ha.
const leastVillage = 28

// feed gives villages that are too small hillsides of larger neighbours in their township.
func (d *division) feed(h *hillsides, village []int32) {
	size := make([]int, len(d.sites))
	for k, v := range village {
		if v >= 0 {
			size[v] += h.list[k].size
		}
	}
	for v := range int32(len(d.sites)) {
		for size[v] < leastVillage {
			best, at := math.Inf(1), int32(-1)
			for k, owner := range village {
				if owner != v {
					continue
				}
				for _, f := range h.list[k].next {
					o := village[f.to]
					if o < 0 || o == v || d.township[o] != d.township[v] || d.sites[o].side == f.to || size[o] < h.list[f.to].size+2*leastVillage {
						continue
					}
					if toll := h.toll(int32(k), f); toll < best {
						best, at = toll, f.to
					}
				}
			}
			if at < 0 {
				break
			}
			size[village[at]] -= h.list[at].size
			size[v] += h.list[at].size
			village[at] = v
		}
	}
}

// settle moves cores that tidying left outside their village, or on its border, to the nearest
// level ground inside it.
func (d *division) settle(l *land) {
	for v := range d.sites {
		s := &d.sites[v]
		if d.within(l, l.Index(s.x, s.y), int32(v)) {
			continue
		}
		best, at := math.Inf(1), -1
		for i, owner := range d.village {
			if owner != int32(v) || l.wet[i] {
				continue
			}
			x, y := l.Centre(i)
			cost := distance(x, y, s.x, s.y) + float64(4000*l.slope[i])
			if !d.within(l, i, int32(v)) {
				cost += 5000
			}
			if cost < best {
				best, at = cost, i
			}
		}
		s.x, s.y = l.Centre(at)
	}
}

// within says whether a cell and all its neighbours belong to a village.
func (d *division) within(l *land, i int, v int32) bool {
	for _, s := range terrain.Steps() {
		if j := l.Neighbour(i, s); j < 0 || d.village[j] != v {
			return false
		}
	}
	return d.village[i] == v
}

// first is the first village of a township, the one of its seat.
func (d *division) first(t int32) int32 {
	for k, s := range d.sites {
		if s.township == t {
			return int32(k)
		}
	}
	return int32(len(d.sites))
}

func (d *division) seedsOf(t int32, seeds []seedling) []seedling {
	return seeds[d.first(t):d.first(t+1)]
}

func (d *division) raster(g terrain.Grid) topology.Raster {
	return topology.Raster{W: g.W, H: g.H, Cell: g.Cell, X0: g.X0, Y0: g.Y0, Label: d.village}
}

// townshipOf is the township of a village label.
func (d *division) townshipOf(village int32) int32 {
	if village < 0 {
		return topology.Outside
	}
	return d.township[village]
}

// districtOf puts all villages together.
func districtOf(village int32) int32 { return min(village, 0) }
