package osm

import (
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/road"
)

// splitter cuts ways into edges.
type splitter struct {
	*extraction
	junctions *nodeSet
	out       []road.Edge
	synthetic int64           // last id given to a road end at a barrier that cannot be passed; negative
	same      map[int64]int64 // nodes that are one because an edge between them had no length
	ids       []int64         // of the stretch at hand, used again for the next
	line      orb.LineString
}

// edges cuts the roads at every node where roads meet or end, and at barriers.
func (x *extraction) edges() []road.Edge {
	x.easeBarriersAtCrossings()
	s := splitter{extraction: x, junctions: x.junctions(), same: map[int64]int64{}}
	s.out = make([]road.Edge, 0, s.estimate())
	for i := range x.roads {
		s.way(&x.roads[i])
		x.roads[i].refs = nil // memory for the edges
	}
	for i := range s.out {
		e := &s.out[i]
		e.Source, e.Target = s.find(e.Source), s.find(e.Target)
	}
	return s.out
}

// estimate counts the edges that there will be if nothing is missing, because growing a long list of them would take
// twice the memory.
func (s *splitter) estimate() int {
	n := len(s.barriers)
	for i := range s.roads {
		refs := s.roads[i].refs
		for j := 1; j < len(refs); j++ {
			if j == len(refs)-1 || s.junctions.has(refs[j]) {
				n++
			}
		}
	}
	return n
}

// easeBarriersAtCrossings lets vehicles pass a bollard that was mapped on the crossing itself: it stands in one of the
// roads and nobody knows in which, so closing all of them would tear the network.
func (x *extraction) easeBarriersAtCrossings() {
	ends := map[int64]int{} // stretches of road that end at the barrier
	for i := range x.roads {
		refs := x.roads[i].refs
		for j, id := range refs {
			if x.barriers[id] != road.Closed {
				continue
			}
			if ends[id]++; j > 0 && j < len(refs)-1 {
				ends[id]++
			}
		}
	}
	for id, n := range ends {
		if n > 2 {
			x.barriers[id] = road.Restricted
		}
	}
}

// junctions are the nodes that roads use more than once: where they meet, cross themselves or close.
func (x *extraction) junctions() *nodeSet {
	n := 0
	for i := range x.roads {
		n += len(x.roads[i].refs)
	}
	all := make([]int64, 0, n)
	for i := range x.roads {
		all = append(all, x.roads[i].refs...)
	}
	slices.Sort(all)
	shared := all[:0]
	for i := 1; i < len(all); i++ {
		if all[i] == all[i-1] && (len(shared) == 0 || shared[len(shared)-1] != all[i]) {
			shared = append(shared, all[i])
		}
	}
	return &nodeSet{slices.Clone(shared)}
}

// way cuts one road. Where a node is missing the road ends, and goes on after it.
func (s *splitter) way(w *roadWay) {
	part := 0
	ids, line := s.ids[:0], s.line[:0]
	flush := func() {
		if len(ids) >= 2 {
			s.edge(w, part, ids, line)
			part++
		}
	}
	for _, id := range w.refs {
		p, known := s.positions.get(id)
		if !known {
			s.missingNodes++
			flush()
			ids, line = ids[:0], line[:0]
			continue
		}
		ids, line = append(ids, id), append(line, p)
		if len(ids) > 1 && (s.junctions.has(id) || s.barriers[id] != "") {
			flush()
			ids, line = append(ids[:0], id), append(line[:0], p)
		}
	}
	flush()
	if part == 0 {
		s.shortRoads++
	}
	s.ids, s.line = ids, line
}

// edge adds the stretch between two junctions.
func (s *splitter) edge(w *roadWay, part int, ids []int64, line orb.LineString) {
	if s.region != nil && !slices.ContainsFunc(line, s.region.contains) {
		return
	}
	line = slices.Compact(slices.Clone(line))
	source, target := ids[0], ids[len(ids)-1]
	if len(line) < 2 {
		s.join(source, target)
		return
	}
	e := road.Edge{
		Key: "way/" + strconv.FormatInt(w.id, 10) + "/" + strconv.Itoa(part), Class: w.class, Name: w.name, NameEn: w.nameEn, Ref: w.ref,
		Oneway: w.oneway, SpeedKmh: w.speed(), LengthM: geo.Length(line), Bridge: w.bridge, Tunnel: w.tunnel,
		MaxHeightM: w.maxHeight, MaxWeightT: w.maxWeight, Access: w.access, Geom: line,
	}
	e.CostS, e.ReverseCostS = w.costs(e.LengthM)
	e.Source, e.Target = s.end(&e, source), s.end(&e, target)
	s.out = append(s.out, e)
}

// end gives the node at one end of an edge. A gate costs time; what cannot be passed parts the road: each edge that
// ends there gets an end of its own.
func (s *splitter) end(e *road.Edge, id int64) int64 {
	switch s.barriers[id] {
	case road.Closed:
		s.synthetic--
		return s.synthetic
	case road.Restricted:
		if e.CostS >= 0 {
			e.CostS += barrierPenalty / 2
		}
		if e.ReverseCostS >= 0 {
			e.ReverseCostS += barrierPenalty / 2
		}
		if e.Access == road.Open {
			e.Access = road.Restricted
		}
	}
	return id
}

// join makes two nodes one, because the stretch between them has no length.
func (s *splitter) join(a, b int64) {
	if a, b = s.find(a), s.find(b); a != b {
		s.same[max(a, b)] = min(a, b)
	}
}

// find gives the node that stands for id.
func (s *splitter) find(id int64) int64 {
	for {
		up, joined := s.same[id]
		if !joined {
			return id
		}
		id = up
	}
}
