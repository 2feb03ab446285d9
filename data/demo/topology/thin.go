package topology

import "github.com/paulmach/orb"

// thin drops points of a line nearer than tolerance to what is left (Douglas and Peucker); its ends
// stay. It rounds every product, so that all processors keep the same points.
func thin(line orb.LineString, tolerance float64) orb.LineString {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	type part struct{ from, to int }
	for parts := []part{{0, len(line) - 1}}; len(parts) > 0; {
		p := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		far, at := tolerance*tolerance, -1
		for k := p.from + 1; k < p.to; k++ {
			if d := offsetSquared(line[k], line[p.from], line[p.to]); d > far {
				far, at = d, k
			}
		}
		if at >= 0 {
			keep[at] = true
			parts = append(parts, part{p.from, at}, part{at, p.to})
		}
	}
	var out orb.LineString
	for k, p := range line {
		if keep[k] {
			out = append(out, p)
		}
	}
	return out
}

// offsetSquared is the squared distance of p from the segment a-b.
func offsetSquared(p, a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	if length := float64(dx*dx) + float64(dy*dy); length > 0 {
		t := (float64((p[0]-a[0])*dx) + float64((p[1]-a[1])*dy)) / length
		t = max(0, min(1, t))
		a = orb.Point{a[0] + float64(dx*t), a[1] + float64(dy*t)}
	}
	x, y := p[0]-a[0], p[1]-a[1]
	return float64(x*x) + float64(y*y)
}
