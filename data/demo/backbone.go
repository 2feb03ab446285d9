package demo

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"fourmaps/data/demo/terrain"
)

// layRoads builds the country's roads from the most important down: later ones reuse earlier ones.
func layRoads(l *land, h *hillsides, d *division, seed int64) *ways {
	w := newWays(l, seed)
	w.throughRoads(d)
	w.townRoads(d)
	w.villageRoads(l.settlements(h, d, seed))
	w.shortcuts(d)
	w.tracks(l, h, seed)
	w.trim()
	return w
}

// throughRoads cross the map by way of the county seat.
func (w *ways) throughRoads(d *division) {
	centre := w.cellOf(d.seats[0].x, d.seats[0].y)
	cx, cy := d.seats[0].x, d.seats[0].y
	var west, east, south [2]float64
	main, tributary := mainCourse(), southCourse()
	west = [2]float64{w.X0 + 50, float64(main[0][1]*1000) + 1800}
	east = [2]float64{-w.X0 - 50, float64(main[len(main)-1][1]*1000) - 1500}
	south = [2]float64{float64(tributary[0][0]*1000) + 1200, w.Y0 + 50}
	gates := []struct {
		at [2]float64
		c  class
	}{
		{west, trunk}, {east, trunk}, {south, primary},
		{[2]float64{cx + 6000, -w.Y0 - 50}, primary}, {[2]float64{w.X0 + 50, cy + 27000}, primary},
		{[2]float64{-w.X0 - 50, cy - 24000}, primary}, {[2]float64{cx - 27000, w.Y0 + 50}, primary},
	}
	cells := make([]int32, len(gates))
	for k, g := range gates {
		cells[k] = w.gate(g.at)
	}
	w.search([]int32{centre}, cells, math.Inf(1), nil)
	for k, g := range gates {
		w.build(cells[k], w.begin(g.c, 0, -1))
	}
	for _, s := range d.seats[1:streets] {
		w.connect(centre, w.cellOf(s.x, s.y), w.begin(primary, 0, -1))
	}
}

// gate is the easiest cell on the border of the map near a place.
func (w *ways) gate(at [2]float64) int32 {
	best, cost := int32(0), math.Inf(1)
	for i := range w.rough {
		x, y := w.Centre(i)
		if away := distance(x, y, at[0], at[1]); w.Edge(i) && away < 6000 && w.rough[i]+away/2500 < cost {
			best, cost = int32(i), w.rough[i]+away/2500
		}
	}
	return best
}

func (w *ways) cellOf(x, y float64) int32 { return int32(w.Index(x, y)) }

// townRoads join towns that have no third one between them.
func (w *ways) townRoads(d *division) {
	for a, s := range d.seats {
		for b, t := range d.seats[:a] {
			if apart := distance(s.x, s.y, t.x, t.y); apart < 17000 && relative(d.seats, a, b, apart) {
				w.connect(w.cellOf(s.x, s.y), w.cellOf(t.x, t.y), w.begin(secondary, b, a))
			}
		}
	}
}

// relative says whether a and b are neighbours: no other seat is nearer to both than they are to
// each other.
func relative(seats []seat, a, b int, apart float64) bool {
	for k, o := range seats {
		if k != a && k != b && distance(o.x, o.y, seats[a].x, seats[a].y) < 0.95*apart && distance(o.x, o.y, seats[b].x, seats[b].y) < 0.95*apart {
			return false
		}
	}
	return true
}

// villageRoads bring every settlement to the nearest road. What three or more share is a better one.
func (w *ways) villageRoads(places []int32) {
	w.search(w.roads(), nil, math.Inf(1), nil)
	shared := map[int32]int{} // settlements that pass through a cell
	for _, p := range places {
		for at := p; at >= 0 && !math.IsInf(w.seen[at], 1); at = w.from[at] {
			shared[at]++
		}
	}
	// The farthest settlement's road keeps its number all the way, the others join it.
	far := slices.Clone(places)
	slices.SortStableFunc(far, func(a, b int32) int { return -cmp.Compare(w.seen[a], w.seen[b]) })
	for _, p := range far {
		if math.IsInf(w.seen[p], 1) {
			continue
		}
		minor, better := int32(-1), int32(-1)
		for at := p; w.from[at] >= 0 && !w.isLink(at, w.from[at]); at = w.from[at] {
			r, c := &minor, unclassified
			if shared[at] >= 3 {
				r, c = &better, tertiary
			}
			if *r < 0 {
				*r = w.begin(c, -1, -1)
			}
			w.join(at, w.from[at], bond{c, *r})
		}
	}
}

// shortcuts join neighbouring villages where the way round is long and the ground allows it.
func (w *ways) shortcuts(d *division) {
	for a, s := range d.sites {
		for _, t := range d.sites[:a] {
			if distance(s.x, s.y, t.x, t.y) < 2900 {
				from, to := w.cellOf(s.x, s.y), w.cellOf(t.x, t.y)
				w.search([]int32{from}, []int32{to}, 7200, nil)
				w.build(to, w.begin(unclassified, -1, -1))
			}
		}
	}
}

// tracks lead from the roads into valleys and slopes where nobody lives.
func (w *ways) tracks(l *land, h *hillsides, seed int64) {
	r := chance(seed, "tracks")
	cores := l.cores(h)
	w.search(w.roads(), nil, 9000, nil)
	var ends []int32
	for _, k := range r.Perm(len(h.list)) {
		c := cores[k]
		i := w.cellOf(c.x, c.y)
		share := 0.022
		if oval(c.x, c.y) < 23000 {
			share = 0.055
		}
		if way := w.seen[i]; h.list[k].size > 5 && way > 1500 && way < 9000 && r.Float64() < share && !l.wet[i] {
			ends = append(ends, i)
		}
	}
	sort.Slice(ends, func(a, b int) bool { return ends[a] < ends[b] })
	for _, e := range ends {
		w.build(e, w.begin(track, -1, -1))
	}
}

// settlements are the cells of all villages of the district and of hamlets around it.
func (l *land) settlements(h *hillsides, d *division, seed int64) []int32 {
	var out []int32
	near := newBuckets(3000)
	for _, s := range d.sites {
		out = append(out, int32(l.Index(s.x, s.y)))
		near.add(s.x, s.y, 1500)
	}
	cores := l.cores(h)
	for _, k := range chance(seed, "hamlets around").Perm(len(h.list)) {
		c, s := cores[k], h.list[k]
		i := l.Index(c.x, c.y)
		if room := 2300 + float64(2500*s.steep); d.village[i] < 0 && s.size > 10 && !l.wet[i] && !l.nearEdge(i, 600) && near.free(c.x, c.y, room) {
			near.add(c.x, c.y, room)
			d.hamlets = append(d.hamlets, i)
			out = append(out, int32(i))
		}
	}
	return out
}

// trim removes diagonal moves beside two straight ones: they would be slivers.
func (w *ways) trim() {
	for i := range w.built {
		if w.built[i] == noRoad {
			continue
		}
		steps := terrain.Steps()
		for k := 1; k < 8; k += 2 {
			j := int32(w.Neighbour(i, steps[k]))
			if j < 0 || !w.isLink(int32(i), j) {
				continue
			}
			for _, via := range []int{k - 1, (k + 1) % 8} {
				m := int32(w.Neighbour(i, steps[via]))
				if w.isLink(int32(i), m) && w.isLink(m, j) {
					c := w.link[linkKey(int32(i), j)]
					delete(w.link, linkKey(int32(i), j))
					w.join(int32(i), m, c)
					w.join(m, j, c)
					break
				}
			}
		}
	}
}
