package road

import (
	"math"

	"fourmaps/geo"
)

// Reach tells how sure a place's time is.
type Reach string

// The answers. Only Reached has a time; the others must never be ranked among times.
const (
	Reached     Reach = "reached"
	BeyondCut   Reach = "beyond_cut"  // not within the time that was searched; perhaps later
	Unreachable Reach = "unreachable" // cut off by closures, or by what the vehicle cannot use
	NoRoad      Reach = "no_road"     // no road within 5 km of the place or of the incident: only the straight line is known
)

// farOffroad is the distance from the road, in metres, from which a place counts as having none of its own.
const farOffroad = 1000

// Arrival is the answer for one place.
type Arrival struct {
	Reach     Reach
	DriveS    float64 // seconds on the road
	WalkS     float64 // seconds on foot: between place and road at both ends, and over closed roads
	DriveM    float64 // metres of road driven; only of inward searches
	WadeM     float64 // metres on foot along closed roads at the end: the vehicles stop where they begin
	StartM    float64 // metres between the place and the road, straight
	EndM      float64 // metres between the road and the incident, straight
	StraightM float64 // metres from place to incident, straight: all that is known without roads
	Far       bool    // the place or the incident is over 1 km from a road
	Border    bool    // the way comes near the end of the map, beyond which there may be a shorter one
	Shut      bool    // for Unreachable: the place itself lies on closed roads only
}

// Seconds is the time of driving and walking; ok is false where none is known.
func (a Arrival) Seconds() (s float64, ok bool) { return a.DriveS + a.WalkS, a.Reach == Reached }

// choice is the best way from a place to a seed.
type choice struct {
	ms         uint32
	snap       int   // of the place
	node       int32 // where the edge of the snap is left
	byTarget   bool  // the node is the target of that edge
	onFoot     bool  // the first stretch is on foot, since it is closed
	direct     bool  // place and seed are on the same edge, and the way does not leave it
	seed, join int   // if direct: which seed, and which of its snaps
}

// Arrival gives the answer for one place. It is certain only for those that the query named, or when nothing was cut.
func (t *Tree) Arrival(p Place) Arrival {
	p = t.n.current(p)
	c, reach := t.choose(p)
	a := Arrival{Reach: reach, StraightM: t.straight(p)}
	if len(p.Snaps) > 0 {
		a.StartM = p.Snaps[0].OffroadM
		a.Far = a.StartM > farOffroad
	}
	switch reach {
	case NoRoad:
		a.Far = true
	case Unreachable:
		a.Shut = t.allShut(p)
	case Reached:
		t.measure(p, c, &a)
	}
	return a
}

// choose finds the fastest of all ways: over each snap and either end of its edge.
func (t *Tree) choose(p Place) (choice, Reach) {
	best, usable := choice{ms: never}, false
	for i := range p.Snaps {
		snap := &p.Snaps[i]
		own := walk(snap.OffroadM)
		for side, end := range t.ends(snap, !t.query.Outward) {
			usable = usable || end.ms != never
			if rest := t.at(end.node); end.ms != never && rest != never {
				best.take(choice{ms: own + end.ms + rest, snap: i, node: end.node, byTarget: side == 1})
			}
		}
		t.sameEdge(snap, choice{ms: own, snap: i, direct: true}, &best)
		if t.weigher.shut(snap.edge) && !t.query.Outward {
			t.fromInside(snap, choice{ms: own, snap: i, onFoot: true}, &best)
		}
	}
	switch {
	case best.ms != never && best.ms <= t.cut:
		return best, Reached
	case len(p.Snaps) == 0 || !t.seeded():
		return best, NoRoad
	case best.ms != never || usable && !t.whole:
		return best, BeyondCut
	}
	return best, Unreachable
}

func (c *choice) take(o choice) {
	if o.ms < c.ms {
		*c = o
	}
}

// seeded tells whether any seed is near a road.
func (t *Tree) seeded() bool {
	for i := range t.query.Seeds {
		if len(t.query.Seeds[i].Snaps) > 0 {
			return true
		}
	}
	return false
}

// sameEdge takes the way along one edge, without leaving it.
func (t *Tree) sameEdge(s *Snap, c choice, best *choice) {
	for i := range t.query.Seeds {
		for j := range t.query.Seeds[i].Snaps {
			to := &t.query.Seeds[i].Snaps[j]
			if to.edge != s.edge {
				continue
			}
			forward, backward := t.weigher.both(s.edge)
			if t.query.Outward {
				forward, backward = backward, forward
			}
			along := forward
			if to.Fraction < s.Fraction {
				along = backward
			} else if to.Fraction == s.Fraction {
				along = min(forward, backward) // standing still
			}
			one := c
			if one.onFoot = along == never && t.weigher.shut(s.edge); one.onFoot {
				along = t.paces(s.edge)
			}
			if along != never {
				one.seed, one.join = i, j
				one.ms += part(along, math.Abs(to.Fraction-s.Fraction)) + t.seedMs(i, j)
				best.take(one)
			}
		}
	}
}

// fromInside takes the way on foot from a place that lies in the same closure as the incident.
func (t *Tree) fromInside(s *Snap, c choice, best *choice) {
	e := &t.n.edges[s.edge]
	for _, byTarget := range []bool{false, true} {
		one := c
		one.node, one.byTarget = e.source, byTarget
		share := s.Fraction
		if byTarget {
			one.node, share = e.target, 1-s.Fraction
		}
		if w, known := t.wading[one.node]; known {
			one.ms += part(t.paces(s.edge), share) + w.ms
			best.take(one)
		}
	}
}

// allShut tells whether closures hold all roads of a place.
func (t *Tree) allShut(p Place) bool {
	for i := range p.Snaps {
		if !t.weigher.shut(p.Snaps[i].edge) {
			return false
		}
	}
	return true
}

// straight is the distance in metres to the nearest seed.
func (t *Tree) straight(p Place) float64 {
	least := math.Inf(1)
	for i := range t.query.Seeds {
		least = min(least, geo.Distance(p.At, t.query.Seeds[i].At))
	}
	return least
}

// measure adds up a way.
func (t *Tree) measure(p Place, c choice, a *Arrival) {
	snap := &p.Snaps[c.snap]
	onFoot := walk(snap.OffroadM)
	a.StartM = snap.OffroadM
	if t.query.Outward { // which seed and what lies between is not followed
		a.DriveS, a.WalkS = seconds(c.ms-onFoot), seconds(onFoot)
		a.Far = a.StartM > farOffroad
		return
	}
	end := t.follow(p, c, func(s step) {
		metres := math.Abs(s.to-s.from) * float64(t.n.edges[s.edge].length)
		a.Border = a.Border || t.n.edges[s.edge].flags&isBorder != 0
		if s.onFoot {
			onFoot += part(t.paces(s.edge), math.Abs(s.to-s.from))
			a.WadeM += metres
		} else {
			a.DriveM += metres
		}
	})
	a.EndM = end.OffroadM
	onFoot += walk(end.OffroadM)
	a.WalkS, a.DriveS = seconds(onFoot), seconds(c.ms-onFoot)
	a.Far = a.StartM > farOffroad || a.EndM > farOffroad
}
