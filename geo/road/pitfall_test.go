package road

import (
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb"
)

// TestPitfalls holds what networks, closures and places do that simple programs get wrong. In all cases a second is
// ten metres of road.
func TestPitfalls(t *testing.T) {
	far := append(square(), via(9, 10, 3000, 3000, 3100, 3000)) // with an island
	cases := []struct {
		name      string
		edges     []Edge
		closures  []Closure
		profile   *Profile
		cut       float64
		anyRoad   bool
		from, to  orb.Point
		want      Reach
		drive     float64 // seconds
		walk      float64
		wade      float64 // metres
		shut, far bool
	}{
		{name: "along one street", edges: square(), from: at(200, 5), to: at(700, -5), want: Reached, drive: 50},
		{name: "the same place", edges: square(), from: at(300, 0), to: at(300, 0), want: Reached, drive: 0},
		{name: "round the corner", edges: square(), from: at(800, 0), to: at(1000, 300), want: Reached, drive: 50},
		{name: "the shorter way round", edges: square(), from: at(100, 0), to: at(0, 1000), want: Reached, drive: 110},
		{name: "a one-way street in its sense", edges: []Edge{oneway(square()[0]), square()[1], square()[2], square()[3]},
			from: at(200, 0), to: at(700, 0), want: Reached, drive: 50},
		{name: "against a one-way street, round the block", edges: []Edge{oneway(square()[0]), square()[1], square()[2], square()[3]},
			from: at(700, 0), to: at(200, 0), want: Reached, drive: 350},
		{name: "times are to the incident, not from it", edges: []Edge{oneway(square()[0]), square()[1], square()[2], square()[3]},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 120},
		{name: "a closed street, round the block", edges: square(), closures: []Closure{closing(Blocked, 1)}, from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "a slow street", edges: square(), closures: []Closure{{ID: "a", Kind: Blocked, Factor: 0.5, Edges: []int64{1}}},
			from: at(200, 0), to: at(700, 0), want: Reached, drive: 100},
		{name: "so slow that the way round is faster", edges: square(), closures: []Closure{{ID: "a", Kind: Blocked, Factor: 0.1, Edges: []int64{1}}},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "the slowest of two counts", edges: square(), closures: []Closure{{ID: "a", Factor: 0.5, Edges: []int64{1}}, {ID: "b", Factor: 0.25, Edges: []int64{1}}},
			from: at(200, 0), to: at(700, 0), want: Reached, drive: 200},
		{name: "faster than usual is no closure", edges: square(), closures: []Closure{{ID: "a", Factor: 3, Edges: []int64{1}}},
			from: at(200, 0), to: at(700, 0), want: Reached, drive: 50},
		{name: "cut off by closures", edges: square(), closures: []Closure{closing(Flooded, 1, 3)}, from: at(0, 500), to: at(1000, 500), want: Unreachable},
		{name: "standing in a closure", edges: square(), closures: []Closure{closing(Flooded, 4)}, from: at(0, 500), to: at(1000, 500), want: Unreachable, shut: true},
		{name: "an incident inside its own closure", edges: square(), closures: []Closure{closing(Flooded, 1)},
			from: at(1000, 100), to: at(700, 0), want: Reached, drive: 10, walk: 300 / 1.1, wade: 300},
		{name: "a closure over several streets", edges: square(), closures: []Closure{closing(Flooded, 1, 2)},
			from: at(900, 1000), to: at(700, 0), want: Reached, drive: 190, walk: 700 / 1.1, wade: 700},
		{name: "both inside one closure", edges: square(), closures: []Closure{closing(Flooded, 1)},
			from: at(500, 0), to: at(700, 0), want: Reached, walk: 200 / 1.1, wade: 200},
		{name: "both inside, on two streets", edges: square(), closures: []Closure{closing(Flooded, 1, 2)},
			from: at(1000, 100), to: at(900, 0), want: Reached, walk: 200 / 1.1, wade: 200},
		{name: "another closure is not crossed on foot", edges: append(square(), via(2, 5, 1000, 0, 2000, 0), via(5, 6, 2000, 0, 3000, 0)),
			closures: []Closure{closing(Flooded, 5), closing(Blocked, 2, 3)}, from: at(2500, 0), to: at(700, 0), want: Unreachable},
		{name: "a high vehicle passes water", edges: square(), closures: []Closure{closing(Flooded, 1)}, profile: &Profile{Passes: []ClosureKind{Flooded}},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 120},
		{name: "but not what lies in the road", edges: square(), closures: []Closure{closing(Flooded, 1), closing(Blocked, 1)}, profile: &Profile{Passes: []ClosureKind{Flooded}},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "an own table of speeds", edges: square(), profile: &Profile{SpeedKmh: map[Class]float64{Residential: DefaultSpeed(Residential) / 2}},
			from: at(200, 0), to: at(700, 0), want: Reached, drive: 100},
		{name: "a class it cannot drive", edges: []Edge{classed(square()[0], Track), square()[1], square()[2], square()[3]}, profile: &Profile{SpeedKmh: map[Class]float64{Track: 0}},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "a bridge too weak", edges: func() []Edge { e := square(); e[0].MaxWeightT = 10; return e }(), profile: &Profile{WeightT: 12},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "a bridge strong enough", edges: func() []Edge { e := square(); e[0].MaxWeightT = 10; return e }(), profile: &Profile{WeightT: 9},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 120},
		{name: "a gate is passed in an emergency", edges: func() []Edge { e := square(); e[0].Access = Restricted; return e }(),
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 120},
		{name: "a gate is kept by others", edges: func() []Edge { e := square(); e[0].Access = Restricted; return e }(), profile: &Profile{KeepsRestrictions: true},
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 280},
		{name: "beyond the cut is not unreachable", edges: square(), cut: 60, from: at(200, 0), to: at(1000, 500), want: BeyondCut},
		{name: "within the cut", edges: square(), cut: 131, from: at(200, 0), to: at(1000, 500), want: Reached, drive: 130},
		{name: "an island is not joined", edges: far, from: at(3000, 3010), to: at(1000, 500), want: Reached, drive: 50, walk: 2835.1 * 1.3 / 1.1, far: true},
		{name: "no road within five kilometres", edges: square(), from: at(9000, 0), to: at(500, 0), want: NoRoad, far: true},
		{name: "no road near the incident", edges: square(), from: at(500, 0), to: at(9000, 0), want: NoRoad, far: true},
		{name: "no network", edges: nil, from: at(500, 0), to: at(600, 0), want: NoRoad, far: true},
		{name: "near the road is on the road", edges: square(), from: at(200, 49), to: at(700, -49), want: Reached, drive: 50},
		{name: "off the road on foot", edges: square(), from: at(200, -110), to: at(700, -220), want: Reached, drive: 50, walk: 330 * 1.3 / 1.1},
		{name: "the faster of two parallel roads", edges: append(square(), Edge{Source: 1, Target: 2, Class: Trunk, CostS: 30, ReverseCostS: 30, Geom: orb.LineString{at(0, 0), at(500, -400), at(1000, 0)}}),
			from: at(0, 100), to: at(1000, 100), want: Reached, drive: 50},
		{name: "one of two parallel roads is closed", edges: append(square(), Edge{Source: 1, Target: 2, Class: Trunk, CostS: 30, ReverseCostS: 30, Geom: orb.LineString{at(0, 0), at(500, -400), at(1000, 0)}}),
			closures: []Closure{closing(Blocked, 5)}, from: at(0, 100), to: at(1000, 100), want: Reached, drive: 120},
		{name: "on a loop, against its sense", edges: append(square(), oneway(via(2, 2, 1000, 0, 1200, 0, 1200, -200, 1000, -200, 1000, 0))),
			from: at(1200, -100), to: at(1200, -50), want: Reached, drive: 75},
		{name: "into a loop", edges: append(square(), oneway(via(2, 2, 1000, 0, 1200, 0, 1200, -200, 1000, -200, 1000, 0))),
			from: at(900, 0), to: at(1200, -50), want: Reached, drive: 35},
		{name: "roads that take no time", edges: []Edge{square()[0], {Source: 2, Target: 3, Class: Service, LengthM: 1e-9, CostS: 1e-9, ReverseCostS: 1e-9, Geom: orb.LineString{at(1000, 0), at(1000, 0)}}, via(3, 4, 1000, 0, 2000, 0)},
			from: at(900, 0), to: at(1100, 0), want: Reached, drive: 20},
		{name: "not from the expressway above", edges: append(square(), classed(via(3, 4, 1000, 1000, 500, 10, 0, 1000), Motorway)),
			from: at(500, 12), to: at(700, 0), want: Reached, drive: 20},
		{name: "an accident on the expressway", edges: append(square(), classed(via(3, 4, 1000, 1000, 500, 300, 0, 1000), Motorway)),
			from: at(1000, 900), to: at(500, 300), anyRoad: true, want: Reached, drive: 96.02},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			n := built(t, drawn(c.edges...))
			a := n.Ask(Question{Incident: c.to, AnyRoad: c.anyRoad, Places: n.JoinAll([]orb.Point{c.from}, SnapOptions{Profile: c.profile}), Profile: c.profile, CutS: c.cut,
				Conditions: NewConditions(n, 3, time.Time{}, c.closures), Routes: 1})
			got := a.Arrivals[0]
			if got.Reach != c.want || !near(got.DriveS, c.drive, 0.05) || !near(got.WalkS, c.walk, 0.3) || !near(got.WadeM, c.wade, 0.3) || got.Shut != c.shut || got.Far != c.far {
				t.Errorf("%+v, want %+v", got, c)
			}
			s, ok := got.Seconds()
			if ok != (c.want == Reached) || len(a.Ranking) > 0 != ok || ok && !near(s, c.drive+c.walk, 0.3) {
				t.Errorf("%v seconds, %v; ranking %v", s, ok, a.Ranking)
			}
			if a.NetworkVersion != 7 || a.ConditionVersion != 3 {
				t.Errorf("versions %d, %d", a.NetworkVersion, a.ConditionVersion)
			}
		})
	}
}

func TestRankingHoldsOnlyWhatIsReached(t *testing.T) {
	n := built(t, drawn(append(square(), via(2, 5, 1000, 0, 2000, 0))...))
	a := n.Ask(Question{Incident: at(500, 0), Places: n.JoinAll([]orb.Point{at(0, 300), at(1900, 0), at(9000, 9000), at(450, 0), at(800, 0)}, SnapOptions{}),
		Conditions: NewConditions(n, 1, time.Time{}, []Closure{closing(Blocked, 5)}), Before: true, Routes: 9})
	if fmt.Sprint(a.Ranking) != "[3 4 0]" {
		t.Errorf("ranking %v", a.Ranking)
	}
	if a.Arrivals[1].Reach != Unreachable || !a.Arrivals[1].Shut || a.Arrivals[2].Reach != NoRoad {
		t.Errorf("%+v", a.Arrivals)
	}
	if s := a.Arrivals[2].StraightM; !near(s, 12377, 1) {
		t.Errorf("%v m straight", s)
	}
	if s, ok := a.Before[1].Seconds(); !ok || !near(s, 140, 0.1) {
		t.Errorf("before the closure %v s, %v", s, ok)
	}
}

func TestWhatClosuresChange(t *testing.T) {
	n := built(t, drawn(square()...))
	q := Question{Incident: at(1000, 100), Places: n.JoinAll([]orb.Point{at(0, 100), at(1000, 400)}, SnapOptions{}), Routes: 2, Before: true,
		Conditions: NewConditions(n, 1, time.Time{}, []Closure{closing(Blocked, 1)})}
	a := n.Ask(q)
	after, _ := a.Arrivals[0].Seconds()
	before, _ := a.Before[0].Seconds()
	if !near(after, 280, 0.1) || !near(before, 120, 0.1) {
		t.Errorf("%v s before, %v s after", before, after)
	}
	if len(a.BeforeRoutes) != 1 || fmt.Sprint(a.BeforeRoutes[0].Edges) != "[4 1 2]" || fmt.Sprint(a.Routes[0].Edges) != "[4 3 2]" {
		t.Errorf("ways before %v, after %v", a.BeforeRoutes, a.Routes)
	}
	q.Conditions = nil
	if a = n.Ask(q); a.Before != nil {
		t.Errorf("nothing is closed, but before was %v", a.Before)
	}
}

func TestBorderIsFlagged(t *testing.T) {
	edges := drawn(append(square(), via(2, 5, 1000, 0, 9000, 0))...)
	n, err := Build(func(yield func(*Edge, error) bool) {
		for i := range edges {
			if !yield(&edges[i], nil) {
				return
			}
		}
	}, BuildOptions{Border: 300, Map: orb.Bound{Min: at(-5000, -5000), Max: at(9000, 9000)}})
	if err != nil {
		t.Fatal(err)
	}
	a := n.Ask(Question{Incident: at(500, 0), Places: n.JoinAll([]orb.Point{at(8000, 0), at(0, 500)}, SnapOptions{})})
	if !a.Arrivals[0].Border || a.Arrivals[1].Border {
		t.Errorf("%+v", a.Arrivals)
	}
}

func TestBuildRefuses(t *testing.T) {
	bad := map[string]Edge{
		"no line":     {Source: 1, Target: 2, Geom: orb.LineString{at(0, 0)}},
		"no cost":     {Source: 1, Target: 2, CostS: nan(), Geom: orb.LineString{at(0, 0), at(1, 1)}},
		"no length":   {Source: 1, Target: 2, LengthM: -1, Geom: orb.LineString{at(0, 0), at(1, 1)}},
		"no place":    {Source: 1, Target: 2, Geom: orb.LineString{at(0, 0), {200, 1}}},
		"not a place": {Source: 1, Target: 2, Geom: orb.LineString{at(0, 0), {nan(), 1}}},
	}
	for name, e := range bad {
		if _, err := Build(func(yield func(*Edge, error) bool) { yield(&e, nil) }, BuildOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Build(func(yield func(*Edge, error) bool) { yield(nil, fmt.Errorf("lost")) }, BuildOptions{}); err == nil {
		t.Error("the iterator's error is lost")
	}
}
