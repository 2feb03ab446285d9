package road

import (
	"math"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// plane is where tests draw: metres east and north of a place in Hubei.
var plane = newFrame(position{114_0000000, 30_0000000})

func at(x, y float64) orb.Point {
	lon, lat := plane.position(x, y)
	return orb.Point{geo.Round7(lon), geo.Round7(lat)}
}

// via draws a road through points of the plane.
func via(source, target int64, xy ...float64) Edge {
	e := Edge{Source: source, Target: target, Class: Residential, Oneway: Both, Access: Open}
	for i := 0; i < len(xy); i += 2 {
		e.Geom = append(e.Geom, at(xy[i], xy[i+1]))
	}
	return e
}

// oneway lets an edge be driven from source to target only.
func oneway(e Edge) Edge { e.Oneway = Forward; return e }

func classed(e Edge, c Class) Edge { e.Class = c; return e }

// drawn numbers edges from 1 and makes them cost a second for ten metres, unless they have costs.
func drawn(edges ...Edge) []Edge {
	for i := range edges {
		e := &edges[i]
		e.ID = int64(i) + 1
		if e.LengthM == 0 {
			e.LengthM = geo.Length(e.Geom)
		}
		if e.CostS == 0 && e.ReverseCostS == 0 {
			e.CostS, e.ReverseCostS = e.LengthM/10, e.LengthM/10
			if e.Oneway == Forward {
				e.ReverseCostS = NotAllowed
			}
		}
	}
	NumberComponents(edges)
	return edges
}

// tester is what tests and properties have in common.
type tester interface {
	Helper()
	Fatal(...any)
}

func built(t tester, edges []Edge) *Network {
	t.Helper()
	n, err := Build(func(yield func(*Edge, error) bool) {
		for i := range edges {
			if !yield(&edges[i], nil) {
				return
			}
		}
	}, BuildOptions{Version: 7, Border: -1})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// square is a block of four two-way streets, each 1 km long, in this order: south (1), east (2), north (3), west (4).
func square() []Edge {
	return []Edge{via(1, 2, 0, 0, 1000, 0), via(2, 3, 1000, 0, 1000, 1000), via(3, 4, 1000, 1000, 0, 1000), via(4, 1, 0, 1000, 0, 0)}
}

func closing(kind ClosureKind, ids ...int64) Closure {
	return Closure{ID: string(kind), Kind: kind, Edges: ids}
}

func near(got, want, most float64) bool { return math.Abs(got-want) <= most }

func nan() float64 { return math.NaN() }
