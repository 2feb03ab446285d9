package proposal_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo/road"
	"fourmaps/geo/road/roadtest"
	"fourmaps/server/command/proposal"
)

// desk is what a click is asked of: a network with closures, and a district's forces and sites.
type desk struct {
	network    *road.Network
	conditions *road.Conditions
	places     []road.Place
	candidates []proposal.Candidate
	incidents  []orb.Point
}

// desks makes each desk once, since two million edges take seconds.
var desks = sync.OnceValue(func() map[int]*desk { return map[int]*desk{} })

func deskOf(b *testing.B, size int) *desk {
	b.Helper()
	if d := desks()[size]; d != nil {
		return d
	}
	edges := roadtest.Network(size)
	d := &desk{}
	var err error
	if d.network, err = road.Build(each(edges), road.BuildOptions{Edges: len(edges)}); err != nil {
		b.Fatal(err)
	}
	random := rand.New(rand.NewPCG(26, 14))
	where := func() orb.Point { // a county of 41 km, in the middle of what is larger
		x, y := random.Float64(), random.Float64()
		if size > 90_000 {
			x, y = 0.4+0.2*x, 0.4+0.2*y
		}
		return roadtest.Point(size, x, y)
	}
	for i := range 350 + 372 {
		d.places = append(d.places, d.network.Join(where(), road.SnapOptions{}))
		d.candidates = append(d.candidates, candidate(i, random))
	}
	for range 24 {
		d.incidents = append(d.incidents, where())
	}
	var closures []road.Closure
	for i := range 20 {
		c := road.Closure{ID: fmt.Sprint(i), Kind: road.Flooded}
		for _, s := range d.network.Snap(where(), road.SnapOptions{AnyRoad: true, Within: 400, Most: 25}) {
			c.Edges = append(c.Edges, s.Edge)
		}
		closures = append(closures, c)
	}
	d.conditions = road.NewConditions(d.network, 1, time.Time{}, closures)
	desks()[size] = d
	return d
}

func each(edges []road.Edge) iter.Seq2[*road.Edge, error] {
	return func(yield func(*road.Edge, error) bool) {
		for i := range edges {
			if !yield(&edges[i], nil) {
				return
			}
		}
	}
}

// candidate is one of 350 forces, a quarter off duty, or one of 372 sites.
func candidate(i int, random *rand.Rand) proposal.Candidate {
	r := proposal.Candidate{ID: fmt.Sprint(i)}
	if i >= 350 {
		r.Divisible = true
		for range 2 + random.IntN(6) {
			r.Offers = append(r.Offers, proposal.Offer{Code: fmt.Sprint("item ", random.IntN(40)), Quantity: float64(5 + random.IntN(500)), Minimum: 5})
		}
		return r
	}
	r.Post = fmt.Sprint(random.IntN(16))
	if random.IntN(4) == 0 {
		r.Absence = proposal.OffDuty
	}
	for range 1 + random.IntN(3) {
		r.Offers = append(r.Offers, proposal.Offer{Code: fmt.Sprint("capability ", random.IntN(11)), Quantity: float64(3 + random.IntN(27))})
	}
	return r
}

// click asks everything and writes it down, as an answer to a screen is.
func (d *desk) click(incident orb.Point, needs []proposal.Requirement) (road.Answer, proposal.Proposal, []byte, error) {
	a := d.network.Ask(road.Question{Incident: incident, Places: d.places, Conditions: d.conditions, CutS: 3600, Routes: 10,
		Isochrones: []float64{300, 600, 900, 1800}, Before: true})
	candidates := slices.Clone(d.candidates)
	for i := range candidates {
		s, _ := a.Arrivals[i].Seconds()
		candidates[i].Reach, candidates[i].ArrivalS = a.Arrivals[i].Reach, 120+s
		if a.Before == nil {
			continue
		}
		if before, ok := a.Before[i].Seconds(); ok && before != s {
			candidates[i].BeforeS = 120 + before
		}
	}
	p := proposal.Propose(needs, candidates, proposal.Rules{Minimum: map[string]int{"1": 5, "2": 5}})
	body, err := json.Marshal(struct {
		Answer   road.Answer
		Proposal proposal.Proposal
	}{a, p})
	return a, p, body, err
}

// BenchmarkClick is a whole click without what PostGIS does (what is threatened): 350 forces and 372 sites, joined to
// the network beforehand, ranked with 20 closures and what these changed, ten ways, four isochrones, the proposal, and all of it as JSON.
func BenchmarkClick(b *testing.B) {
	for _, size := range []int{90_000, 2_000_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			if size > 1_000_000 && testing.Short() {
				b.Skip("the province takes half a gigabyte")
			}
			d := deskOf(b, size)
			random := rand.New(rand.NewPCG(1, 1))
			var took []time.Duration
			for i := 0; b.Loop(); i++ {
				var needs []proposal.Requirement
				for k, c := range random.Perm(11)[:4] {
					needs = append(needs, proposal.Requirement{ID: fmt.Sprint(k), Code: fmt.Sprint("capability ", c), Quantity: float64(20 + random.IntN(40))})
				}
				needs = append(needs, proposal.Requirement{ID: "bags", Code: "item 7", Quantity: 400})
				start := time.Now()
				a, p, body, err := d.click(d.incidents[i%len(d.incidents)], needs)
				took = append(took, time.Since(start))
				if err != nil || len(a.Routes) != 10 || len(p.Lines) == 0 || len(body) < 10_000 {
					b.Fatalf("%v: %d ways, %d lines, %d bytes", err, len(a.Routes), len(p.Lines), len(body))
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}
