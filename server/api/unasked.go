package api

import (
	"net"
	"net/http"
	"sync"
)

// unasked are the connections on which nothing was asked yet, such as those that browsers keep in reserve. The
// standard library lets a shutdown wait five seconds for each to ask; here they are closed at once.
type unasked struct {
	mu     sync.Mutex
	conns  map[net.Conn]struct{}
	closed bool
}

// note follows the states of connections.
func (u *unasked) note(conn net.Conn, state http.ConnState) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(u.conns, conn)
	case u.closed:
		conn.Close()
	default:
		u.conns[conn] = struct{}{}
	}
}

func (u *unasked) close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed = true
	for conn := range u.conns {
		conn.Close()
	}
}
