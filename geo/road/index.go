package road

import "math"

// fanOut is how many entries a box of the index holds.
const fanOut = 16

// index finds edges by place: a packed R-tree. The edges already lie along a Hilbert curve, so a box is simply the next
// sixteen of them, and one above it the next sixteen boxes.
type index struct {
	edges  int
	levels [][]extent // from the boxes of edges up to the single root; empty if there are no edges
}

// extent is a box in 1e-7 degrees.
type extent struct{ min, max position }

func newIndex(n *Network) index {
	if len(n.edges) == 0 {
		return index{}
	}
	lowest := make([]extent, (len(n.edges)+fanOut-1)/fanOut)
	for i := range lowest {
		from, to := i*fanOut, min((i+1)*fanOut, len(n.edges))
		lowest[i] = around(n.points[n.shapes[from]:n.shapes[to]])
	}
	x := index{len(n.edges), [][]extent{lowest}}
	for len(lowest) > 1 {
		above := make([]extent, (len(lowest)+fanOut-1)/fanOut)
		for i := range above {
			above[i] = lowest[i*fanOut]
			for _, b := range lowest[i*fanOut : min((i+1)*fanOut, len(lowest))] {
				above[i] = above[i].with(b)
			}
		}
		x.levels = append(x.levels, above)
		lowest = above
	}
	return x
}

func around(points []position) extent {
	west, south := points[0][0], points[0][1]
	east, north := west, south
	for _, p := range points[1:] {
		west, east = min(west, p[0]), max(east, p[0])
		south, north = min(south, p[1]), max(north, p[1])
	}
	return extent{position{west, south}, position{east, north}}
}

func (b extent) with(o extent) extent {
	return extent{position{min(b.min[0], o.min[0]), min(b.min[1], o.min[1])}, position{max(b.max[0], o.max[0]), max(b.max[1], o.max[1])}}
}

// visit calls f for edges in boxes that are not farther from the centre of fr than f says, nearer boxes first. f gives
// the distance in metres that is still of interest.
func (x index) visit(fr frame, within float64, f func(edge int32) float64) {
	if len(x.levels) > 0 {
		x.descend(fr, len(x.levels)-1, 0, &within, f)
	}
}

func (x index) descend(fr frame, level, at int, within *float64, f func(edge int32) float64) {
	if level < 0 {
		*within = f(int32(at))
		return
	}
	if fr.toBox(x.levels[level][at]) > *within {
		return
	}
	first := at * fanOut
	if level == 0 {
		for i := first; i < min(first+fanOut, x.edges); i++ {
			x.descend(fr, -1, i, within, f)
		}
		return
	}
	below := x.levels[level-1]
	var order [fanOut]struct {
		metres float64
		at     int
	}
	count := 0
	for i := first; i < min(first+fanOut, len(below)); i++ {
		d := fr.toBox(below[i])
		j := count
		for ; j > 0 && order[j-1].metres > d; j-- {
			order[j] = order[j-1]
		}
		order[j].metres, order[j].at = d, i
		count++
	}
	for _, o := range order[:count] {
		x.descend(fr, level-1, o.at, within, f)
	}
}

// frame measures around a centre in metres on the ground, as if the earth were flat there: right to a centimetre in
// the first kilometre and to a few metres at fifty.
type frame struct {
	centre position
	east   float64 // metres in 1e-7 degrees of longitude
	north  float64 // and of latitude
}

func newFrame(centre position) frame {
	const axis, e2 = 6378137.0, 0.00669437999014
	sin, cos := math.Sincos(float64(centre[1]) / 1e7 * math.Pi / 180)
	w := 1 - e2*sin*sin
	unit := math.Pi / 180 / 1e7
	return frame{centre, axis / math.Sqrt(w) * cos * unit, axis * (1 - e2) / (w * math.Sqrt(w)) * unit}
}

// metres gives the place of p east and north of the centre.
func (f frame) metres(p position) (x, y float64) {
	return float64(int64(p[0])-int64(f.centre[0])) * f.east, float64(int64(p[1])-int64(f.centre[1])) * f.north
}

// position is the inverse of metres.
func (f frame) position(x, y float64) (lon, lat float64) {
	return (float64(f.centre[0]) + x/f.east) / 1e7, (float64(f.centre[1]) + y/f.north) / 1e7
}

// toBox is the distance in metres from the centre to a box; 0 inside.
func (f frame) toBox(b extent) float64 {
	dx := float64(max(int64(b.min[0])-int64(f.centre[0]), int64(f.centre[0])-int64(b.max[0]), 0)) * f.east
	dy := float64(max(int64(b.min[1])-int64(f.centre[1]), int64(f.centre[1])-int64(b.max[1]), 0)) * f.north
	return math.Sqrt(dx*dx + dy*dy)
}
