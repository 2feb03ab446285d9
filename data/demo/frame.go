package demo

import (
	"math"

	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// The local plane: metres east and north of this point of WGS 84.
const (
	originLon = 112.5
	originLat = 28.0
	metreLat  = 110850.0 // metres in a degree of latitude at 28 N
	metreLon  = 98362.0  // metres in a degree of longitude at 28 N
)

// frame is the whole mapped ground: the district and about 28 km around it.
func frame() terrain.Grid {
	return terrain.Grid{W: 1008, H: 960, Cell: 100, X0: -50400, Y0: -48000}
}

// precision is that of stored coordinates: 7 decimals of a degree, about a centimetre.
const precision = 1e7

// geographic turns a point of the local plane into longitude and latitude.
func geographic(p orb.Point) orb.Point {
	return orb.Point{
		math.Round((originLon+p[0]/metreLon)*precision) / precision,
		math.Round((originLat+p[1]/metreLat)*precision) / precision,
	}
}

// local is the inverse of geographic, to the rounding.
func local(p orb.Point) orb.Point {
	return orb.Point{(p[0] - originLon) * metreLon, (p[1] - originLat) * metreLat}
}
