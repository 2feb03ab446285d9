package topology

import (
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"
)

// degrees maps cells of a small raster to stored coordinates.
func degrees(p orb.Point) orb.Point { return orb.Point{p[0] / 1000, p[1] / 1000} }

func same(l int32) int32 { return l }

// drawn is a random raster of labels, tidied.
func drawn(t *rapid.T) Raster {
	r := Raster{W: rapid.IntRange(3, 12).Draw(t, "w"), H: rapid.IntRange(3, 12).Draw(t, "h"), Cell: 1}
	for range r.W * r.H {
		r.Label = append(r.Label, int32(rapid.IntRange(-1, 3).Draw(t, "label")))
	}
	Tidy(r)
	return r
}

func TestPolygonsCoverTheirCells(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawn(t)
		cells := map[int32]float64{}
		for _, l := range r.Label {
			cells[l]++
		}
		mesh := Trace(r)
		for l, p := range mesh.Polygons(4, same) {
			if got := planar.Area(p); got != cells[int32(l)] {
				t.Fatalf("label %d covers %v, has %v cells: %v", l, got, cells[int32(l)], r)
			}
		}
	})
}

func TestTidyLeavesOnePieceOfEachLabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawn(t)
		_, label, _ := Pieces(r)
		seen := map[int32]bool{}
		for _, l := range label {
			if seen[l] {
				t.Fatalf("label %d has two pieces: %v", l, r)
			}
			seen[l] = true
		}
	})
}

func TestSmoothArcsNeverCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mesh := Trace(drawn(t))
		mesh.Smooth(1, degrees)
		if bad := mesh.Crossing(); len(bad) > 0 {
			t.Fatalf("arcs %v cross", bad)
		}
	})
}

func TestCrossings(t *testing.T) {
	line := func(v ...float64) orb.LineString {
		var out orb.LineString
		for k := 0; k < len(v); k += 2 {
			out = append(out, orb.Point{v[k], v[k+1]})
		}
		return out
	}
	for name, c := range map[string]struct {
		lines []orb.LineString
		want  int
	}{
		"apart":                 {[]orb.LineString{line(0, 0, 1, 0), line(0, 1, 1, 1)}, 0},
		"across":                {[]orb.LineString{line(0, 0, 1, 1), line(0, 1, 1, 0)}, 2},
		"joined at ends":        {[]orb.LineString{line(0, 0, 1, 0), line(1, 0, 1, 1)}, 0},
		"end on a middle":       {[]orb.LineString{line(0, 0, 1, 0, 2, 0), line(1, 0, 1, 1)}, 2},
		"one over the other":    {[]orb.LineString{line(0, 0, 1, 0), line(0, 0, 2, 0)}, 2},
		"with itself":           {[]orb.LineString{line(0, 0, 2, 0, 2, 1, 1, -1)}, 1},
		"doubling back":         {[]orb.LineString{line(0, 0, 2, 0, 1, 0)}, 1},
		"a ring that is closed": {[]orb.LineString{line(0, 0, 1, 0, 1, 1, 0, 0)}, 0},
	} {
		if got := Crossings(c.lines); len(got) != c.want {
			t.Errorf("%s: lines %v cross, want %d", name, got, c.want)
		}
	}
}
