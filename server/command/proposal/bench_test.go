package proposal

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"fourmaps/geo/road"
)

// district makes a district's 350 forces, a quarter off duty, and 372 sites.
func district(random *rand.Rand) []Candidate {
	var out []Candidate
	for i := range 350 {
		r := Candidate{ID: fmt.Sprint("force ", i), Reach: road.Reached, ArrivalS: 120 + 3400*random.Float64(), Post: fmt.Sprint(random.IntN(16))}
		if random.IntN(4) == 0 {
			r.Absence = OffDuty
		}
		for range 1 + random.IntN(3) {
			r.Offers = append(r.Offers, Offer{fmt.Sprint("capability ", random.IntN(11)), float64(3 + random.IntN(27)), 0})
		}
		out = append(out, r)
	}
	for i := range 372 {
		r := Candidate{ID: fmt.Sprint("site ", i), Divisible: true, Reach: road.Reached, ArrivalS: 300 + 3400*random.Float64()}
		for range 2 + random.IntN(6) {
			r.Offers = append(r.Offers, Offer{fmt.Sprint("item ", random.IntN(40)), float64(5 + random.IntN(500)), float64(random.IntN(50))})
		}
		out = append(out, r)
	}
	return out
}

func benchmark(b *testing.B, requirements, quantity int) {
	random := rand.New(rand.NewPCG(7, 7))
	candidates := district(random)
	rules := Rules{Minimum: map[string]int{}}
	for i := range 16 {
		rules.Minimum[fmt.Sprint(i)] = 4
	}
	var took []time.Duration
	proved, lines, gap := 0, 0, 0.0
	for b.Loop() {
		var needs []Requirement
		for i, c := range random.Perm(11)[:requirements] {
			needs = append(needs, Requirement{ID: fmt.Sprint(i), Code: fmt.Sprint("capability ", c), Quantity: float64(quantity/2 + random.IntN(quantity))})
		}
		for i := range 3 {
			needs = append(needs, Requirement{ID: fmt.Sprint("item ", i), Code: fmt.Sprint("item ", i*7), Quantity: float64(100 + random.IntN(500))})
		}
		start := time.Now()
		p := Propose(needs, candidates, rules)
		took = append(took, time.Since(start))
		lines += len(p.Lines)
		if p.Proved {
			proved++
		}
		gap += p.CostS/p.BoundS - 1
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(100*float64(proved)/float64(len(took)), "%proved")
	b.ReportMetric(100*gap/float64(len(took)), "%gap")
	b.ReportMetric(float64(lines)/float64(len(took)), "lines")
}

func BenchmarkTypical(b *testing.B) { benchmark(b, 4, 40) }
func BenchmarkHeavy(b *testing.B)   { benchmark(b, 10, 160) }
