package road

import (
	"math"

	"github.com/paulmach/orb"
)

// Route is an Arrival with its way.
type Route struct {
	Arrival
	Line  orb.LineString // what is driven, from the place to where the vehicles stop, WGS 84; nil if nothing is
	Wade  orb.LineString // what is gone on foot along closed roads after it; nil if nothing is
	Start orb.LineString // from the place to the road, straight; nil where that is near enough to count as being there
	End   orb.LineString // from the road to the incident, straight; nil likewise
	Edges []int64        // ids of what is driven, in order
}

// Route gives the way from a place to the seed of an inward search. Without a time it has no lines.
func (t *Tree) Route(p Place) Route {
	p = t.n.current(p)
	c, reach := t.choose(p)
	r := Route{Arrival: t.Arrival(p)}
	if reach != Reached || t.query.Outward {
		return r
	}
	from := &p.Snaps[c.snap]
	end := t.follow(p, c, func(s step) {
		if s.onFoot {
			r.Wade = t.n.draw(r.Wade, s)
			return
		}
		r.Line = t.n.draw(r.Line, s)
		r.Edges = append(r.Edges, t.n.ids[s.edge])
	})
	r.Line, r.Wade = whole(r.Line), whole(r.Wade)
	if walk(from.OffroadM) > 0 {
		r.Start = orb.LineString{p.At, from.Point}
	}
	if walk(end.OffroadM) > 0 {
		r.End = orb.LineString{end.Point, t.seedOf(end).At}
	}
	return r
}

// step is a stretch of an edge between two fractions of its length.
type step struct {
	edge     int32
	from, to float64
	onFoot   bool
}

// follow calls f for each stretch of a way and gives the snap at its end.
func (t *Tree) follow(p Place, c choice, f func(step)) *Snap {
	snap := &p.Snaps[c.snap]
	if c.direct {
		end := &t.query.Seeds[c.seed].Snaps[c.join]
		f(step{snap.edge, snap.Fraction, end.Fraction, c.onFoot})
		return end
	}
	f(step{snap.edge, snap.Fraction, sideOf(c.byTarget), c.onFoot})
	node := c.node
	if !c.onFoot {
		for {
			via, s := t.via(node)
			if s != nil {
				if s.onFoot {
					break
				}
				end := &t.query.Seeds[s.seed].Snaps[s.snap]
				f(step{end.edge, sideOf(s.byTarget), end.Fraction, false})
				return end
			}
			node = t.cross(via, node, false, f)
		}
	}
	return t.followOnFoot(node, f)
}

func (t *Tree) followOnFoot(node int32, f func(step)) *Snap {
	w := t.wading[node]
	for w.via >= 0 {
		node = t.cross(w.via, node, true, f)
		w = t.wading[node]
	}
	end := &t.query.Seeds[w.seed].Snaps[w.snap]
	f(step{end.edge, sideOf(w.byTarget), end.Fraction, true})
	return end
}

// cross goes over a whole edge and gives the node at its other end.
func (t *Tree) cross(edge, node int32, onFoot bool, f func(step)) int32 {
	e := &t.n.edges[edge]
	if e.source == node {
		f(step{edge, 0, 1, onFoot})
		return e.target
	}
	f(step{edge, 1, 0, onFoot})
	return e.source
}

func sideOf(target bool) float64 {
	if target {
		return 1
	}
	return 0
}

// seedOf finds the seed that a snap belongs to.
func (t *Tree) seedOf(s *Snap) *Seed {
	for i := range t.query.Seeds {
		for j := range t.query.Seeds[i].Snaps {
			if &t.query.Seeds[i].Snaps[j] == s {
				return &t.query.Seeds[i]
			}
		}
	}
	return nil
}

// draw adds a stretch to a line.
func (n *Network) draw(line orb.LineString, s step) orb.LineString {
	add := func(p orb.Point) {
		if len(line) == 0 || line[len(line)-1] != p {
			line = append(line, p)
		}
	}
	points := n.line(s.edge)
	low, high := min(s.from, s.to), max(s.from, s.to)
	if low > 0 || high < 1 {
		points = cut(points, low, high)
	}
	for i := range points {
		if s.from > s.to {
			i = len(points) - 1 - i
		}
		add(points[i].degrees())
	}
	return line
}

// whole gives a line two positions, even where one stands still.
func whole(line orb.LineString) orb.LineString {
	if len(line) == 1 {
		return append(line, line[0])
	}
	return line
}

// cut gives the part of a line between two fractions of its length.
func cut(points []position, low, high float64) []position {
	fr := newFrame(points[0])
	all := 0.0
	for i := 1; i < len(points); i++ {
		all += stretch(fr, points[i-1], points[i])
	}
	low, high = low*all, high*all
	var out []position
	at := 0.0
	for i := 1; i < len(points); i++ {
		length := stretch(fr, points[i-1], points[i])
		from, to := at, at+length
		at = to
		if to < low || from > high {
			continue
		}
		if len(out) == 0 {
			out = append(out, between(points[i-1], points[i], (low-from)/length))
		}
		out = append(out, between(points[i-1], points[i], (high-from)/length))
	}
	if len(out) == 0 {
		return points[len(points)-1:]
	}
	return out
}

// between gives the position at a share of a segment; a share beyond it is its end.
func between(a, b position, share float64) position {
	if !(share > 0) { // also where the segment has no length
		return a
	}
	share = min(share, 1)
	return position{a[0] + int32(math.Round(share*float64(int64(b[0])-int64(a[0])))), a[1] + int32(math.Round(share*float64(int64(b[1])-int64(a[1]))))}
}
