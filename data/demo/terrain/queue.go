package terrain

// Queue is a binary heap of cells, lowest key first; equal keys leave in the order of their cells,
// so that the result does not depend on chance.
type Queue []queued

type queued struct {
	key  float64
	cell int32
}

//go:norace
func (a queued) before(b queued) bool {
	return a.key < b.key || (a.key == b.key && a.cell < b.cell)
}

// Push adds a cell.
//
//go:norace
func (q *Queue) Push(key float64, cell int32) {
	h := append(*q, queued{key, cell})
	k := len(h) - 1
	item := h[k]
	for k > 0 {
		parent := (k - 1) / 2
		if !item.before(h[parent]) {
			break
		}
		h[k] = h[parent]
		k = parent
	}
	h[k] = item
	*q = h
}

// Pop takes the cell with the lowest key.
//
//go:norace
func (q *Queue) Pop() (key float64, cell int32) {
	h := *q
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	k := 0
	for {
		child := 2*k + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(h[child]) {
			child++
		}
		if !h[child].before(last) {
			break
		}
		h[k] = h[child]
		k = child
	}
	if len(h) > 0 {
		h[k] = last
	}
	*q = h
	return top.key, top.cell
}

// Len is the number of cells waiting.
func (q Queue) Len() int { return len(q) }
