package road

import (
	"maps"
	"slices"
)

// Reopened gives the tree that there would be without closures, for places that the query of this one named. It holds
// only what becomes better, and reads the rest here: so it costs little where closures change little. This tree must
// not be released before it. A place that cannot be reached may be BeyondCut here, if this search was cut.
func (t *Tree) Reopened(places []Place) *Tree {
	if t.query.Outward || len(t.wading) > 0 { // then everything becomes better
		return t.searchOpen()
	}
	r := &Tree{n: t.n, query: t.query, weigher: newWeigher(t.n, t.query.Profile, nil), base: t, cut: t.cut, limit: min(t.cut, t.known), whole: true}
	r.query.Conditions, r.query.Places = nil, nil
	r.search = t.n.begin()
	r.seed()
	for _, e := range slices.Sorted(maps.Keys(t.weigher.speed)) {
		r.reopen(e)
	}
	r.run()
	r.known, r.whole = t.known, r.whole && t.whole
	if !t.allKnown(r, places) {
		r.Release()
		return t.searchOpen()
	}
	return r
}

// searchOpen searches anew, without closures.
func (t *Tree) searchOpen() *Tree {
	q := t.query
	q.Conditions, q.AtLeastS = nil, 0
	return t.n.Search(q)
}

// reopen begins with the ends of an edge that was closed or slow.
func (t *Tree) reopen(e int32) {
	span := &t.n.edges[e]
	forward, backward := t.weigher.both(e)
	if rest := t.base.at(span.target); rest != never && forward != never {
		t.improve(span.source, rest+forward, e)
	}
	if rest := t.base.at(span.source); rest != never && backward != never {
		t.improve(span.target, rest+backward, e)
	}
}

// allKnown tells whether the reopened tree r knows the times of all places. It goes as far as this one. That is far
// enough for a place whose roads were open, since this one was to settle both their ends; for others, if their time is
// not beyond it.
func (t *Tree) allKnown(r *Tree, places []Place) bool {
	if t.known == horizon {
		return true
	}
	for _, p := range places {
		p = t.n.current(p)
		for i := range p.Snaps {
			if !t.weigher.touches(p.Snaps[i].edge) {
				continue
			}
			if c, reach := r.choose(p); reach != Reached || c.ms > t.known {
				return false
			}
		}
	}
	return true
}
