package road

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// BuildOptions say what the edges do not.
type BuildOptions struct {
	Version int64 // of the network, given back with every answer
	Edges   int   // about how many there are, if known: saves memory while building

	// Border is how near the end of the map, in metres, a road must come for routes over it to be marked: beyond it
	// there may be a shorter way that the map does not have. 0 is 500 m; negative marks none.
	Border float64
	// Map is where the map ends, WGS 84; if empty, it is the box around all roads.
	Map orb.Bound
}

// errTooMany is more edges than a reference to one can hold.
var errTooMany = errors.New("the network has more than 67 million edges or 2 billion points")

// Build makes a network of edges; each edge is read before the next is asked for and may be the same memory. Edges that
// nobody may drive are left out. Lines are WGS 84 from source to target; costs seconds; Component 1 is the main
// strongly connected component, to which places are joined.
//
// It fails if the iterator does, or at an edge with fewer than two positions, or whose costs or positions are no numbers.
func Build(edges iter.Seq2[*Edge, error], o BuildOptions) (*Network, error) {
	b := builder{n: &Network{version: o.Version, limits: map[int32]limit{}}, rows: make([]row, 0, o.Edges), points: make([]position, 0, 4*o.Edges)}
	for e, err := range edges {
		if err != nil {
			return nil, fmt.Errorf("reading the edges of the road network: %w", err)
		}
		if err := b.add(e); err != nil {
			return nil, err
		}
	}
	b.place()
	b.number()
	b.join()
	b.name()
	b.markBorder(o)
	n := b.n
	n.index = newIndex(n)
	n.open = NewConditions(n, 0, time.Time{}, nil)
	n.idle = make(chan *search, idle)
	return n, nil
}

// row is an edge while the network is built.
type row struct {
	id, source, target int64
	first              int32 // of its positions
	count              int32
	curve              uint32 // where its middle lies on a Hilbert curve
	limit              limit
	span
}

type builder struct {
	n      *Network
	rows   []row
	points []position
	min    position
	max    position
}

func (b *builder) add(e *Edge) error {
	r := row{id: e.ID, source: e.Source, target: e.Target, first: int32(len(b.points)), count: int32(len(e.Geom)), limit: limit{e.MaxHeightM, e.MaxWeightT}}
	switch {
	case len(e.Geom) < 2:
		return fmt.Errorf("edge %d of the road network has %d positions, needs two", e.ID, len(e.Geom))
	case math.IsNaN(e.CostS) || math.IsNaN(e.ReverseCostS) || !(e.LengthM >= 0):
		return fmt.Errorf("edge %d of the road network has the costs %v and %v and the length %v", e.ID, e.CostS, e.ReverseCostS, e.LengthM)
	case len(b.rows) >= edgeMask || len(b.points)+len(e.Geom) > math.MaxInt32:
		return errTooMany
	}
	r.forward, r.backward = milliseconds(e.CostS), milliseconds(e.ReverseCostS)
	if r.forward == never && r.backward == never {
		return nil
	}
	r.length, r.kind = float32(e.LengthM), kindOf(e)
	if e.Component == 1 {
		r.flags |= isMain
	}
	if e.Bridge || e.Tunnel {
		r.flags |= isBridge
	}
	for _, p := range e.Geom {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			return fmt.Errorf("edge %d of the road network passes %v, which is no place", e.ID, p)
		}
		b.widen(positionOf(p))
		b.points = append(b.points, positionOf(p))
	}
	b.rows = append(b.rows, r)
	return nil
}

func (b *builder) widen(p position) {
	if len(b.points) == 0 {
		b.min, b.max = p, p
	}
	b.min = position{min(b.min[0], p[0]), min(b.min[1], p[1])}
	b.max = position{max(b.max[0], p[0]), max(b.max[1], p[1])}
}

func kindOf(e *Edge) kind {
	k := kind(slices.Index(classOrder[:], e.Class))
	if k >= kind(len(classOrder)) {
		k = kind(len(classOrder) - 1) // a class nobody knows is the slowest
	}
	if e.Access == Restricted {
		k |= restricted
	}
	if e.MaxHeightM > 0 || e.MaxWeightT > 0 {
		k |= limited
	}
	return k
}

// place brings the edges into the order of a Hilbert curve: what lies near together is near together in memory, for
// searches and for the index.
func (b *builder) place() {
	width := float64(max(int64(b.max[0])-int64(b.min[0]), 1))
	height := float64(max(int64(b.max[1])-int64(b.min[1]), 1))
	for i := range b.rows {
		r := &b.rows[i]
		p := b.points[r.first+r.count/2]
		x := uint32(float64(int64(p[0])-int64(b.min[0])) / width * 65535)
		y := uint32(float64(int64(p[1])-int64(b.min[1])) / height * 65535)
		r.curve = uint32(geo.Hilbert(16, x, y))
	}
	order := make([]uint64, len(b.rows))
	for i := range b.rows {
		order[i] = uint64(b.rows[i].curve)<<32 | uint64(i)
	}
	slices.Sort(order)
	n := b.n
	n.shapes, n.points = make([]int32, len(order)+1), make([]position, 0, len(b.points))
	sorted := make([]row, len(order))
	for to, from := range order {
		r := b.rows[uint32(from)]
		n.points = append(n.points, b.points[r.first:r.first+r.count]...)
		n.shapes[to+1] = int32(len(n.points))
		sorted[to] = r
	}
	b.rows, b.points = sorted, nil
	if len(sorted) > 0 {
		n.bound = orb.Bound{Min: b.min.degrees(), Max: b.max.degrees()}
	} else {
		n.bound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
	}
}

// number gives nodes the numbers 0, 1, … in the order in which edges name them, so that neighbours have near numbers.
func (b *builder) number() {
	numbers := newNumbering(len(b.rows))
	n := b.n
	n.edges, n.ids = make([]span, len(b.rows)), make([]int64, len(b.rows))
	for i := range b.rows {
		r := &b.rows[i]
		r.span.source, r.span.target = numbers.of(r.source), numbers.of(r.target)
		n.edges[i], n.ids[i] = r.span, r.id
		if r.kind&limited != 0 {
			n.limits[int32(i)] = r.limit
		}
	}
	n.first, n.nodes = make([]int32, numbers.count+1), make([]position, numbers.count)
	for e := range n.edges {
		line := n.line(int32(e))
		n.nodes[n.edges[e].source], n.nodes[n.edges[e].target] = line[0], line[len(line)-1]
	}
}

// join makes the list of arcs at each node.
func (b *builder) join() {
	n := b.n
	for i := range n.edges {
		if e := &n.edges[i]; e.source != e.target {
			n.first[e.source+1]++
			n.first[e.target+1]++
		}
	}
	for i := 1; i < len(n.first); i++ {
		n.first[i] += n.first[i-1]
	}
	n.arcs, n.outs = make([]arc, n.first[len(n.first)-1]), make([]uint32, n.first[len(n.first)-1])
	next := slices.Clone(n.first)
	for i := range n.edges {
		e := &n.edges[i]
		if e.source == e.target {
			continue
		}
		ref := refOf(int32(i), e.kind)
		n.arcs[next[e.source]], n.outs[next[e.source]] = arc{e.target, ref, e.backward}, e.forward
		n.arcs[next[e.target]], n.outs[next[e.target]] = arc{e.source, ref, e.forward}, e.backward
		next[e.source]++
		next[e.target]++
	}
}

// name sorts the edges by id.
func (b *builder) name() {
	n := b.n
	n.byID = make([]int32, len(n.ids))
	for i := range n.byID {
		n.byID[i] = int32(i)
	}
	slices.SortFunc(n.byID, func(x, y int32) int { return cmp.Compare(n.ids[x], n.ids[y]) })
}

// markBorder marks the edges that come near the end of the map.
func (b *builder) markBorder(o BuildOptions) {
	margin := o.Border
	if margin == 0 {
		margin = 500
	}
	n := b.n
	if margin < 0 || len(n.edges) == 0 {
		return
	}
	end := n.bound
	if !o.Map.IsZero() && !o.Map.IsEmpty() {
		end = o.Map
	}
	inner := geo.PadMetres(end, -margin)
	low, high := positionOf(inner.Min), positionOf(inner.Max)
	for e := range n.edges {
		for _, p := range n.line(int32(e)) {
			if p[0] < low[0] || p[1] < low[1] || p[0] > high[0] || p[1] > high[1] {
				n.edges[e].flags |= isBorder
				break
			}
		}
	}
}
