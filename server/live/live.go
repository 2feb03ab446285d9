// Package live carries changes of rows from the database to everybody who waits for them: first to the cache of this
// server, then to the screens that hold a stream open.
//
// One connection per server listens; what changed is read from the table change, never from the announcement.
package live

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// Options of a feed. Cache and People may be nil, the others are needed.
type Options struct {
	Store *store.Store
	Cache *tiles.Cache
	Log   *slog.Logger
	Now   func() time.Time
	// People is called when the feed begins to hear, and whenever people's rights, sessions or areas may have changed.
	// An error is taken for a lost connection.
	People func(ctx context.Context, from store.Rower) error
}

// Times of the feed.
const (
	HeartbeatEvery = 15 * time.Second
	checkEvery     = 5 * time.Second  // how often a silent connection is asked whether it is alive
	answerWithin   = 3 * time.Second  // how long such a question may take
	missedWithin   = 10 * time.Second // how long reading what a stream missed may take, when many come back at once
	longestPause   = 5 * time.Second  // between attempts to connect again
	batch          = 1000             // changes read at once
	mostMissed     = 2000             // changes told one by one to a screen that comes back; above, it reloads
)

// Feed follows the changes of one database and passes them on.
type Feed struct {
	Options
	mu      sync.Mutex
	state   State
	subs    map[*Subscription]struct{}
	started bool // it has connected once and knows a number
	ended   bool
}

// State tells how well the feed hears.
type State struct {
	Connected   bool
	Seq         int64         // newest change passed on
	Lag         time.Duration // from commit to hearing, of the newest change heard
	Subscribers int
	Dropped     int64 // streams ended since they did not keep up
}

// New makes a feed; Run makes it follow.
func New(o Options) *Feed {
	if o.Cache == nil {
		o.Cache = tiles.NewCache(0)
	}
	return &Feed{Options: o, subs: map[*Subscription]struct{}{}}
}

// Run follows the database until ctx ends, reconnecting when the connection is lost. Then all streams end.
func (f *Feed) Run(ctx context.Context) {
	defer f.Close()
	f.Cache.Suspend()
	go f.beat(ctx)
	pause := time.Duration(0)
	for ctx.Err() == nil {
		err := f.follow(ctx, func() { pause = 0 })
		f.lose(ctx, err)
		pause = min(longestPause, max(100*time.Millisecond, 2*pause))
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause)): // servers that lost the same database do not come back in step
		}
	}
}

// State tells how well the feed hears now.
func (f *Feed) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.state
	s.Subscribers = len(f.subs)
	return s
}

// follow listens on one connection until it fails. connected is called once the feed hears.
func (f *Feed) follow(ctx context.Context, connected func()) error {
	heard, people := false, true
	conn, err := f.Store.Listen(ctx, func(channel string) { heard, people = true, people || channel == store.PeopleChannel })
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(closing) // nothing to save on a connection that only listened
	}()
	if err := f.renewPeople(ctx, conn, &people); err != nil {
		return err
	}
	if err := f.catchUp(ctx, conn); err != nil {
		return err
	}
	connected()
	for {
		heard = false
		if err := f.renewPeople(ctx, conn, &people); err != nil {
			return err
		}
		areas, err := f.drain(ctx, conn)
		if err != nil {
			return err
		}
		if areas {
			people, heard = true, true
		}
		if heard {
			continue
		}
		waiting, cancel := context.WithTimeout(ctx, checkEvery)
		err = conn.PgConn().WaitForNotification(waiting)
		silent := waiting.Err() != nil && ctx.Err() == nil
		cancel()
		if err != nil && !silent {
			return err
		}
	}
}

// catchUp finds where to go on. What the feed no longer holds, or never held, is made up for by reloading everything.
func (f *Feed) catchUp(ctx context.Context, from store.Rower) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	oldest, newest, err := store.ChangeRange(ctx, from)
	if err != nil {
		return err
	}
	f.mu.Lock()
	seq, first, watched := f.state.Seq, !f.started, len(f.subs) > 0
	f.started = true
	f.mu.Unlock()
	switch {
	case first && !watched:
		f.advance(newest, nil)
	case first:
		f.advance(newest, reloadFrame(newest, "", nil))
	case seq > newest || seq+1 < oldest:
		f.Log.Warn("the feed of changes was interrupted for too long: everything is reloaded", "from", seq, "to", newest)
		f.advance(newest, reloadFrame(newest, "", nil))
	}
	if _, err := f.drain(ctx, from); err != nil { // while the cache is still suspended
		return err
	}
	f.Cache.Resume()
	f.mu.Lock()
	f.state.Connected = true
	f.mu.Unlock()
	f.Log.Info("hearing changes", "seq", f.State().Seq)
	return nil
}

// renewPeople reads the rights anew when due says so.
func (f *Feed) renewPeople(ctx context.Context, from store.Rower, due *bool) error {
	if !*due || f.People == nil {
		return nil
	}
	*due = false
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return f.People(ctx, from)
}

// drain passes on all changes that are there, and tells whether areas, on which rights depend, are among them.
func (f *Feed) drain(ctx context.Context, from store.Rower) (areas bool, err error) {
	for {
		reading, cancel := context.WithTimeout(ctx, answerWithin)
		changes, err := store.ChangesAfter(reading, from, f.State().Seq, batch)
		cancel()
		if err != nil {
			return areas, err
		}
		if len(changes) == 0 {
			return areas, nil
		}
		areas = areas || slices.ContainsFunc(changes, func(c store.Change) bool { return c.Layer == layer.Area.Name })
		f.Cache.Apply(forCache(changes))
		f.publish(ctx, from, changes)
		if len(changes) < batch {
			return areas, nil
		}
	}
}

func (f *Feed) lose(ctx context.Context, err error) {
	f.Cache.Suspend()
	f.mu.Lock()
	was := f.state.Connected
	f.state.Connected = false
	f.mu.Unlock()
	if was && ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		f.Log.Warn("the feed of changes lost its connection", "error", err)
	}
}

// forCache says what the cache needs to know of changes.
func forCache(changes []store.Change) []tiles.Change {
	out := make([]tiles.Change, len(changes))
	for i, c := range changes {
		out[i] = tiles.Change{Layer: c.Layer, OldBox: boundOf(c.OldBox), NewBox: boundOf(c.NewBox), Reload: c.Kind == "reload"}
	}
	return out
}

func boundOf(box []float64) *orb.Bound {
	if len(box) != 4 {
		return nil
	}
	return &orb.Bound{Min: orb.Point{box[0], box[1]}, Max: orb.Point{box[2], box[3]}}
}
