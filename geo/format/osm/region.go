package osm

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"fourmaps/geo"
)

// region is the area asked for with a margin around it. It answers by cells of some hundred metres, each looked at
// once, so a node is inside if its cell is; the edge is therefore up to a cell too generous, never too tight.
type region struct {
	areas  orb.MultiPolygon
	bound  orb.Bound // with the margin
	margin float64   // metres
	cell   float64   // metres
	perLon float64   // metres a degree of longitude, in the middle of the region
	known  map[[2]int32]bool
}

const metresPerLatitude = 111320 // a degree, rounded up

func newRegion(areas orb.MultiPolygon, margin float64) *region {
	b := areas.Bound()
	return &region{
		areas:  areas,
		bound:  geo.PadMetres(b, margin),
		margin: margin,
		cell:   250 + margin/40,
		perLon: metresPerLatitude * math.Cos(b.Center()[1]*math.Pi/180),
		known:  map[[2]int32]bool{},
	}
}

// contains tells whether a position lies in the region; a nil region is the whole world.
func (r *region) contains(p orb.Point) bool {
	if r == nil {
		return true
	}
	if !r.bound.Contains(p) {
		return false
	}
	x, y := math.Floor(p[0]*r.perLon/r.cell), math.Floor(p[1]*metresPerLatitude/r.cell)
	key := [2]int32{int32(x), int32(y)}
	in, asked := r.known[key]
	if !asked {
		centre := orb.Point{(x + 0.5) * r.cell / r.perLon, (y + 0.5) * r.cell / metresPerLatitude}
		in = r.near(centre, r.margin+r.cell*math.Sqrt2/2)
		r.known[key] = in
	}
	return in
}

// near tells whether p lies in one of the areas or at most so many metres from one.
func (r *region) near(p orb.Point, metres float64) bool {
	if planar.MultiPolygonContains(r.areas, p) {
		return true
	}
	for _, polygon := range r.areas {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				if r.distance(p, ring[i-1], ring[i]) <= metres {
					return true
				}
			}
		}
	}
	return false
}

// distance is that of p from the segment a–b in metres, on the plane of the region.
func (r *region) distance(p, a, b orb.Point) float64 {
	ax, ay := (a[0]-p[0])*r.perLon, (a[1]-p[1])*metresPerLatitude
	dx, dy := (b[0]-a[0])*r.perLon, (b[1]-a[1])*metresPerLatitude
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, -(ax*dx+ay*dy)/l))
	}
	return math.Hypot(ax+t*dx, ay+t*dy)
}
