package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Convert brings a coordinate from one declared system into another. Its error is an *InputError: a system that is
// undeclared or unknown, or a coordinate that has no place in it.
func Convert(p orb.Point, from, to CRS) (orb.Point, error) {
	w, err := ToWGS84(p, from)
	if err != nil {
		return orb.Point{}, err
	}
	return FromWGS84(w, to)
}

// ToWGS84 brings a coordinate of the declared system into WGS 84 degrees.
func ToWGS84(p orb.Point, from CRS) (orb.Point, error) {
	if err := from.check(p); err != nil {
		return orb.Point{}, err
	}
	switch from {
	case WGS84, CGCS2000:
		return p, nil
	case GCJ02:
		return gcj02ToWGS84(p), nil
	case BD09:
		return gcj02ToWGS84(bd09ToGCJ02(p)), nil
	case BD09MC:
		return gcj02ToWGS84(bd09ToGCJ02(bd09FromMercator(p))), nil
	case WebMercator:
		return mercatorInverse(p), nil
	}
	tm, _ := from.transverseMercator()
	w := tm.inverse(p)
	if !(math.Abs(w[0]-tm.meridian) < maxOffMeridian && math.Abs(w[1]) <= 90) {
		return orb.Point{}, outside(p, from)
	}
	return w, nil
}

// FromWGS84 brings WGS 84 degrees into the declared system.
func FromWGS84(p orb.Point, to CRS) (orb.Point, error) {
	if err := WGS84.check(p); err != nil {
		return orb.Point{}, err
	}
	switch to {
	case WGS84, CGCS2000:
		return p, nil
	case GCJ02:
		return gcj02FromWGS84(p), nil
	case BD09:
		return bd09FromGCJ02(gcj02FromWGS84(p)), nil
	case BD09MC:
		q := bd09FromGCJ02(gcj02FromWGS84(p))
		if math.Abs(q[1]) > maxBaiduLatitude {
			return orb.Point{}, outside(p, to)
		}
		return bd09ToMercator(q), nil
	case WebMercator:
		if math.Abs(p[1]) > maxMercatorLatitude {
			return orb.Point{}, outside(p, to)
		}
		return mercator(p), nil
	}
	tm, ok := to.transverseMercator()
	if !ok {
		return orb.Point{}, notConvertible(to)
	}
	if math.Abs(p[0]-tm.meridian) > maxOffMeridian {
		return orb.Point{}, outside(p, to)
	}
	return tm.forward(p), nil
}

// ConvertGeometry gives a converted copy of g; g stays as it is. Its error is an *InputError.
func ConvertGeometry(g orb.Geometry, from, to CRS) (orb.Geometry, error) {
	for _, c := range []CRS{from, to} {
		if !c.Known() {
			return nil, notConvertible(c)
		}
	}
	if p, single := g.(orb.Point); single { // a point is a value: EachPoint cannot reach it
		return Convert(p, from, to)
	}
	c := orb.Clone(g)
	var first error
	EachPoint(c, func(p *orb.Point) {
		q, err := Convert(*p, from, to)
		if err != nil && first == nil {
			first = err
		}
		*p = q
	})
	if first != nil {
		return nil, first
	}
	return c, nil
}

// check refuses what is not a coordinate of c: NaN, infinities, degrees out of range, an undeclared system.
func (c CRS) check(p orb.Point) error {
	if !c.Known() {
		return notConvertible(c)
	}
	if !finite(p[0]) || !finite(p[1]) {
		return &InputError{"coordinate_not_finite", "坐标不是有限数", "the coordinate is not a finite number"}
	}
	if !c.Projected() && (math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90) {
		// BD-09 and GCJ-02 move points by less than a hundredth of a degree; beyond that it is no degree at all.
		if c == WGS84 || c == CGCS2000 || math.Abs(p[0]) > 180.02 || math.Abs(p[1]) > 90.02 {
			return &InputError{"coordinate_out_of_range",
				fmt.Sprintf("坐标（%g, %g）超出经纬度范围", p[0], p[1]),
				fmt.Sprintf("(%g, %g) is no longitude and latitude", p[0], p[1])}
		}
	}
	if c.Projected() && (math.Abs(p[0]) > 1e8 || math.Abs(p[1]) > 3e7) {
		return outside(p, c)
	}
	return nil
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func outside(p orb.Point, c CRS) error {
	return &InputError{"coordinate_out_of_range",
		fmt.Sprintf("坐标（%g, %g）不在 %s 的范围内", p[0], p[1], c),
		fmt.Sprintf("(%g, %g) lies outside %s", p[0], p[1], c)}
}

func notConvertible(c CRS) error {
	if c == Undeclared {
		return &InputError{"crs_missing", "没有说明坐标系", "no coordinate system was given"}
	}
	return &InputError{"crs_unknown", fmt.Sprintf("不认识的坐标系：%s", c), fmt.Sprintf("unknown coordinate system %s", c)}
}

// EachPoint calls f for every position of g, which f may change in place. A bare orb.Point is a value and is passed
// as a copy.
func EachPoint(g orb.Geometry, f func(*orb.Point)) {
	switch g := g.(type) {
	case orb.Point:
		f(&g)
	case orb.MultiPoint:
		eachOf(g, f)
	case orb.LineString:
		eachOf(g, f)
	case orb.Ring:
		eachOf(g, f)
	case orb.MultiLineString:
		for _, l := range g {
			eachOf(l, f)
		}
	case orb.Polygon:
		for _, r := range g {
			eachOf(r, f)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			EachPoint(p, f)
		}
	case orb.Collection:
		for i, m := range g {
			if p, single := m.(orb.Point); single {
				f(&p)
				g[i] = p
				continue
			}
			EachPoint(m, f)
		}
	}
}

func eachOf[S ~[]orb.Point](points S, f func(*orb.Point)) {
	for i := range points {
		f(&points[i])
	}
}
