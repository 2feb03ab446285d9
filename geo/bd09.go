package geo

import (
	"math"

	"github.com/paulmach/orb"
)

const (
	baiduWave = math.Pi * 3000 / 180
	baiduEast = 0.0065 // degrees
	baiduUp   = 0.006  // degrees
)

// bd09FromGCJ02 applies Baidu's second shift.
func bd09FromGCJ02(p orb.Point) orb.Point {
	z := math.Hypot(p[0], p[1]) + 0.00002*math.Sin(p[1]*baiduWave)
	theta := math.Atan2(p[1], p[0]) + 0.000003*math.Cos(p[0]*baiduWave)
	return orb.Point{z*math.Cos(theta) + baiduEast, z*math.Sin(theta) + baiduUp}
}

// bd09ToGCJ02 finds the GCJ-02 point whose BD-09 image is p.
func bd09ToGCJ02(p orb.Point) orb.Point {
	g := orb.Point{p[0] - baiduEast, p[1] - baiduUp}
	for range 30 {
		s := bd09FromGCJ02(g)
		dx, dy := s[0]-p[0], s[1]-p[1]
		g[0] -= dx
		g[1] -= dy
		if math.Abs(dx) < inverseTolerance && math.Abs(dy) < inverseTolerance {
			break
		}
	}
	return g
}

// maxBaiduLatitude is as far north and south as the bands below reach.
const maxBaiduLatitude = 60

// baiduBand is Baidu's Mercator between two parallels: x = scale × longitude, y = a polynomial in latitude / unit.
type baiduBand struct {
	from        float64 // latitude, degrees
	base, scale float64
	y           [7]float64
	unit        float64
}

// baiduBands are the published constants of Baidu's Mercator, north to south.
var baiduBands = [...]baiduBand{
	{45, 0.00337398766765, 111320.7020202162, [7]float64{4481351.045890365, -23393751.19931662, 79682215.47186455, -115964993.2797253, 97236711.15602145, -43661946.33752821, 8477230.501135234}, 52.5},
	{30, 0.00220636496208, 111320.7020209128, [7]float64{51751.86112841131, 3796837.749470245, 992013.7397791013, -1221952.21711287, 1340652.697009075, -620943.6990984312, 144416.9293806241}, 37.5},
	{15, -0.0003441963504368392, 111320.7020576856, [7]float64{278.2353980772752, 2485758.690035394, 6070.750963243378, 54821.18345352118, 9540.606633304236, -2710.55326746645, 1405.483844121726}, 22.5},
	{0, -0.0003218135878613132, 111320.7020701615, [7]float64{0.00369383431289, 823725.6402795718, 0.46104986909093, 2351.343141331292, 1.58060784298199, 8.77738589078284, 0.37238884252424}, 7.45},
}

// northing is the band's polynomial and its slope (metres, metres a degree) at an absolute latitude.
func (b *baiduBand) northing(lat float64) (y, slope float64) {
	t := lat / b.unit
	for i := len(b.y) - 1; i >= 0; i-- {
		slope = slope*t + y
		y = y*t + b.y[i]
	}
	return y, slope / b.unit
}

// bd09ToMercator projects BD-09 degrees to Baidu's metres.
func bd09ToMercator(p orb.Point) orb.Point {
	lat := math.Abs(p[1])
	band := &baiduBands[len(baiduBands)-1]
	for i := range baiduBands {
		if lat > baiduBands[i].from { // on a border the southern band, as gcoord has it; the two differ by 0.4 m
			band = &baiduBands[i]
			break
		}
	}
	y, _ := band.northing(lat)
	return orb.Point{math.Copysign(band.base+band.scale*math.Abs(p[0]), p[0]), math.Copysign(y, p[1])}
}

// bd09FromMercator is the inverse of bd09ToMercator, by Newton's method in the band where y belongs.
func bd09FromMercator(p orb.Point) orb.Point {
	y := math.Abs(p[1])
	band := &baiduBands[len(baiduBands)-1]
	for i := range baiduBands {
		if low, _ := baiduBands[i].northing(baiduBands[i].from); y >= low {
			band = &baiduBands[i]
			break
		}
	}
	lat := band.from + 7.5
	for range 20 {
		have, slope := band.northing(lat)
		step := (have - y) / slope
		lat -= step
		if math.Abs(step) < inverseTolerance {
			break
		}
	}
	lon := (math.Abs(p[0]) - band.base) / band.scale
	return orb.Point{math.Copysign(lon, p[0]), math.Copysign(lat, p[1])}
}
