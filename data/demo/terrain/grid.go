// Package terrain makes the relief of an invented landscape: a height grid shaped by uplift and
// running water, and the way water flows over it. All lengths are metres in a local plane
// (x east, y north); nothing here knows longitude and latitude.
package terrain

// Grid is a raster of square cells; row 0 is the southernmost.
type Grid struct {
	W, H   int
	Cell   float64 // edge of a cell, m
	X0, Y0 float64 // south-western corner, m
}

// Len is the number of cells.
func (g Grid) Len() int { return g.W * g.H }

// Centre is the middle of cell i.
//
//go:norace
func (g Grid) Centre(i int) (x, y float64) {
	return g.X0 + float64((float64(i%g.W)+0.5)*g.Cell), g.Y0 + float64((float64(i/g.W)+0.5)*g.Cell)
}

// Index is the cell that holds x, y; a point outside is moved to the nearest border cell.
//
//go:norace
func (g Grid) Index(x, y float64) int {
	c := clampInt(floorInt((x-g.X0)/g.Cell), 0, g.W-1)
	r := clampInt(floorInt((y-g.Y0)/g.Cell), 0, g.H-1)
	return r*g.W + c
}

// Contains says whether x, y lies on the grid.
func (g Grid) Contains(x, y float64) bool {
	return x >= g.X0 && y >= g.Y0 && x < g.X0+float64(float64(g.W)*g.Cell) && y < g.Y0+float64(float64(g.H)*g.Cell)
}

// Edge says whether cell i lies on the border of the grid.
func (g Grid) Edge(i int) bool {
	c, r := i%g.W, i/g.W
	return c == 0 || r == 0 || c == g.W-1 || r == g.H-1
}

// Step is a move from a cell to one of its eight neighbours.
type Step struct {
	DX, DY int
	Length float64 // in cells
}

const diagonal = 1.4142135623730951

// Steps are the eight moves, counter-clockwise from the east; odd ones are diagonal.
func Steps() [8]Step {
	return [8]Step{
		{1, 0, 1}, {1, 1, diagonal}, {0, 1, 1}, {-1, 1, diagonal},
		{-1, 0, 1}, {-1, -1, diagonal}, {0, -1, 1}, {1, -1, diagonal},
	}
}

// Neighbour is the cell reached from i by s, or -1 outside the grid.
//
//go:norace
func (g Grid) Neighbour(i int, s Step) int {
	c, r := i%g.W+s.DX, i/g.W+s.DY
	if c < 0 || r < 0 || c >= g.W || r >= g.H {
		return -1
	}
	return r*g.W + c
}

// Sample interpolates field at x, y between cell centres; outside it repeats the border.
//
//go:norace
func (g Grid) Sample(field []float64, x, y float64) float64 {
	fx, fy := (x-g.X0)/g.Cell-0.5, (y-g.Y0)/g.Cell-0.5
	c, r := floorInt(fx), floorInt(fy)
	tx, ty := fx-float64(c), fy-float64(r)
	c0, c1 := clampInt(c, 0, g.W-1), clampInt(c+1, 0, g.W-1)
	r0, r1 := clampInt(r, 0, g.H-1)*g.W, clampInt(r+1, 0, g.H-1)*g.W
	south := mix(field[r0+c0], field[r0+c1], tx)
	north := mix(field[r1+c0], field[r1+c1], tx)
	return mix(south, north, ty)
}

// mix goes from a to b as t goes from 0 to 1. The conversions keep compilers from fusing the
// multiplication with the addition, so that every machine gets the same bits.
//
//go:norace
func mix(a, b, t float64) float64 { return float64(a) + float64((b-a)*t) }

// Smoothstep rises from 0 at lo to 1 at hi.
func Smoothstep(lo, hi, v float64) float64 {
	t := Clamp((v-lo)/(hi-lo), 0, 1)
	return float64(t*t) * (3 - float64(2*t))
}

// Clamp keeps v within lo and hi.
func Clamp(v, lo, hi float64) float64 {
	if v < lo {
		return lo
	}
	if v > hi {
		return hi
	}
	return v
}

func floorInt(v float64) int {
	n := int(v)
	if float64(n) > v {
		n--
	}
	return n
}

func clampInt(v, lo, hi int) int { return max(lo, min(hi, v)) }
