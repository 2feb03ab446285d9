package road

import (
	"sync"

	"github.com/paulmach/orb"
)

// Isochrones gives, for each number of seconds, the ground from which the incident is reached in time (or that is
// reached, if the search went outward), as valid polygons wound as RFC 7946 wants, WGS 84. It is drawn on a raster of
// 100 m and is a picture: never count with it who is within a time, but by Arrival. The search must have gone that far
// (AtLeastS); a result is nil where nothing is reached.
func (t *Tree) Isochrones(secs []float64) []orb.MultiPolygon {
	out := make([]orb.MultiPolygon, len(secs))
	most := 0.0
	for _, s := range secs {
		most = max(most, s)
	}
	if len(t.query.Seeds) == 0 || !t.seeded() || most <= 0 {
		return out
	}
	r := newRaster(t, most)
	if r == nil {
		return out
	}
	var draw sync.WaitGroup
	for i, s := range secs {
		if s > 0 {
			draw.Go(func() { out[i] = r.contour(float32(s)) })
		}
	}
	draw.Wait()
	return out
}

// contour gives the polygons around all corners with a time up to the level: marching squares, with the inside on the
// left, so that outer rings run counter-clockwise and holes clockwise. Corners that touch by a diagonal only are apart.
// A ring crosses a line between two corners at most once, and never at a corner, so it touches neither itself nor another.
func (r *raster) contour(level float32) orb.MultiPolygon {
	m := marching{raster: r, level: level}
	if !m.window() {
		return nil
	}
	m.owner = make([]int32, (m.x1-m.x0)*(m.y1-m.y0+1))
	for y := m.y0; y <= m.y1; y++ {
		polygon := int32(0) // around the run of inside corners at hand
		for x := m.x0; x < m.x1; x++ {
			west, east := m.inside(x, y), m.inside(x+1, y)
			if west == east {
				continue
			}
			at := m.crossing(x, y)
			if *at == 0 && east { // the lowest row of a new polygon
				m.out = append(m.out, nil)
				m.trace(x, y-1, south, int32(len(m.out)))
			} else if *at == 0 { // the lowest row of a hole in the polygon around the run
				m.trace(x, y, north, polygon)
			}
			polygon = *at
		}
	}
	return m.out
}

// marching is one contour being drawn.
type marching struct {
	*raster
	level          float32
	x0, y0, x1, y1 int     // corners of the window: those inside, and one more on each side
	owner          []int32 // for each line between a corner and the next one east: which polygon crosses it, from 1; 0 is none yet
	out            orb.MultiPolygon
}

func (m *marching) inside(x, y int) bool { return m.times[y*m.width+x] <= m.level }

func (m *marching) crossing(x, y int) *int32 { return &m.owner[(y-m.y0)*(m.x1-m.x0)+x-m.x0] }

// window finds the box of corners to look at; it is false if none is inside.
func (m *marching) window() bool {
	m.x0, m.y0, m.x1, m.y1 = m.width, m.height, -1, -1
	for _, c := range m.set {
		if m.times[c] <= m.level {
			x, y := int(c)%m.width, int(c)/m.width
			m.x0, m.x1, m.y0, m.y1 = min(m.x0, x-1), max(m.x1, x+1), min(m.y0, y-1), max(m.y1, y+1)
		}
	}
	return m.x1 >= 0
}

// The headings, each to the left of the one before.
const (
	north = iota
	west
	south
	east
)

// ahead says, for each heading, which corners of a cell lie left and right behind and left and right in front, and
// where the next cell lies.
var ahead = [4]struct{ lb, rb, lf, rf, next [2]int }{
	north: {[2]int{0, 0}, [2]int{1, 0}, [2]int{0, 1}, [2]int{1, 1}, [2]int{0, 1}},
	west:  {[2]int{1, 0}, [2]int{1, 1}, [2]int{0, 0}, [2]int{0, 1}, [2]int{-1, 0}},
	south: {[2]int{1, 1}, [2]int{0, 1}, [2]int{1, 0}, [2]int{0, 0}, [2]int{0, -1}},
	east:  {[2]int{0, 1}, [2]int{0, 0}, [2]int{1, 1}, [2]int{1, 0}, [2]int{1, 0}},
}

// trace follows a ring from where it enters a cell, and adds it to a polygon.
func (m *marching) trace(x, y, heading int, polygon int32) {
	var ring orb.Ring
	for startX, startY, start := x, y, heading; ; {
		a := &ahead[heading]
		ring = append(ring, m.meet(x+a.lb[0], y+a.lb[1], x+a.rb[0], y+a.rb[1]))
		switch heading {
		case north:
			*m.crossing(x, y) = polygon
		case south:
			*m.crossing(x, y+1) = polygon
		}
		if !m.inside(x+a.lf[0], y+a.lf[1]) {
			heading = (heading + 1) % 4
		} else if m.inside(x+a.rf[0], y+a.rf[1]) {
			heading = (heading + 3) % 4
		}
		x, y = x+ahead[heading].next[0], y+ahead[heading].next[1]
		if x == startX && y == startY && heading == start {
			break
		}
	}
	m.out[polygon-1] = append(m.out[polygon-1], append(ring, ring[0]))
}

// meet gives the place between an inside and an outside corner where the level is passed.
func (m *marching) meet(inX, inY, outX, outY int) orb.Point {
	in, out := m.times[inY*m.width+inX], m.times[outY*m.width+outX]
	if out == unreached {
		out = in + cellWalkS*walkDetour
	}
	share := min(max(float64((m.level-in)/(out-in)), 0.05), 0.95) // never at a corner, where rings could touch
	return m.point(float64(inX)+share*float64(outX-inX), float64(inY)+share*float64(outY-inY))
}
