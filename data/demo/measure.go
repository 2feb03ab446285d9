package demo

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// length of a line in m of the local plane.
func length(line orb.LineString) float64 {
	sum := 0.0
	for k := range len(line) - 1 {
		sum += distance(line[k][0], line[k][1], line[k+1][0], line[k+1][1])
	}
	return sum
}

// place finds a part of a line and the share of it that lies a way from the beginning.
func place(line orb.LineString, way float64) (part int, share float64) {
	for k := range len(line) - 1 {
		step := distance(line[k][0], line[k][1], line[k+1][0], line[k+1][1])
		if way <= step && step > 0 {
			return k, max(0, way/step)
		}
		way -= step
	}
	return len(line) - 2, 1
}

// pointAt is the point a way from the beginning of a line.
func pointAt(line orb.LineString, way float64) orb.Point {
	k, t := place(line, way)
	return along(line[k], line[k+1], t)
}

// beside is the point a way along a line and off to its right.
func beside(line orb.LineString, way, right float64) orb.Point {
	k, t := place(line, way)
	a, b, p := line[k], line[k+1], along(line[k], line[k+1], t)
	d := distance(a[0], a[1], b[0], b[1])
	return orb.Point{p[0] + float64((b[1]-a[1])/d*right), p[1] - float64((b[0]-a[0])/d*right)}
}

// between is the part of a line between two ways from its beginning.
func between(line orb.LineString, from, to float64) orb.LineString {
	k, t := place(line, from)
	m, u := place(line, to)
	out := orb.LineString{along(line[k], line[k+1], t)}
	for i := k + 1; i <= m; i++ {
		if line[i] != out[len(out)-1] {
			out = append(out, line[i])
		}
	}
	if end := along(line[m], line[m+1], u); end != out[len(out)-1] {
		out = append(out, end)
	}
	return out
}

// shifted is a line moved to its right.
func shifted(line orb.LineString, right float64) orb.LineString {
	out := make(orb.LineString, len(line))
	for k, p := range line {
		a, b := line[max(0, k-1)], line[min(len(line)-1, k+1)]
		d := distance(a[0], a[1], b[0], b[1])
		out[k] = orb.Point{p[0] + float64((b[1]-a[1])/d*right), p[1] - float64((b[0]-a[0])/d*right)}
	}
	return out
}

// sideOf is positive when p lies left of the way from a to b.
func sideOf(a, b, p orb.Point) float64 {
	return float64((b[0]-a[0])*(p[1]-a[1])) - float64((b[1]-a[1])*(p[0]-a[0]))
}

func reverse(line orb.LineString) { slices.Reverse(line) }

// heading is the direction from a to b, rad.
func heading(a, b orb.Point) float64 { return math.Atan2(b[1]-a[1], b[0]-a[0]) }
