package osm

import (
	"fmt"
	"slices"

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
}

// edges cuts the roads at every node where roads meet or end, and at barriers.
func (x *extraction) edges() []road.Edge {
	x.easeBarriersAtCrossings()
	s := splitter{extraction: x, junctions: x.junctions(), same: map[int64]int64{}}
	for i := range x.roads {
		s.way(&x.roads[i])
	}
	for i := range s.out {
		e := &s.out[i]
		e.Source, e.Target = s.find(e.Source), s.find(e.Target)
	}
	return slices.Clip(s.out)
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
	var all []int64
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
	return &nodeSet{slices.Clip(shared)}
}

// way cuts one road. Where a node is missing the road ends, and goes on after it.
func (s *splitter) way(w *roadWay) {
	part := 0
	var ids []int64
	var line orb.LineString
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
			ids, line = nil, nil
			continue
		}
		ids, line = append(ids, id), append(line, p)
		if len(ids) > 1 && (s.junctions.has(id) || s.barriers[id] != "") {
			flush()
			ids, line = []int64{id}, orb.LineString{p}
		}
	}
	flush()
	if part == 0 {
		s.shortRoads++
	}
}

// edge adds the stretch between two junctions.
func (s *splitter) edge(w *roadWay, part int, ids []int64, line orb.LineString) {
	if s.region != nil && !slices.ContainsFunc(line, s.region.contains) {
		return
	}
	line = slices.Compact(line)
	source, target := ids[0], ids[len(ids)-1]
	if len(line) < 2 {
		s.join(source, target)
		return
	}
	e := road.Edge{
		Key: fmt.Sprintf("way/%d/%d", w.id, part), Class: w.class, Name: w.name, NameEn: w.nameEn, Ref: w.ref,
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
