package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// WGS 84's ellipsoid; that of CGCS2000 differs from it by a tenth of a millimetre at the pole.
const (
	axis            = 6378137.0
	flattening      = 1 / 298.257223563
	flatteningChina = 1 / 298.257222101
)

const (
	maxMercatorLatitude = 85.0511287798066 // degrees, where the world is a square
	maxOffMeridian      = 20               // degrees; the series are good to a micrometre up to here
)

// mercator projects degrees to the spherical metres of EPSG:3857.
func mercator(p orb.Point) orb.Point {
	return orb.Point{axis * p[0] * math.Pi / 180, axis * math.Asinh(math.Tan(p[1]*math.Pi/180))}
}

func mercatorInverse(p orb.Point) orb.Point {
	return orb.Point{p[0] / axis * 180 / math.Pi, math.Atan(math.Sinh(p[1]/axis)) * 180 / math.Pi}
}

const (
	firstGaussKruger CRS = 4491
	lastGaussKruger  CRS = 4554
	firstUTM         CRS = 32601
	lastUTM          CRS = 32660
)

// transverse is a transverse Mercator projection: Gauss-Krüger or UTM.
type transverse struct {
	meridian    float64 // central, degrees
	scale       float64 // on the central meridian
	falseEast   float64 // metres
	flattening  float64
	zone        int  // number that begins the easting; 0 if the easting has none
	threeDegree bool // zones are 3 and not 6 degrees wide
}

// transverseMercator gives the parameters of c by the numbering of the EPSG register.
func (c CRS) transverseMercator() (transverse, bool) {
	n := int(c)
	china := transverse{scale: 1, falseEast: 500000, flattening: flatteningChina}
	switch {
	case n >= 4491 && n <= 4501: // 6 degrees, zones 13 to 23
		china.zone = n - 4491 + 13
		china.meridian = float64(china.zone*6 - 3)
	case n >= 4502 && n <= 4512:
		china.meridian = float64(75 + 6*(n-4502))
	case n >= 4513 && n <= 4533: // 3 degrees, zones 25 to 45
		china.zone, china.threeDegree = n-4513+25, true
		china.meridian = float64(china.zone * 3)
	case n >= 4534 && n <= 4554:
		china.threeDegree = true
		china.meridian = float64(75 + 3*(n-4534))
	case c >= firstUTM && c <= lastUTM:
		return transverse{meridian: float64(6*(n-32600) - 183), scale: 0.9996, falseEast: 500000, flattening: flattening}, true
	default:
		return transverse{}, false
	}
	china.falseEast += float64(china.zone) * 1e6
	return china, true
}

// TransverseMercator gives the central meridian (degrees), false easting (metres) and scale of a Gauss-Krüger or UTM
// system; ok is false for any other.
func (c CRS) TransverseMercator() (meridian, falseEast, scale float64, ok bool) {
	t, ok := c.transverseMercator()
	return t.meridian, t.falseEast, t.scale, ok
}

// krugerSeries are Krüger's coefficients to the sixth order in the third flattening (Karney 2011, eqs. 35 and 36).
type krugerSeries struct {
	radius      float64 // rectifying radius, metres
	eccentric   float64 // first eccentricity
	alpha, beta [6]float64
}

func newKrugerSeries(f float64) krugerSeries {
	n := f / (2 - f)
	n2, n3 := n*n, n*n*n
	n4, n5, n6 := n2*n2, n2*n3, n3*n3
	return krugerSeries{
		radius:    axis / (1 + n) * (1 + n2/4 + n4/64 + n6/256),
		eccentric: math.Sqrt(f * (2 - f)),
		alpha: [6]float64{
			n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180 - 127*n5/288 + 7891*n6/37800,
			13*n2/48 - 3*n3/5 + 557*n4/1440 + 281*n5/630 - 1983433*n6/1935360,
			61*n3/240 - 103*n4/140 + 15061*n5/26880 + 167603*n6/181440,
			49561*n4/161280 - 179*n5/168 + 6601661*n6/7257600,
			34729*n5/80640 - 3418889*n6/1995840,
			212378941 * n6 / 319334400,
		},
		beta: [6]float64{
			n/2 - 2*n2/3 + 37*n3/96 - n4/360 - 81*n5/512 + 96199*n6/604800,
			n2/48 + n3/15 - 437*n4/1440 + 46*n5/105 - 1118711*n6/3870720,
			17*n3/480 - 37*n4/840 - 209*n5/4480 + 5569*n6/90720,
			4397*n4/161280 - 11*n5/504 - 830251*n6/7257600,
			4583*n5/161280 - 108847*n6/3991680,
			20648693 * n6 / 638668800,
		},
	}
}

// forward projects degrees to easting and northing in metres.
func (t transverse) forward(p orb.Point) orb.Point {
	k := newKrugerSeries(t.flattening)
	lon, lat := (p[0]-t.meridian)*math.Pi/180, p[1]*math.Pi/180
	tau := math.Tan(lat)
	tauC := k.conformal(tau)
	xi0 := math.Atan2(tauC, math.Cos(lon))
	eta0 := math.Asinh(math.Sin(lon) / math.Hypot(tauC, math.Cos(lon)))
	xi, eta := xi0, eta0
	for j, a := range k.alpha {
		m := float64(2 * (j + 1))
		xi += a * math.Sin(m*xi0) * math.Cosh(m*eta0)
		eta += a * math.Cos(m*xi0) * math.Sinh(m*eta0)
	}
	return orb.Point{t.falseEast + t.scale*k.radius*eta, t.scale * k.radius * xi}
}

// inverse brings easting and northing in metres back to degrees.
func (t transverse) inverse(p orb.Point) orb.Point {
	k := newKrugerSeries(t.flattening)
	xi := p[1] / (t.scale * k.radius)
	eta := (p[0] - t.falseEast) / (t.scale * k.radius)
	xi0, eta0 := xi, eta
	for j, b := range k.beta {
		m := float64(2 * (j + 1))
		xi0 -= b * math.Sin(m*xi) * math.Cosh(m*eta)
		eta0 -= b * math.Cos(m*xi) * math.Sinh(m*eta)
	}
	tauC := math.Sin(xi0) / math.Hypot(math.Sinh(eta0), math.Cos(xi0))
	lon := math.Atan2(math.Sinh(eta0), math.Cos(xi0))
	return orb.Point{t.meridian + lon*180/math.Pi, math.Atan(k.unconformal(tauC)) * 180 / math.Pi}
}

// conformal turns the tangent of the geographic latitude into that of the conformal one.
func (k *krugerSeries) conformal(tau float64) float64 {
	s := math.Sinh(k.eccentric * math.Atanh(k.eccentric*tau/math.Hypot(1, tau)))
	return tau*math.Hypot(1, s) - s*math.Hypot(1, tau)
}

// unconformal is the inverse of conformal, by Newton's method.
func (k *krugerSeries) unconformal(tauC float64) float64 {
	e2 := k.eccentric * k.eccentric
	tau := tauC
	for range 6 {
		have := k.conformal(tau)
		step := (tauC - have) / math.Hypot(1, have) * (1 + (1-e2)*tau*tau) / ((1 - e2) * math.Hypot(1, tau))
		tau += step
		if math.Abs(step) < 1e-15*(1+math.Abs(tau)) {
			break
		}
	}
	return tau
}
