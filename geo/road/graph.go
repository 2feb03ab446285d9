package road

import (
	"math"
	"slices"
)

// Graph is a road network as arrays: the arcs that leave node n are those from first[n] to first[n+1]. A direction
// that is not allowed is no arc. It is immutable and may be read by many at once.
type Graph struct {
	nodes []int64 // outside ids of the nodes, ascending; the position is the node's number inside
	first []int32
	head  []int32   // the node that the arc leads to
	edge  []int32   // the edge it belongs to, as its position in the slice given to NewGraph
	cost  []float32 // seconds
}

// NewGraph builds the graph of all allowed directions of edges. It keeps no reference to them.
func NewGraph(edges []Edge) *Graph {
	g := &Graph{nodes: make([]int64, 0, 2*len(edges))}
	for i := range edges {
		g.nodes = append(g.nodes, edges[i].Source, edges[i].Target)
	}
	slices.Sort(g.nodes)
	g.nodes = slices.Clip(slices.Compact(g.nodes))

	g.first = make([]int32, len(g.nodes)+1)
	eachArc(edges, func(_ int, from, _ int64, _ float64) { g.first[g.number(from)+1]++ })
	for n := range g.nodes {
		g.first[n+1] += g.first[n]
	}
	arcs := g.first[len(g.nodes)]
	g.head, g.edge, g.cost = make([]int32, arcs), make([]int32, arcs), make([]float32, arcs)
	next := slices.Clone(g.first)
	eachArc(edges, func(i int, from, to int64, cost float64) {
		n := g.number(from)
		at := next[n]
		next[n]++
		g.head[at], g.edge[at], g.cost[at] = int32(g.number(to)), int32(i), float32(cost)
	})
	return g
}

// eachArc calls f for each allowed direction.
func eachArc(edges []Edge, f func(i int, from, to int64, cost float64)) {
	for i := range edges {
		e := &edges[i]
		if e.CostS >= 0 {
			f(i, e.Source, e.Target, e.CostS)
		}
		if e.ReverseCostS >= 0 {
			f(i, e.Target, e.Source, e.ReverseCostS)
		}
	}
}

// number is a node's number inside the graph; the node must exist.
func (g *Graph) number(id int64) int {
	n, _ := slices.BinarySearch(g.nodes, id)
	return n
}

// Nodes is how many nodes the graph has.
func (g *Graph) Nodes() int { return len(g.nodes) }

// Arcs is how many allowed directions the graph has.
func (g *Graph) Arcs() int { return len(g.head) }

// Components numbers the strongly connected components: the sets of nodes that can all reach each other. The result
// has one number a node in the order of ascending ids: 1 for the largest set, and so on; equal sizes are in the order
// of their smallest node, so that the same network always gets the same numbers.
func (g *Graph) Components() []int32 {
	found, count := g.tarjan()
	size := make([]int32, count)
	smallest := make([]int32, len(size))
	for n := len(found) - 1; n >= 0; n-- {
		size[found[n]]++
		smallest[found[n]] = int32(n)
	}
	order := make([]int32, len(size))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		if size[a] != size[b] {
			return int(size[b] - size[a])
		}
		return int(smallest[a] - smallest[b])
	})
	rank := make([]int32, len(size))
	for r, c := range order {
		rank[c] = int32(r) + 1
	}
	for n := range found {
		found[n] = rank[found[n]]
	}
	return found
}

// tarjan finds the strongly connected components with Tarjan's algorithm, without recursion because a county's road
// network is deeper than a stack.
func (g *Graph) tarjan() (component []int32, count int32) {
	const unseen, done = 0, math.MaxInt32
	component = make([]int32, len(g.nodes))
	var (
		low   = make([]int32, len(g.nodes)) // unseen, or the earliest visit reachable, or done
		visit = make([]int32, len(g.nodes))
		next  = slices.Clone(g.first[:len(g.nodes)])
		open  []int32 // nodes whose component is not known yet
		path  []int32 // from the root to the node at hand
		clock int32
	)
	for root := range int32(len(g.nodes)) {
		if visit[root] != unseen {
			continue
		}
		path = append(path, root)
		for len(path) > 0 {
			n := path[len(path)-1]
			if visit[n] == unseen {
				clock++
				visit[n], low[n] = clock, clock
				open = append(open, n)
			}
			if next[n] < g.first[n+1] {
				to := g.head[next[n]]
				if visit[to] == unseen {
					path = append(path, to)
					continue
				}
				if low[to] != done {
					low[n] = min(low[n], low[to])
				}
				next[n]++
				continue
			}
			path = path[:len(path)-1]
			if low[n] < visit[n] {
				continue
			}
			for {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				low[last], component[last] = done, count
				if last == n {
					break
				}
			}
			count++
		}
	}
	return component, count
}

// NumberComponents sets the Component of each edge. An edge between two components, such as a one-way street that
// leads out of the network, gets the number of the smaller one: who stands there is not in the larger one. An edge
// with no allowed direction gets 0. It returns how many components hold at least one edge.
func NumberComponents(edges []Edge) int {
	g := NewGraph(edges)
	component := g.Components()
	seen := make([]bool, len(g.nodes)+2)
	count := 0
	for i := range edges {
		e := &edges[i]
		e.Component = 0
		if e.CostS < 0 && e.ReverseCostS < 0 {
			continue
		}
		e.Component = int(max(component[g.number(e.Source)], component[g.number(e.Target)]))
		if !seen[e.Component] {
			seen[e.Component] = true
			count++
		}
	}
	return count
}
