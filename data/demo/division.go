package demo

import (
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
	township := h.grow(seeds, func(int32) bool { return true })
	for k, t := range township {
		if t >= townships {
			township[k] = -1
		}
	}
	d.place(l, h, township, seed)
	d.fill(l, h, township)
	return d
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
	d.village = make([]int32, l.Len())
	for i, side := range h.of {
		d.village[i] = village[side]
	}
	topology.Tidy(d.raster(l.Grid), d.townshipOf, districtOf)
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
