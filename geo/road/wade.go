package road

// wade is how a node inside a closure is reached from the incident on foot, over closed roads only.
type wade struct {
	ms   uint32
	via  int32 // the closed edge towards the incident; -1 is the snap's own
	from int32 // the node before, towards the incident
	seed int
	snap int

	byTarget bool // for the first node: it is the target of the snap's edge
}

// wade searches, for incidents on closed roads, the last stretch: nobody drives on a closed road, but from where it
// begins people go on foot, along it. Each node that is reached so may be where the vehicles stop. The way never comes
// back to a closed road, since only what begins at the incident is searched here.
func (t *Tree) wade() {
	if !t.inside() {
		return
	}
	var q queue
	q.clear()
	var order []int32
	t.wading = map[int32]wade{}
	try := func(node int32, w wade) {
		if before, seen := t.wading[node]; (!seen || w.ms < before.ms) && w.ms <= t.cut {
			t.wading[node] = w
			q.push(w.ms, node)
		}
	}
	for i := range t.query.Seeds {
		for j := range t.query.Seeds[i].Snaps {
			snap := &t.query.Seeds[i].Snaps[j]
			if !t.weigher.shut(snap.edge) {
				continue
			}
			e, ms := &t.n.edges[snap.edge], t.seedMs(i, j)
			try(e.source, wade{ms: ms + part(t.paces(snap.edge), snap.Fraction), via: -1, seed: i, snap: j})
			try(e.target, wade{ms: ms + part(t.paces(snap.edge), 1-snap.Fraction), via: -1, seed: i, snap: j, byTarget: true})
		}
	}
	for q.size > 0 {
		ms, node := q.pop()
		w := t.wading[node]
		if w.ms != ms {
			continue
		}
		order = append(order, node)
		for i := t.n.first[node]; i < t.n.first[node+1]; i++ {
			a := &t.n.arcs[i]
			if e := int32(a.ref & edgeMask); t.weigher.shut(e) {
				try(a.other, wade{ms: ms + t.paces(e), via: e, from: node, seed: w.seed, snap: w.snap})
			}
		}
	}
	for _, node := range order {
		w := t.wading[node]
		t.begin(start{seed: w.seed, snap: w.snap, node: node, ms: w.ms, onFoot: true})
	}
}

// inside tells whether a seed lies on a closed road.
func (t *Tree) inside() bool {
	for i := range t.query.Seeds {
		for j := range t.query.Seeds[i].Snaps {
			if t.weigher.shut(t.query.Seeds[i].Snaps[j].edge) {
				return true
			}
		}
	}
	return false
}

// paces gives the milliseconds to walk along an edge.
func (t *Tree) paces(e int32) uint32 { return milliseconds(float64(t.n.edges[e].length) / walkPace) }
