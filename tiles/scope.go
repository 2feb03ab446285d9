package tiles

import (
	"github.com/paulmach/orb"

	"fourmaps/geo/layer"
)

// Scope says what an answer was made from: the rows of some layers inside one tile, inside some boxes, or everywhere.
type Scope struct {
	layers uint64 // bits by place in layer.All
	tile   *ID
	boxes  []orb.Bound
}

// Everywhere is the scope of an answer about whole layers. Any change of one of them makes it old.
func Everywhere(layers ...string) Scope { return Scope{layers: setOf(layers)} }

// Inside is the scope of an answer about the rows of layers that touch one of the boxes (WGS 84).
func Inside(boxes []orb.Bound, layers ...string) Scope {
	return Scope{layers: setOf(layers), boxes: boxes}
}

func ofTile(t ID, layers []*layer.Layer) Scope {
	s := Scope{tile: &t}
	for _, l := range layers {
		s.layers |= bit(l.Name)
	}
	return s
}

func setOf(names []string) (all uint64) {
	for _, n := range names {
		all |= bit(n)
	}
	return all
}

// bit gives a layer's place in a set. A layer that nobody declared shares the last bit with all such: that errs on the
// side of forgetting.
func bit(name string) uint64 {
	for i, l := range layer.All {
		if l.Name == name {
			return 1 << min(i, 63)
		}
	}
	return 1 << 63
}

// touchedBy tells whether the change may have made an answer of this scope old.
func (s Scope) touchedBy(c Change) bool {
	switch {
	case s.layers&bit(c.Layer) == 0:
		return false
	case c.everywhere(), s.tile == nil && s.boxes == nil:
		return true
	}
	for _, b := range c.boxes() {
		if s.tile != nil && touched(b, s.tile.Z).has(s.tile.X, s.tile.Y) {
			return true
		}
		for _, own := range s.boxes {
			if own.Intersects(b) {
				return true
			}
		}
	}
	return false
}
