package proposal

import (
	"math"
	"slices"
)

// best finds the cheapest plan: from the greedy one, by depth-first branch and bound with the bound of Lagrange. It
// looks at so many nodes at most; bound is then a lower bound of the cost, and equal to it if nothing was left out. It
// is false if there is no plan, or none was found.
func (c *cover) best(nodes int) (p plan, bound float64, ok bool) {
	s := search{cover: c, nodes: nodes, open: math.Inf(1), now: make([]bool, len(c.units)), rest: c.whole(), free: slices.Clone(c.slots)}
	s.best, s.found = c.greedy()
	if !s.found {
		s.best.cost = math.Inf(1)
	}
	s.price()
	s.order()
	s.visit(0, s.base, 0)
	return s.best, min(s.open, s.best.cost), s.found
}

// search is a branch and bound under way.
type search struct {
	*cover
	best  plan
	found bool
	nodes int     // still to be looked at
	open  float64 // the least bound of what was left out

	prices  []float64   // by row: what its need is worth, the multipliers of Lagrange
	base    float64     // the bound before anything is decided, without what is still free
	reduced []float64   // by unit: its cost less the worth of what it gives
	turn    []int       // units in the order in which they are decided
	after   []float64   // by place in turn: the least that the free units from there on add to the bound
	supply  [][]float64 // by place in turn: what the units from there on give at most
	now     []bool
	rest    []float64
	free    []int
}

// price finds the multipliers by 200 steps of the subgradient method.
func (s *search) price() {
	s.prices = make([]float64, s.rows)
	target := s.best.cost
	if !s.found {
		target = 0
		for i := range s.units {
			target += s.units[i].cost
		}
	}
	prices, gradient := make([]float64, s.rows), make([]float64, s.rows)
	best, step, stuck := math.Inf(-1), 1.5, 0
	for range 200 {
		value := s.dual(prices, gradient)
		if stuck++; value > best+tiny {
			best, stuck = value, 0
			copy(s.prices, prices)
		}
		if stuck > 10 {
			step, stuck = step/2, 0
		}
		length := 0.0
		for _, g := range gradient {
			length += g * g
		}
		if length < tiny || target-value < tiny {
			break
		}
		for r, g := range gradient {
			prices[r] = max(0, prices[r]+step*(target-value)*g/length)
		}
	}
}

// dual is the bound for some prices, and the gradient: what each row still lacks if all units that are worth it go.
func (s *search) dual(prices, gradient []float64) float64 {
	value := 0.0
	for r, price := range prices {
		value += price
		gradient[r] = 1
	}
	for i := range s.units {
		u := &s.units[i]
		if reduced := u.reduced(prices); reduced < 0 {
			value += reduced
			for r, g := range u.gives {
				gradient[r] -= g
			}
		}
	}
	return value
}

func (u *unit) reduced(prices []float64) float64 {
	v := u.cost
	for r, g := range u.gives {
		v -= prices[r] * g
	}
	return v
}

// order decides the most worthwhile units first, and sums up what the later ones can do.
func (s *search) order() {
	n := len(s.units)
	s.reduced, s.turn = make([]float64, n), make([]int, n)
	for i := range s.units {
		s.reduced[i], s.turn[i] = s.units[i].reduced(s.prices), i
	}
	slices.SortStableFunc(s.turn, func(a, b int) int { return compare(s.reduced[a], s.reduced[b]) })
	for _, price := range s.prices {
		s.base += price
	}
	s.after, s.supply = make([]float64, n+1), make([][]float64, n+1)
	s.supply[n] = make([]float64, s.rows)
	for at := n - 1; at >= 0; at-- {
		i := s.turn[at]
		s.after[at] = s.after[at+1] + min(0, s.reduced[i])
		s.supply[at] = slices.Clone(s.supply[at+1])
		for r, g := range s.units[i].gives {
			s.supply[at][r] += g
		}
	}
}

// visit decides the unit at a place of the order. value is the bound's part of what is decided, cost what is taken.
func (s *search) visit(at int, value, cost float64) {
	lower := max(value+s.after[at], cost)
	if lower >= s.best.cost-tiny {
		return
	}
	if !unmet(s.rest) {
		s.best, s.found = plan{slices.Clone(s.now), cost}, true
		return
	}
	for r := range s.rest {
		if s.rest[r] > s.supply[at][r]+tiny {
			return
		}
	}
	if s.nodes--; s.nodes < 0 {
		s.open = min(s.open, lower)
		return
	}
	i := s.turn[at]
	u := &s.units[i]
	if u.post < 0 || s.free[u.post] > 0 {
		s.take(i, 1)
		s.visit(at+1, value+s.reduced[i], cost+u.cost)
		s.take(i, -1)
	}
	s.visit(at+1, value, cost)
}

// take puts a unit into the plan at hand, or out of it again.
func (s *search) take(i int, sign float64) {
	u := &s.units[i]
	s.now[i] = sign > 0
	if u.post >= 0 {
		s.free[u.post] -= int(sign)
	}
	for r, g := range u.gives {
		s.rest[r] -= sign * g
	}
}
