package store

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrNotFound means that there is no such row, or that it is deleted.
var ErrNotFound = errors.New("no such row")

// IsUnavailable tells whether err means that the database cannot be reached or is going down: the same request may
// succeed later.
func IsUnavailable(err error) bool {
	if errors.Is(err, errSilent) {
		return true
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "08"): // connection exceptions
			return true
		case strings.HasPrefix(pg.Code, "57P"): // shutting down, crashed, starting up, dropped
			return true
		case strings.HasPrefix(pg.Code, "53"): // out of disk, memory or connections
			return true
		case pg.Code == "25006": // a write on a replica during a switch-over
			return true
		}
		return false
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
		(errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)) ||
		pgconn.SafeToRetry(err) && !errors.Is(err, context.Canceled) || (err != nil && strings.Contains(err.Error(), "conn closed"))
}

// IsTimeout tells whether a statement ran into its time limit.
func IsTimeout(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "57014" || pg.Code == "55P03" // query_canceled, lock_not_available
	}
	return errors.Is(err, context.DeadlineExceeded)
}

// IsBadValue tells whether the database could not make sense of a value (SQLSTATE class 22), such as a number too
// large for its column.
func IsBadValue(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "22")
}
