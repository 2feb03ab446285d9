package tiles

import (
	"context"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// Cache keeps ready answers, bounded by bytes, and never gives one that is older than the last change it was told of.
//
// Whoever hears the feed of changes calls Apply; when the feed can no longer be heard, Suspend, and Resume when it can
// be heard again without a gap. A new cache is suspended. While suspended, nothing is kept and nothing is served.
//
// Finding an answer takes one shard's read lock. Everything that changes the cache takes mu.
type Cache struct {
	shards [64]shard
	seed   maphash.Seed
	live   atomic.Bool

	mu      sync.Mutex
	budget  int64
	largest int64 // longest body that is kept
	full    queue // entries with a body
	empty   queue // entries without: of them there could be very many
	index   index
	flights map[string]*flight
	counts  Counts
}

type shard struct {
	sync.RWMutex
	entries map[string]*entry
	hits    atomic.Int64
	_       [64]byte // shards of their own for processors' caches
}

// entry is one answer in the cache.
type entry struct {
	*Answer
	key   string
	scope Scope
	cost  int64 // bytes
	used  atomic.Bool
	next  *entry // in its queue
	prev  *entry
	place int // in the index, for scopes without tile
}

// overhead is about what an entry costs beside key and body, in bytes.
const overhead = 600

// Counts tell how the cache does.
type Counts struct {
	Hits    int64 // answers from the cache
	Misses  int64 // answers that were made
	Shared  int64 // requests that waited for an answer being made for another
	Evicted int64 // answers dropped for room
	Forgot  int64 // answers dropped since a change touched them
	Bytes   int64
	Entries int
	Live    bool // false while suspended
}

// NewCache makes a cache of at most so many bytes; with 0 it keeps nothing.
func NewCache(budget int64) *Cache {
	c := &Cache{
		seed:    maphash.MakeSeed(),
		budget:  budget,
		largest: min(budget/16, 2<<20),
		index:   newIndex(),
		flights: map[string]*flight{},
	}
	c.full.init()
	c.empty.init()
	for i := range c.shards {
		c.shards[i].entries = map[string]*entry{}
	}
	return c
}

// Get finds an answer by its key, or gives nil.
func (c *Cache) Get(key string) *Answer {
	if !c.live.Load() {
		return nil
	}
	s := c.shard(key)
	s.RLock()
	e := s.entries[key]
	s.RUnlock()
	if e == nil {
		return nil
	}
	if !e.used.Load() { // written seldom, so that processors do not fight for it
		e.used.Store(true)
	}
	s.hits.Add(1)
	return e.Answer
}

// Do gives the answer of the key, making it if the cache has none. Requests for the same key wait for one another;
// making is cancelled when the last of them has left. scope says which changes make the answer old.
func (c *Cache) Do(ctx context.Context, key string, scope Scope, fill func(context.Context) (Content, error)) (*Answer, error) {
	if a := c.Get(key); a != nil {
		return a, nil
	}
	f := c.join(ctx, key, scope, fill)
	select {
	case <-f.done:
		return f.answer, f.err
	case <-ctx.Done():
		c.leave(f)
		return nil, ctx.Err()
	}
}

// Counts gives the figures of this moment.
func (c *Cache) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.counts
	for i := range c.shards {
		n.Hits += c.shards[i].hits.Load()
	}
	n.Live = c.live.Load()
	n.Bytes, n.Entries = c.full.bytes+c.empty.bytes, c.full.length+c.empty.length
	return n
}

// Apply forgets what the changes touch, before it returns, and sees to it that nothing whose making began earlier is kept.
func (c *Cache) Apply(changes []Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, change := range changes {
		for _, e := range c.index.touchedBy(change) {
			c.remove(e)
			c.counts.Forgot++
		}
		for key, f := range c.flights {
			if f.scope.touchedBy(change) {
				f.old = true
				delete(c.flights, key) // who asks from now on gets a new one
			}
		}
	}
}

// Suspend forgets everything and keeps nothing new until Resume.
func (c *Cache) Suspend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live.Store(false)
	c.clear()
}

// Resume keeps answers again: from now on every change is heard.
func (c *Cache) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear() // what is being made began before
	c.live.Store(true)
}

// clear forgets everything; the caller holds the lock.
func (c *Cache) clear() {
	for i := range c.shards {
		s := &c.shards[i]
		s.Lock()
		s.entries = map[string]*entry{}
		s.Unlock()
	}
	for _, f := range c.flights {
		f.old = true
	}
	clear(c.flights)
	c.full.init()
	c.empty.init()
	c.index = newIndex()
}

func (c *Cache) shard(key string) *shard {
	return &c.shards[maphash.String(c.seed, key)%uint64(len(c.shards))]
}

// keep puts an answer into the cache and makes room for it. The lock is held.
func (c *Cache) keep(key string, scope Scope, a *Answer) {
	cost := int64(len(a.body)+len(key)) + overhead
	if !c.live.Load() || int64(len(a.body)) > c.largest || cost > c.budget {
		return
	}
	s := c.shard(key)
	if old := s.entries[key]; old != nil {
		c.remove(old)
	}
	e := &entry{Answer: a, key: strings.Clone(key), scope: scope, cost: cost}
	s.Lock()
	s.entries[e.key] = e
	s.Unlock()
	c.index.add(e)
	c.queueOf(e).push(e)
	for c.empty.bytes > c.budget/8 {
		c.evict(&c.empty)
	}
	for c.full.bytes+c.empty.bytes > c.budget {
		if c.full.length > 0 {
			c.evict(&c.full)
		} else {
			c.evict(&c.empty)
		}
	}
}

func (c *Cache) queueOf(e *entry) *queue {
	if e.Empty() {
		return &c.empty
	}
	return &c.full
}

// evict drops the oldest answer that nobody used since it was last looked at.
func (c *Cache) evict(q *queue) {
	for {
		e := q.first()
		if !e.used.Swap(false) {
			c.remove(e)
			c.counts.Evicted++
			return
		}
		q.remove(e)
		q.push(e)
	}
}

func (c *Cache) remove(e *entry) {
	s := c.shard(e.key)
	s.Lock()
	delete(s.entries, e.key)
	s.Unlock()
	c.index.remove(e)
	c.queueOf(e).remove(e)
}
