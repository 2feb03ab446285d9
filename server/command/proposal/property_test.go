package proposal

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"fourmaps/geo/road"
)

// situation is a small random incident.
type situation struct {
	requirements []Requirement
	candidates   []Candidate
	rules        Rules
}

func drawSituation(t *rapid.T) situation {
	codes := []string{"water_rescue", "medical", "sandbag"}
	s := situation{rules: Rules{Minimum: map[string]int{"north": rapid.IntRange(0, 2).Draw(t, "north keeps")}}}
	for i, code := range codes[:rapid.IntRange(1, 3).Draw(t, "requirements")] {
		s.requirements = append(s.requirements, Requirement{ID: fmt.Sprint("r", i), Code: code, Quantity: float64(rapid.IntRange(1, 30).Draw(t, "quantity")),
			DeadlineS: rapid.SampledFrom([]float64{0, 0, 300, 900, 3000}).Draw(t, "deadline"), Priority: rapid.IntRange(0, 2).Draw(t, "priority")})
	}
	for i := range rapid.IntRange(0, 9).Draw(t, "candidates") {
		r := Candidate{ID: fmt.Sprint("u", i), ArrivalS: float64(rapid.IntRange(0, 20).Draw(t, "minutes") * 60), Reach: road.Reached,
			Post: rapid.SampledFrom([]string{"", "north", "north", "south"}).Draw(t, "post"), Banned: rapid.IntRange(0, 9).Draw(t, "banned") == 0,
			Absence: rapid.SampledFrom([]Absence{Present, Present, Present, Present, OffDuty, AlreadyOut}).Draw(t, "absence")}
		if rapid.IntRange(0, 9).Draw(t, "cut off") == 0 {
			r.Reach, r.ArrivalS, r.BeforeS = road.Unreachable, 0, 240
		}
		for _, code := range codes {
			if q := rapid.SampledFrom([]int{0, 0, 0, 3, 7, 12, 20}).Draw(t, "offers"); q > 0 {
				r.Offers = append(r.Offers, Offer{code, float64(q), float64(rapid.SampledFrom([]int{0, 0, 5}).Draw(t, "minimum"))})
			}
		}
		s.candidates = append(s.candidates, r)
	}
	return s
}

// eligible, amount and allowed say the rules again, in the plainest words.
func eligible(r Candidate) bool {
	return r.Absence == Present && !r.Banned && r.Reach == road.Reached
}

func (s *situation) amount(set int, code string, by float64) float64 {
	sum := 0.0
	for i, r := range s.candidates {
		if set&(1<<i) == 0 || r.ArrivalS > by {
			continue
		}
		for _, o := range r.Offers {
			if o.Code == code && o.Quantity > o.Minimum {
				sum += o.Quantity - o.Minimum
			}
		}
	}
	return sum
}

func (s *situation) allowed(set int) bool {
	stay, leave := 0, 0
	for i, r := range s.candidates {
		sent := set&(1<<i) != 0
		if sent && !eligible(r) {
			return false
		}
		if r.Post == "north" && sent {
			leave++
		}
		if r.Post == "north" && r.Absence == Present && !sent {
			stay++
		}
	}
	return leave == 0 || stay >= s.rules.Minimum["north"]
}

// cost says the cost of a set again: 10 minutes each, the arrival, and 10 minutes for the last of a kind at a post.
func (s *situation) cost(set int) float64 {
	sum := 0.0
	for i, r := range s.candidates {
		if set&(1<<i) == 0 {
			continue
		}
		sum += 600 + r.ArrivalS
		last := false
		for _, o := range r.Offers {
			others := 0
			for k, other := range s.candidates {
				if k != i && other.Post == r.Post && other.Absence == Present && s.has(k, o.Code) {
					others++
				}
			}
			last = last || o.Quantity > o.Minimum && others == 0
		}
		if last && r.Post != "" {
			sum += 600
		}
	}
	return sum
}

func (s *situation) has(i int, code string) bool { return s.amount(1<<i, code, math.Inf(1)) > 0 }

// setOf is the set that a proposal sends.
func (s *situation) setOf(p Proposal) int {
	set := 0
	for _, l := range p.Lines {
		set |= 1 << slices.IndexFunc(s.candidates, func(r Candidate) bool { return r.ID == l.CandidateID })
	}
	return set
}

// TestAgainstAllSets tries every set of up to nine candidates. What is feasible and when at the earliest is exact; each
// need is met by its deadline; nobody goes who may not, and no post falls below its minimum; no set that meets the same
// needs is cheaper, and the bound says so.
func TestAgainstAllSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		p := Propose(s.requirements, s.candidates, s.rules)
		set := s.setOf(p)
		if !s.allowed(set) {
			t.Fatalf("%+v sends who may not go", p.Lines)
		}
		for i, c := range p.Coverage {
			s.checkFeasible(t, s.requirements[i], c)
			if got := s.amount(set, s.requirements[i].Code, c.DeadlineS); c.Feasible > 0 && got < c.Feasible-1e-6 {
				t.Fatalf("%s has %v by %v s, feasible are %v", c.RequirementID, got, c.DeadlineS, c.Feasible)
			}
			if c.ByS > c.DeadlineS+1e-6 || c.ByS < c.EarliestS && !c.HeldBack || c.HalfS > c.ByS {
				t.Fatalf("times %+v", c)
			}
		}
		if p.CostS != s.cost(set) {
			t.Fatalf("cost %v, of its lines %v", p.CostS, s.cost(set))
		}
		best, possible := s.cheapest(p.Coverage)
		if p.Proved && p.CostS > best+1e-6 || p.BoundS > best+1e-6 || !p.Proved {
			t.Fatalf("cost %v, bound %v, proved %v; the best of all sets costs %v", p.CostS, p.BoundS, p.Proved, best)
		}
		if anyHeldBack(p.Coverage) {
			if _, together := s.cheapest(s.alone()); together && possible {
				t.Fatalf("held back, although a set meets all needs: %+v", p.Coverage)
			}
		}
	})
}

func anyHeldBack(coverage []Coverage) bool {
	return slices.ContainsFunc(coverage, func(c Coverage) bool { return c.HeldBack })
}

// alone is what each requirement could have if it were the only one.
func (s *situation) alone() []Coverage {
	var out []Coverage
	task := newTask(s.requirements, s.candidates, s.rules)
	for _, q := range s.requirements {
		out = append(out, task.coverage(q))
	}
	return out
}

func (s *situation) checkFeasible(t *rapid.T, q Requirement, c Coverage) {
	most, earliest := 0.0, math.Inf(1)
	for set := range 1 << len(s.candidates) {
		if s.allowed(set) {
			most = max(most, s.amount(set, q.Code, math.Inf(1)))
		}
	}
	most = min(most, q.Quantity)
	for set := range 1 << len(s.candidates) {
		if s.allowed(set) && s.amount(set, q.Code, math.Inf(1)) >= most {
			for _, r := range s.candidates {
				if s.amount(set, q.Code, r.ArrivalS) >= most && eligible(r) {
					earliest = min(earliest, r.ArrivalS)
				}
			}
		}
	}
	if c.HeldBack {
		if c.Feasible > most+1e-9 {
			t.Fatalf("%v of %s, the most is %v", c.Feasible, q.Code, most)
		}
		return
	}
	if c.Feasible != most || c.Missing != q.Quantity-most || most > 0 && c.EarliestS != earliest {
		t.Fatalf("%+v; of all sets %v at %v s", c, most, earliest)
	}
	if want := earliest*1.15 + 30; most > 0 && c.DeadlineS != q.DeadlineS && math.Abs(c.DeadlineS-want) > 1e-6 || c.Late != (most > 0 && q.DeadlineS > 0 && q.DeadlineS < earliest) {
		t.Fatalf("deadline %+v, of the plan %v", c, q.DeadlineS)
	}
}

// cheapest finds the least cost of all sets that meet what is feasible by the deadlines.
func (s *situation) cheapest(coverage []Coverage) (cost float64, ok bool) {
	cost = math.Inf(1)
	for set := range 1 << len(s.candidates) {
		if !s.allowed(set) {
			continue
		}
		meets := true
		for i, c := range coverage {
			meets = meets && s.amount(set, s.requirements[i].Code, c.DeadlineS) >= c.Feasible-1e-9
		}
		if meets {
			cost = min(cost, s.cost(set))
		}
	}
	return cost, !math.IsInf(cost, 1)
}

// TestNeverDearerThanGreedy compares with the pruned greedy plan under the same deadlines, also when the search for
// the best is cut off at once.
func TestNeverDearerThanGreedy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		s.rules.Nodes = rapid.SampledFrom([]int{1, 10, 100_000}).Draw(t, "nodes")
		p := Propose(s.requirements, s.candidates, s.rules)
		if anyHeldBack(p.Coverage) {
			return
		}
		var rows []int
		for i := range p.Coverage {
			if p.Coverage[i].Feasible > 0 {
				rows = append(rows, i)
			}
		}
		c, _ := newTask(s.requirements, s.candidates, s.rules).cover(rows, p.Coverage)
		if plan, ok := c.greedy(); ok && p.CostS > plan.cost+1e-6 {
			t.Fatalf("costs %v, greedy %v", p.CostS, plan.cost)
		}
		if best, _ := s.cheapest(p.Coverage); p.BoundS > best+1e-6 || p.Proved && p.CostS > best+1e-6 {
			t.Fatalf("cost %v, bound %v, proved %v, best %v", p.CostS, p.BoundS, p.Proved, best)
		}
	})
}

// TestSitesGiveWhatIsNeeded checks the quantities of sites: never more than they have above their minimum, and in
// all exactly what is feasible.
func TestSitesGiveWhatIsNeeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		for i := range s.candidates {
			s.candidates[i].Divisible, s.candidates[i].Post = true, ""
		}
		p := Propose(s.requirements, s.candidates, s.rules)
		for i, c := range p.Coverage {
			sum := 0.0
			for _, l := range p.Lines {
				for _, g := range l.Gives {
					if g.RequirementID != c.RequirementID {
						continue
					}
					sum += g.Quantity
					k := slices.IndexFunc(s.candidates, func(r Candidate) bool { return r.ID == l.CandidateID })
					if has := s.amount(1<<k, s.requirements[i].Code, c.DeadlineS); g.Quantity > has+1e-9 || g.Quantity <= 0 {
						t.Fatalf("%s gives %v, has %v in time", l.CandidateID, g.Quantity, has)
					}
				}
			}
			if math.Abs(sum-c.Feasible) > 1e-6 {
				t.Fatalf("%s gets %v, feasible are %v", c.RequirementID, sum, c.Feasible)
			}
		}
	})
}
