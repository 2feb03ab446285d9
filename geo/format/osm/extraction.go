package osm

import (
	"fmt"
	"slices"

	"fourmaps/geo/road"
)

// extraction is what is known while the file is being read.
type extraction struct {
	options Options
	region  *region // nil is everything
	inside  []int64 // nodes in the region, ascending; only with a region

	groups  []group           // multipolygons
	needed  map[int64][]int64 // ways that multipolygons need, with their nodes
	roads   []roadWay
	grounds []groundWay

	positions *positions
	barriers  map[int64]road.Access // barriers on ways that do not stand open
	places    []Place
	report    Report

	missingNodes, openAreas, incomplete, tiny, shortRoads int
}

// roadWay is a way that vehicles use.
type roadWay struct {
	id   int64
	refs []int64
	roadway
}

// groundWay is a way that is water, land use or a building.
type groundWay struct {
	id   int64
	refs []int64
	ground
	inGroup bool // an outer ring of a multipolygon of the same kind, which has it already
}

// group is a multipolygon relation.
type group struct {
	id      int64
	members []member
	ground
}

func newExtraction(o Options) *extraction {
	x := &extraction{options: o, needed: map[int64][]int64{}, barriers: map[int64]road.Access{}}
	if o.Clip != nil {
		x.region = newRegion(o.Clip, o.MarginM)
	}
	return x
}

// takeRelations is the first pass: multipolygons, and with a region the nodes that lie in it.
func (x *extraction) takeRelations(b *block) {
	for i := range b.nodes {
		if n := &b.nodes[i]; x.region.contains(degrees(n.lon, n.lat)) {
			x.inside = append(x.inside, n.id)
		}
	}
	for _, r := range b.relations {
		x.report.Relations++
		if r.tags.get("type") != "multipolygon" {
			continue
		}
		g, ok := groundOf(r.tags)
		if !ok || !g.isArea() {
			continue
		}
		x.groups = append(x.groups, group{r.id, r.members, g})
		for _, m := range r.members {
			x.needed[m.way] = nil
		}
	}
}

// takeWays is the second pass: what the ways are, and the nodes they need.
func (x *extraction) takeWays(b *block) {
	for _, w := range b.ways {
		x.report.Ways++
		if _, needed := x.needed[w.id]; needed {
			x.needed[w.id] = slices.Clone(w.refs) // roads take theirs over
		}
		if !x.touches(w.refs) {
			continue
		}
		if g, ok := groundOf(w.tags); ok {
			x.grounds = append(x.grounds, groundWay{id: w.id, refs: slices.Clone(w.refs), ground: g})
		}
		if r, ok := roadwayOf(w.tags, x.options.SpeedKmh); ok {
			x.roads = append(x.roads, roadWay{w.id, slices.Compact(w.refs), r})
		}
	}
}

// touches tells whether one of the nodes lies in the region.
func (x *extraction) touches(refs []int64) bool {
	if x.region == nil {
		return true
	}
	for _, r := range refs {
		if _, in := slices.BinarySearch(x.inside, r); in {
			return true
		}
	}
	return false
}

// takeNodes is the third pass: positions, barriers and places.
func (x *extraction) takeNodes(b *block) {
	for i := range b.nodes {
		n := &b.nodes[i]
		x.report.Nodes++
		onWay := x.positions.put(n)
		if len(n.tags) == 0 {
			continue
		}
		if a := barrierOf(n.tags); a != road.Open && onWay {
			x.barriers[n.id] = a
		}
		if p, ok := placeOf(n.tags); ok && x.region.contains(degrees(n.lon, n.lat)) {
			p.Key, p.Geom = fmt.Sprintf("node/%d", n.id), degrees(n.lon, n.lat)
			x.places = append(x.places, p)
		}
	}
}

// finishPass prepares the next one.
func (x *extraction) finishPass(step int) {
	switch step {
	case 0:
		slices.Sort(x.inside)
	case 1:
		x.dropFarGroups()
		x.positions = newPositions(x.neededNodes())
	}
}

// neededNodes lists the nodes of all ways that are kept, with repetitions.
func (x *extraction) neededNodes() []int64 {
	n := 0
	for i := range x.roads {
		n += len(x.roads[i].refs)
	}
	for i := range x.grounds {
		n += len(x.grounds[i].refs)
	}
	for _, refs := range x.needed {
		n += len(refs)
	}
	ids := make([]int64, 0, n)
	for i := range x.roads {
		ids = append(ids, x.roads[i].refs...)
	}
	for i := range x.grounds {
		ids = append(ids, x.grounds[i].refs...)
	}
	for _, refs := range x.needed {
		ids = append(ids, refs...)
	}
	return ids
}

// dropFarGroups forgets multipolygons of which no way touches the region, and what only they needed.
func (x *extraction) dropFarGroups() {
	if x.region == nil {
		return
	}
	kept := map[int64][]int64{}
	x.groups = slices.DeleteFunc(x.groups, func(g group) bool {
		near := slices.ContainsFunc(g.members, func(m member) bool { return x.touches(x.needed[m.way]) })
		if near {
			for _, m := range g.members {
				kept[m.way] = x.needed[m.way]
			}
		}
		return !near
	})
	x.needed = kept
}

// skips lists what was left out, for people.
func (x *extraction) skips() []Skip {
	return []Skip{
		{"node_missing", x.missingNodes, "道路引用的节点不在文件中（通常在范围边缘），道路在该处断开", "road nodes that the file does not have (usual at the edge of an extract); the road ends there"},
		{"road_too_short", x.shortRoads, "道路少于两个不同的位置", "roads with fewer than two different positions"},
		{"area_open", x.openAreas, "面要素没有闭合或缺少节点", "areas that are not closed or lack nodes"},
		{"area_incomplete", x.incomplete, "多边形关系缺少成员，只保留完整的部分", "multipolygons that lack members; only their complete parts are kept"},
		{"area_tiny", x.tiny, "面要素没有面积", "areas without an extent"},
	}
}

// nodeSet is a set of node ids: sorted, because a map of millions takes five times the memory.
type nodeSet struct{ ids []int64 }

func (s *nodeSet) has(id int64) bool {
	_, found := slices.BinarySearch(s.ids, id)
	return found
}
