package road

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/graph/simple"
	"gonum.org/v1/gonum/graph/topo"
	"pgregory.net/rapid"
)

func link(source, target int64, cost, reverse float64) Edge {
	return Edge{Source: source, Target: target, CostS: cost, ReverseCostS: reverse}
}

func TestNumberComponents(t *testing.T) {
	cases := []struct {
		name  string
		edges []Edge
		want  []int // a component for each edge
		count int
	}{
		{"none", nil, nil, 0},
		{"two-way street", []Edge{link(1, 2, 5, 5)}, []int{1}, 1},
		{"loop of one-ways", []Edge{link(1, 2, 5, -1), link(2, 3, 5, -1), link(3, 1, 5, -1)}, []int{1, 1, 1}, 1},
		{"two islands", []Edge{link(8, 9, 5, 5), link(1, 2, 5, 5), link(2, 3, 5, 5)}, []int{2, 1, 1}, 2},
		{"one-way out of the network", []Edge{link(1, 2, 5, 5), link(2, 3, 5, -1)}, []int{1, 2}, 2},
		{"one-way into the network", []Edge{link(1, 2, 5, 5), link(3, 2, 5, -1)}, []int{1, 2}, 2},
		{"closed road", []Edge{link(1, 2, 5, 5), link(2, 3, -1, -1)}, []int{1, 0}, 1},
		{"self-loop", []Edge{link(1, 1, 5, 5), link(1, 2, 5, 5)}, []int{1, 1}, 1},
		{"parallel one-ways make a pair", []Edge{link(1, 2, 5, -1), link(1, 2, -1, 7)}, []int{1, 1}, 1},
		{"equal sizes go by the smallest node", []Edge{link(5, 6, 1, 1), link(1, 2, 1, 1)}, []int{2, 1}, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := NumberComponents(c.edges); got != c.count {
				t.Errorf("%d components, want %d", got, c.count)
			}
			for i, want := range c.want {
				if c.edges[i].Component != want {
					t.Errorf("edge %d: component %d, want %d", i, c.edges[i].Component, want)
				}
			}
		})
	}
}

// TestComponentsAgreeWithGonum compares with an independent implementation on random networks.
func TestComponentsAgreeWithGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nodes := rapid.Int64Range(1, 40).Draw(t, "nodes")
		edges := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Edge {
			cost := rapid.SampledFrom([]float64{-1, 0, 3})
			return link(rapid.Int64Range(1, nodes).Draw(t, "from"), rapid.Int64Range(1, nodes).Draw(t, "to"),
				cost.Draw(t, "cost"), cost.Draw(t, "reverse"))
		}), 0, 80).Draw(t, "edges")
		checkAgainstGonum(t, edges)
	})
}

type failer interface{ Fatalf(string, ...any) }

// checkAgainstGonum fails unless both have the same sets, and ours are numbered by size.
func checkAgainstGonum(t failer, edges []Edge) {
	g := NewGraph(edges)
	ours := g.Components()
	oracle := simple.NewDirectedGraph()
	for _, id := range g.nodes {
		oracle.AddNode(simple.Node(id))
	}
	for _, e := range edges {
		if e.Source == e.Target {
			continue // gonum's simple graphs have no loops, which change no component
		}
		if e.CostS >= 0 {
			oracle.SetEdge(simple.Edge{F: simple.Node(e.Source), T: simple.Node(e.Target)})
		}
		if e.ReverseCostS >= 0 {
			oracle.SetEdge(simple.Edge{F: simple.Node(e.Target), T: simple.Node(e.Source)})
		}
	}
	sets := topo.TarjanSCC(oracle)
	sizes := map[int32]int{}
	for _, set := range sets {
		want := ours[g.number(set[0].ID())]
		if sizes[want] != 0 {
			t.Fatalf("component %d is two sets for gonum", want)
		}
		sizes[want] = len(set)
		for _, n := range set {
			if got := ours[g.number(n.ID())]; got != want {
				t.Fatalf("node %d: component %d, want %d", n.ID(), got, want)
			}
		}
	}
	for c := int32(2); int(c) <= len(sets); c++ {
		if sizes[c] > sizes[c-1] {
			t.Fatalf("component %d has %d nodes, more than the %d of the one before", c, sizes[c], sizes[c-1])
		}
	}
}

func TestGraphArcs(t *testing.T) {
	g := NewGraph([]Edge{link(10, 20, 5, 7), link(20, 30, 3, -1)})
	if g.Nodes() != 3 || g.Arcs() != 3 {
		t.Fatalf("%d nodes, %d arcs", g.Nodes(), g.Arcs())
	}
	n := g.number(20)
	var got []float32
	for a := g.first[n]; a < g.first[n+1]; a++ {
		got = append(got, g.cost[a])
	}
	if len(got) != 2 || got[0] != 7 || got[1] != 3 {
		t.Errorf("arcs out of node 20 cost %v, want 7 and 3", got)
	}
}

func TestSpeedsFallWithClass(t *testing.T) {
	order := []Class{Motorway, Trunk, Primary, Secondary, Tertiary, Unclassified, Residential, Service, Track}
	for i := 1; i < len(order); i++ {
		if DefaultSpeed(order[i]) >= DefaultSpeed(order[i-1]) {
			t.Errorf("%s is not slower than %s", order[i], order[i-1])
		}
	}
	if s := Seconds(1000, 36); s != 100 {
		t.Errorf("1 km at 36 km/h takes %v s", s)
	}
}

// grid is a square street network with some one-ways, of about 2·side² edges.
func grid(side int64) []Edge {
	random := rand.New(rand.NewPCG(1, 2))
	edges := make([]Edge, 0, 2*side*side)
	for y := range side {
		for x := range side {
			n := y*side + x
			reverse := []float64{5, 5, 5, -1}[random.IntN(4)]
			if x+1 < side {
				edges = append(edges, link(n, n+1, 5, reverse))
			}
			if y+1 < side {
				edges = append(edges, link(n, n+side, 5, reverse))
			}
		}
	}
	return edges
}

func TestComponentsOfAGrid(t *testing.T) { checkAgainstGonum(t, grid(60)) }

func BenchmarkNumberComponents(b *testing.B) {
	edges := grid(220) // 96,360 edges: a county
	for b.Loop() {
		NumberComponents(edges)
	}
}
