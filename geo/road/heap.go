package road

// heap is a priority queue of nodes with four children a node, which is faster than two because memory comes in lines.
// An entry is milliseconds in the upper half and the node in the lower one, so that one comparison orders it.
type heap []uint64

func (h *heap) push(ms uint32, node int32) {
	item := uint64(ms)<<32 | uint64(uint32(node))
	*h = append(*h, item)
	s := *h
	at := len(s) - 1
	for at > 0 {
		up := (at - 1) / 4
		if s[up] <= item {
			break
		}
		s[at] = s[up]
		at = up
	}
	s[at] = item
}

func (h *heap) pop() (ms uint32, node int32) {
	s := *h
	top, last := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*h = s
	at := 0
	for {
		child := 4*at + 1
		if child >= len(s) {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, len(s)); c++ {
			if s[c] < s[least] {
				least = c
			}
		}
		if s[least] >= last {
			break
		}
		s[at] = s[least]
		at = least
	}
	if len(s) > 0 {
		s[at] = last
	}
	return uint32(top >> 32), int32(uint32(top))
}
