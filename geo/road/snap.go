package road

import (
	"cmp"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Snap is where a place joins the network.
type Snap struct {
	Edge     int64     // the id of the edge
	Fraction float64   // of its line, from its source (0) to its target (1), measured in metres
	Point    orb.Point // on the edge, WGS 84
	OffroadM float64   // metres from the place to Point, straight
	edge     int32
}

// SnapOptions say what a place may be joined to. The zero value is for a place that stands still.
type SnapOptions struct {
	AnyRoad bool     // also motorways, bridges and tunnels: for who is driving on one, or an accident there
	Profile *Profile // roads that it cannot use are passed over; nil is the zero Profile
	Within  float64  // metres by which a candidate may be farther than the nearest one; 0 is 50
	Radius  float64  // metres, how far the nearest may be; 0 is 5,000
	Most    int      // candidates; 0 is 3
}

// The usual reach of a snap.
const (
	snapWithin = 50   // metres
	snapRadius = 5000 // metres
	snapMost   = 3
)

func (o SnapOptions) filled() SnapOptions {
	if o.Within == 0 {
		o.Within = snapWithin
	}
	if o.Radius == 0 {
		o.Radius = snapRadius
	}
	if o.Most == 0 {
		o.Most = snapMost
	}
	if o.Profile == nil {
		o.Profile = &Profile{}
	}
	return o
}

// Snap finds the edges where a place (WGS 84) joins the network, the nearest first: by distance to their lines, in the
// main component only, so that what is joined can be reached when nothing is closed. None is no road near enough.
// A place that is no place (not finite, beyond the poles) has none.
func (n *Network) Snap(p orb.Point, o SnapOptions) []Snap {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return nil
	}
	o = o.filled()
	s := snapping{n: n, o: o, frame: newFrame(positionOf(p)), within: o.Radius, factors: o.Profile.factors()}
	n.index.visit(s.frame, s.within, s.try)
	out := make([]Snap, 0, len(s.best))
	for _, b := range s.best {
		if b.metres <= s.best[0].metres+o.Within {
			out = append(out, n.snapAt(s.frame, b))
		}
	}
	return out
}

type snapping struct {
	n       *Network
	o       SnapOptions
	frame   frame
	factors [kinds]float64
	best    []foot // nearest first
	within  float64
}

// foot is the nearest place on the line of an edge.
type foot struct {
	edge    int32
	metres  float64
	segment int     // of the line
	along   float64 // of the segment, 0 to 1
}

// try takes an edge among the best, and gives the distance beyond which others are of no interest.
func (s *snapping) try(e int32) float64 {
	if !s.allowed(e) {
		return s.within
	}
	f := nearest(s.frame, s.n.line(e))
	if f.edge = e; f.metres > s.within {
		return s.within
	}
	at, _ := slices.BinarySearchFunc(s.best, f, s.nearer)
	s.best = slices.Insert(s.best, at, f)
	if len(s.best) > s.o.Most {
		s.best = s.best[:s.o.Most]
	}
	s.within = min(s.within, s.best[0].metres+s.o.Within)
	if len(s.best) == s.o.Most {
		s.within = min(s.within, s.best[len(s.best)-1].metres)
	}
	return s.within
}

// nearer orders by distance and, where edges are equally far, as at their common junction, by id.
func (s *snapping) nearer(a, b foot) int {
	return cmp.Or(cmp.Compare(a.metres, b.metres), cmp.Compare(s.n.ids[a.edge], s.n.ids[b.edge]))
}

func (s *snapping) allowed(e int32) bool {
	span := &s.n.edges[e]
	if span.flags&isMain == 0 || s.factors[span.kind] == closed {
		return false
	}
	if span.kind&limited != 0 && !s.o.Profile.fits(s.n.limits[e]) {
		return false
	}
	return s.o.AnyRoad || span.flags&isBridge == 0 && classOrder[span.kind&(1<<classBits-1)] != Motorway
}

// nearest finds the place on a line that is nearest to the centre of the frame.
func nearest(fr frame, line []position) foot {
	best := foot{metres: math.Inf(1)}
	ax, ay := fr.metres(line[0])
	for i := 1; i < len(line); i++ {
		bx, by := fr.metres(line[i])
		dx, dy := bx-ax, by-ay
		along := 0.0
		if square := dx*dx + dy*dy; square > 0 {
			along = min(max(-(ax*dx+ay*dy)/square, 0), 1)
		}
		x, y := ax+along*dx, ay+along*dy
		if d := math.Sqrt(x*x + y*y); d < best.metres {
			best.metres, best.segment, best.along = d, i-1, along
		}
		ax, ay = bx, by
	}
	return best
}

// snapAt measures how far along its edge a foot lies.
func (n *Network) snapAt(fr frame, f foot) Snap {
	line := n.line(f.edge)
	before, all := 0.0, 0.0
	for i := 1; i < len(line); i++ {
		step := stretch(fr, line[i-1], line[i])
		switch {
		case i-1 < f.segment:
			before += step
		case i-1 == f.segment:
			before += f.along * step
		}
		all += step
	}
	fraction := 0.0
	if all > 0 {
		fraction = min(before/all, 1)
	}
	a, b := line[f.segment].degrees(), line[f.segment+1].degrees()
	point := orb.Point{a[0] + f.along*(b[0]-a[0]), a[1] + f.along*(b[1]-a[1])}
	return Snap{Edge: n.ids[f.edge], Fraction: fraction, Point: point, OffroadM: f.metres, edge: f.edge}
}

// stretch is the length of a segment in metres.
func stretch(fr frame, a, b position) float64 {
	x, y := float64(int64(b[0])-int64(a[0]))*fr.east, float64(int64(b[1])-int64(a[1]))*fr.north
	return math.Sqrt(x*x + y*y)
}
