package road

import "math"

// weigher tells what edges cost one vehicle under the conditions of a moment.
type weigher struct {
	n          *Network
	profile    *Profile
	conditions *Conditions
	factors    [kinds]float64
	speed      map[int32]float64 // of touched edges
}

func newWeigher(n *Network, p *Profile, c *Conditions) weigher {
	if p == nil {
		p = &Profile{}
	}
	if c == nil {
		c = n.open
	}
	return weigher{n, p, c, p.factors(), c.speedFor(p)}
}

// plain tells whether an edge costs what stands in its arc.
func (w *weigher) plain(ref uint32) bool {
	e := ref & edgeMask
	return w.factors[ref>>edgeBits] == 1 && w.conditions.touched[e>>6]&(1<<(e&63)) == 0 && ref>>edgeBits&uint32(limited) == 0
}

// cost gives the milliseconds of an edge whose usual cost is ms; never if the vehicle cannot drive there now.
func (w *weigher) cost(ref, ms uint32) uint32 {
	factor := w.factors[ref>>edgeBits]
	if ms == never || factor == closed {
		return never
	}
	e := int32(ref & edgeMask)
	if ref>>edgeBits&uint32(limited) != 0 && !w.profile.fits(w.n.limits[e]) {
		return never
	}
	if w.touches(e) {
		slow := w.speed[e]
		if slow <= 0 {
			return never
		}
		factor /= slow
	}
	return uint32(math.Min(math.Round(float64(ms)*factor), longest))
}

func (w *weigher) touches(e int32) bool { return w.conditions.touched[e>>6]&(1<<(e&63)) != 0 }

// shut tells whether a closure, and nothing else, keeps the vehicle off an edge.
func (w *weigher) shut(e int32) bool {
	return w.touches(e) && w.speed[e] <= 0 && w.usable(e)
}

// usable tells whether the vehicle could use an edge if there were no closures.
func (w *weigher) usable(e int32) bool {
	k := w.n.edges[e].kind
	return w.factors[k] != closed && (k&limited == 0 || w.profile.fits(w.n.limits[e]))
}

// both gives the milliseconds along and against an edge.
func (w *weigher) both(e int32) (forward, backward uint32) {
	s := &w.n.edges[e]
	ref := refOf(e, s.kind)
	if w.plain(ref) {
		return s.forward, s.backward
	}
	return w.cost(ref, s.forward), w.cost(ref, s.backward)
}
