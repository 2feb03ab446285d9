package road

import (
	"maps"
	"slices"
	"time"
)

// ClosureKind is why a road is closed or slow; the values are those of closures in the database.
type ClosureKind string

// The kinds of closure.
const (
	Flooded   ClosureKind = "flooded"
	Blocked   ClosureKind = "blocked"
	BridgeOut ClosureKind = "bridge_out"
	Forbidden ClosureKind = "restricted" // by order: a cordon
)

// Closure closes edges or slows them down, for a time.
type Closure struct {
	ID     string
	Kind   ClosureKind
	Factor float64   // of the usual speed: 0 is closed, 0.3 is less than a third; 1 and more changes nothing
	From   time.Time // when it begins; the zero time is always
	Until  time.Time // when it ends, itself no longer in it; the zero time is never
	Edges  []int64   // ids of edges; what the network does not have is passed over
}

// Conditions are the closures of a moment, over one network: a bit for each edge that one of them touches, and what they
// do to it. They are immutable; With, Without and At make new ones, without touching the network.
type Conditions struct {
	n        *Network
	version  int64
	closures []Closure // all, also what has not begun or has ended
	touched  []uint64  // a bit an edge
	effects  map[int32][]effect
	speed    map[int32]float64 // the least factor of each touched edge, for who passes no closure
	from     time.Time
	until    time.Time // when they change by themselves; zero is never
}

type effect struct {
	kind   ClosureKind
	factor float64
}

// NewConditions gives the conditions at a moment. The version is given back with every answer.
func NewConditions(n *Network, version int64, now time.Time, closures []Closure) *Conditions {
	c := &Conditions{n: n, version: version, closures: closures, from: now,
		touched: make([]uint64, (len(n.edges)+63)/64), effects: map[int32][]effect{}, speed: map[int32]float64{}}
	for i := range closures {
		if k := &closures[i]; c.valid(k, now) {
			c.apply(k)
		}
	}
	return c
}

// valid tells whether a closure holds now, and notes when that changes.
func (c *Conditions) valid(k *Closure, now time.Time) bool {
	for _, t := range []time.Time{k.From, k.Until} {
		if t.After(now) && (c.until.IsZero() || t.Before(c.until)) {
			c.until = t
		}
	}
	return !k.From.After(now) && (k.Until.IsZero() || k.Until.After(now))
}

func (c *Conditions) apply(k *Closure) {
	factor := max(k.Factor, 0)
	if !(factor < 1) {
		return
	}
	for _, id := range k.Edges {
		e, ok := c.n.edgeOf(id)
		if !ok {
			continue
		}
		c.touched[e>>6] |= 1 << (e & 63)
		c.effects[e] = append(c.effects[e], effect{k.Kind, factor})
		if before, seen := c.speed[e]; !seen || factor < before {
			c.speed[e] = factor
		}
	}
}

// Version is what NewConditions was told.
func (c *Conditions) Version() int64 { return c.version }

// Touched is how many edges are closed or slow.
func (c *Conditions) Touched() int { return len(c.speed) }

// With gives conditions with one closure more, or another one in the place of that with its id.
func (c *Conditions) With(version int64, now time.Time, k Closure) *Conditions {
	return NewConditions(c.n, version, now, append(c.others(k.ID), k))
}

// Without gives conditions without one closure.
func (c *Conditions) Without(version int64, now time.Time, id string) *Conditions {
	return NewConditions(c.n, version, now, c.others(id))
}

func (c *Conditions) others(id string) []Closure {
	return slices.DeleteFunc(slices.Clone(c.closures), func(k Closure) bool { return k.ID == id })
}

// At gives the conditions of a later moment: the same ones if no closure has begun or ended in between.
func (c *Conditions) At(now time.Time) *Conditions {
	if c.until.IsZero() || now.Before(c.until) {
		return c
	}
	return NewConditions(c.n, c.version, now, c.closures)
}

// speedFor gives the factor of each touched edge for a vehicle that passes some closures.
func (c *Conditions) speedFor(p *Profile) map[int32]float64 {
	if len(p.Passes) == 0 || len(c.effects) == 0 {
		return c.speed
	}
	out := maps.Clone(c.speed)
	for e, effects := range c.effects {
		out[e] = 1
		for _, f := range effects {
			if !p.passes(f.kind) {
				out[e] = min(out[e], f.factor)
			}
		}
	}
	return out
}
