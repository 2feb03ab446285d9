package tiles

import (
	"math"

	"github.com/paulmach/orb"
)

// MaxZoom is the highest zoom of any tile.
const MaxZoom = 22

const (
	extent     = 4096               // units of a vector tile's side
	buffer     = 64                 // units beyond each side that a tile also holds, so that no symbol is cut
	halfWorld  = 20037508.342789244 // metres of EPSG:3857 from the middle of the world to its edge
	worldBits  = 30                 // of unit_x and unit_y in the database
	gridBits   = 4                  // a tile with too many rows shows groups of 2^4 × 2^4 cells
	reach      = 1.0 / (1 << gridBits)
	cellLevels = 16 // deepest level of cells that the database keeps; it keeps the even ones from 8
)

// ID names one tile of the XYZ scheme.
type ID struct {
	Z    uint8
	X, Y uint32
}

// Valid tells whether there is such a tile.
func (t ID) Valid() bool { return t.Z <= MaxZoom && t.X < 1<<t.Z && t.Y < 1<<t.Z }

// size is the length of a tile's side at zoom z in metres of EPSG:3857.
func size(z uint8) float64 { return 2 * halfWorld / float64(uint32(1)<<z) }

// pixel is what one pixel of a screen shows at zoom z, in metres of EPSG:3857, with 512 of them to a tile.
func pixel(z uint8) float64 { return size(z) / 512 }

// mercator is the tile's square in metres of EPSG:3857: west, south, east, north.
func (t ID) mercator() (west, south, east, north float64) {
	s := size(t.Z)
	west, north = float64(t.X)*s-halfWorld, halfWorld-float64(t.Y)*s
	return west, north - s, west + s, north
}

// Bound is the tile's box in WGS 84 degrees.
func (t ID) Bound() orb.Bound {
	n := float64(uint32(1) << t.Z)
	return orb.Bound{
		Min: orb.Point{float64(t.X)/n*360 - 180, latitude(float64(t.Y+1) / n)},
		Max: orb.Point{float64(t.X+1)/n*360 - 180, latitude(float64(t.Y) / n)},
	}
}

// latitude of a line so far from the north edge of the world's square, whose side is 1.
func latitude(y float64) float64 { return math.Atan(math.Sinh(math.Pi*(1-2*y))) * 180 / math.Pi }

// square places a point in the world's square: 0 to 1 from the west and from the north edge.
func square(p orb.Point) (x, y float64) {
	y = 0.5 - math.Asinh(math.Tan(p[1]*math.Pi/180))/(2*math.Pi)
	return p[0]/360 + 0.5, math.Max(0, math.Min(1, y))
}

// span is a range of tiles of one zoom, both ends included.
type span struct{ west, north, east, south uint32 }

// touched gives the tiles of zoom z whose content may depend on what lies in box: those that reach it with their buffer
// or with the cells around them.
func touched(box orb.Bound, z uint8) span {
	n := float64(uint32(1) << z)
	west, north := square(orb.Point{box.Min[0], box.Max[1]})
	east, south := square(orb.Point{box.Max[0], box.Min[1]})
	const margin = reach + 1.0/256 // of a tile; the second part is for rounding and for simplified copies
	at := func(v, off float64) uint32 { return uint32(math.Max(0, math.Min(n-1, math.Floor(v*n+off)))) }
	return span{at(west, -margin), at(north, -margin), at(east, margin), at(south, margin)}
}

func (s span) has(x, y uint32) bool {
	return x >= s.west && x <= s.east && y >= s.north && y <= s.south
}

func (s span) count() int { return int(s.east-s.west+1) * int(s.south-s.north+1) }
