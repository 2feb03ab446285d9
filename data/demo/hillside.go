package demo

import (
	"cmp"
	"math"
	"slices"

	"fourmaps/data/demo/terrain"
)

// hillside is the ground that drains to one stretch of a stream from one side: the smallest piece
// of land that a border goes round rather than through.
type hillside struct {
	x, y  float64 // middle, m
	size  int     // cells
	foot  float64 // lowest height, m
	mean  float64 // mean height, m
	steep float64 // mean slope
	next  []frontier
}

// frontier is what two hillsides have in common, seen from one of them.
type frontier struct {
	to    int32
	pass  float64 // lowest height at which one gets across, m
	river float64 // catchment of the largest river between them, m²
}

// hillsides is a division of the land.
type hillsides struct {
	of   []int32 // the hillside of every cell
	list []hillside
}

// springs is the catchment at which a stream begins for this division, m².
const springs = 0.28e6

// newHillsides divides the land along streams and ridges.
func newHillsides(l *land) *hillsides {
	h := &hillsides{of: l.divide(springs)}
	last := int32(0)
	for _, k := range h.of {
		last = max(last, k)
	}
	h.list = make([]hillside, last+2)
	h.measure(l)
	h.join(l)
	return h
}

// divide numbers the ground on both sides of every stretch of stream, where streams begin with a
// catchment of so many m²: 2·stretch on the left, one more on the right.
//
//go:norace
func (l *land) divide(begin float64) []int32 {
	of, stretch := make([]int32, l.Len()), make([]int32, l.Len())
	donors := l.streamDonors(begin)
	stretches := int32(0)
	for _, i := range l.flow.Order {
		to := l.flow.To[i]
		switch {
		case l.flow.Area[i] < begin && to < 0:
			of[i] = 2 * stretches
			stretches++
		case l.flow.Area[i] < begin && l.flow.Area[to] >= begin:
			of[i] = stretch[to] + l.bank(i, to)
		case l.flow.Area[i] < begin:
			of[i] = of[to]
		case to < 0 || donors[to] != 1:
			stretch[i] = 2 * stretches
			stretches++
			of[i] = stretch[i]
		default:
			stretch[i] = stretch[to]
			of[i] = stretch[i]
		}
	}
	return of
}

// streamDonors counts for every cell the streams that flow into it.
func (l *land) streamDonors(least float64) []uint8 {
	donors := make([]uint8, l.Len())
	for i, to := range l.flow.To {
		if to >= 0 && l.flow.Area[i] >= least {
			donors[to]++
		}
	}
	return donors
}

// bank is 0 when cell i lies to the left of the stream at cell s, 1 to the right.
func (l *land) bank(i, s int32) int32 {
	to := l.flow.To[s]
	if to < 0 {
		return 0
	}
	x, y := l.Centre(int(i))
	sx, sy := l.Centre(int(s))
	tx, ty := l.Centre(int(to))
	if float64((tx-sx)*(y-sy))-float64((ty-sy)*(x-sx)) >= 0 {
		return 0
	}
	return 1
}

//go:norace
func (h *hillsides) measure(l *land) {
	for k := range h.list {
		h.list[k].foot = math.MaxFloat64
	}
	for i, k := range h.of {
		s := &h.list[k]
		x, y := l.Centre(i)
		s.x, s.y, s.size = s.x+x, s.y+y, s.size+1
		s.mean += l.height[i]
		s.steep += l.slope[i]
		s.foot = min(s.foot, l.height[i])
	}
	for k := range h.list {
		if s := &h.list[k]; s.size > 0 {
			n := float64(s.size)
			s.x, s.y, s.mean, s.steep = s.x/n, s.y/n, s.mean/n, s.steep/n
		}
	}
}

// join finds which hillsides touch, and over what.
//
//go:norace
func (h *hillsides) join(l *land) {
	type touch struct {
		from int32
		frontier
	}
	var touches []touch
	for i := range h.of {
		for k, s := range terrain.Steps() {
			j := l.Neighbour(i, s)
			if k%2 == 1 || j < 0 || h.of[i] == h.of[j] {
				continue
			}
			f := frontier{to: h.of[j], pass: max(l.height[i], l.height[j])}
			if a := max(l.flow.Area[i], l.flow.Area[j]); a > 20e6 {
				f.river = a
			}
			touches = append(touches, touch{h.of[i], f})
		}
	}
	slices.SortFunc(touches, func(a, b touch) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.pass, b.pass), cmp.Compare(a.river, b.river))
	})
	for k, t := range touches {
		if k > 0 && touches[k-1].from == t.from && touches[k-1].to == t.to {
			next := h.list[t.from].next
			next[len(next)-1].river = max(next[len(next)-1].river, t.river)
			continue
		}
		h.list[t.from].next = append(h.list[t.from].next, t.frontier)
	}
}

// toll is what it takes to belong together across a frontier, in metres of way: distance, the climb
// over a ridge, the width of a river.
func (h *hillsides) toll(from int32, f frontier) float64 {
	a, b := h.list[from], h.list[f.to]
	climb := max(0, f.pass-(a.foot+b.foot)/2)
	return distance(a.x, a.y, b.x, b.y) + float64(14*climb) + float64(36*math.Sqrt(f.river/1e6))
}

func distance(ax, ay, bx, by float64) float64 {
	dx, dy := ax-bx, ay-by
	return math.Sqrt(float64(dx*dx) + float64(dy*dy))
}
