package proposal

import "slices"

// cover is the programme behind a proposal: take units, at the least cost, so that each row gets what it needs, and no
// post gives more units than it has slots.
type cover struct {
	rows  int // each needs 1: quantities are parts of what their row needs
	units []unit
	slots []int // by post
}

// unit is a candidate as the programme sees it.
type unit struct {
	candidate int
	cost      float64   // seconds, positive
	gives     []float64 // by row, at most 1; what comes after the row's deadline is 0
	post      int       // -1 is one that keeps no minimum
}

// plan is a set of units.
type plan struct {
	taken []bool
	cost  float64
}

// greedy takes the unit that gives the largest part of what is still needed for its cost, again and again, and then
// leaves out the dearest ones that are not needed. It is false if it does not get through.
func (c *cover) greedy() (plan, bool) {
	p := plan{taken: make([]bool, len(c.units))}
	rest, slots := c.whole(), slices.Clone(c.slots)
	for unmet(rest) {
		best, value := -1, 0.0
		for i := range c.units {
			u := &c.units[i]
			if p.taken[i] || u.post >= 0 && slots[u.post] == 0 {
				continue
			}
			if v := c.share(u, rest) / u.cost; v > value {
				best, value = i, v
			}
		}
		if best < 0 {
			return p, false
		}
		p.taken[best] = true
		if post := c.units[best].post; post >= 0 {
			slots[post]--
		}
		for r, g := range c.units[best].gives {
			rest[r] -= g
		}
	}
	c.prune(&p)
	return p, true
}

// whole is the need of all rows.
func (c *cover) whole() []float64 { return slices.Repeat([]float64{1}, c.rows) }

// share is the sum over rows of the part of the need that a unit still meets.
func (c *cover) share(u *unit, rest []float64) float64 {
	sum := 0.0
	for r, g := range u.gives {
		if rest[r] > tiny && g > 0 {
			sum += min(g, rest[r])
		}
	}
	return sum
}

func unmet(rest []float64) bool {
	return slices.ContainsFunc(rest, func(r float64) bool { return r > tiny })
}

// prune leaves out what is not needed, the dearest first.
func (c *cover) prune(p *plan) {
	order := make([]int, 0, len(c.units))
	given := make([]float64, c.rows)
	for i, taken := range p.taken {
		if taken {
			order = append(order, i)
			for r, g := range c.units[i].gives {
				given[r] += g
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(c.units[b].cost, c.units[a].cost) })
	for _, i := range order {
		needed := false
		for r, g := range c.units[i].gives {
			needed = needed || given[r]-g < 1-tiny
		}
		if needed {
			continue
		}
		p.taken[i] = false
		for r, g := range c.units[i].gives {
			given[r] -= g
		}
	}
	p.cost = c.cost(p.taken)
}

func (c *cover) cost(taken []bool) float64 {
	sum := 0.0
	for i, is := range taken {
		if is {
			sum += c.units[i].cost
		}
	}
	return sum
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
