package store

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// WhyUnavailable says in one sentence why the database does not answer. The sentence names no address, no user and
// nothing else of the error: it is read by whoever asks whether the server is ready.
func WhyUnavailable(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return whyRefused(pg.Code)
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return "nothing answers at the database's address"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errSilent):
		return "the database does not answer in time"
	}
	return "the database cannot be reached"
}

// whyRefused turns the database's own code (SQLSTATE) into a sentence.
func whyRefused(code string) string {
	switch code {
	case "28P01", "28000":
		return "the database does not let the server's user in"
	case "3D000":
		return "the database does not exist"
	case "53100":
		return "the disk of the database is full"
	case "53300":
		return "the database has no connection left"
	case "57P03":
		return "the database is starting or stopping"
	}
	if strings.HasPrefix(code, "57P") {
		return "the database is being shut down"
	}
	return "the database refuses to answer"
}
