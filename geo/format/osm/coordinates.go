package osm

import (
	"slices"

	"github.com/paulmach/orb"
)

// positions holds the coordinates of the nodes that ways need: 16 bytes a node, found by binary search.
type positions struct {
	ids   []int64 // ascending
	at    [][2]int32
	known []bool
	hint  int // where the last id was put; files are mostly in the order of ids
}

// newPositions takes over ids, in any order and with repetitions.
func newPositions(ids []int64) *positions {
	slices.Sort(ids)
	ids = slices.Clip(slices.Compact(ids))
	return &positions{ids: ids, at: make([][2]int32, len(ids)), known: make([]bool, len(ids))}
}

// put remembers a node if some way needs it.
func (p *positions) put(n *node) bool {
	i := p.hint
	if i < len(p.ids) && p.ids[i] < n.id { // look a few steps ahead before searching
		for step := 0; i < len(p.ids) && p.ids[i] < n.id && step < 8; step++ {
			i++
		}
	}
	between := i < len(p.ids) && p.ids[i] > n.id && (i == 0 || p.ids[i-1] < n.id)
	found := i < len(p.ids) && p.ids[i] == n.id
	if !found && !between {
		i, found = slices.BinarySearch(p.ids, n.id)
	}
	p.hint = i
	if found {
		p.at[i], p.known[i] = [2]int32{n.lon, n.lat}, true
	}
	return found
}

// get gives a node's position; ok is false if the file did not have it.
func (p *positions) get(id int64) (orb.Point, bool) {
	i, found := slices.BinarySearch(p.ids, id)
	if !found || !p.known[i] {
		return orb.Point{}, false
	}
	return degrees(p.at[i][0], p.at[i][1]), true
}

// degrees turns ten-millionths into degrees, as the nearest float64 to the decimal that OSM shows.
func degrees(lon, lat int32) orb.Point { return orb.Point{float64(lon) / 1e7, float64(lat) / 1e7} }
