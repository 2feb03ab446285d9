package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"fourmaps/server/live"
)

// event is one server-sent event.
type event struct {
	ID, Name string
	Data     struct {
		Seq     int64
		Layer   string
		ID      string
		FID     int64
		Kind    string
		Version int
		Feature *feature
		Box     []float64 `json:"bbox"`
		NewBox  []float64 `json:"new_bbox"`
		Delayed bool
	}
}

// stream is an open stream of events.
type stream struct {
	t      testing.TB
	events chan event
	close  func()
}

// listen opens a stream; headers are given as pairs.
func (r *running) listen(path string, headers ...string) *stream {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Cookie", r.cookie)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Fatal(err)
	}
	if answer.StatusCode != 200 || answer.Header.Get("Content-Type") != "text/event-stream" {
		r.t.Fatalf("%s: %d %s", path, answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	s := &stream{t: r.t, events: make(chan event, 5000), close: cancel}
	r.t.Cleanup(cancel)
	go func() {
		defer close(s.events)
		defer answer.Body.Close()
		if err := readEvents(answer.Body, func(e event) { s.events <- e }); err != nil {
			r.t.Error(err)
		}
	}()
	return s
}

// next gives the next event of a name, passing over heartbeats.
func (s *stream) next(name string) event {
	s.t.Helper()
	for {
		select {
		case e, open := <-s.events:
			if !open {
				s.t.Fatalf("the stream ended before an event %s", name)
			}
			if e.Name == "heartbeat" && name != "heartbeat" {
				continue
			}
			if e.Name != name {
				s.t.Fatalf("got %+v, want an event %s", e, name)
			}
			return e
		case <-time.After(5 * time.Second):
			s.t.Fatalf("no event %s came", name)
		}
	}
}

const onePoint = `INSERT INTO risk_point (origin_key, name, risk_level, kind, responsible_phone, geom) VALUES ($1, '点', 'low', 'mine', '13800000000', 'SRID=4326;POINT(110.05 25.05)')`

func TestChangesReachTheScreen(t *testing.T) {
	r := start(t)
	s := r.listen("/api/events")
	if e := s.next("heartbeat"); e.ID != "0" || e.Data.Delayed {
		t.Errorf("the stream begins with %+v", e)
	}
	began := time.Now()
	r.sql(onePoint, "a")
	e := s.next("change")
	t.Logf("a change by SQL came after %v", time.Since(began))
	if e.Data.Kind != "insert" || e.Data.Layer != "risk_point" || e.Data.Version != 1 || e.Data.FID == 0 || e.Data.Feature == nil || len(e.Data.NewBox) != 4 || e.ID != fmt.Sprint(e.Data.Seq) {
		t.Fatalf("%+v", e)
	}
	if e.Data.Feature.Properties["name"] != "点" || e.Data.Feature.ID != e.Data.ID {
		t.Errorf("%+v", e.Data.Feature)
	}
	if _, told := e.Data.Feature.Properties["responsible_phone"]; told {
		t.Error("an event told a sensitive field")
	}
	r.sql(`UPDATE risk_point SET name = '新'`)
	if e := s.next("change"); e.Data.Kind != "update" || e.Data.Version != 2 || e.Data.Feature.Properties["name"] != "新" {
		t.Errorf("%+v", e)
	}
	r.sql(`UPDATE risk_point SET deleted_at = now()`)
	if e := s.next("change"); e.Data.Kind != "delete" || e.Data.Feature != nil {
		t.Errorf("%+v", e)
	}
	r.sql(`INSERT INTO place (origin_key, name, kind, geom) SELECT i, '地', 'hamlet', 'SRID=4326;POINT(110 25)' FROM generate_series(1, 1001) i`)
	if e := s.next("reload"); e.Data.Layer != "place" || len(e.Data.Box) != 4 {
		t.Errorf("%+v", e)
	}
}

func TestStreamsResume(t *testing.T) {
	r := start(t)
	for i := range 5 {
		r.sql(onePoint, fmt.Sprint(i))
	}
	r.eventually("five changes were heard", func() bool { return r.feed.State().Seq == 5 })
	t.Run("from the header", func(t *testing.T) {
		s := r.listen("/api/events", "Last-Event-ID", "3")
		for want := int64(4); want <= 5; want++ {
			if e := s.next("change"); e.Data.Seq != want || e.Data.Feature == nil {
				t.Errorf("%+v, want number %d", e, want)
			}
		}
		if e := s.next("heartbeat"); e.ID != "5" {
			t.Errorf("then %+v", e)
		}
	})
	t.Run("from the parameter", func(t *testing.T) {
		if e := r.listen("/api/events?last_event_id=4").next("change"); e.Data.Seq != 5 {
			t.Errorf("%+v", e)
		}
	})
	t.Run("with nothing missed", func(t *testing.T) {
		if e := r.listen("/api/events?last_event_id=5").next("heartbeat"); e.ID != "5" {
			t.Errorf("%+v", e)
		}
	})
	for name, last := range map[string]string{"beyond the newest": "99", "no number of ours": "x"} {
		t.Run(name, func(t *testing.T) {
			if e := r.listen("/api/events", "Last-Event-ID", last).next("reload"); e.Data.Layer != "" || e.ID != "5" {
				t.Errorf("%+v", e)
			}
		})
	}
	t.Run("older than what is kept", func(t *testing.T) {
		r.sql(`DELETE FROM change WHERE seq < 4`)
		if e := r.listen("/api/events?last_event_id=2").next("reload"); e.Data.Layer != "" {
			t.Errorf("%+v", e)
		}
		if e := r.listen("/api/events?last_event_id=3").next("change"); e.Data.Seq != 4 {
			t.Errorf("%+v", e)
		}
	})
}

// TestNoChangeIsMissedOrToldTwice opens streams again and again from where they ended, while rows change.
func TestNoChangeIsMissedOrToldTwice(t *testing.T) {
	r := start(t)
	const changes = 300
	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range changes {
			r.sql(onePoint, fmt.Sprint(i))
		}
	})
	last := int64(0)
	for last < changes {
		s := r.listen(fmt.Sprintf("/api/events?last_event_id=%d", last))
		for range 20 {
			if last == changes {
				break
			}
			e := s.next("change")
			if e.Data.Seq != last+1 {
				t.Fatalf("after %d came %d", last, e.Data.Seq)
			}
			last = e.Data.Seq
		}
		s.close()
	}
	wait.Wait()
	r.eventually("closed streams are forgotten", func() bool { return r.feed.State().Subscribers == 0 })
}

// TestStreamsAreLimited: who comes when all streams are taken is told so, and when to try again.
func TestStreamsAreLimited(t *testing.T) {
	r := start(t)
	for range live.MostStreams {
		if _, err := r.feed.Subscribe(); err != nil {
			t.Fatal(err)
		}
	}
	status, h, body := r.get("/api/events")
	if status != 503 || h.Get("Retry-After") == "" || !strings.Contains(string(body), "too_many_streams") || h.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %s %s", status, h, body)
	}
	if status, _, _ := r.get("/api/layers"); status != 200 {
		t.Errorf("other requests got %d", status)
	}
}

// TestManyStreams: a hundred screens get the same change, and one that does not read holds up none of them.
func TestManyStreams(t *testing.T) {
	r := start(t)
	var streams []*stream
	for range 100 {
		streams = append(streams, r.listen("/api/events"))
	}
	for i := range 20 {
		r.sql(onePoint, fmt.Sprint(i))
	}
	for _, s := range streams {
		for i := range 20 {
			if e := s.next("change"); e.Data.Seq != int64(i+1) {
				t.Fatalf("%+v, want number %d", e, i+1)
			}
		}
	}
}
