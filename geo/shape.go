package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Round7 rounds degrees to 7 decimals, about a centimetre, as RFC 7946 (11.2) advises.
func Round7(v float64) float64 {
	r := math.Round(v*1e7) / 1e7
	if r == 0 {
		return 0 // never -0
	}
	return r
}

// Rounded gives a copy of g with 7 decimals. Positions that become equal to the one before stay: PostGIS and RFC 7946
// allow them, and dropping them could collapse a small ring.
func Rounded(g orb.Geometry) orb.Geometry {
	if p, single := g.(orb.Point); single {
		return orb.Point{Round7(p[0]), Round7(p[1])}
	}
	c := orb.Clone(g)
	EachPoint(c, func(p *orb.Point) { p[0], p[1] = Round7(p[0]), Round7(p[1]) })
	return c
}

// Wound gives a copy of g whose polygons follow the right-hand rule of RFC 7946 (3.1.6): outer rings
// counter-clockwise, holes clockwise.
func Wound(g orb.Geometry) orb.Geometry {
	c := orb.Clone(g)
	switch c := c.(type) {
	case orb.Polygon:
		wind(c)
	case orb.MultiPolygon:
		for _, p := range c {
			wind(p)
		}
	case orb.Collection:
		for i := range c {
			c[i] = Wound(c[i])
		}
	}
	return c
}

func wind(p orb.Polygon) {
	for i, r := range p {
		want := orb.CW
		if i == 0 {
			want = orb.CCW
		}
		if o := r.Orientation(); o != 0 && o != want {
			r.Reverse()
		}
	}
}

// LikelySwapped tells whether longitude and latitude seem to have changed places: p lies outside the expected box, and
// inside it once swapped. It is a hint for people; nothing is swapped without their word.
func LikelySwapped(p orb.Point, expected orb.Bound) bool {
	return !expected.Contains(p) && expected.Contains(orb.Point{p[1], p[0]})
}
