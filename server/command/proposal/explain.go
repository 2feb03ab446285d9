package proposal

import (
	"cmp"
	"slices"

	"fourmaps/geo/road"
)

// How many nearer and other candidates a line names.
const (
	mostPassedOver = 5
	mostOthers     = 3
)

// explain fills a proposal with lines, reasons, what is met when, and what is left.
func (t *task) explain(p *Proposal, taken []int) {
	gifts := t.share(p.Coverage, taken)
	for _, i := range taken {
		r := &t.candidates[i]
		line := Line{CandidateID: r.ID, ArrivalS: r.ArrivalS, CostS: t.cost(i), Gives: gifts[i]}
		line.Reasons = t.reasons(i, p.Coverage, taken)
		line.PassedOver = t.passedOver(i, taken)
		line.Others = t.others(i, taken)
		p.Lines = append(p.Lines, line)
	}
	for row := range p.Coverage {
		t.times(row, &p.Coverage[row], gifts, taken)
	}
	p.Left = t.left(taken)
}

// share says what each candidate gives: a force all that it has, if it comes in time;
// sites no more than is needed, the nearest first.
func (t *task) share(coverage []Coverage, taken []int) map[int][]Gift {
	gifts := map[int][]Gift{}
	type from struct {
		candidate int
		code      string
	}
	left := map[from]float64{} // of what sites give of a code to requirements before
	for _, row := range t.byDeadline(coverage) {
		code, rest := t.requirements[row].Code, coverage[row].Feasible
		for _, i := range taken {
			if g := t.inTime(row, i, coverage); g > 0 && !t.candidates[i].Divisible {
				rest -= g
				gifts[i] = append(gifts[i], Gift{t.requirements[row].ID, g})
			}
		}
		for _, i := range taken {
			if t.candidates[i].Divisible && t.inTime(row, i, coverage) > 0 {
				rest -= left[from{i, code}] // goes already, to an earlier stage of the same need
			}
		}
		for _, i := range taken {
			if r := &t.candidates[i]; r.Divisible && rest > tiny {
				g := min(rest, t.inTime(row, i, coverage)-left[from{i, code}])
				if g <= tiny {
					continue
				}
				gifts[i] = append(gifts[i], Gift{t.requirements[row].ID, g})
				left[from{i, code}] += g
				rest -= g
			}
		}
	}
	return gifts
}

// byDeadline lists the requirements that get something, the soonest first.
func (t *task) byDeadline(coverage []Coverage) []int {
	var out []int
	for row := range coverage {
		if coverage[row].Feasible > 0 {
			out = append(out, row)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(coverage[a].DeadlineS, coverage[b].DeadlineS) })
	return out
}

// times says when half and all of a requirement is there.
func (t *task) times(row int, c *Coverage, gifts map[int][]Gift, taken []int) {
	code, sum := t.requirements[row].Code, 0.0
	if c.Feasible <= 0 {
		return
	}
	for _, i := range taken {
		for _, g := range gifts[i] {
			if t.codeOf(g.RequirementID) == code && (t.candidates[i].Divisible || g.RequirementID == c.RequirementID) {
				sum += g.Quantity
			}
		}
		at := t.candidates[i].ArrivalS
		if c.HalfS == 0 && sum >= c.Feasible/2-tiny {
			c.HalfS = at
		}
		if sum >= c.Feasible-1e-6*c.Feasible {
			c.ByS = at
			break
		}
	}
	if c.HeldBack {
		c.DeadlineS = c.ByS
	}
}

func (t *task) codeOf(requirement string) string {
	for i := range t.requirements {
		if t.requirements[i].ID == requirement {
			return t.requirements[i].Code
		}
	}
	return ""
}

// reasons says why a candidate is proposed.
func (t *task) reasons(i int, coverage []Coverage, taken []int) []Reason {
	var out []Reason
	r := &t.candidates[i]
	if r.Locked {
		out = append(out, ByOrder)
	}
	served, only, nearest := 0, false, false
	for row := range coverage {
		gives := t.inTime(row, i, coverage)
		if gives <= 0 || coverage[row].Feasible <= 0 {
			continue
		}
		served++
		only = only || t.without(i).most(t.requirements[row].Code, coverage[row].DeadlineS) < coverage[row].Feasible-tiny
		nearest = nearest || !slices.ContainsFunc(t.byArrival, func(k int) bool {
			return t.candidates[k].ArrivalS < r.ArrivalS && t.candidates[k].gives(t.requirements[row].Code) > 0 && !slices.Contains(taken, k)
		})
	}
	if only {
		out = append(out, OnlyOne)
	}
	if nearest {
		out = append(out, NearestOne)
	}
	if served > 1 {
		out = append(out, ServesMany)
	}
	if len(out) == 0 {
		out = append(out, FewestOut)
	}
	return out
}

// without is the same task with one candidate fewer.
func (t *task) without(i int) *task {
	c := *t
	c.byArrival = slices.DeleteFunc(slices.Clone(t.byArrival), func(k int) bool { return k == i })
	return &c
}

// passedOver lists the nearer candidates that have something of what a proposed one gives, and why they do not go.
func (t *task) passedOver(i int, taken []int) []Passing {
	var out []Passing
	r := &t.candidates[i]
	for k := range t.candidates {
		other := &t.candidates[k]
		if slices.Contains(taken, k) || !t.alike(r, other) {
			continue
		}
		arrival, known := other.nearest()
		if known && arrival < r.ArrivalS {
			out = append(out, Passing{other.ID, arrival, t.why(other, r, taken)})
		}
	}
	slices.SortStableFunc(out, func(a, b Passing) int { return cmp.Compare(a.ArrivalS, b.ArrivalS) })
	return out[:min(len(out), mostPassedOver)]
}

// alike tells whether another candidate has, not only gives, something that a requirement takes from this one.
func (t *task) alike(r, other *Candidate) bool {
	return slices.ContainsFunc(t.requirements, func(q Requirement) bool {
		return r.gives(q.Code) > 0 && slices.ContainsFunc(other.Offers, func(o Offer) bool { return o.Code == q.Code && o.Quantity > 0 })
	})
}

// nearest is the time that a candidate would take if nothing were closed; known is false if there is none.
func (r *Candidate) nearest() (s float64, known bool) {
	switch {
	case r.BeforeS > 0:
		return r.BeforeS, true
	case r.Reach == road.Reached:
		return r.ArrivalS, true
	}
	return 0, false
}

func (t *task) why(other, chosen *Candidate, taken []int) Why {
	switch {
	case other.Banned:
		return ByBan
	case other.Absence != Present:
		return Why(other.Absence)
	case other.BeforeS > 0 && (other.Reach != road.Reached || other.ArrivalS >= chosen.ArrivalS):
		return Closure
	case other.Reach != road.Reached:
		return NoWay
	case !slices.ContainsFunc(t.requirements, func(q Requirement) bool { return chosen.gives(q.Code) > 0 && other.gives(q.Code) > 0 }):
		return BelowMinimum // of its stock
	case t.bound(other) && t.gone(other.Post, taken) >= t.slots[other.Post]:
		return BelowMinimum
	}
	return NotNeeded
}

// gone is how many leave a post by the proposal, without those that are locked.
func (t *task) gone(post string, taken []int) int {
	n := 0
	for _, i := range taken {
		if t.bound(&t.candidates[i]) && t.candidates[i].Post == post {
			n++
		}
	}
	return n
}

// others lists who could stand in for a candidate, the soonest first.
func (t *task) others(i int, taken []int) []string {
	var out []string
	r := &t.candidates[i]
	for _, k := range t.byArrival {
		other := &t.candidates[k]
		if len(out) == mostOthers {
			break
		}
		free := !t.bound(other) || t.gone(other.Post, taken) < t.slots[other.Post] || other.Post == r.Post && t.bound(r)
		if !slices.Contains(taken, k) && free && t.why(other, r, nil) != BelowMinimum && t.alike(r, other) {
			out = append(out, other.ID)
		}
	}
	return out
}

// left lists what posts no longer have anyone for.
func (t *task) left(taken []int) []Left {
	var out []Left
	for _, i := range taken {
		r := &t.candidates[i]
		if r.Post == "" || r.Divisible {
			continue
		}
		for _, code := range r.codes() {
			one := Left{r.Post, code}
			if t.stay(one, taken) == 0 && !slices.Contains(out, one) {
				out = append(out, one)
			}
		}
	}
	return out
}

// stay is how many of a kind a post keeps.
func (t *task) stay(kind Left, taken []int) int {
	n := t.present[kind]
	for _, i := range taken {
		if r := &t.candidates[i]; r.Post == kind.Post && !r.Divisible && r.Absence == Present && r.gives(kind.Code) > 0 {
			n--
		}
	}
	return n
}
