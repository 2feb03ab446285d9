package api

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/live"
	"fourmaps/server/store"
)

const pathEvents = "/api/events"

// Long frames are sent in pieces, each with a time limit of its own: a slow line that moves at all gets to the end of
// what it missed, which may be megabytes, and one that stands still is given up.
const (
	pieceOfStream      = 64 << 10         // bytes
	patienceWithStream = 20 * time.Second // for one piece
)

// events answers GET /api/events: changes of rows as server-sent events, from where the client left off.
func (s *server) events(c echo.Context) error {
	if err := only(c, "last_event_id"); err != nil {
		return err
	}
	last, resumes, err := askedEvent(c)
	if err != nil {
		return err
	}
	if c.Request().Method == http.MethodHead {
		setStreamHeaders(c)
		return c.NoContent(http.StatusOK)
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	stream, err := s.Feed.Subscribe()
	if err != nil {
		return &refusal{status: http.StatusServiceUnavailable, code: "too_many_streams", retry: 30, text: layer.Text{
			Zh: "实时连接已满，请稍后再试", En: "as many streams are open as the server allows: try again later"}}
	}
	setStreamHeaders(c)
	defer s.Feed.Unsubscribe(stream)
	first := []byte("retry: 2000\n\n")
	if resumes {
		missed, err := s.Feed.Missed(c.Request().Context(), stream, last)
		if store.IsUnavailable(err) || store.IsTimeout(err) {
			// An error answer would end an EventSource for good. It gets no number, so it resumes from its own.
			return sendFrames(c, []byte("retry: 2000\nevent: heartbeat\ndata: {\"delayed\":true}\n\n"), nil, who)
		}
		if err != nil {
			return err
		}
		first = append(first, missed...)
	}
	return sendFrames(c, append(first, s.Feed.Heartbeat(stream)...), stream, who)
}

func setStreamHeaders(c echo.Context) {
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold frames back
}

// askedEvent reads the number of the last event that the client has: from the header that browsers send when they
// reconnect, or from the parameter when they begin.
func askedEvent(c echo.Context) (last int64, resumes bool, err error) {
	if header := c.Request().Header.Get("Last-Event-ID"); header != "" {
		if last, err = strconv.ParseInt(header, 10, 64); err != nil {
			last = -1 // no number of ours: everything is reloaded
		}
		return last, true, nil
	}
	text := c.QueryParam("last_event_id")
	if text == "" {
		return 0, false, nil
	}
	if last, err = strconv.ParseInt(text, 10, 64); err != nil || last < 0 {
		return 0, false, &layer.ParameterError{Parameter: "last_event_id", Code: "bad_value", Text: layer.Text{
			Zh: "应为事件编号", En: "must be the number of an event"}}
	}
	return last, true, nil
}

// sendFrames sends first, then what comes through stream (nil for nothing), until the client leaves, the stream ends or
// the session of who listens does. A session whose rights change ends its streams too; the client comes back with the new.
func sendFrames(c echo.Context, first []byte, stream *live.Subscription, who *auth.Session) error {
	control := http.NewResponseController(c.Response().Writer)
	_ = control.SetReadDeadline(time.Time{}) // the request was read; without it the server's limit would end the stream
	w := c.Response()
	w.WriteHeader(http.StatusOK)
	send := func(frame []byte) bool {
		for piece := range slices.Chunk(frame, pieceOfStream) {
			_ = control.SetWriteDeadline(time.Now().Add(patienceWithStream))
			if _, err := w.Write(piece); err != nil || control.Flush() != nil {
				return false
			}
		}
		return true
	}
	if !send(first) || stream == nil {
		return nil // a client that left is no error
	}
	for {
		select {
		case <-c.Request().Context().Done():
			return nil
		case <-who.Ended():
			return nil
		case frame, open := <-stream.Frames():
			if !open || !send(frame) {
				return nil
			}
			who.Use() // a screen that listens is in use
		}
	}
}
