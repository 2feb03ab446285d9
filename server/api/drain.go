package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// What is read of bodies that nobody wants. Most clients read the answer only when they have sent all: to one that is cut off
// meanwhile, a refusal looks like a broken network, and a phone would send the same again and again.
const (
	mostDrained    = 128 << 20 // bytes of one body
	longestDrain   = 2 * time.Minute
	longestPause   = 10 * time.Second // between two pieces
	mostAtOnce     = 32               // bodies; the connections of more are closed
	timeToTellThem = 10 * time.Second
)

// drainRefused reads the rest of the body of a request that is refused, before it is told so. It does not for a body of which
// nobody knows the end, nor for a method that has none; HTTP/2 can answer while the client sends, and who asked for leave to
// send has sent nothing.
func (s *server) drainRefused(c echo.Context) {
	r := c.Request()
	if r.Method != http.MethodPost && r.Method != http.MethodPut && r.Method != http.MethodPatch || r.ContentLength <= 0 || r.ContentLength > mostDrained {
		return
	}
	if r.ProtoMajor != 1 || r.Header.Get("Expect") != "" || c.Response().Committed {
		return
	}
	select {
	case s.draining <- struct{}{}:
		defer func() { <-s.draining }()
	default:
		return
	}
	until := time.Now().Add(longestDrain)
	answer := http.NewResponseController(c.Response())
	_ = answer.SetWriteDeadline(until.Add(timeToTellThem)) // where deadlines cannot be set, the server's own limits hold
	piece := make([]byte, 32<<10)
	for time.Now().Before(until) {
		_ = answer.SetReadDeadline(time.Now().Add(longestPause))
		if _, err := r.Body.Read(piece); err != nil {
			break // the end, mostly
		}
	}
	_ = answer.SetReadDeadline(time.Now().Add(timeToTellThem))
}
