package road

import (
	"testing"

	"github.com/paulmach/orb"
)

// TestPlacesOutliveTheirNetwork asks a later network, in which roads have other places in memory, with places that were
// joined to an earlier one.
func TestPlacesOutliveTheirNetwork(t *testing.T) {
	before := built(t, drawn(square()...))
	after := built(t, drawn(square()[0], square()[3], square()[2], square()[1], via(8, 9, -5000, -5000, -4000, -5000)))
	longer := built(t, drawn(via(1, 2, 0, 0, 0, 3000)))
	from, to := before.Join(at(200, 0), SnapOptions{}), before.Join(at(700, 0), SnapOptions{})
	for name, c := range map[string]struct {
		network *Network
		want    float64
	}{"the same roads": {after, 50}, "only one road far off": {longer, 0}, "the first": {before, 50}} {
		tree := c.network.Search(Query{Seeds: []Seed{{Place: to}}, Places: []Place{from}})
		if s, ok := tree.Arrival(from).Seconds(); !ok || !near(s-tree.Arrival(from).WalkS, c.want, 0.1) {
			t.Errorf("%s: %v s, %v", name, s, ok)
		}
		if r := tree.Route(from); r.Reach != Reached {
			t.Errorf("%s: %v", name, r.Reach)
		}
		tree.Release()
	}
}

func TestJoinAllKeepsTheOrder(t *testing.T) {
	n := built(t, drawn(square()...))
	points := []orb.Point{at(200, 0), at(1000, 300), at(9000, 0), at(0, 600), at(500, 1000)}
	for i, p := range n.JoinAll(points, SnapOptions{Most: 1}) {
		alone := n.Join(points[i], SnapOptions{Most: 1})
		if p.At != points[i] || len(p.Snaps) != len(alone.Snaps) || len(p.Snaps) > 0 && p.Snaps[0] != alone.Snaps[0] {
			t.Errorf("place %d: %+v, alone %+v", i, p, alone)
		}
	}
	if got := n.JoinAll(nil, SnapOptions{}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
