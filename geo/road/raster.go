package road

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// The raster under isochrones.
const (
	cellM      = 100              // metres between corners
	sampleM    = 60               // metres between samples of a road: no cell it passes is far from one
	walkCells  = 2                // cells from a road that people still go on foot
	maxCorners = 1 << 26          // 67 million: 800 by 800 km
	cellWalkS  = cellM / walkPace // seconds to walk a cell
)

// unreached is the time in seconds at corners where nobody comes.
const unreached = float32(math.MaxFloat32)

// raster holds the time in seconds at the corners of a grid in a plane around the first seed.
type raster struct {
	frame         frame
	x0, y0        float64 // metres of the first corner, east and north of the frame's centre
	width, height int
	times         []float32 // by rows from the south
	set           []int32   // corners that have a time
}

// newRaster takes the times of a tree up to a limit in seconds: along the roads, and on foot from there. It is nil if
// they cover more than any screen shows.
func newRaster(t *Tree, limit float64) *raster {
	r := &raster{frame: newFrame(positionOf(t.query.Seeds[0].At))}
	p := sampler{t: t, raster: r, limit: uint32(min(limit*1000, horizon))}
	p.find()
	const margin = bulge + (walkCells+2)*cellM
	r.x0, r.y0 = p.low[0]-margin, p.low[1]-margin
	r.width, r.height = int((p.high[0]-p.low[0]+2*margin)/cellM)+1, int((p.high[1]-p.low[1]+2*margin)/cellM)+1
	if float64(r.width)*float64(r.height) > maxCorners {
		return nil
	}
	r.times = make([]float32, r.width*r.height)
	for i := range r.times {
		r.times[i] = unreached
	}
	p.sample()
	r.walk(float32(limit))
	return r
}

// put notes a time at a corner, if it is not too near the sides of the raster for people to walk on.
func (r *raster) put(x, y int, s float32) {
	if x > walkCells && y > walkCells && x < r.width-walkCells-1 && y < r.height-walkCells-1 {
		r.improve(int32(y*r.width+x), s)
	}
}

func (r *raster) improve(corner int32, s float32) {
	if r.times[corner] == unreached {
		r.set = append(r.set, corner)
	}
	r.times[corner] = min(r.times[corner], s)
}

// walk lets people go on from the roads by the eight directions, so far as a detour makes of walkCells.
func (r *raster) walk(limit float32) {
	w := int32(r.width)
	const straight, slanting = float32(cellWalkS * walkDetour), float32(cellWalkS * walkDetour * math.Sqrt2)
	around := [8]struct {
		by int32
		s  float32
	}{{-1, straight}, {1, straight}, {-w, straight}, {w, straight}, {-w - 1, slanting}, {-w + 1, slanting}, {w - 1, slanting}, {w + 1, slanting}}
	from := slices.Clone(r.set)
	for range walkCells {
		before := make([]float32, len(from))
		for i, c := range from {
			before[i] = r.times[c]
		}
		var better []int32 // only these have something new to tell their neighbours
		for i, s := range before {
			for _, n := range around {
				if c := from[i] + n.by; s+n.s <= limit && s+n.s < r.times[c] {
					r.improve(c, s+n.s)
					better = append(better, c)
				}
			}
		}
		from = better
	}
}

// point gives the place of a position on the grid, WGS 84, to a tenth of a metre.
func (r *raster) point(x, y float64) orb.Point {
	lon, lat := r.frame.position(r.x0+x*cellM, r.y0+y*cellM)
	return orb.Point{math.Round(lon*1e6) / 1e6, math.Round(lat*1e6) / 1e6}
}
