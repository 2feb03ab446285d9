package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"fourmaps/server/live"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

// TestSlowStreamsAreDropped: who does not read is dropped and holds up nobody else.
func TestSlowStreamsAreDropped(t *testing.T) {
	s := store.New(storetest.New(t))
	feed := live.New(live.Options{Store: s, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); feed.Run(ctx) }()
	eventually(t, "the feed hears", func() bool { return feed.State().Connected })
	slow, quick := subscribe(t, feed), subscribe(t, feed)
	read := make(chan int)
	go func() {
		n := 0
		for range quick.Frames() {
			n++
		}
		read <- n
	}()
	for i := range 200 {
		_, err := s.Pool().Exec(ctx, `INSERT INTO place (origin_key, name, kind, geom) VALUES ($1, '地', 'hamlet', 'SRID=4326;POINT(110 25)')`, fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all changes were told", func() bool { return feed.State().Seq == 200 })
	if state := feed.State(); state.Subscribers != 1 || state.Dropped != 1 {
		t.Errorf("%+v", state)
	}
	frames := 0
	for range slow.Frames() { // it ends
		frames++
	}
	if frames == 0 || frames >= 200 {
		t.Errorf("the slow stream held %d frames", frames)
	}
	stop()
	<-ended
	if n := <-read; n < 3 {
		t.Errorf("the quick stream got %d frames", n)
	}
	if _, open := <-subscribe(t, feed).Frames(); open {
		t.Error("a stopped feed opens streams")
	}
}

// TestStreamsAreLimited: above the limit nobody is let in until somebody leaves.
func TestStreamsAreLimited(t *testing.T) {
	feed := live.New(live.Options{Log: slog.New(slog.DiscardHandler), Now: time.Now})
	first := subscribe(t, feed)
	for range live.MostStreams - 1 {
		subscribe(t, feed)
	}
	if _, err := feed.Subscribe(); !errors.Is(err, live.ErrFull) {
		t.Errorf("one stream too many: %v", err)
	}
	feed.Unsubscribe(first)
	subscribe(t, feed)
}

func subscribe(t *testing.T, feed *live.Feed) *live.Subscription {
	t.Helper()
	s, err := feed.Subscribe()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 10 s it does not hold that %s", what)
		}
	}
}
