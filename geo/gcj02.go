package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The ellipsoid of Krasovsky, on which the published GCJ-02 formula works.
const (
	gcjAxis         = 6378245.0
	gcjEccentricity = 0.00669342162296594323 // squared
)

// gcjBox is the rectangle inside which the formula shifts a point; outside it GCJ-02 is WGS 84.
var gcjBox = orb.Bound{Min: orb.Point{72.004, 0.8293}, Max: orb.Point{137.8347, 55.8271}}

// inverseTolerance is where iterated inverses stop, in degrees: a ten-thousandth of a millimetre.
const inverseTolerance = 1e-12

// gcj02FromWGS84 applies the published shift of some hundreds of metres.
func gcj02FromWGS84(p orb.Point) orb.Point {
	if !gcjBox.Contains(p) {
		return p
	}
	return gcjShift(p)
}

// gcj02ToWGS84 finds the WGS 84 point whose GCJ-02 image is p. Along the rectangle's border two points may share an
// image; the one inside is meant, because China lies inside.
func gcj02ToWGS84(p orb.Point) orb.Point {
	if !gcjBox.Pad(0.02).Contains(p) { // no shift is longer than 0.02 degrees
		return p
	}
	w := p
	for range 30 { // the shift varies by about 1 % of the distance, so each step wins two digits
		s := gcjShift(w)
		dx, dy := s[0]-p[0], s[1]-p[1]
		w[0] -= dx
		w[1] -= dy
		if math.Abs(dx) < inverseTolerance && math.Abs(dy) < inverseTolerance {
			break
		}
	}
	if !gcjBox.Pad(1e-9).Contains(w) { // a tenth of a millimetre for rounding
		return p
	}
	for i := range w { // a hair outside by rounding would not be shifted on the way back
		w[i] = math.Min(math.Max(w[i], gcjBox.Min[i]), gcjBox.Max[i])
	}
	return w
}

// gcjShift is the formula without its rectangle.
func gcjShift(p orb.Point) orb.Point {
	x, y := p[0]-105, p[1]-35
	waves := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	root := math.Sqrt(math.Abs(x))

	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + waves
	north += (20*math.Sin(y*math.Pi) + 40*math.Sin(y/3*math.Pi)) * 2 / 3
	north += (160*math.Sin(y/12*math.Pi) + 320*math.Sin(y*math.Pi/30)) * 2 / 3

	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + waves
	east += (20*math.Sin(x*math.Pi) + 40*math.Sin(x/3*math.Pi)) * 2 / 3
	east += (150*math.Sin(x/12*math.Pi) + 300*math.Sin(x/30*math.Pi)) * 2 / 3

	lat := p[1] * math.Pi / 180
	w := 1 - gcjEccentricity*math.Sin(lat)*math.Sin(lat)
	meridian := gcjAxis * (1 - gcjEccentricity) / (w * math.Sqrt(w))
	parallel := gcjAxis / math.Sqrt(w) * math.Cos(lat)
	return orb.Point{p[0] + east*180/(parallel*math.Pi), p[1] + north*180/(meridian*math.Pi)}
}
