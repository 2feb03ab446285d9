package geo

import (
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"
)

// The wanted values are PostGIS 3.3.2's on geography (GeographicLib).
func TestDistance(t *testing.T) {
	cases := []struct {
		name string
		a, b orb.Point
		want float64 // metres
	}{
		{"Beijing to Shanghai", orb.Point{116.404, 39.915}, orb.Point{121.4737, 31.2304}, 1067046.83351733},
		{"a degree of the equator", orb.Point{0, 0}, orb.Point{1, 0}, 111319.49079327},
		{"a degree of a meridian", orb.Point{0, 0}, orb.Point{0, 1}, 110574.3885578},
		{"some steps", orb.Point{114.1, 22.6}, orb.Point{114.1001, 22.6001}, 15.11138279},
		{"across China", orb.Point{73.5, 39.3}, orb.Point{135.08, 48.3}, 4918321.28553664},
		{"over the antimeridian", orb.Point{179.9, 10}, orb.Point{-179.9, 10}, 21927.87247794},
		{"none", orb.Point{114, 22}, orb.Point{114, 22}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Distance(c.a, c.b); math.Abs(got-c.want) > 0.001 {
				t.Errorf("got %.5f m, want %.5f m", got, c.want)
			}
		})
	}
}

func TestDistanceProperties(t *testing.T) {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := point.Draw(t, "a"), point.Draw(t, "b")
		there, back, round := Distance(a, b), Distance(b, a), sphereDistance(a, b)
		if math.Abs(there-back) > 0.01 {
			t.Fatalf("%.4f m there, %.4f m back", there, back)
		}
		if math.Abs(there-round) > 0.006*round+0.01 {
			t.Fatalf("%.4f m on the ellipsoid, %.4f m on the sphere", there, round)
		}
	})
}

func TestLength(t *testing.T) {
	l := orb.LineString{{0, 0}, {1, 0}, {1, 0}, {2, 0}}
	want := 2 * 111319.49079327
	for name, g := range map[string]orb.Geometry{"line": l, "lines": orb.MultiLineString{l[:2], l[2:]}, "collection": orb.Collection{l, orb.Point{1, 1}}} {
		if got := Length(g); math.Abs(got-want) > 0.001 {
			t.Errorf("%s: %.4f m, want %.4f m", name, got, want)
		}
	}
}

// The wanted values are PostGIS's ST_Area(geography) after ST_Segmentize to 0.001 degrees, because its edges are
// geodesics and ours are straight in longitude and latitude.
func TestArea(t *testing.T) {
	square := orb.Polygon{{{114, 22}, {115, 22}, {115, 23}, {114, 23}, {114, 22}}}
	holed := orb.Polygon{
		{{105, 30}, {106, 30.5}, {105.7, 31.2}, {104.9, 30.9}, {105, 30}},
		{{105.2, 30.5}, {105.4, 30.5}, {105.3, 30.7}, {105.2, 30.5}},
	}
	cases := []struct {
		name string
		g    orb.Geometry
		want float64 // square metres
	}{
		{"a square degree", square, 11394287308.253},
		{"with a hole, askew", holed, 8290126024.618},
		{"small", orb.Polygon{{{114, 22}, {114.01, 22}, {114.01, 22.01}, {114, 22.01}, {114, 22}}}, 1143385.209},
		{"several", orb.MultiPolygon{square, holed}, 11394287308.253 + 8290126024.618},
		{"a line has none", orb.LineString{{0, 0}, {1, 1}}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := Area(c.g); math.Abs(got-c.want) > 1e-8*c.want+0.1 {
				t.Errorf("got %.3f m², want %.3f m²", got, c.want)
			}
		})
	}
	reversed := orb.Clone(square).(orb.Polygon)
	reversed[0].Reverse()
	if Area(reversed) != Area(square) {
		t.Error("winding changes the area")
	}
}

func BenchmarkDistance(b *testing.B) {
	sum := 0.0
	for b.Loop() {
		sum += Distance(orb.Point{114.1, 22.6}, orb.Point{114.1001, 22.6001})
	}
	if sum == 0 {
		b.Fatal("no distance")
	}
}
