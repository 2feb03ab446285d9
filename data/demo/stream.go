package demo

import (
	"math"

	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

// reach is a piece of a river between two confluences, flowing from its first point to its last.
type reach struct {
	cells []int32
	line  orb.LineString // WGS 84
	area  float64        // catchment at its lower end, m²
	stem  int            // reaches of one river share it
}

// drawn is the catchment from which a stream is on the map, m².
const drawn = 2.2e6

// width of a river in m by its catchment in m².
func width(area float64) float64 { return 2.1 * math.Sqrt(area/1e6) }

// reaches follows all streams from spring to mouth. The larger arm of a confluence carries the
// river's identity upstream.
func (l *land) reaches() []reach {
	donors := l.streamDonors(drawn)
	stem := l.stems()
	var out []reach
	for k := len(l.flow.Order) - 1; k >= 0; k-- {
		i := l.flow.Order[k]
		if l.flow.Area[i] < drawn || (donors[i] == 1 && !l.Edge(int(i))) {
			continue
		}
		r := reach{cells: []int32{i}, stem: int(stem[i])}
		for at := l.flow.To[i]; at >= 0; at = l.flow.To[at] {
			r.cells = append(r.cells, at)
			if donors[at] != 1 {
				break
			}
		}
		if n := len(r.cells); n > 1 {
			r.area = l.flow.Area[r.cells[n-2]]
			out = append(out, r)
		}
	}
	l.draw(out)
	return out
}

// stems numbers rivers: every cell has the number of the river that it is part of.
//
//go:norace
func (l *land) stems() []int32 {
	largest := make([]int32, l.Len()) // donor with the largest catchment
	for i := range largest {
		largest[i] = -1
	}
	for i, to := range l.flow.To {
		if to >= 0 && (largest[to] < 0 || l.flow.Area[i] > l.flow.Area[largest[to]]) {
			largest[to] = int32(i)
		}
	}
	stem := make([]int32, l.Len())
	next := int32(0)
	for _, i := range l.flow.Order {
		if to := l.flow.To[i]; to >= 0 && largest[to] == i {
			stem[i] = stem[to]
		} else {
			stem[i] = next
			next++
		}
	}
	return stem
}

// draw gives every reach a smooth line; large rivers swing wider.
func (l *land) draw(reaches []reach) {
	lines := make([]orb.LineString, len(reaches))
	for k, r := range reaches {
		for _, c := range r.cells {
			x, y := l.Centre(int(c))
			lines[k] = append(lines[k], orb.Point{x, y})
		}
	}
	raw := func(k int) orb.LineString { return lines[k] }
	for k, line := range topology.SmoothLines(lines, raw, l.Cell, geographic) {
		reaches[k].line = line
	}
}
