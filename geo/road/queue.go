package road

import "slices"

// The width of a bucket and how many there are: together 35 minutes, longer than nearly any edge.
const (
	bucketBits = 9 // of milliseconds
	buckets    = 4096
)

// queue is a priority queue of nodes whose times are whole and never fall below what was taken last, as in Dijkstra's
// algorithm: a ring of buckets of half a second, of which only the one at hand is sorted. On road networks it takes a
// third of the time of a heap. An entry is milliseconds in the upper half and the node in the lower one.
type queue struct {
	size  int
	first uint32   // number of the bucket at hand
	now   []uint64 // what is left of it, ascending, from head on
	head  int
	ring  [][]uint64 // by the number of the bucket, modulo their count
	near  int        // entries in the ring
	far   []uint64   // what lies beyond the ring
}

func (q *queue) clear() {
	for i := range q.ring {
		q.ring[i] = q.ring[i][:0]
	}
	*q = queue{now: q.now[:0], ring: q.ring, far: q.far[:0]}
	if q.ring == nil {
		q.ring = make([][]uint64, buckets)
	}
}

// push adds an entry; ms is not less than what pop gave last.
func (q *queue) push(ms uint32, node int32) {
	q.size++
	item := uint64(ms)<<32 | uint64(uint32(node))
	switch bucket := ms >> bucketBits; {
	case bucket == q.first:
		at, _ := slices.BinarySearch(q.now[q.head:], item)
		q.now = slices.Insert(q.now, q.head+at, item)
	case bucket-q.first < buckets:
		at := &q.ring[bucket%buckets]
		*at = append(*at, item)
		q.near++
	default:
		q.far = append(q.far, item)
	}
}

// pop takes an entry with the least time; there must be one.
func (q *queue) pop() (ms uint32, node int32) {
	for q.head == len(q.now) {
		q.turn()
	}
	item := q.now[q.head]
	q.head++
	q.size--
	return uint32(item >> 32), int32(uint32(item))
}

// turn goes on to the next bucket.
func (q *queue) turn() {
	q.first++
	if q.near == 0 { // nothing but what is far
		q.first = uint32(slices.Min(q.far)>>32) >> bucketBits
		q.fetch()
	} else if q.first%(buckets/2) == 0 { // nothing far comes nearer than half a ring without being fetched
		q.fetch()
	}
	at := &q.ring[q.first%buckets]
	q.now, *at = *at, q.now[:0]
	q.head = 0
	q.near -= len(q.now)
	slices.Sort(q.now)
}

// fetch brings what is no longer far into the ring.
func (q *queue) fetch() {
	q.far = slices.DeleteFunc(q.far, func(item uint64) bool {
		bucket := uint32(item>>32) >> bucketBits
		if bucket-q.first >= buckets {
			return false
		}
		at := &q.ring[bucket%buckets]
		*at = append(*at, item)
		q.near++
		return true
	})
}
