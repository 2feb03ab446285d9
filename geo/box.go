package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// ParseBox reads a bbox parameter "west,south,east,north" in WGS 84 degrees (or six numbers with heights, which are
// ignored). West greater than east means that the box crosses the antimeridian (RFC 7946, 5.2): then two boxes come
// back, otherwise one. Its error is an *InputError with the code bad_bbox.
func ParseBox(s string) ([]orb.Bound, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 && len(parts) != 6 {
		return nil, badBox("需要 4 个数：西,南,东,北", "needs 4 numbers: west,south,east,north")
	}
	v := make([]float64, len(parts))
	for i, p := range parts {
		n, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !finite(n) {
			return nil, badBox(fmt.Sprintf("“%.20s”不是数", p), fmt.Sprintf("%.20q is not a number", p))
		}
		v[i] = n
	}
	if len(v) == 6 {
		v = []float64{v[0], v[1], v[3], v[4]}
	}
	west, south, east, north := v[0], v[1], v[2], v[3]
	if math.Abs(west) > 180 || math.Abs(east) > 180 || math.Abs(south) > 90 || math.Abs(north) > 90 {
		return nil, badBox("超出经度 ±180、纬度 ±90 的范围", "lies outside longitude ±180, latitude ±90")
	}
	if south > north {
		return nil, badBox("南边界大于北边界", "south is greater than north")
	}
	if west > east {
		return []orb.Bound{box(west, south, 180, north), box(-180, south, east, north)}, nil
	}
	return []orb.Bound{box(west, south, east, north)}, nil
}

// PadMetres widens a box by so many metres on the ground on each side, within the world.
func PadMetres(b orb.Bound, metres float64) orb.Bound {
	const metresPerDegree = 110574 // of latitude at the equator, where a degree is shortest
	up := metres / metresPerDegree
	b.Min[1], b.Max[1] = math.Max(-90, b.Min[1]-up), math.Min(90, b.Max[1]+up)
	widest := math.Max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))
	out := 360.0
	if c := math.Cos(widest * math.Pi / 180); c > 1e-6 {
		out = math.Min(360, up/c)
	}
	b.Min[0], b.Max[0] = math.Max(-180, b.Min[0]-out), math.Min(180, b.Max[0]+out)
	return b
}

func box(west, south, east, north float64) orb.Bound {
	return orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}
}

func badBox(zh, en string) error {
	return &InputError{"bad_bbox", "范围框（bbox）有误：" + zh, "bbox: " + en}
}
