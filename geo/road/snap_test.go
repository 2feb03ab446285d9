package road

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

func TestSnap(t *testing.T) {
	avenue := drawn(
		classed(oneway(via(1, 2, 0, 0, 1000, 0)), Primary), classed(oneway(via(2, 1, 1000, 24, 0, 24)), Primary), // two carriageways
		via(1, 3, 0, 0, 0, -500), via(2, 4, 1000, 0, 1000, -500),
		classed(via(3, 4, 0, -500, 1000, -500), Motorway),
		Edge{Source: 4, Target: 3, Bridge: true, Class: Tertiary, Geom: orb.LineString{at(1000, -500), at(500, -300), at(0, -500)}},
		via(8, 9, 400, -100, 600, -100), // an island
	)
	cases := []struct {
		name    string
		at      orb.Point
		options SnapOptions
		want    string // edges, nearest first
	}{
		{"both carriageways", at(500, 8), SnapOptions{}, "[1 2]"},
		{"the other is nearer", at(500, 20), SnapOptions{}, "[2 1]"},
		{"only as far beyond as asked", at(500, -30), SnapOptions{Within: 20}, "[1]"},
		{"not the island", at(500, -99), SnapOptions{}, "[1 2]"},
		{"not the bridge, nor the expressway", at(500, -320), SnapOptions{Within: 1}, "[1]"},
		{"the bridge where asked", at(500, -320), SnapOptions{AnyRoad: true}, "[6]"},
		{"the expressway where asked", at(500, -520), SnapOptions{AnyRoad: true}, "[5]"},
		{"the nearest three access points", at(500, -90), SnapOptions{Within: math.Inf(1)}, "[1 2 3]"},
		{"as many as asked", at(500, 8), SnapOptions{Most: 1}, "[1]"},
		{"nothing in reach", at(500, 8), SnapOptions{Radius: 7}, "[]"},
		{"what the vehicle can drive", at(500, 8), SnapOptions{Within: 600, Profile: &Profile{SpeedKmh: map[Class]float64{Primary: 0}}}, "[3 4]"},
		{"five kilometres off", at(500, 5100), SnapOptions{}, "[]"},
		{"on the other side of the earth", orb.Point{-66, -30}, SnapOptions{}, "[]"},
		{"no place", orb.Point{math.NaN(), 30}, SnapOptions{}, "[]"},
		{"beyond the pole", orb.Point{114, 91}, SnapOptions{}, "[]"},
	}
	n := built(t, avenue)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []int64
			for _, s := range n.Snap(c.at, c.options) {
				got = append(got, s.Edge)
			}
			if fmt.Sprint(got) != c.want {
				t.Errorf("%v, want %s", got, c.want)
			}
		})
	}
}

// FuzzSnap compares with looking at every edge in turn, by lengths on the ellipsoid.
func FuzzSnap(f *testing.F) {
	edges := blocks(12)
	n := built(f, edges)
	for _, p := range []orb.Point{at(0, 0), at(75, 75), at(-900, 40), at(800, 5500), at(1650, 3), {0, 0}, {180, -90}} {
		f.Add(p[0], p[1], 3, 50.0)
	}
	f.Fuzz(func(t *testing.T, lon, lat float64, most int, within float64) {
		if most < 0 || most > 20 || !(within >= 0 && within < 1e6) {
			return
		}
		p := orb.Point{lon, lat}
		snaps := n.Snap(p, SnapOptions{Most: most, Within: within})
		nearest := math.Inf(1)
		for i := range edges {
			if math.Abs(lon) <= 180 && math.Abs(lat) <= 90 {
				nearest = min(nearest, slowDistance(p, edges[i].Geom))
			}
		}
		if len(snaps) == 0 {
			if nearest < snapRadius-20 {
				t.Fatalf("nothing, but an edge is %v m from %v", nearest, p)
			}
			return
		}
		if d := snaps[0].OffroadM; math.Abs(d-nearest) > 0.02+d*2e-3 {
			t.Fatalf("%v m, the nearest edge is %v m from %v", d, nearest, p)
		}
		for i, s := range snaps {
			line, _ := n.Line(s.Edge)
			if s.Fraction < 0 || s.Fraction > 1 || i > 0 && s.OffroadM < snaps[i-1].OffroadM || slowDistance(s.Point, line) > 0.05 {
				t.Fatalf("snap %d of %v: %+v", i, p, s)
			}
			if along := geo.Distance(line[0], s.Point) / geo.Length(line); math.Abs(along-s.Fraction) > 1e-3 {
				t.Fatalf("fraction %v, but the point is at %v of the street", s.Fraction, along)
			}
		}
		if !slices.IsSortedFunc(snaps, func(a, b Snap) int { return int(math.Copysign(1, a.OffroadM-b.OffroadM)) }) {
			t.Fatalf("not by distance: %+v", snaps)
		}
	})
}

// slowDistance is the distance in metres from a point to a line of two points, by trying places along it.
func slowDistance(p orb.Point, line orb.LineString) float64 {
	low, high := 0.0, 1.0
	where := func(s float64) float64 {
		a, b := line[0], line[len(line)-1]
		return geo.Distance(p, orb.Point{a[0] + s*(b[0]-a[0]), a[1] + s*(b[1]-a[1])})
	}
	for range 60 { // the distance to a straight line has one least value
		a, b := low+(high-low)/3, high-(high-low)/3
		if where(a) < where(b) {
			high = b
		} else {
			low = a
		}
	}
	return where((low + high) / 2)
}

func TestLineOfEdge(t *testing.T) {
	n := built(t, drawn(square()...))
	line, ok := n.Line(2)
	if !ok || len(line) != 2 || line[0] != at(1000, 0) {
		t.Errorf("%v, %v", line, ok)
	}
	if _, ok := n.Line(99); ok {
		t.Error("edge 99 has a line")
	}
}
