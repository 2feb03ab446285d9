package demo

import (
	"math"

	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

// strip is the ground within half a width of a line, both in m of the local plane: a river's
// surface. A line that winds too tightly is cut in two until each piece can be drawn.
func strip(line orb.LineString, widthAt func(t float64) float64) []orb.Polygon {
	ring := stripRing(line, widthAt)
	if len(topology.Crossings([]orb.LineString{orb.LineString(ring)})) == 0 && ring.Orientation() == orb.CCW {
		return []orb.Polygon{{ring}}
	}
	if len(line) < 4 {
		return nil
	}
	m := len(line) / 2
	t := float64(m) / float64(len(line)-1)
	lower := strip(line[:m+1], func(u float64) float64 { return widthAt(u * t) })
	return append(lower, strip(line[m:], func(u float64) float64 { return widthAt(t + float64(u*(1-t))) })...)
}

func stripRing(line orb.LineString, widthAt func(t float64) float64) orb.Ring {
	n := len(line)
	right, left := make([]orb.Point, n), make([]orb.Point, n)
	for k, p := range line {
		a, b := line[max(0, k-1)], line[min(n-1, k+1)]
		dx, dy := b[0]-a[0], b[1]-a[1]
		length := math.Sqrt(float64(dx*dx) + float64(dy*dy))
		half := widthAt(float64(k)/float64(n-1)) / 2
		nx, ny := float64(-dy/length*half), float64(dx/length*half)
		left[k] = geographic(orb.Point{p[0] + nx, p[1] + ny})
		right[k] = geographic(orb.Point{p[0] - nx, p[1] - ny})
	}
	ring := orb.Ring(right)
	for k := n - 1; k >= 0; k-- {
		ring = append(ring, left[k])
	}
	return append(ring, ring[0])
}
