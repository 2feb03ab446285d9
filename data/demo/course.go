package demo

import (
	"math"

	"fourmaps/data/demo/terrain"

	"github.com/paulmach/orb"
)

// meander turns control points in km into a winding course in m: a spline through them, pushed
// aside by noise that is strong in the middle and nothing at the ends.
func meander(control []orb.Point, n terrain.Noise, swing float64) []orb.Point {
	var course []orb.Point
	at := func(i int) orb.Point { return control[max(0, min(len(control)-1, i))] }
	const pieces = 24
	for i := range len(control) - 1 {
		for k := range pieces {
			p := catmull(at(i-1), at(i), at(i+1), at(i+2), float64(k)/pieces)
			course = append(course, p)
		}
	}
	course = append(course, control[len(control)-1])
	for i, p := range course {
		t := float64(i) / float64(len(course)-1)
		fade := terrain.Smoothstep(0, 0.03, t) * terrain.Smoothstep(1, 0.97, t) * swing
		course[i] = orb.Point{
			1000 * (p[0] + float64(fade*n.At(p[0]/2.4, p[1]/2.4))),
			1000 * (p[1] + float64(fade*(n+9).At(p[0]/2.4, p[1]/2.4))),
		}
	}
	return course
}

// catmull is the Catmull-Rom spline from b to c.
func catmull(a, b, c, d orb.Point, t float64) orb.Point {
	var p orb.Point
	for k := range p {
		p[k] = 0.5 * (float64(2*b[k]) + float64((c[k]-a[k])*t) + float64((float64(2*a[k])-float64(5*b[k])+float64(4*c[k])-d[k])*t*t) + float64((float64(3*b[k])-a[k]-float64(3*c[k])+d[k])*t*t*t))
	}
	return p
}

// nearest answers how far a place is from a set of courses.
type nearest struct{ points []orb.Point }

func newNearest(courses ...[]orb.Point) nearest {
	var n nearest
	for _, c := range courses {
		n.points = append(n.points, c...)
	}
	return n
}

// distance in m; the courses are so densely set with points that their points suffice.
//
//go:norace
func (n nearest) distance(x, y float64) float64 {
	best := math.MaxFloat64
	for _, p := range n.points {
		dx, dy := p[0]-x, p[1]-y
		if d := float64(dx*dx) + float64(dy*dy); d < best {
			best = d
		}
	}
	return math.Sqrt(best)
}
