package road

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestQueueIsSorted pushes and pops as a search does: what is pushed is not less than what was popped last.
func TestQueueIsSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		for range 2 { // a queue is used again
			q.clear()
			checkQueue(t, &q)
		}
	})
}

func checkQueue(t *rapid.T, q *queue) {
	var want []uint32
	last := uint32(0)
	step := rapid.SampledFrom([]uint32{0, 1, 300, 600, 100_000, 2_000_000, 3_000_000, 90_000_000})
	for range rapid.IntRange(0, 60).Draw(t, "moves") {
		if rapid.Bool().Draw(t, "push") || len(want) == 0 {
			ms := last + step.Draw(t, "later")
			q.push(ms, int32(ms/7))
			want = append(want, ms)
			slices.Sort(want)
			continue
		}
		ms, node := q.pop()
		if ms != want[0] || node != int32(ms/7) {
			t.Fatalf("%d of node %d, want %d", ms, node, want[0])
		}
		last, want = ms, want[1:]
		if q.size != len(want) {
			t.Fatalf("%d entries, want %d", q.size, len(want))
		}
	}
}
