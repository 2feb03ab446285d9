package tiles

// index finds the entries that a change touches without looking at all of them.
type index struct {
	tiles  map[ID][]*entry // one for each set of layers
	zooms  [MaxZoom + 1]int
	others []*entry // scopes without tile
}

func newIndex() index { return index{tiles: map[ID][]*entry{}} }

func (x *index) add(e *entry) {
	if e.scope.tile == nil {
		e.place = len(x.others)
		x.others = append(x.others, e)
		return
	}
	x.tiles[*e.scope.tile] = append(x.tiles[*e.scope.tile], e)
	x.zooms[e.scope.tile.Z]++
}

func (x *index) remove(e *entry) {
	if e.scope.tile == nil {
		last := x.others[len(x.others)-1]
		x.others[e.place], last.place = last, e.place
		x.others = x.others[:len(x.others)-1]
		return
	}
	id := *e.scope.tile
	x.zooms[id.Z]--
	list := x.tiles[id]
	for i, have := range list {
		if have == e {
			list[i] = list[len(list)-1]
			list = list[:len(list)-1]
			break
		}
	}
	if len(list) == 0 {
		delete(x.tiles, id)
	} else {
		x.tiles[id] = list
	}
}

// touchedBy gives the entries that the change makes old. A place is looked up zoom by zoom; a change of a wide box goes
// through all tiles instead when they are fewer.
func (x *index) touchedBy(c Change) (out []*entry) {
	for _, e := range x.others {
		if e.scope.touchedBy(c) {
			out = append(out, e)
		}
	}
	boxes := c.boxes()
	wanted := 0
	for z, n := range x.zooms {
		if n > 0 {
			for _, b := range boxes {
				wanted += touched(b, uint8(z)).count()
			}
		}
	}
	if c.everywhere() || wanted > len(x.tiles) {
		for _, list := range x.tiles {
			out = appendTouched(out, list, c)
		}
		return out
	}
	seen := map[ID]bool{}
	for z, n := range x.zooms {
		if n == 0 {
			continue
		}
		for _, b := range boxes {
			s := touched(b, uint8(z))
			for tx := s.west; tx <= s.east; tx++ {
				for ty := s.north; ty <= s.south; ty++ {
					id := ID{uint8(z), tx, ty}
					if list := x.tiles[id]; len(list) > 0 && !seen[id] {
						seen[id] = true
						out = appendTouched(out, list, c)
					}
				}
			}
		}
	}
	return out
}

func appendTouched(out, list []*entry, c Change) []*entry {
	for _, e := range list {
		if e.scope.touchedBy(c) {
			out = append(out, e)
		}
	}
	return out
}
