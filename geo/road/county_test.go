package road_test

import (
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"

	"fourmaps/geo"
	"fourmaps/geo/road"
	"fourmaps/geo/road/roadtest"
)

const small = 12_000 // edges of the county that tests ask

func smallCounty(t *testing.T) ([]road.Edge, *road.Network) {
	t.Helper()
	edges := roadtest.Network(small)
	n, err := road.Build(all(edges), road.BuildOptions{Border: -1})
	if err != nil {
		t.Fatal(err)
	}
	return edges, n
}

// TestCountyAgreesWithGonum compares the times from all junctions of a county with gonum, over the rows as they are.
func TestCountyAgreesWithGonum(t *testing.T) {
	edges, n := smallCounty(t)
	compareWithGonum(t, edges, n, roadtest.Point(small, 0.4, 0.6))
}

// compareWithGonum compares the times from hundreds of nodes to a place of the main component.
func compareWithGonum(t *testing.T, edges []road.Edge, n *road.Network, at orb.Point) {
	t.Helper()
	incident := n.Join(at, road.SnapOptions{Most: 1})
	if len(incident.Snaps) != 1 {
		t.Fatal("no road near the incident")
	}
	g := simple.NewWeightedDirectedGraph(0, math.Inf(1))
	set := func(from, to int64, s float64) { // against the direction of travel
		if w, ok := g.Weight(to, from); s >= 0 && from != to && (!ok || s < w) {
			g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(to), T: simple.Node(from), W: s})
		}
	}
	var snapped *road.Edge
	for i := range edges {
		e := &edges[i]
		set(e.Source, e.Target, e.CostS)
		set(e.Target, e.Source, e.ReverseCostS)
		if e.ID == incident.Snaps[0].Edge {
			snapped = e
		}
	}
	const target = math.MinInt64
	share := incident.Snaps[0].Fraction
	set(snapped.Source, target, snapped.CostS*share)
	set(snapped.Target, target, snapped.ReverseCostS*(1-share))
	tree := path.DijkstraFrom(simple.Node(target), g)

	search := n.Search(road.Query{Seeds: []road.Seed{{Place: incident}}})
	defer search.Release()
	off := incident.Snaps[0].OffroadM
	if off <= 50 {
		off = 0
	}
	compared := 0
	for i := 0; i < len(edges); i += 1 + len(edges)/600 {
		e := &edges[i]
		if e.Component != 1 || e.CostS < 0 || e.ReverseCostS < 0 || e.ID == snapped.ID || e.Source == e.Target {
			continue
		}
		a := search.Arrival(n.Join(e.Geom[0], road.SnapOptions{AnyRoad: true, Within: 0.01, Most: 12}))
		s, ok := a.Seconds()
		if want := tree.WeightTo(e.Source) + off*1.3/1.1; !ok || math.Abs(s-want) > 0.3 {
			t.Errorf("from node %d: %v s (%v), gonum %v", e.Source, s, a.Reach, want)
		}
		compared++
	}
	if compared < 100 {
		t.Errorf("only %d compared", compared)
	}
	t.Logf("%d times agree", compared)
}

// TestRoutesOfACounty checks the lines that are drawn: they begin at the place, end at the incident, are as long as is
// said, and touch no closed road.
func TestRoutesOfACounty(t *testing.T) {
	edges, n := smallCounty(t)
	random := rand.New(rand.NewPCG(1, 9))
	where := func() orb.Point { return roadtest.Point(small, random.Float64(), random.Float64()) }
	shut := closures(n, 8, where)
	conditions := road.NewConditions(n, 1, time.Time{}, shut)
	isShut := map[int64]bool{}
	for _, c := range shut {
		for _, id := range c.Edges {
			isShut[id] = true
		}
	}
	drawn := 0
	for range 12 {
		q := road.Question{Incident: where(), Conditions: conditions, Routes: 100}
		for range 40 {
			q.Places = append(q.Places, n.Join(where(), road.SnapOptions{}))
		}
		a := n.Ask(q)
		for i, r := range a.Routes {
			drawn += checkRoute(t, a.Incident, q.Places[i].At, r)
			for _, id := range r.Edges {
				if isShut[id] {
					t.Errorf("drives over edge %d (%s), which is closed", id, edges[id-1].Class)
				}
			}
		}
	}
	if drawn < 200 {
		t.Errorf("only %d ways", drawn)
	}
}

func checkRoute(t *testing.T, incident road.Place, from orb.Point, r road.Route) int {
	t.Helper()
	if len(r.Line) == 0 {
		return 0
	}
	if length := geo.Length(r.Line); math.Abs(length-r.DriveM) > 0.5+length*0.002 {
		t.Errorf("%v m drawn, %v m said", length, r.DriveM)
	}
	if length := geo.Length(r.Wade); math.Abs(length-r.WadeM) > 0.5+length*0.002 {
		t.Errorf("%v m on foot drawn, %v m said", length, r.WadeM)
	}
	if d := geo.Distance(from, r.Line[0]); math.Abs(d-r.StartM) > 0.1 {
		t.Errorf("begins %v m from the place, %v m said", d, r.StartM)
	}
	last := r.Line[len(r.Line)-1]
	if r.Wade != nil {
		if d := geo.Distance(last, r.Wade[0]); d > 0.1 {
			t.Errorf("the way on foot begins %v m from where the vehicles stop", d)
		}
		last = r.Wade[len(r.Wade)-1]
	}
	if d := geo.Distance(last, incident.At); math.Abs(d-r.EndM) > 0.1 {
		t.Errorf("ends %v m from the incident, %v m said", d, r.EndM)
	}
	for i := 1; i < len(r.Line); i++ {
		if d := geo.Distance(r.Line[i-1], r.Line[i]); d > 1500 {
			t.Errorf("jumps %v m", d)
		}
	}
	return 1
}

// TestManyAskAtOnce gives the same answers whatever others ask meanwhile.
func TestManyAskAtOnce(t *testing.T) {
	_, n := smallCounty(t)
	random := rand.New(rand.NewPCG(3, 3))
	q := road.Question{Routes: 3, Isochrones: []float64{300}}
	for range 60 {
		q.Places = append(q.Places, n.Join(roadtest.Point(small, random.Float64(), random.Float64()), road.SnapOptions{}))
	}
	incidents := []orb.Point{roadtest.Point(small, 0.2, 0.3), roadtest.Point(small, 0.7, 0.6), roadtest.Point(small, 0.5, 0.9)}
	var want []road.Answer
	for _, p := range incidents {
		q.Incident = p
		want = append(want, n.Ask(q))
	}
	var wait sync.WaitGroup
	for worker := range 6 {
		wait.Go(func() {
			mine := q
			for i := range 10 {
				k := (worker + i) % len(incidents)
				mine.Incident = incidents[k]
				for j, a := range n.Ask(mine).Arrivals {
					if a != want[k].Arrivals[j] {
						t.Errorf("incident %d, place %d: %+v, alone %+v", k, j, a, want[k].Arrivals[j])
					}
				}
			}
		})
	}
	wait.Wait()
}
