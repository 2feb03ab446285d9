package tiles

// queue holds entries in the order in which they came.
type queue struct {
	root   entry // before the first and after the last
	length int
	bytes  int64
}

func (q *queue) init() {
	q.root.next, q.root.prev = &q.root, &q.root
	q.length, q.bytes = 0, 0
}

func (q *queue) first() *entry { return q.root.next }

func (q *queue) push(e *entry) {
	last := q.root.prev
	last.next, e.prev = e, last
	e.next, q.root.prev = &q.root, e
	q.length++
	q.bytes += e.cost
}

func (q *queue) remove(e *entry) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.next, e.prev = nil, nil
	q.length--
	q.bytes -= e.cost
}
