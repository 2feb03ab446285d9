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
	longestPause   = 10 * time.Second // until something has come
	slowest        = 16 << 10         // bytes a second, on the whole: nobody holds one of the few places with a trickle
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
	begun := time.Now()
	answer := http.NewResponseController(c.Response())
	_ = answer.SetWriteDeadline(begun.Add(longestDrain + timeToTellThem)) // where deadlines cannot be set, the server's own limits hold
	piece := make([]byte, 32<<10)
	for read := 0; ; {
		patience := min(longestPause+time.Duration(read/slowest)*time.Second, longestDrain)
		_ = answer.SetReadDeadline(begun.Add(patience))
		n, err := r.Body.Read(piece)
		if err != nil {
			break // the end, mostly
		}
		read += n
	}
	_ = answer.SetReadDeadline(time.Now().Add(timeToTellThem))
}
