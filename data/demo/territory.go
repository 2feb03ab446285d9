package demo

// territories are the grounds of all seats: middles, sizes, and how long a border they have with
// each other.
type territories struct {
	x, y, size []float64
	border     [][]float64 // frontiers between two territories
	outline    []float64   // frontiers with any other
}

func newTerritories(h *hillsides, owner []int32, n int) *territories {
	t := &territories{x: make([]float64, n), y: make([]float64, n), size: make([]float64, n), outline: make([]float64, n), border: make([][]float64, n)}
	for k := range t.border {
		t.border[k] = make([]float64, n)
	}
	for side, o := range owner {
		if o < 0 {
			continue
		}
		s := h.list[side]
		t.x[o] += float64(s.x * float64(s.size))
		t.y[o] += float64(s.y * float64(s.size))
		t.size[o] += float64(s.size)
		for _, f := range s.next {
			if other := owner[f.to]; other >= 0 && other != o {
				t.border[o][other]++
				t.outline[o]++
			}
		}
	}
	for k, size := range t.size {
		if size > 0 {
			t.x[k], t.y[k] = t.x[k]/size, t.y[k]/size
		}
	}
	return t
}

// shared is the part of a territory's outline that it has with those already inside.
func (t *territories) shared(seats []seat, k int) float64 {
	sum := 0.0
	for o, s := range seats {
		if s.inside {
			sum += t.border[k][o]
		}
	}
	return sum / max(1, t.outline[k])
}
