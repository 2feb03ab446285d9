package demo

// newTraffic makes the road network: numbered roads over the raster, streets in settlements, the
// motorway, then junctions and bridges. It also tells where the settlements are.
func newTraffic(l *land, h *hillsides, d *division, rivers []reach, seed int64) (*network, []settlement) {
	w := layRoads(l, h, d, seed)
	roads := w.chains()
	index, water := newSegments(), newSegments()
	for k, r := range roads {
		index.add(r.line, k)
	}
	for k, r := range rivers {
		if r.area > 4e6 {
			water.add(localLine(r.line), k)
		}
	}
	places := d.settlements(l, index, seed)
	r := chance(seed, "streets")
	for k, s := range places {
		roads = append(roads, s.grid(k, l, index, water, r)...)
	}
	roads = w.buildMotorway(d, roads, rivers)
	return newNetwork(bridges(meet(roads), rivers), w.routes), places
}
