package osm

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// areas makes water, land use and buildings of ways and multipolygons.
func (x *extraction) areas(e *Extract) {
	x.markOuterWays()
	for i := range x.grounds {
		w := &x.grounds[i]
		key := fmt.Sprintf("way/%d", w.id)
		if w.waterLine != "" {
			x.addLine(e, key, w)
		}
		if !w.isArea() || w.inGroup {
			continue
		}
		if len(w.refs) < 4 || w.refs[0] != w.refs[len(w.refs)-1] {
			x.openAreas++
			continue
		}
		ring, ok := x.ring(w.refs)
		if ok {
			e.add(key, &w.ground, orb.Polygon{wound(ring, orb.CCW)})
		}
	}
	for i := range x.groups {
		g := &x.groups[i]
		if shape := x.shape(g); shape != nil {
			e.add(fmt.Sprintf("relation/%d", g.id), &g.ground, shape)
		}
	}
}

// markOuterWays finds ways that a multipolygon of the same kind has as an outer ring, so that nothing comes twice.
func (x *extraction) markOuterWays() {
	type kind struct{ water, landuse, building string }
	taken := map[int64]kind{}
	for _, g := range x.groups {
		for _, m := range g.members {
			if !m.inner {
				taken[m.way] = kind{g.water, g.landuse, g.building}
			}
		}
	}
	for i := range x.grounds {
		w := &x.grounds[i]
		k, is := taken[w.id]
		w.inGroup = is && k == kind{w.water, w.landuse, w.building}
	}
}

func (x *extraction) addLine(e *Extract, key string, w *groundWay) {
	var line orb.LineString
	for _, id := range w.refs {
		if p, known := x.positions.get(id); known {
			line = append(line, p)
		}
	}
	if line = slices.Compact(line); len(line) >= 2 {
		e.Waters = append(e.Waters, Water{key, w.waterLine, w.name, w.nameEn, w.width, line})
	}
}

// ring turns node ids into a closed ring; ok is false if a node is missing or nothing is left of it.
func (x *extraction) ring(refs []int64) (orb.Ring, bool) {
	ring := make(orb.Ring, 0, len(refs))
	for _, id := range refs {
		p, known := x.positions.get(id)
		if !known {
			x.openAreas++
			return nil, false
		}
		ring = append(ring, p)
	}
	ring = slices.Compact(ring)
	if len(ring) < 4 || ring.Orientation() == 0 {
		x.tiny++
		return nil, false
	}
	return ring, true
}

// shape makes the geometry of a multipolygon; nil if nothing of it is complete.
func (x *extraction) shape(g *group) orb.Geometry {
	var parts []part
	whole := true
	for _, m := range g.members {
		refs := x.needed[m.way]
		if len(refs) < 2 {
			whole = false
			continue
		}
		parts = append(parts, part{refs, m.inner})
	}
	joined, closed := joinRings(parts)
	var rings []shaped
	for _, j := range joined {
		if r, ok := x.ring(j.refs); ok {
			rings = append(rings, shaped{ring: r, inner: j.inner})
		} else {
			closed = false
		}
	}
	if whole = whole && closed; !whole {
		x.incomplete++
	}
	switch polygons := assemble(rings, whole); len(polygons) {
	case 0:
		return nil
	case 1:
		return polygons[0]
	default:
		return polygons
	}
}

// add puts an area into the list of its kind.
func (e *Extract) add(key string, g *ground, shape orb.Geometry) {
	switch {
	case g.building != "":
		e.Buildings = append(e.Buildings, Building{key, g.building, g.name, g.nameEn, g.height, g.levels, shape})
	case g.water != "":
		e.Waters = append(e.Waters, Water{key, g.water, g.name, g.nameEn, g.width, shape})
	default:
		e.Landuses = append(e.Landuses, Landuse{key, g.landuse, g.name, g.nameEn, shape})
	}
}
