package tiles

import (
	"context"
	"fmt"
	"runtime/debug"
)

// flight is the making of one answer, for everybody who waits for it.
type flight struct {
	key     string
	scope   Scope
	waiting int
	old     bool // a change touched it after it began: it may be given to those who wait, but not kept
	cancel  context.CancelFunc
	done    chan struct{}
	answer  *Answer
	err     error
}

// join waits for the flight of the key, or begins it. A flight is only shared while the cache is live: otherwise nobody
// can tell whether what it began with is still true.
func (c *Cache) join(ctx context.Context, key string, scope Scope, fill func(context.Context) (Content, error)) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[key]; f != nil {
		f.waiting++
		c.counts.Shared++
		return f
	}
	making, cancel := context.WithCancel(context.WithoutCancel(ctx))
	f := &flight{key: key, scope: scope, waiting: 1, cancel: cancel, done: make(chan struct{})}
	if c.live.Load() && c.budget > 0 {
		c.flights[key] = f
	} else {
		f.old = true
	}
	c.counts.Misses++
	ready := NewAnswer
	if f.old { // nobody else will have it
		ready = looseAnswer
	}
	go func() {
		defer cancel()
		f.answer, f.err = guarded(making, fill, ready)
		c.land(f)
	}()
	return f
}

// guarded turns a panic into an error: in a goroutine of its own it would end the program.
func guarded(ctx context.Context, fill func(context.Context) (Content, error), ready func(Content) *Answer) (a *Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while making an answer: %v\n%s", p, debug.Stack())
		}
	}()
	content, err := fill(ctx)
	if err != nil {
		return nil, err
	}
	return ready(content), nil
}

// land ends the flight: its answer is kept unless a change touched it meanwhile.
func (c *Cache) land(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[f.key] == f {
		delete(c.flights, f.key)
	}
	if f.err == nil && !f.old {
		c.keep(f.key, f.scope, f.answer)
	}
	close(f.done)
}

// leave is called by one who no longer waits. The last one cancels the flight.
func (c *Cache) leave(f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiting--
	if f.waiting == 0 {
		f.cancel()
		if c.flights[f.key] == f {
			delete(c.flights, f.key) // who comes now begins anew
		}
	}
}
