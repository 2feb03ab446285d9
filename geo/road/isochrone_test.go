package road

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"fourmaps/geo"
)

// TestContoursHoldTheirCorners draws random rasters: the polygons are valid, wound as RFC 7946 wants, and hold exactly
// the corners that are within the time.
func TestContoursHoldTheirCorners(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const margin = 1
		r := &raster{frame: plane, width: rapid.IntRange(3, 12).Draw(t, "width") + 2*margin, height: rapid.IntRange(1, 12).Draw(t, "height") + 2*margin}
		times := rapid.SampledFrom([]float32{0, 50, 99, 100, 101, 300, unreached, unreached})
		r.times = make([]float32, r.width*r.height)
		for i := range r.times {
			x, y := i%r.width, i/r.width
			if r.times[i] = unreached; x >= margin && y >= margin && x < r.width-margin && y < r.height-margin {
				r.times[i] = times.Draw(t, "time")
			}
			if r.times[i] != unreached {
				r.set = append(r.set, int32(i))
			}
		}
		polygons := r.contour(100)
		checkPolygons(t, polygons)
		for i, s := range r.times {
			if p := r.point(float64(i%r.width), float64(i/r.width)); planar.MultiPolygonContains(polygons, p) != (s <= 100) {
				t.Fatalf("corner %d, %d takes %v s, within: %v", i%r.width, i/r.width, s, s > 100)
			}
		}
	})
}

type fataler interface{ Fatalf(string, ...any) }

func checkPolygons(t fataler, polygons orb.MultiPolygon) {
	if len(polygons) == 0 {
		return
	}
	if problem := geo.CheckValid(polygons); problem != nil {
		t.Fatalf("not valid: %v", problem)
	}
	for _, p := range polygons {
		for i, ring := range p {
			want := orb.CW
			if i == 0 {
				want = orb.CCW
			}
			if ring.Orientation() != want || len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("ring %d of %d positions is wound %v", i, len(ring), ring.Orientation())
			}
		}
	}
}

// ringRoad is a circle of streets around nothing, of 1.6 km radius, with a spoke to the south.
func ringRoad() []Edge {
	return drawn(via(1, 2, 0, 0, 1600, 1600), via(2, 3, 1600, 1600, 0, 3200), via(3, 4, 0, 3200, -1600, 1600), via(4, 1, -1600, 1600, 0, 0), via(1, 5, 0, 0, 0, -9000))
}

func TestIsochronesFollowTheRoads(t *testing.T) {
	n := built(t, ringRoad())
	a := n.Ask(Question{Incident: at(0, -500), Isochrones: []float64{300, 600, 1800}})
	for i := range a.Isochrones {
		checkPolygons(t, a.Isochrones[i])
	}
	five, ten, thirty := a.Isochrones[0], a.Isochrones[1], a.Isochrones[2]
	cases := []struct {
		name  string
		shape orb.MultiPolygon
		at    orb.Point
		want  bool
	}{
		{"at the incident", five, at(0, -500), true},
		{"before five minutes", five, at(0, -3400), true},
		{"after five minutes", five, at(0, -3700), false},
		{"that is within ten", ten, at(0, -3700), true},
		{"beside the road, on foot", five, at(120, -500), true},
		{"too far from the road", thirty, at(500, -3000), false},
		{"on the far side of the ring", thirty, at(0, 3200), true},
		{"in the hole of the ring", thirty, at(0, 1600), false},
	}
	for _, c := range cases {
		if got := planar.MultiPolygonContains(c.shape, c.at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if len(thirty) != 1 || len(thirty[0]) != 2 {
		t.Errorf("%d polygons, want one with a hole", len(thirty))
	}
}

func TestIsochronesAreEmpty(t *testing.T) {
	n := built(t, ringRoad())
	for name, q := range map[string]Question{
		"far from any road": {Incident: at(30000, 0), Isochrones: []float64{300}},
		"no time":           {Incident: at(0, 0), Isochrones: []float64{0}},
		"not asked":         {Incident: at(0, 0)},
	} {
		for _, shape := range n.Ask(q).Isochrones {
			if shape != nil {
				t.Errorf("%s: %v", name, shape)
			}
		}
	}
}

// TestIsochronesHoldWhoArrives compares the picture with the times at random places of a street grid: whoever stands
// on a road and arrives within a time is inside, and whoever takes longer is outside, but for half a cell on foot.
func TestIsochronesHoldWhoArrives(t *testing.T) {
	edges := blocks(30)
	n := built(t, edges)
	closed := NewConditions(n, 1, time.Time{}, []Closure{closing(Blocked, 40, 41, 42, 43, 90, 91, 300, 301, 302, 303, 304)})
	var places []orb.Point
	random := rand.New(rand.NewPCG(8, 8))
	for range 400 {
		places = append(places, edges[random.IntN(len(edges))].Geom[0])
	}
	a := n.Ask(Question{Incident: at(2100, 1900), Places: n.JoinAll(places, SnapOptions{}), Conditions: closed, Isochrones: []float64{120, 300}})
	const slack = cellWalkS * walkDetour / 2
	inside := 0
	for i, level := range []float64{120, 300} {
		checkPolygons(t, a.Isochrones[i])
		for k, arrival := range a.Arrivals {
			s, ok := arrival.Seconds()
			in := planar.MultiPolygonContains(a.Isochrones[i], places[k])
			if in {
				inside++
			}
			if ok && s < level-slack && !in {
				t.Errorf("%v arrives in %v s and is not within %v", places[k], s, level)
			}
			if s > level+slack && in && ok {
				t.Errorf("%v takes %v s and is within %v", places[k], s, level)
			}
		}
	}
	if inside < 100 || inside > 700 {
		t.Errorf("%d inside", inside)
	}
}

// blocks is a grid of streets, 150 m each.
func blocks(side int) []Edge {
	var edges []Edge
	for y := range side {
		for x := range side {
			n, fx, fy := int64(y*side+x), float64(150*x), float64(150*y)
			if x+1 < side {
				edges = append(edges, via(n, n+1, fx, fy, fx+150, fy))
			}
			if y+1 < side {
				edges = append(edges, via(n, n+int64(side), fx, fy, fx, fy+150))
			}
		}
	}
	return drawn(edges...)
}
