package demo

import "container/heap"

// seedling is where a territory begins to grow, and how late it starts, in metres of way.
type seedling struct {
	side  int32
	delay float64
}

// grow gives every hillside that is allowed to the seedling that reaches it first; -1 to none.
func (h *hillsides) grow(seeds []seedling, allowed func(side int32) bool) []int32 {
	owner := make([]int32, len(h.list))
	for k := range owner {
		owner[k] = -1
	}
	front := &wave{}
	for k, s := range seeds {
		heap.Push(front, crest{s.delay, s.side, int32(k)})
	}
	for front.Len() > 0 {
		c := heap.Pop(front).(crest)
		if owner[c.side] >= 0 {
			continue
		}
		owner[c.side] = c.owner
		for _, f := range h.list[c.side].next {
			if owner[f.to] < 0 && allowed(f.to) {
				heap.Push(front, crest{c.way + h.toll(c.side, f), f.to, c.owner})
			}
		}
	}
	return owner
}

// crest is one place that a wave of growth has reached.
type crest struct {
	way         float64
	side, owner int32
}

// wave is a heap of crests, nearest first, ties in the order of numbers.
type wave []crest

func (w wave) Len() int      { return len(w) }
func (w wave) Swap(i, j int) { w[i], w[j] = w[j], w[i] }
func (w wave) Less(i, j int) bool {
	a, b := w[i], w[j]
	if a.way != b.way {
		return a.way < b.way
	}
	if a.side != b.side {
		return a.side < b.side
	}
	return a.owner < b.owner
}

// Push is for container/heap.
func (w *wave) Push(x any) { *w = append(*w, x.(crest)) }

// Pop is for container/heap.
func (w *wave) Pop() any {
	old := *w
	last := old[len(old)-1]
	*w = old[:len(old)-1]
	return last
}
