package road

import "math/bits"

// numbering gives each node id a number, in the order of asking. It is a table with open addressing: loading two
// million edges asks four million times, and Go's map takes twice as long.
type numbering struct {
	ids     []int64
	numbers []int32 // number + 1; 0 is an empty place
	shift   int
	count   int32
}

func newNumbering(expected int) *numbering {
	size := max(16, 1<<bits.Len(uint(2*expected)))
	return &numbering{ids: make([]int64, size), numbers: make([]int32, size), shift: 64 - bits.Len(uint(size-1))}
}

func (t *numbering) of(id int64) int32 {
	at := t.start(id)
	for ; t.numbers[at] != 0; at = (at + 1) & (len(t.ids) - 1) {
		if t.ids[at] == id {
			return t.numbers[at] - 1
		}
	}
	t.count++
	t.ids[at], t.numbers[at] = id, t.count
	if int(t.count)*4 > 3*len(t.ids) {
		t.grow()
	}
	return t.count - 1
}

// start is where an id would lie if no other were there: Fibonacci hashing.
func (t *numbering) start(id int64) int { return int(uint64(id) * 0x9E3779B97F4A7C15 >> t.shift) }

func (t *numbering) grow() {
	bigger := numbering{ids: make([]int64, 2*len(t.ids)), numbers: make([]int32, 2*len(t.ids)), shift: t.shift - 1, count: t.count}
	for i, number := range t.numbers {
		if number == 0 {
			continue
		}
		at := bigger.start(t.ids[i])
		for bigger.numbers[at] != 0 {
			at = (at + 1) & (len(bigger.ids) - 1)
		}
		bigger.ids[at], bigger.numbers[at] = t.ids[i], number
	}
	*t = bigger
}
