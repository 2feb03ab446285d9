package road

import (
	"sync"

	"github.com/paulmach/orb"
)

// Place is a place and where it joins a network. It may be kept for as long as the place stays where it is: asked of a
// later network, it is joined to that one first.
type Place struct {
	At      orb.Point // WGS 84
	Snaps   []Snap    // none if no road is near
	network *Network
	options SnapOptions
}

// Join snaps a place.
func (n *Network) Join(at orb.Point, o SnapOptions) Place { return Place{at, n.Snap(at, o), n, o} }

// JoinAll snaps many places, half of them beside the other half.
func (n *Network) JoinAll(points []orb.Point, o SnapOptions) []Place {
	places := make([]Place, len(points))
	join := func(from, to int) {
		for i := from; i < to; i++ {
			places[i] = n.Join(points[i], o)
		}
	}
	var other sync.WaitGroup
	other.Go(func() { join(0, len(points)/2) })
	join(len(points)/2, len(points))
	other.Wait()
	return places
}

// current joins a place of another network to this one.
func (n *Network) current(p Place) Place {
	if p.network == nil || p.network == n {
		return p
	}
	return n.Join(p.At, p.options)
}
