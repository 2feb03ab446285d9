package tiles

import "fourmaps/geo/layer"

// Scope says what an answer was made from: the rows of some layers inside one tile or everywhere.
type Scope struct {
	layers uint64 // bits by place in layer.All
	tile   *ID
}

// Everywhere is the scope of an answer about whole layers. Any change of one of them makes it old.
func Everywhere(layers ...string) Scope { return Scope{layers: setOf(layers)} }

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
	case c.everywhere(), s.tile == nil:
		return true
	}
	for _, b := range c.boxes() {
		if touched(b, s.tile.Z).has(s.tile.X, s.tile.Y) {
			return true
		}
	}
	return false
}
