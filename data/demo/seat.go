package demo

import (
	"cmp"
	"math"
	"slices"

	"fourmaps/data/demo/terrain"
)

// seat is the place of a town from which a township is governed.
type seat struct {
	x, y   float64
	side   int32
	street int // 1 to 3 for the parts of the county seat, 0 for others
	inside bool
}

const (
	townships    = 16
	streets      = 3
	villages     = 334
	seatSpacing  = 6800.0 // m between seats of townships
	streetsDelay = 4300.0 // m: streets start late and so stay small
)

// seats finds the towns of the whole map: where rivers meet on level ground, a day's market apart.
// The county seat comes first, as three streets, then the nearest ones.
func (l *land) seats(h *hillsides, seed int64) []seat {
	n := terrain.Noise(uint64(seed)*2 + 401)
	cx, cy := l.confluence()
	type candidate struct {
		cell  int
		worth float64
	}
	var all []candidate
	for i := range l.height {
		if a := l.catchment[i]; l.slope[i] < 0.06 && a > 6e6 && l.above[i] > 1.5 && l.above[i] < 25 && !l.nearEdge(i, 2500) {
			x, y := l.Centre(i)
			worth := math.Sqrt(math.Sqrt(a/1e6)) + float64(1.2*n.At(x/300, y/300)) - float64(20*l.slope[i])
			all = append(all, candidate{i, worth})
		}
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(-cmp.Compare(a.worth, b.worth), cmp.Compare(a.cell, b.cell))
	})
	var towns []seat
	for _, c := range all {
		x, y := l.Centre(c.cell)
		free := distance(x, y, cx, cy) > seatSpacing*0.85
		for _, t := range towns {
			free = free && distance(x, y, t.x, t.y) > seatSpacing
		}
		if free {
			towns = append(towns, seat{x: x, y: y, side: h.of[c.cell]})
		}
	}
	slices.SortStableFunc(towns, func(a, b seat) int {
		return cmp.Compare(oval(a.x-cx, a.y-cy), oval(b.x-cx, b.y-cy))
	})
	return append(l.streets(h, cx, cy), towns...)
}

// oval is the distance from the middle of a district wider than high.
func oval(dx, dy float64) float64 { return math.Sqrt(float64(dx*dx)/1.6 + float64(dy*dy)) }

// confluence is where the two rivers from outside meet: the county seat.
func (l *land) confluence() (x, y float64) {
	southGate := southCourse()[0]
	i := int32(l.Index(southGate[0]*1000, southGate[1]*1000))
	for l.flow.Area[i] < mainCatchment {
		i = l.flow.To[i]
	}
	return l.Centre(int(i))
}

// streets are the three parts of the county seat: one in each angle between the rivers.
func (l *land) streets(h *hillsides, cx, cy float64) []seat {
	var out []seat
	for k := range streets {
		aim := [][2]float64{{-300, 1500}, {-1500, -900}, {1500, -900}}[k]
		x, y := cx+aim[0], cy+aim[1]
		out = append(out, seat{x: x, y: y, side: h.of[l.Index(x, y)], street: k + 1})
	}
	return out
}

func (l *land) nearEdge(i int, m float64) bool {
	x, y := l.Centre(i)
	return x-l.X0 < m || y-l.Y0 < m || l.X0+float64(float64(l.W)*l.Cell)-x < m || l.Y0+float64(float64(l.H)*l.Cell)-y < m
}
