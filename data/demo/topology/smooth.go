package topology

import "github.com/paulmach/orb"

// Projection brings points of the raster's plane to the stored coordinate system, rounded.
type Projection func(orb.Point) orb.Point

// grades of smoothing, strongest first; the last keeps the cell edges as they are.
const grades = 4

// Smooth rounds all arcs and projects them. An arc that would cross another one is smoothed less,
// until nothing crosses: cell edges never do. strength 1 suits borders between areas.
func (m *Mesh) Smooth(strength float64, project Projection) {
	lines := make([]orb.LineString, len(m.Arcs))
	for k := range m.Arcs {
		lines[k] = midpoints(m.Arcs[k].Line)
	}
	raw := func(k int) orb.LineString { return m.Arcs[k].Line }
	for k, line := range SmoothLines(lines, raw, m.raster.Cell*strength, project) {
		m.Arcs[k].Line = line
	}
}

// SmoothLines rounds lines whose steps are about cell long and projects them; ends stay. A line
// that would cross another one is smoothed less and in the end drawn as raw says.
func SmoothLines(lines []orb.LineString, raw func(k int) orb.LineString, cell float64, project Projection) []orb.LineString {
	out := make([]orb.LineString, len(lines))
	grade := make([]int, len(lines))
	redo := make([]int, len(lines))
	for k := range redo {
		redo[k] = k
	}
	for len(redo) > 0 {
		for _, k := range redo {
			if grade[k] == grades-1 {
				out[k] = projected(raw(k), project)
			} else {
				out[k] = projected(rounded(lines[k], grade[k], cell), project)
			}
		}
		redo = redo[:0]
		for _, k := range Crossings(out) {
			if grade[k] < grades-1 {
				grade[k]++
				redo = append(redo, k)
			}
		}
	}
	return out
}

// rounded draws a line of short steps more naturally; its ends stay.
func rounded(line orb.LineString, grade int, cell float64) orb.LineString {
	out := line.Clone()
	if len(out) < 3 {
		return out
	}
	closed := line[0] == line[len(line)-1]
	if grade < 2 && !(closed && len(line) < 12) {
		out = thinned(out, []float64{0.62, 0.3}[grade]*cell, closed)
	}
	for range 2 {
		out = cut(out)
	}
	return thin(out, cell*0.035)
}

// Rounded cuts the corners of a line so many times; its ends stay.
func Rounded(line orb.LineString, times int) orb.LineString {
	for range times {
		line = cut(line)
	}
	return line
}

// Relaxed straightens a line within a tolerance and rounds what is left into wide curves.
func Relaxed(line orb.LineString, tolerance float64, times int) orb.LineString {
	return thin(Rounded(thin(line, tolerance), times), tolerance/60)
}

// thinned drops points nearer than tolerance to the line; of a ring each third.
func thinned(line orb.LineString, tolerance float64, closed bool) orb.LineString {
	if !closed {
		return thin(line, tolerance)
	}
	third := len(line) / 3
	out := thin(line[:third+1], tolerance)
	out = append(out, thin(line[third:2*third+1], tolerance)[1:]...)
	return append(out, thin(line[2*third:], tolerance)[1:]...)
}

// midpoints replaces the steps of a line by their middles.
func midpoints(line orb.LineString) orb.LineString {
	out := orb.LineString{line[0]}
	for k := 1; k < len(line); k++ {
		out = append(out, between(line[k-1], line[k], 0.5))
	}
	return append(out, line[len(line)-1])
}

// cut is one round of Chaikin's corner cutting that keeps the ends.
func cut(line orb.LineString) orb.LineString {
	if len(line) < 3 {
		return line
	}
	out := make(orb.LineString, 0, 2*len(line))
	out = append(out, line[0])
	for k := 1; k < len(line)-1; k++ {
		out = append(out, between(line[k-1], line[k], 0.75), between(line[k], line[k+1], 0.25))
	}
	return append(out, line[len(line)-1])
}

func between(a, b orb.Point, t float64) orb.Point {
	return orb.Point{a[0] + float64((b[0]-a[0])*t), a[1] + float64((b[1]-a[1])*t)}
}

// projected also drops points that became equal to their predecessor.
func projected(line orb.LineString, project Projection) orb.LineString {
	out := make(orb.LineString, 0, len(line))
	for k, p := range line {
		if q := project(p); k == 0 || q != out[len(out)-1] {
			out = append(out, q)
		}
	}
	return out
}
