package proposal

import (
	"cmp"
	"math"
	"slices"
)

// Propose makes the proposal for some requirements out of all candidates, also those that cannot go, which are named
// with their reason. Two requirements of one code are stages of one need: what is there counts for both.
func Propose(requirements []Requirement, candidates []Candidate, rules Rules) Proposal {
	t := newTask(requirements, candidates, rules)
	coverage := make([]Coverage, len(requirements))
	var rows []int
	for i, q := range requirements {
		if coverage[i] = t.coverage(q); coverage[i].Feasible > 0 {
			rows = append(rows, i)
		}
	}
	s := t.solve(rows, coverage)
	if !s.ok {
		s = t.byPriority(rows, coverage)
	}
	p := Proposal{Coverage: coverage, CostS: s.cost, BoundS: s.bound, Proved: s.bound >= s.cost-1e-6}
	t.explain(&p, s.taken)
	return p
}

// solution is what goes: candidates, in the order of arrival, with those that are locked.
type solution struct {
	taken       []int
	cost, bound float64
	ok          bool
}

// solve finds the cheapest set for some requirements with their deadlines.
func (t *task) solve(rows []int, coverage []Coverage) solution {
	c, locked := t.cover(rows, coverage)
	p, bound, ok := c.best(t.rules.Nodes)
	s := solution{taken: locked, cost: p.cost, bound: bound, ok: ok}
	if !ok {
		return solution{}
	}
	for i, taken := range p.taken {
		if taken {
			s.taken = append(s.taken, c.units[i].candidate)
		}
	}
	slices.SortFunc(s.taken, func(a, b int) int {
		return cmp.Or(cmp.Compare(t.candidates[a].ArrivalS, t.candidates[b].ArrivalS), cmp.Compare(a, b))
	})
	return s
}

// cover writes the programme. What is locked is no unit of it, but gives first.
func (t *task) cover(rows []int, coverage []Coverage) (c cover, locked []int) {
	need := make([]float64, 0, len(rows))
	var open []int
	for _, i := range t.byArrival {
		if t.candidates[i].Locked {
			locked = append(locked, i)
		}
	}
	for _, row := range rows {
		rest := coverage[row].Feasible
		for _, i := range locked {
			rest -= t.inTime(row, i, coverage)
		}
		if rest > tiny {
			need, open = append(need, rest), append(open, row)
		}
	}
	c.rows = len(open)
	posts := map[string]int{}
	for _, i := range t.byArrival {
		r := &t.candidates[i]
		u := unit{candidate: i, cost: t.cost(i), gives: make([]float64, len(open)), post: -1}
		any := false
		for k, row := range open {
			u.gives[k] = min(1, t.inTime(row, i, coverage)/need[k])
			any = any || u.gives[k] > 0
		}
		if !any || r.Locked {
			continue
		}
		if t.bound(r) {
			number, known := posts[r.Post]
			if !known {
				number = len(c.slots)
				posts[r.Post] = number
				c.slots = append(c.slots, t.slots[r.Post])
			}
			u.post = number
		}
		c.units = append(c.units, u)
	}
	return c, locked
}

// inTime is what a candidate gives to a requirement by its deadline.
func (t *task) inTime(row, candidate int, coverage []Coverage) float64 {
	r := &t.candidates[candidate]
	if r.ArrivalS > coverage[row].DeadlineS+tiny {
		return 0
	}
	return r.gives(t.requirements[row].Code)
}

// cost is what it costs in seconds that a candidate leaves.
func (t *task) cost(i int) float64 {
	c := t.rules.FixedS + max(0, t.candidates[i].ArrivalS)
	if t.last(i) {
		c += t.rules.LastS
	}
	return c
}

// last tells whether a force is the last one present at its post with one of its capabilities.
func (t *task) last(i int) bool {
	r := &t.candidates[i]
	if r.Post == "" || r.Divisible {
		return false
	}
	return slices.ContainsFunc(r.codes(), func(code string) bool {
		others := t.present[Left{r.Post, code}]
		if r.Absence == Present {
			others--
		}
		return others == 0
	})
}

// byPriority is for posts whose minimum lets no set meet all requirements: the more urgent ones first; one that cannot
// be met together with them comes later, or gets what is left.
func (t *task) byPriority(rows []int, coverage []Coverage) solution {
	order := slices.Clone(rows)
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(t.requirements[a].Priority, t.requirements[b].Priority) })
	var kept []int
	s := t.solve(nil, coverage)
	for _, row := range order {
		try := append(slices.Clone(kept), row)
		next := t.solve(try, coverage)
		if !next.ok {
			c := &coverage[row]
			c.HeldBack, c.DeadlineS = true, math.Inf(1)
			next = t.solve(try, coverage)
		}
		if !next.ok {
			next = t.giveRest(try, coverage, s.taken)
		}
		if next.ok {
			kept, s = try, next
		}
	}
	return s
}

// giveRest lowers the last requirement to what can still be had beside a solution for the others.
func (t *task) giveRest(rows []int, coverage []Coverage, taken []int) solution {
	row := rows[len(rows)-1]
	c, code := &coverage[row], t.requirements[row].Code
	slots := map[string]int{}
	for post, n := range t.slots {
		slots[post] = n
	}
	rest := t.byStrength(code)
	c.Feasible = 0
	for _, i := range taken {
		c.Feasible += t.candidates[i].gives(code)
		if t.bound(&t.candidates[i]) {
			slots[t.candidates[i].Post]--
		}
	}
	for _, i := range rest {
		r := &t.candidates[i]
		if slices.Contains(taken, i) || t.bound(r) && slots[r.Post] <= 0 {
			continue
		}
		slots[r.Post]--
		c.Feasible += r.gives(code)
	}
	c.Feasible = min(c.Feasible, c.Quantity)
	c.Missing = c.Quantity - c.Feasible
	if c.Feasible <= tiny {
		c.Feasible, c.DeadlineS = 0, 0
		return solution{}
	}
	return t.solve(rows, coverage)
}

// byStrength lists who may go, who gives most of a code first.
func (t *task) byStrength(code string) []int {
	out := slices.Clone(t.byArrival)
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(t.candidates[b].gives(code), t.candidates[a].gives(code)) })
	return out
}
