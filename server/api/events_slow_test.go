package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// heavy makes 500 rows of six kilobytes, whose changes are told one by one.
func (r *running) heavy() {
	r.t.Helper()
	r.sql(`INSERT INTO risk_point (origin_key, name, risk_level, kind, control_measures, geom) SELECT i, 'a', 'low', 'mine', repeat('管', 2000), 'SRID=4326;POINT(110 25)' FROM generate_series(1, 500) i`)
	r.hears(500)
}

// change changes the first so many of them in one transaction.
func (r *running) change(rows int) {
	r.t.Helper()
	r.sql(`UPDATE risk_point SET risk_level = CASE risk_level WHEN 'low' THEN 'major' ELSE 'low' END WHERE origin_key::int <= $1::int`, rows)
}

func (r *running) hears(seq int64) {
	r.t.Helper()
	r.eventually("all of it was heard", func() bool { return r.feed.State().Seq == seq })
}

// TestStreamsResumeAsFarAsIsTold: two thousand missed changes are told one by one, of more than that there is one reload. A reader who is slow with what is nearly a megabyte gets to its end.
func TestStreamsResumeAsFarAsIsTold(t *testing.T) {
	t.Parallel() // it waits most of the time
	r := start(t)
	r.heavy()
	for range 3 {
		r.change(500)
	}
	r.change(1)
	r.hears(2001)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/events HTTP/1.0\r\nHost: localhost\r\nCookie: %s\r\nLast-Event-ID: 1\r\n\r\n", r.cookie)
	lines := bufio.NewScanner(slowly{conn})
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	size, changes := 0, 0
	for lines.Scan() {
		size += len(lines.Text()) + 1
		if lines.Text() == "event: change" {
			changes++
		}
		if strings.HasPrefix(lines.Text(), `data: {"time"`) {
			break // the heartbeat that follows what was missed
		}
	}
	if changes != 2000 || size < 10<<20 {
		t.Errorf("a slow reader got %d changes, %d bytes, %v", changes, size, lines.Err())
	}
	if e := r.listen("/api/events?last_event_id=0").next("reload"); e.Data.Layer != "" || e.ID != "2001" {
		t.Errorf("with 2001 missed changes: %+v", e)
	}
}

// slowly reads a little at a time, with rests.
type slowly struct{ io.Reader }

func (s slowly) Read(b []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return s.Reader.Read(b[:min(len(b), 32<<10)])
}

// TestReaderWhoStandsStillIsDroppedAndResumes: it holds up nobody, its stream is ended, and when it comes back it is told
// what it missed.
func TestReaderWhoStandsStillIsDroppedAndResumes(t *testing.T) {
	r := start(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /api/events HTTP/1.0\r\nHost: localhost\r\nCookie: %s\r\n\r\n", r.cookie)
	r.eventually("the stream is open", func() bool { return r.feed.State().Subscribers == 1 })
	quick := r.listen("/api/events")
	told := make(chan int64)
	go func() {
		last := int64(0)
		for e := range quick.events {
			if e.Name == "change" {
				last = e.Data.Seq
			}
			if last > 0 && r.feed.State().Dropped > 0 {
				break
			}
		}
		told <- last
	}()
	r.heavy()
	r.change(500)
	r.change(500) // nine megabytes: more than the system's buffers take
	seq := int64(1500)
	for ; r.feed.State().Dropped == 0 && seq < 1700; seq++ {
		r.change(1)
		r.hears(seq + 1)
	}
	if state := r.feed.State(); state.Dropped != 1 || state.Subscribers != 1 {
		t.Fatalf("after %d changes %+v", seq, state)
	}
	if last := <-told; last == 0 {
		t.Error("the quick reader was told nothing")
	}
	back := r.listen("/api/events", "Last-Event-ID", fmt.Sprint(seq-100))
	for want := seq - 99; want <= seq; want++ {
		if e := back.next("change"); e.Data.Seq != want {
			t.Fatalf("after coming back %+v, want number %d", e, want)
		}
	}
}
