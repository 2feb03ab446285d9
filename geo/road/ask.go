package road

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"
)

// Question is a whole click: an incident, and who might come.
type Question struct {
	Incident   orb.Point // WGS 84
	AnyRoad    bool      // the incident may be on a motorway, a bridge or in a tunnel
	Places     []Place   // joined with the same profile; who is under way may be joined to any road
	Profile    *Profile
	Conditions *Conditions // nil is nothing closed
	CutS       float64     // seconds on the way at most; 0 is no limit
	Routes     int         // how many of the fastest get a way to draw
	Isochrones []float64   // seconds
	Before     bool        // also tell what the times would be without closures
}

// Answer is the answer, in the order of the places.
type Answer struct {
	NetworkVersion   int64
	ConditionVersion int64
	Incident         Place
	Arrivals         []Arrival
	Ranking          []int // the places that are reached, fastest first; ties in the order of the places
	Routes           map[int]Route
	Isochrones       []orb.MultiPolygon

	// Before holds the arrivals without closures; nil if it was not asked for, or if no closure was met, so that they
	// are the same.
	Before []Arrival
	// BeforeRoutes are the ways that closures have changed, of those in Routes.
	BeforeRoutes map[int]Route
}

// Ask answers with one search, and a little more if closures were met and Before is wanted.
func (n *Network) Ask(q Question) Answer {
	c := q.Conditions
	if c == nil {
		c = n.open
	}
	places := q.Places
	a := Answer{NetworkVersion: n.version, ConditionVersion: c.version,
		Incident: n.Join(q.Incident, SnapOptions{Profile: q.Profile, AnyRoad: q.AnyRoad})}
	query := Query{Seeds: []Seed{{Place: a.Incident}}, Places: places, CutS: q.CutS, Profile: q.Profile, Conditions: c}
	if len(q.Isochrones) > 0 {
		query.AtLeastS = slices.Max(q.Isochrones)
	}
	t := n.Search(query)
	defer t.Release()
	drawn := make(chan []orb.MultiPolygon, 1)
	go func() { drawn <- t.Isochrones(q.Isochrones) }() // a tree may be read by many at once
	a.Arrivals = t.arrivals(places)
	a.Ranking = Rank(a.Arrivals)
	a.Routes = t.routes(places, a.Ranking[:min(q.Routes, len(a.Ranking))])
	if q.Before && t.touched {
		t.addBefore(places, &a)
	}
	a.Isochrones = <-drawn
	return a
}

// addBefore adds what the answer would be without closures.
func (t *Tree) addBefore(places []Place, a *Answer) {
	open := t.Reopened(places)
	defer open.Release()
	a.Before = open.arrivals(places)
	var changed []int
	for i := range a.Routes {
		if a.Before[i] != a.Arrivals[i] {
			changed = append(changed, i)
		}
	}
	a.BeforeRoutes = open.routes(places, changed)
}

func (t *Tree) arrivals(places []Place) []Arrival {
	out := make([]Arrival, len(places))
	for i, p := range places {
		out[i] = t.Arrival(p)
	}
	return out
}

func (t *Tree) routes(places []Place, which []int) map[int]Route {
	out := make(map[int]Route, len(which))
	for _, i := range which {
		out[i] = t.Route(places[i])
	}
	return out
}

// Rank gives the numbers of the arrivals that have a time, the fastest first. What has none is not in it.
func Rank(arrivals []Arrival) []int {
	var out []int
	for i, a := range arrivals {
		if a.Reach == Reached {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(x, y int) int {
		a, _ := arrivals[x].Seconds()
		b, _ := arrivals[y].Seconds()
		return cmp.Compare(a, b)
	})
	return out
}
