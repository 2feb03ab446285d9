package road

import (
	"testing"

	"pgregory.net/rapid"
)

// TestReopenedIsASearchWithoutClosures compares with a search anew, whatever was cut and wherever the first one stopped.
func TestReopenedIsASearchWithoutClosures(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPuzzle(t)
		if p.network.Edges() == 0 {
			return
		}
		q := Query{Places: p.places, CutS: rapid.SampledFrom([]float64{0, 0, 20, 60}).Draw(t, "cut")}
		tree := p.search(q)
		defer tree.Release()
		reopened := tree.Reopened(p.places)
		defer reopened.Release()
		p.closures = nil
		want := p.search(q)
		defer want.Release()
		for i, place := range p.places {
			a, b := reopened.Arrival(place), want.Arrival(place)
			s, ok := a.Seconds()
			wanted, reached := b.Seconds()
			sure := a.Reach == b.Reach || a.Reach == BeyondCut && b.Reach == Unreachable && q.CutS > 0
			if !sure || ok != reached || s != wanted {
				t.Fatalf("place %d: %+v, searched anew %+v", i, a, b)
			}
			if c, reach := reopened.choose(place); reach == Reached {
				p.walkWay(t, reopened, place, c)
			}
		}
	})
}
