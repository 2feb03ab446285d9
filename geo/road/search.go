package road

import (
	"math"
	"slices"
)

// How people go where no vehicle can: the straight line times a detour, at a pace with equipment.
const (
	walkPace   = 1.1 // metres in a second
	walkDetour = 1.3
	walkFree   = 50 // metres off the road that cost no time: a yard, a verge
)

// Query asks for the times between one or several places, the seeds, and all others.
type Query struct {
	Seeds      []Seed
	Outward    bool        // times from the seeds; otherwise times to them, as one-way streets make them differ
	Places     []Place     // the search may stop when it knows the times of all of them
	AtLeastS   float64     // but goes on to this many seconds
	CutS       float64     // and no further than this, if that is more; 0 is as far as the roads go
	Profile    *Profile    // nil is the zero Profile
	Conditions *Conditions // of the same network; nil is nothing closed
}

// Seed is where a search begins: the incident, or forces of which each may set out later.
type Seed struct {
	Place
	AfterS float64 // seconds that are added to all its times
}

// Tree holds the times and ways of one search, until Release gives its memory to the next.
type Tree struct {
	n       *Network
	query   Query
	weigher weigher
	search  *search
	starts  []start
	wading  map[int32]wade // nodes reached over closed roads on foot
	base    *Tree          // what is not better than there is not written down here, see reopen.go; nil is all is here
	cut     uint32         // milliseconds
	limit   uint32         // milliseconds up to which nodes are written down
	known   uint32         // milliseconds up to which times are final
	whole   bool           // everything that can be reached was
	touched bool           // it met a closed or slow edge
}

// start is how the search gets from a seed to a first node.
type start struct {
	seed, snap int
	node       int32
	ms         uint32
	byTarget   bool // the node is the target of the snap's edge
	onFoot     bool // over closed roads, see wade.go
}

// label is what a search knows of a node. It is 8 bytes, so that eight share a line of memory.
type label struct {
	ms    uint32
	epoch uint32 // of the search that wrote it
}

// search is the memory of a search, used again by later ones: 12 bytes and a bit a node.
type search struct {
	labels  []label
	via     []int32 // by node: the edge towards the seed, or ^start
	epoch   uint32
	heap    queue
	reached []int32  // nodes whose time is final
	wanted  []uint64 // a bit for each node that a place waits for
	ends    []int32  // the nodes that were ever wanted
	waiting int      // how many of them are not final
}

func newSearch(n *Network) *search {
	return &search{labels: make([]label, n.Nodes()), via: make([]int32, n.Nodes()), wanted: make([]uint64, (n.Nodes()+63)/64)}
}

// Search finds the times and ways for a query. The tree must be released.
func (n *Network) Search(q Query) *Tree {
	t := &Tree{n: n, query: q, weigher: newWeigher(n, q.Profile, q.Conditions), cut: horizon, whole: true}
	if q.CutS > 0 {
		t.cut = uint32(math.Min(max(q.CutS, q.AtLeastS)*1000, horizon))
	}
	t.limit = t.cut
	t.search = n.begin()
	t.query.Seeds = slices.Clone(q.Seeds)
	for i := range q.Seeds {
		t.query.Seeds[i].Place = n.current(q.Seeds[i].Place)
	}
	for _, p := range q.Places {
		t.want(n.current(p))
	}
	t.seed()
	t.run()
	return t
}

// Release gives the tree's memory back; the tree must not be used any more.
func (t *Tree) Release() {
	select {
	case t.n.idle <- t.search:
	default:
	}
	t.search = nil
}

// Touched tells whether the search met a closed or slow edge: if not, the answers are those without closures.
func (t *Tree) Touched() bool { return t.touched }

// begin gives the memory for a search.
func (n *Network) begin() *search {
	var s *search
	select {
	case s = <-n.idle:
	default:
		s = newSearch(n)
	}
	s.clear()
	return s
}

func (s *search) clear() {
	if s.epoch == math.MaxUint32 {
		clear(s.labels)
		s.epoch = 0
	}
	s.epoch++
	for _, node := range s.ends {
		s.wanted[node>>6] = 0
	}
	s.ends = s.ends[:0]
	s.reached, s.waiting = s.reached[:0], 0
	s.heap.clear()
}

// want marks the ends of the edges of a place.
func (t *Tree) want(p Place) {
	s := t.search
	for i := range p.Snaps {
		for _, end := range t.ends(&p.Snaps[i], !t.query.Outward) {
			if end.ms == never {
				continue
			}
			word, bit := &s.wanted[end.node>>6], uint64(1)<<(end.node&63)
			if *word&bit == 0 {
				*word |= bit
				s.ends = append(s.ends, end.node)
				s.waiting++
			}
		}
	}
}

// end is a way between a snap and a node of its edge.
type end struct {
	node int32
	ms   uint32 // never if it cannot be driven
}

// ends gives both ways between a snap and the nodes of its edge: away from it, or towards it.
func (t *Tree) ends(s *Snap, away bool) [2]end {
	e := &t.n.edges[s.edge]
	forward, backward := t.weigher.both(s.edge)
	if away {
		return [2]end{{e.source, part(backward, s.Fraction)}, {e.target, part(forward, 1-s.Fraction)}}
	}
	return [2]end{{e.source, part(forward, s.Fraction)}, {e.target, part(backward, 1-s.Fraction)}}
}

func part(ms uint32, fraction float64) uint32 {
	if ms == never {
		return never
	}
	return uint32(math.Round(float64(ms) * fraction))
}

// walk gives the milliseconds on foot between a place and the road.
func walk(metres float64) uint32 {
	if metres <= walkFree {
		return 0
	}
	return milliseconds(metres * walkDetour / walkPace)
}

// seed puts the first nodes into the queue.
func (t *Tree) seed() {
	for i := range t.query.Seeds {
		seed := &t.query.Seeds[i]
		for j := range seed.Snaps {
			snap := &seed.Snaps[j]
			ms := t.seedMs(i, j)
			if t.weigher.touches(snap.edge) {
				t.touched = true
			}
			for side, end := range t.ends(snap, t.query.Outward) {
				if end.ms != never {
					t.begin(start{seed: i, snap: j, node: end.node, ms: ms + end.ms, byTarget: side == 1})
				}
			}
		}
	}
	if !t.query.Outward {
		t.wade()
	}
}

// seedMs is the time between a seed and the road at one of its snaps.
func (t *Tree) seedMs(seed, snap int) uint32 {
	s := &t.query.Seeds[seed]
	return milliseconds(max(s.AfterS, 0)) + walk(s.Snaps[snap].OffroadM)
}

func (t *Tree) begin(s start) {
	t.starts = append(t.starts, s)
	t.improve(s.node, s.ms, ^int32(len(t.starts)-1))
}

// improve notes a time for a node if it is better than the one known.
func (t *Tree) improve(node int32, ms uint32, via int32) {
	s := t.search
	if ms > t.limit {
		t.whole = false
		return
	}
	l := &s.labels[node]
	if l.epoch == s.epoch && l.ms <= ms || l.epoch != s.epoch && t.base != nil && t.base.at(node) <= ms {
		return
	}
	*l = label{ms, s.epoch}
	s.via[node] = via
	s.heap.push(ms, node)
}

// run is Dijkstra's algorithm, from the seeds against the direction of travel, or along it if outward.
func (t *Tree) run() {
	s := t.search
	least, last := milliseconds(max(t.query.AtLeastS, 0)), uint32(0)
	for s.heap.size > 0 {
		ms, node := s.heap.pop()
		if s.labels[node].ms != ms {
			continue // a better time came later
		}
		if s.waiting == 0 && ms > last && ms > least && len(t.query.Places) > 0 { // what takes as long as the last one is settled too
			t.known, t.whole = ms-1, false
			return
		}
		if s.wanted[node>>6]&(1<<(node&63)) != 0 {
			s.wanted[node>>6] &^= 1 << (node & 63)
			s.waiting--
		}
		last = ms
		s.reached = append(s.reached, node)
		t.relax(node, ms)
	}
	t.known = horizon
}

func (t *Tree) relax(node int32, ms uint32) {
	n := t.n
	for i := n.first[node]; i < n.first[node+1]; i++ {
		a := &n.arcs[i]
		cost := a.in
		if t.query.Outward {
			cost = n.outs[i]
		}
		if cost == never {
			continue
		}
		if !t.weigher.plain(a.ref) {
			t.touched = t.touched || t.weigher.touches(int32(a.ref&edgeMask))
			if cost = t.weigher.cost(a.ref, cost); cost == never {
				continue
			}
		}
		t.improve(a.other, ms+cost, int32(a.ref&edgeMask))
	}
}

// at gives the time of a node, never if the search did not come there.
func (t *Tree) at(node int32) uint32 {
	l := &t.search.labels[node]
	switch {
	case l.epoch == t.search.epoch && l.ms <= t.known:
		return l.ms
	case l.epoch != t.search.epoch && t.base != nil:
		return t.base.at(node)
	}
	return never
}

// via gives the edge by which a way goes on from a node whose time is known, or the start where it ends.
func (t *Tree) via(node int32) (edge int32, s *start) {
	if t.search.labels[node].epoch != t.search.epoch {
		return t.base.via(node)
	}
	via := t.search.via[node]
	if via < 0 {
		return 0, &t.starts[^via]
	}
	return via, nil
}
