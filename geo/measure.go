package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// Distance is the length in metres of the geodesic between two WGS 84 points, by Vincenty's inverse formula (to half a
// millimetre). Where that does not converge, between nearly opposite points of the globe, it is the great-circle
// length on the mean sphere (to half a percent).
func Distance(a, b orb.Point) float64 {
	if a == b {
		return 0
	}
	const minor = axis * (1 - flattening)
	u1 := math.Atan((1 - flattening) * math.Tan(a[1]*math.Pi/180))
	u2 := math.Atan((1 - flattening) * math.Tan(b[1]*math.Pi/180))
	sin1, cos1 := math.Sincos(u1)
	sin2, cos2 := math.Sincos(u2)
	turn := math.Remainder((b[0]-a[0])*math.Pi/180, 2*math.Pi)
	lambda := turn
	for range 100 {
		sinL, cosL := math.Sincos(lambda)
		sinS := math.Hypot(cos2*sinL, cos1*sin2-sin1*cos2*cosL)
		if sinS == 0 {
			return 0
		}
		cosS := sin1*sin2 + cos1*cos2*cosL
		sigma := math.Atan2(sinS, cosS)
		sinA := cos1 * cos2 * sinL / sinS
		cos2A := 1 - sinA*sinA
		cosM := 0.0 // along the equator
		if cos2A > 1e-15 {
			cosM = cosS - 2*sin1*sin2/cos2A
		}
		c := flattening / 16 * cos2A * (4 + flattening*(4-3*cos2A))
		before := lambda
		lambda = turn + (1-c)*flattening*sinA*(sigma+c*sinS*(cosM+c*cosS*(2*cosM*cosM-1)))
		if math.Abs(lambda-before) > 1e-12 {
			continue
		}
		k := cos2A * (axis*axis - minor*minor) / (minor * minor)
		bigA := 1 + k/16384*(4096+k*(-768+k*(320-175*k)))
		bigB := k / 1024 * (256 + k*(-128+k*(74-47*k)))
		delta := bigB * sinS * (cosM + bigB/4*(cosS*(2*cosM*cosM-1)-bigB/6*cosM*(4*sinS*sinS-3)*(4*cosM*cosM-3)))
		return minor * bigA * (sigma - delta)
	}
	return sphereDistance(a, b)
}

// sphereDistance is the great-circle length in metres on the mean sphere.
func sphereDistance(a, b orb.Point) float64 {
	const mean = axis * (1 - flattening/3)
	lat1, lat2 := a[1]*math.Pi/180, b[1]*math.Pi/180
	sinLat := math.Sin((lat2 - lat1) / 2)
	sinLon := math.Sin((b[0] - a[0]) * math.Pi / 360)
	h := sinLat*sinLat + math.Cos(lat1)*math.Cos(lat2)*sinLon*sinLon
	return 2 * mean * math.Asin(math.Min(1, math.Sqrt(h)))
}

// Length is the length in metres of lines, and of the rings of polygons; points have none.
func Length(g orb.Geometry) float64 {
	sum := 0.0
	switch g := g.(type) {
	case orb.LineString:
		for i := 1; i < len(g); i++ {
			sum += Distance(g[i-1], g[i])
		}
	case orb.Ring:
		return Length(orb.LineString(g))
	case orb.MultiLineString:
		for _, l := range g {
			sum += Length(l)
		}
	case orb.Polygon:
		for _, r := range g {
			sum += Length(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			sum += Length(p)
		}
	case orb.Collection:
		for _, m := range g {
			sum += Length(m)
		}
	}
	return sum
}

// Area is the area in square metres of polygons on the ellipsoid, holes taken off; lines and points have none. Edges
// are straight in longitude and latitude, as RFC 7946 (3.1.1) has them.
func Area(g orb.Geometry) float64 {
	sum := 0.0
	switch g := g.(type) {
	case orb.Ring:
		return math.Abs(ringArea(g))
	case orb.Polygon:
		for i, r := range g {
			if a := math.Abs(ringArea(r)); i == 0 {
				sum = a
			} else {
				sum -= a
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			sum += Area(p)
		}
	case orb.Collection:
		for _, m := range g {
			sum += Area(m)
		}
	}
	return sum
}

// ringArea is the signed area of a ring, counter-clockwise positive: the sum over its edges of the integral of the
// area between equator and edge. Three-point Gauss quadrature is exact to 1e-9 for edges up to a degree long.
func ringArea(r orb.Ring) float64 {
	const outer, inner = 0.774596669241483377, 8.0 / 9
	sum := 0.0
	for i := range r {
		a, b := r[i], r[(i+1)%len(r)]
		width := math.Remainder((b[0]-a[0])*math.Pi/180, 2*math.Pi)
		if width == 0 {
			continue
		}
		middle, half := (a[1]+b[1])/2, (b[1]-a[1])/2
		sum -= width / 2 * (5.0/9*zone(middle-outer*half) + inner*zone(middle) + 5.0/9*zone(middle+outer*half))
	}
	return sum
}

// zone is the area in square metres between the equator and a latitude, for a radian of longitude.
func zone(degrees float64) float64 {
	const e2 = flattening * (2 - flattening)
	e := math.Sqrt(e2)
	s := math.Sin(degrees * math.Pi / 180)
	return axis * axis * (1 - e2) / 2 * (s/(1-e2*s*s) + math.Atanh(e*s)/e)
}
