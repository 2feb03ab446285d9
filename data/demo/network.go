package demo

import (
	"github.com/paulmach/orb"
)

// edge is a road between two junctions.
type edge struct {
	street
	geo            orb.LineString // WGS 84
	source, target int32          // junctions
}

// network is all roads, connected: from every junction one can drive to every other one.
type network struct {
	edges     []edge
	junctions []orb.Point // WGS 84
	routes    []route
}

// newNetwork joins roads at their ends and leaves out what is not connected both ways.
func newNetwork(roads []street, routes []route) *network {
	n := &network{routes: routes}
	number := map[orb.Point]int32{}
	at := func(p orb.Point) int32 {
		k, ok := number[p]
		if !ok {
			k = int32(len(n.junctions))
			number[p] = k
			n.junctions = append(n.junctions, p)
		}
		return k
	}
	for _, r := range roads {
		line := make(orb.LineString, 0, len(r.line))
		for _, p := range r.line {
			if q := geographic(p); len(line) == 0 || q != line[len(line)-1] {
				line = append(line, q)
			}
		}
		if len(line) < 2 || (len(line) == 2 && line[0] == line[1]) {
			continue
		}
		n.edges = append(n.edges, edge{r, line, at(line[0]), at(line[len(line)-1])})
	}
	n.prune()
	return n
}

// prune keeps the largest part in which all junctions reach each other, and drops stubs of streets
// too short to see.
func (n *network) prune() {
	for range 3 {
		degree := make([]int, len(n.junctions))
		for _, e := range n.edges {
			degree[e.source]++
			degree[e.target]++
		}
		n.keep(func(e edge) bool {
			return (degree[e.source] > 1 && degree[e.target] > 1) || e.class < residential || length(e.line) > 26
		})
	}
	component := n.components()
	size := map[int32]int{}
	best := int32(0)
	for _, c := range component {
		if size[c]++; size[c] > size[best] {
			best = c
		}
	}
	n.keep(func(e edge) bool { return component[e.source] == best && component[e.target] == best })
	n.renumber()
}

func (n *network) keep(good func(e edge) bool) {
	kept := n.edges[:0]
	for _, e := range n.edges {
		if good(e) {
			kept = append(kept, e)
		}
	}
	n.edges = kept
}

// renumber drops junctions that no edge has.
func (n *network) renumber() {
	number := make([]int32, len(n.junctions))
	var left []orb.Point
	use := func(k int32) int32 {
		if number[k] == 0 {
			left = append(left, n.junctions[k])
			number[k] = int32(len(left))
		}
		return number[k] - 1
	}
	for k := range n.edges {
		e := &n.edges[k]
		e.source, e.target = use(e.source), use(e.target)
	}
	n.junctions = left
}

// components numbers the strongly connected parts of the network (Kosaraju).
func (n *network) components() []int32 {
	out, in := make([][]int32, len(n.junctions)), make([][]int32, len(n.junctions))
	for _, e := range n.edges {
		out[e.source] = append(out[e.source], e.target)
		in[e.target] = append(in[e.target], e.source)
		if !e.oneway {
			out[e.target] = append(out[e.target], e.source)
			in[e.source] = append(in[e.source], e.target)
		}
	}
	component := make([]int32, len(n.junctions))
	for k := range component {
		component[k] = -1
	}
	order := finished(out)
	for k := len(order) - 1; k >= 0; k-- {
		stack := []int32{order[k]}
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if component[v] >= 0 {
				continue
			}
			component[v] = order[k]
			stack = append(stack, in[v]...)
		}
	}
	return component
}

// finished lists junctions in the order in which a depth-first walk leaves them.
func finished(out [][]int32) []int32 {
	var order []int32
	next := make([]int, len(out))
	seen := make([]bool, len(out))
	for k := range out {
		if seen[k] {
			continue
		}
		seen[k] = true
		stack := []int32{int32(k)}
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			if next[v] == len(out[v]) {
				order = append(order, v)
				stack = stack[:len(stack)-1]
				continue
			}
			w := out[v][next[v]]
			next[v]++
			if !seen[w] {
				seen[w] = true
				stack = append(stack, w)
			}
		}
	}
	return order
}
