package demo

import (
	"fourmaps/data/demo/terrain"
	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

// lake is a reservoir behind a dam, or an old arm of a river.
type lake struct {
	dam    orb.Point // local m; of a reservoir
	shore  orb.Polygon
	level  float64 // m above sea level
	square float64 // km²
	name   string
}

const (
	innerReservoirs  = 7      // near the middle of the map
	reservoirs       = 18     // on the whole map
	reservoirSpacing = 6200.0 // m
)

// dammed builds reservoirs where a modest dam floods much, in valleys of the hills: some surely
// near the middle of the map, where the district will be, then others anywhere. The relief is
// filled to the water level.
func (l *land) dammed(seed int64) []lake {
	order := chance(seed, "dams").Perm(l.Len())
	cx, cy := l.confluence()
	var lakes []lake
	for _, narrow := range []float64{26, 17, 9} {
		lakes = l.dam(lakes, order, innerReservoirs, func(i int) bool {
			x, y := l.Centre(i)
			away := oval(x-cx, y-cy)
			return away > 4500 && away < 16500 && l.gorge(i) > narrow
		})
	}
	lakes = l.dam(lakes, order, reservoirs, func(i int) bool { return !l.nearEdge(i, 4000) && l.gorge(i) > 26 })
	l.measure()
	return lakes
}

// dam adds reservoirs at good cells, in the given order, until there are so many.
func (l *land) dam(lakes []lake, order []int, until int, good func(i int) bool) []lake {
	for _, i := range order {
		if len(lakes) >= until {
			break
		}
		if a := l.flow.Area[i]; a < 6e6 || a > 70e6 || l.height[i] < 70 || l.wet[i] || !good(i) {
			continue
		}
		x, y := l.Centre(i)
		free := true
		for _, k := range lakes {
			free = free && distance(x, y, k.dam[0], k.dam[1]) > reservoirSpacing
		}
		for _, high := range []float64{24, 34, 46} {
			if !free {
				break
			}
			if k, ok := l.flood(int32(i), high); ok {
				lakes = append(lakes, k)
				break
			}
		}
	}
	return lakes
}

// gorge is how high the ground rises on average within 300 m of a stream cell, m: much in a narrow
// valley.
func (l *land) gorge(i int) float64 {
	steep := 0.0
	for _, s := range terrain.Steps() {
		if j := l.Neighbour(i, terrain.Step{DX: 3 * s.DX, DY: 3 * s.DY}); j >= 0 {
			steep += l.height[j] - l.height[i]
		}
	}
	return steep / 8
}

// flood fills the valley above a dam; ok if the water is neither a puddle nor a sea.
func (l *land) flood(dam int32, high float64) (k lake, ok bool) {
	level := l.height[dam] + high
	var wet []int32
	for q := []int32{dam}; len(q) > 0; {
		i := q[len(q)-1]
		q = q[:len(q)-1]
		for _, s := range terrain.Steps() {
			if j := l.Neighbour(int(i), s); j >= 0 && l.flow.To[j] == i && l.height[j] < level {
				q = append(q, int32(j))
				wet = append(wet, int32(j))
			}
		}
		if len(wet) > 380 {
			return lake{}, false
		}
	}
	if len(wet) < 45 {
		return lake{}, false
	}
	x, y := l.Centre(int(dam))
	k = lake{dam: orb.Point{x, y}, level: level, square: float64(len(wet)) / 100}
	k.shore = l.shore(wet, level)
	for _, i := range wet {
		l.height[i] = level
		l.wet[i] = true
	}
	return k, len(k.shore) > 0
}

// finer is how many cells the raster of a shore has per cell of the land.
const finer = 4

// shore draws the waterline on a finer raster of the interpolated relief.
func (l *land) shore(wet []int32, level float64) orb.Polygon {
	inside := make(map[int32]bool, len(wet))
	c0, r0, c1, r1 := l.W, l.H, 0, 0
	for _, i := range wet {
		inside[i] = true
		c, r := int(i)%l.W, int(i)/l.W
		c0, r0, c1, r1 = min(c0, c-1), min(r0, r-1), max(c1, c+2), max(r1, r+2)
	}
	ra := topology.Raster{W: (c1 - c0) * finer, H: (r1 - r0) * finer, Cell: l.Cell / finer,
		X0: l.X0 + float64(float64(c0)*l.Cell), Y0: l.Y0 + float64(float64(r0)*l.Cell)}
	ra.Label = make([]int32, ra.W*ra.H)
	for k := range ra.Label {
		x, y := ra.X0+float64((float64(k%ra.W)+0.5)*ra.Cell), ra.Y0+float64((float64(k/ra.W)+0.5)*ra.Cell)
		ra.Label[k] = topology.Outside
		if inside[int32(l.Grid.Index(x, y))] && l.Grid.Sample(l.height, x, y) < level {
			ra.Label[k] = 0
		}
	}
	topology.Tidy(ra)
	mesh := topology.Trace(ra)
	mesh.Smooth(1.6, l.geographic)
	return mesh.Polygons(1, func(label int32) int32 { return label })[0]
}

// lakeAt is the reservoir whose dam is at a point of WGS 84, or nil.
func (m *maker) lakeAt(p orb.Point) *lake {
	for k := range m.lakes {
		if geographic(m.lakes[k].dam) == p {
			return &m.lakes[k]
		}
	}
	return nil
}
