package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fourmaps/server/store"
)

// Subscription is one open stream. Frames are ready parts of a text/event-stream, shared by all streams.
type Subscription struct {
	frames chan []byte
	from   int64 // every change after this number comes through frames
}

// waiting is how many frames a slow stream may be behind before it is dropped; it then reconnects and resumes.
const waiting = 64

// Frames gives what to send; it is closed when the server stops, or when the stream did not keep up.
func (s *Subscription) Frames() <-chan []byte { return s.frames }

// MostStreams is how many streams may be open at once: enough for every screen of a county, and little enough that
// telling all of them stays quick and they leave file descriptors to other requests.
const MostStreams = 1000

// ErrFull means that as many streams are open as may be.
var ErrFull = errors.New("too many streams of changes are open")

// Subscribe opens a stream, or gives ErrFull. After a shutdown its frames are closed at once.
func (f *Feed) Subscribe() (*Subscription, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &Subscription{frames: make(chan []byte, waiting), from: f.state.Seq}
	if f.ended {
		close(s.frames)
		return s, nil
	}
	if len(f.subs) >= MostStreams {
		return nil, ErrFull
	}
	f.subs[s] = struct{}{}
	return s, nil
}

// Unsubscribe ends a stream; to call it twice does no harm.
func (f *Feed) Unsubscribe(s *Subscription) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drop(s)
}

// drop is called with the lock held.
func (f *Feed) drop(s *Subscription) {
	if _, ok := f.subs[s]; ok {
		delete(f.subs, s)
		close(s.frames)
	}
}

// Close ends all streams and refuses new ones: for a server that stops.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for s := range f.subs {
		f.drop(s)
	}
}

// Missed gives the frames of the changes after number last that s will not get through its channel. Where the feed
// does not reach back so far, or never came so far, it is one frame that says to reload everything. It ends with
// context.DeadlineExceeded when the database stays silent.
func (f *Feed) Missed(ctx context.Context, s *Subscription, last int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, missedWithin)
	defer cancel()
	oldest, _, err := store.ChangeRange(ctx, f.Store.Pool())
	if err != nil {
		return nil, err
	}
	if last > s.from || last+1 < oldest || last < 0 {
		return reloadFrame(s.from, "", nil), nil
	}
	changes, err := store.ChangesAfter(ctx, f.Store.Pool(), last, mostMissed+1)
	if err != nil {
		return nil, err
	}
	for i, c := range changes {
		if c.Seq > s.from {
			changes = changes[:i]
			break
		}
	}
	if len(changes) > mostMissed {
		return reloadFrame(s.from, "", nil), nil
	}
	return f.encode(ctx, f.Store.Pool(), changes), nil
}

// publish tells all streams of changes. A stream that is opened meanwhile gets them too: its from is before them.
func (f *Feed) publish(ctx context.Context, from store.Rower, changes []store.Change) {
	last := changes[len(changes)-1]
	f.mu.Lock()
	nobody := len(f.subs) == 0
	if nobody {
		f.state.Seq = last.Seq
	}
	f.state.Lag = max(0, f.Now().Sub(last.At))
	f.mu.Unlock()
	if !nobody {
		f.advance(last.Seq, f.encode(ctx, from, changes))
	}
}

// advance tells all streams up to which number they have been told, with the frame that does so.
func (f *Feed) advance(seq int64, frame []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.Seq = seq
	f.send(frame)
}

// send gives a frame to every stream without waiting for any. It is called with the lock held.
func (f *Feed) send(frame []byte) {
	for s := range f.subs {
		select {
		case s.frames <- frame:
		default:
			f.state.Dropped++
			f.drop(s)
		}
	}
}

// beat tells all streams every 15 s that the line is alive, and whether the server still hears the database.
func (f *Feed) beat(ctx context.Context) {
	ticker := time.NewTicker(HeartbeatEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.mu.Lock()
			f.send(f.heartbeat(f.state.Seq))
			f.mu.Unlock()
		}
	}
}

// Heartbeat is the frame that a stream begins with, so that the screen knows the number up to which it is told.
func (f *Feed) Heartbeat(s *Subscription) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.heartbeat(s.from)
}

func (f *Feed) heartbeat(seq int64) []byte {
	return fmt.Appendf(nil, "id: %d\nevent: heartbeat\ndata: {\"time\":%q,\"seq\":%[1]d,\"delayed\":%[3]t}\n\n",
		seq, f.Now().UTC().Format(time.RFC3339Nano), !f.state.Connected)
}
