package road

import (
	"fmt"
	"math"
	"testing"
	"time"

	"gonum.org/v1/gonum/graph/path"
	"gonum.org/v1/gonum/graph/simple"
	"pgregory.net/rapid"
)

// puzzle is a random network with closures, an incident and places, all of them on edges.
type puzzle struct {
	edges    []Edge
	closures []Closure
	network  *Network
	profile  *Profile
	incident Place
	places   []Place
}

// drawPuzzle makes a few nodes with parallel edges, loops, one-ways, roads that take no time and islands. Nodes lie on
// a parabola, so that lengths differ.
func drawPuzzle(t *rapid.T) puzzle {
	nodes := rapid.Int64Range(2, 9).Draw(t, "nodes")
	cost := rapid.SampledFrom([]float64{NotAllowed, 0, 1, 2.5, 7, 7, 20, 60})
	edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Edge {
		e := Edge{Class: rapid.SampledFrom(classOrder[:]).Draw(t, "class"), Source: rapid.Int64Range(1, nodes).Draw(t, "from"), Target: rapid.Int64Range(1, nodes).Draw(t, "to"),
			CostS: cost.Draw(t, "cost"), ReverseCostS: cost.Draw(t, "reverse"), LengthM: rapid.Float64Range(0, 500).Draw(t, "metres")}
		where := func(n int64) (x, y float64) { return 300 * float64(n), 20 * float64(n*n) }
		ax, ay := where(e.Source)
		bx, by := where(e.Target)
		e.Geom = append(e.Geom, at(ax, ay), at((ax+bx)/2, (ay+by)/2+50), at(bx, by))
		return e
	}), 1, 24).Draw(t, "edges")
	for i := range edges {
		edges[i].ID = int64(i) + 1
	}
	NumberComponents(edges)
	p := puzzle{edges: edges}
	p.closures = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Closure {
		return Closure{ID: rapid.StringN(3, 3, 3).Draw(t, "id"), Kind: rapid.SampledFrom([]ClosureKind{Flooded, Blocked}).Draw(t, "kind"),
			Factor: rapid.SampledFrom([]float64{0, 0, 0.3, 1}).Draw(t, "factor"), Edges: []int64{rapid.Int64Range(1, int64(len(edges))).Draw(t, "edge")}}
	}), 0, 8).Draw(t, "closures")
	p.profile = rapid.SampledFrom([]*Profile{nil, {Passes: []ClosureKind{Flooded}}, {SpeedKmh: map[Class]float64{Residential: 10, Track: 0}}}).Draw(t, "profile")
	p.network = built(t, edges)
	for range rapid.IntRange(1, 4).Draw(t, "places") {
		p.places = append(p.places, p.drawPlace(t))
	}
	p.incident = p.drawPlace(t)
	return p
}

// drawPlace puts a place on up to two edges, whatever their component.
func (p *puzzle) drawPlace(t *rapid.T) Place {
	out := Place{At: at(0, 0)}
	for range rapid.IntRange(1, 2).Draw(t, "snaps") {
		if p.network.Edges() == 0 {
			break
		}
		e := rapid.Int32Range(0, int32(p.network.Edges())-1).Draw(t, "edge")
		out.Snaps = append(out.Snaps, Snap{Edge: p.network.ids[e], edge: e, Fraction: rapid.SampledFrom([]float64{0, 0.25, 0.5, 1}).Draw(t, "fraction"),
			OffroadM: rapid.SampledFrom([]float64{0, 30, 300}).Draw(t, "offroad")})
	}
	return out
}

// state is what closures do to an edge for the puzzle's vehicle: closed by one, out of use anyway, or a factor.
func (p *puzzle) state(e *Edge) (factor float64, shut bool) {
	factor = 1
	profile := p.profile
	if profile == nil {
		profile = &Profile{}
	}
	if own, set := profile.SpeedKmh[e.Class]; set {
		if own == 0 {
			return 0, false
		}
		factor = DefaultSpeed(e.Class) / own
	}
	least := 1.0
	for _, c := range p.closures {
		if c.Edges[0] == e.ID && !profile.passes(c.Kind) {
			least = min(least, c.Factor)
		}
	}
	if least == 0 {
		return 0, true
	}
	return factor / least, false
}

// cost gives milliseconds; +Inf where nobody may drive.
func (p *puzzle) cost(e *Edge, s float64) float64 {
	factor, _ := p.state(e)
	if s < 0 || factor == 0 {
		return math.Inf(1)
	}
	return math.Round(math.Round(s*1000) * factor)
}

func share(ms, of float64) float64 {
	if math.IsInf(ms, 1) {
		return ms
	}
	return math.Round(ms * of)
}

// The oracle's nodes besides the network's own: those of the layer on foot, and the two places.
const (
	onFootLayer = 1000
	fromNode    = 5000
	toNode      = 5001
)

// oracle finds the milliseconds from a place to the incident with gonum, over a graph that is built from the words of
// the rules: drive over what is open, then, if at all, walk over what is shut, to the incident.
func (p *puzzle) oracle(from Place) float64 {
	g := simple.NewWeightedDirectedGraph(0, math.Inf(1))
	g.AddNode(simple.Node(fromNode))
	g.AddNode(simple.Node(toNode))
	set := func(a, b int64, ms float64) {
		if a == b || math.IsInf(ms, 1) {
			return
		}
		if w, ok := g.Weight(a, b); ok && w <= ms {
			return
		}
		g.SetWeightedEdge(simple.WeightedEdge{F: simple.Node(a), T: simple.Node(b), W: ms})
	}
	for i := range p.edges {
		e := &p.edges[i]
		set(e.Source, e.Target, p.cost(e, e.CostS))
		set(e.Target, e.Source, p.cost(e, e.ReverseCostS))
		for _, n := range []int64{e.Source, e.Target} {
			set(n, n+onFootLayer, 0)
		}
		if p.walkable(e) {
			set(e.Source+onFootLayer, e.Target+onFootLayer, pacing(e))
			set(e.Target+onFootLayer, e.Source+onFootLayer, pacing(e))
		}
	}
	for _, s := range from.Snaps {
		e, off := &p.edges[s.Edge-1], float64(walk(s.OffroadM))
		set(fromNode, e.Source, off+share(p.cost(e, e.ReverseCostS), s.Fraction))
		set(fromNode, e.Target, off+share(p.cost(e, e.CostS), 1-s.Fraction))
		if p.walkable(e) {
			set(fromNode, e.Source+onFootLayer, off+share(pacing(e), s.Fraction))
			set(fromNode, e.Target+onFootLayer, off+share(pacing(e), 1-s.Fraction))
		}
	}
	for _, s := range p.incident.Snaps {
		e, off := &p.edges[s.Edge-1], float64(walk(s.OffroadM))
		set(e.Source, toNode, off+share(p.cost(e, e.CostS), s.Fraction))
		set(e.Target, toNode, off+share(p.cost(e, e.ReverseCostS), 1-s.Fraction))
		if p.walkable(e) {
			set(e.Source+onFootLayer, toNode, off+share(pacing(e), s.Fraction))
			set(e.Target+onFootLayer, toNode, off+share(pacing(e), 1-s.Fraction))
		}
		for _, f := range from.Snaps {
			if f.Edge != s.Edge {
				continue
			}
			both := off + float64(walk(f.OffroadM))
			if s.Fraction >= f.Fraction {
				set(fromNode, toNode, both+share(p.cost(e, e.CostS), s.Fraction-f.Fraction))
			}
			if s.Fraction <= f.Fraction {
				set(fromNode, toNode, both+share(p.cost(e, e.ReverseCostS), f.Fraction-s.Fraction))
			}
			if p.walkable(e) {
				set(fromNode, toNode, both+share(pacing(e), math.Abs(f.Fraction-s.Fraction)))
			}
		}
	}
	return path.DijkstraFrom(simple.Node(fromNode), g).WeightTo(toNode)
}

// walkable tells whether people go on foot along an edge: a closure has shut it, and it can be driven otherwise.
func (p *puzzle) walkable(e *Edge) bool {
	_, shut := p.state(e)
	return shut && (e.CostS >= 0 || e.ReverseCostS >= 0)
}

func pacing(e *Edge) float64 { return math.Round(float64(float32(e.LengthM)) / walkPace * 1000) }

func (p *puzzle) search(q Query) *Tree {
	q.Seeds, q.Profile = []Seed{{Place: p.incident}}, p.profile
	q.Conditions = NewConditions(p.network, 1, time.Time{}, p.closures)
	return p.network.Search(q)
}

// TestTimesAgreeWithGonum compares every time with an independent search over an independently built graph, to the
// millisecond, both when the search may stop early and when it may not.
func TestTimesAgreeWithGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPuzzle(t)
		if p.network.Edges() == 0 {
			return
		}
		for _, places := range [][]Place{nil, p.places} {
			tree := p.search(Query{Places: places})
			for i, from := range p.places {
				want := p.oracle(from)
				a := tree.Arrival(from)
				s, ok := a.Seconds()
				if ok != !math.IsInf(want, 1) || ok && math.Abs(s*1000-want) > 0.01 {
					t.Fatalf("place %d: %v s (%v), gonum %v ms", i, s, a.Reach, want)
				}
				if !ok && a.Reach != Unreachable {
					t.Fatalf("place %d: %v", i, a.Reach)
				}
			}
			tree.Release()
		}
	})
}

// TestWaysAddUp walks every way step by step over the rows: each step begins where the last one ended, drives only
// where and in the sense that is allowed, walks only where it is shut and only at the end, and all of them together take the time.
func TestWaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPuzzle(t)
		tree := p.search(Query{Places: p.places})
		defer tree.Release()
		for _, from := range p.places {
			c, reach := tree.choose(from)
			if reach != Reached {
				continue
			}
			p.walkWay(t, tree, from, c)
		}
	})
}

func (p *puzzle) walkWay(t *rapid.T, tree *Tree, from Place, c choice) {
	sum := float64(walk(from.Snaps[c.snap].OffroadM))
	var metres float64
	var node int64 // where the last step ended; 0 is inside an edge
	first, onFoot := true, false
	end := tree.follow(from, c, func(s step) {
		e := &p.edges[p.network.ids[s.edge]-1]
		begins, ends := place(e, s.from), place(e, s.to)
		if !first && begins != 0 && node != 0 && begins != node {
			t.Fatalf("a step begins at node %d, the one before ended at %d", begins, node)
		}
		ms := p.cost(e, e.CostS)
		if s.from > s.to {
			ms = p.cost(e, e.ReverseCostS)
		} else if s.from == s.to {
			ms = min(ms, p.cost(e, e.ReverseCostS))
		}
		if onFoot && !s.onFoot {
			t.Fatalf("drives on after walking")
		}
		if onFoot = s.onFoot; onFoot {
			if !p.walkable(e) {
				t.Fatalf("walks along edge %d, which is open", e.ID)
			}
			ms = pacing(e)
		} else {
			metres += math.Abs(s.to-s.from) * e.LengthM
		}
		if s.from != s.to || math.IsInf(ms, 1) {
			sum += share(ms, math.Abs(s.to-s.from))
		}
		first, node = false, ends
	})
	sum += float64(walk(end.OffroadM))
	if sum != float64(c.ms) {
		t.Fatalf("the steps take %v ms, the tree says %d", sum, c.ms)
	}
	r := tree.Route(from)
	if s, _ := r.Seconds(); math.Abs(s*1000-sum) > 0.01 || math.Abs(r.DriveM-metres) > 0.01 {
		t.Fatalf("%v s and %v m, the steps %v ms and %v m", s, r.DriveM, sum, metres)
	}
}

// place is the node at a fraction of an edge; 0 is inside.
func place(e *Edge, fraction float64) int64 {
	switch fraction {
	case 0:
		return e.Source
	case 1:
		return e.Target
	}
	return 0
}

// TestClosuresNeverHelp closes one road more, not one of the incident's: nobody comes sooner.
func TestClosuresNeverHelp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPuzzle(t)
		inside := map[int64]bool{}
		for _, s := range p.incident.Snaps {
			inside[s.Edge] = true
		}
		for _, c := range p.closures {
			if inside[c.Edges[0]] && c.Factor == 0 {
				return // then a new closure lets people walk farther
			}
		}
		before := p.search(Query{})
		defer before.Release()
		id := rapid.Int64Range(1, int64(len(p.edges))).Draw(t, "closed too")
		if inside[id] {
			return
		}
		p.closures = append(p.closures, Closure{ID: "new", Kind: Blocked, Factor: rapid.SampledFrom([]float64{0, 0.5}).Draw(t, "factor"), Edges: []int64{id}})
		after := p.search(Query{})
		defer after.Release()
		for i, from := range p.places {
			a, was := before.Arrival(from).Seconds()
			b, is := after.Arrival(from).Seconds()
			if is && (!was || b < a-1e-9) {
				t.Fatalf("place %d: %v s (%v) before, %v s after", i, a, was, b)
			}
		}
	})
}

// TestOutwardIsInwardReversed compares the times from the incident with those to it over the network with all
// directions turned round.
func TestOutwardIsInwardReversed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPuzzle(t)
		p.closures = nil
		turned := p
		turned.edges = append([]Edge(nil), p.edges...)
		for i := range turned.edges {
			e := &turned.edges[i]
			e.CostS, e.ReverseCostS = e.ReverseCostS, e.CostS
		}
		turned.network = built(t, turned.edges)
		out, in := p.search(Query{Outward: true}), turned.search(Query{})
		defer out.Release()
		defer in.Release()
		for i, place := range p.places {
			a, ok := out.Arrival(place).Seconds()
			b, same := in.Arrival(place).Seconds()
			if ok != same || math.Abs(a-b) > 1e-9 {
				t.Fatal(fmt.Sprint("place ", i, ": ", a, ok, " outward, ", b, same, " inward"))
			}
		}
	})
}
