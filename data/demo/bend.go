package demo

import (
	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// bend is a gentle distortion between the raster, whose water and paths prefer eight directions, and
// the plane of the map, where nothing shall look ruled. All that comes from the raster goes through
// it once, so things stay where they are to each other.
type bend struct {
	terrain.Grid
	ahead, back [2][]float64 // m east and north: from raster to map, and the other way
}

const bendCell = 200.0 // m

func newBend(g terrain.Grid, n terrain.Noise) *bend {
	k := int(bendCell / g.Cell)
	b := &bend{Grid: terrain.Grid{W: g.W / k, H: g.H / k, Cell: bendCell, X0: g.X0, Y0: g.Y0}}
	for axis := range 2 {
		b.ahead[axis], b.back[axis] = make([]float64, b.Len()), make([]float64, b.Len())
		for i := range b.ahead[axis] {
			b.ahead[axis][i] = b.swing(n+terrain.Noise(axis*17), i)
		}
	}
	for i := range b.Len() {
		x, y := b.Centre(i)
		q := orb.Point{x, y}
		for range 8 { // the fixed point of q + ahead(q) = p
			d := b.at(b.ahead, q)
			q = orb.Point{x - d[0], y - d[1]}
		}
		b.back[0][i], b.back[1][i] = q[0]-x, q[1]-y
	}
	return b
}

// swing is how far aside a place goes, m: wide bends and small ones, none at the border of the map.
//
//go:norace
func (b *bend) swing(n terrain.Noise, i int) float64 {
	x, y := b.Centre(i)
	rim := min(x-b.X0, y-b.Y0, -b.X0-x, -b.Y0-y)
	return terrain.Smoothstep(0, 5000, rim) * (float64(380*n.Fractal(x/3000, y/3000, 2)) + float64(110*(n+5).At(x/900, y/900)))
}

func (b *bend) at(field [2][]float64, p orb.Point) orb.Point {
	return orb.Point{b.Sample(field[0], p[0], p[1]), b.Sample(field[1], p[0], p[1])}
}

// toMap brings a point of the raster's plane to the map's.
//
//go:norace
func (b *bend) toMap(p orb.Point) orb.Point {
	d := b.at(b.ahead, p)
	return orb.Point{p[0] + d[0], p[1] + d[1]}
}

// toRaster is the inverse of toMap, to a few metres.
//
//go:norace
func (b *bend) toRaster(p orb.Point) orb.Point {
	d := b.at(b.back, p)
	return orb.Point{p[0] + d[0], p[1] + d[1]}
}

// Centre is the middle of a cell on the map, local m.
func (l *land) Centre(i int) (x, y float64) { return l.middle[i][0], l.middle[i][1] }

// bendCentres fills middle.
func (l *land) bendCentres() {
	l.middle = make([]orb.Point, l.Len())
	for i := range l.middle {
		x, y := l.Grid.Centre(i)
		l.middle[i] = l.bend.toMap(orb.Point{x, y})
	}
}

// Index is the cell of a place on the map.
func (l *land) Index(x, y float64) int {
	p := l.bend.toRaster(orb.Point{x, y})
	return l.Grid.Index(p[0], p[1])
}

// Sample interpolates a field of the raster at a place on the map.
func (l *land) Sample(field []float64, x, y float64) float64 {
	p := l.bend.toRaster(orb.Point{x, y})
	return l.Grid.Sample(field, p[0], p[1])
}

// geographic brings a point of the raster's plane to WGS 84.
func (l *land) geographic(p orb.Point) orb.Point { return geographic(l.bend.toMap(p)) }

// around lists the cells within about r metres of a place on the map.
func (l *land) around(x, y, r float64) []int {
	i := l.Index(x, y)
	n := int(1.3*r/l.Cell) + 1
	var out []int
	for row := max(0, i/l.W-n); row <= min(l.H-1, i/l.W+n); row++ {
		for col := max(0, i%l.W-n); col <= min(l.W-1, i%l.W+n); col++ {
			out = append(out, row*l.W+col)
		}
	}
	return out
}
