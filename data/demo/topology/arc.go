// Package topology turns a labelled raster into polygons that share their borders: every border
// between two labels is one arc, smoothed once and used by both sides, so neighbours can neither
// overlap nor leave a gap.
package topology

import (
	"github.com/paulmach/orb"
)

// Outside is the label of what belongs to nobody.
const Outside int32 = -1

// Raster is a labelled grid of square cells; row 0 is the southernmost.
type Raster struct {
	W, H         int
	Cell, X0, Y0 float64 // edge of a cell and south-western corner, m
	Label        []int32
}

// at is the label of a cell, Outside beyond the border.
//
//go:norace
func (r Raster) at(col, row int) int32 {
	if col < 0 || row < 0 || col >= r.W || row >= r.H {
		return Outside
	}
	return r.Label[row*r.W+col]
}

// Arc is a border between two labels, from node to node or closed.
type Arc struct {
	Line        orb.LineString
	Left, Right int32
	from, to    int // corners of the raster
	first, last int // directions of the first and the last step
}

// Closed says whether the arc is a ring without nodes.
func (a Arc) Closed() bool { return a.from == a.to && a.Line[0] == a.Line[len(a.Line)-1] }

// Directions of steps along cell edges: east, north, west, south.
func stepOf(dir int) (dx, dy int) {
	switch dir & 3 {
	case 0:
		return 1, 0
	case 1:
		return 0, 1
	case 2:
		return -1, 0
	}
	return 0, -1
}

// sides are the labels left and right of the step from a corner in a direction.
//
//go:norace
func (r Raster) sides(col, row, dir int) (left, right int32) {
	switch dir & 3 {
	case 0:
		return r.at(col, row), r.at(col, row-1)
	case 1:
		return r.at(col-1, row), r.at(col, row)
	case 2:
		return r.at(col-1, row-1), r.at(col-1, row)
	}
	return r.at(col, row-1), r.at(col-1, row-1)
}

// tracer walks the borders of a raster, each once.
type tracer struct {
	Raster
	walked []uint8 // a bit for each direction in which a corner was left or entered
	arcs   []Arc
}

// Trace finds all arcs of a raster, in a fixed order.
func Trace(r Raster) *Mesh {
	t := &tracer{Raster: r, walked: make([]uint8, (r.W+1)*(r.H+1))}
	for _, nodesOnly := range []bool{true, false} {
		for row := 0; row <= r.H; row++ {
			for col := 0; col <= r.W; col++ {
				t.start(col, row, nodesOnly)
			}
		}
	}
	return newMesh(r, t.arcs)
}

//go:norace
func (t *tracer) start(col, row int, nodesOnly bool) {
	if nodesOnly && t.degree(col, row) < 3 {
		return
	}
	for dir := range 4 {
		if t.walked[row*(t.W+1)+col]&(1<<dir) == 0 && t.border(col, row, dir) {
			t.walk(col, row, dir)
		}
	}
}

//go:norace
func (t *tracer) border(col, row, dir int) bool {
	left, right := t.sides(col, row, dir)
	return left != right
}

//go:norace
func (t *tracer) degree(col, row int) int {
	n := 0
	for dir := range 4 {
		if t.border(col, row, dir) {
			n++
		}
	}
	return n
}

// walk follows a border from a corner to the next node, or round to where it began.
func (t *tracer) walk(col, row, dir int) {
	arc := Arc{from: row*(t.W+1) + col, first: dir}
	arc.Left, arc.Right = t.sides(col, row, dir)
	arc.Line = append(arc.Line, t.point(col, row))
	for {
		t.walked[row*(t.W+1)+col] |= 1 << dir
		dx, dy := stepOf(dir)
		col, row = col+dx, row+dy
		t.walked[row*(t.W+1)+col] |= 1 << ((dir + 2) & 3)
		arc.Line = append(arc.Line, t.point(col, row))
		arc.to, arc.last = row*(t.W+1)+col, dir
		if arc.to == arc.from || t.degree(col, row) > 2 {
			break
		}
		for _, turn := range []int{1, 0, 3} {
			if next := (dir + turn) & 3; t.border(col, row, next) {
				dir = next
				break
			}
		}
	}
	t.arcs = append(t.arcs, arc)
}

func (t *tracer) point(col, row int) orb.Point {
	return orb.Point{t.X0 + float64(float64(col)*t.Cell), t.Y0 + float64(float64(row)*t.Cell)}
}
