package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// grace is how much longer than a statement may take its answer is waited for: a database that is there has ended the
// statement by then, so one that is still silent cannot be reached.
const grace = 2 * time.Second

var errSilent = errors.New("the database did not answer")

// within runs f, and gives up when the database stays silent. The database's own time limit does not help when its
// machine stops or a cable is pulled: the connection stays open, and nothing ever comes.
func (s *Store) within(ctx context.Context, f func(ctx context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, s.limit)
	defer cancel()
	err := f(limited)
	if err == nil || ctx.Err() != nil || limited.Err() == nil {
		return err
	}
	var answered *pgconn.PgError
	if errors.As(err, &answered) || errors.Is(err, ErrNotFound) {
		return err
	}
	return fmt.Errorf("%w within %v: %w", errSilent, s.limit, err)
}

// reading runs f in a read-only transaction that sees one moment of the database. f asks with the context that it is
// given, which ends when the database stays silent.
func (s *Store) reading(ctx context.Context, f func(ctx context.Context, tx pgx.Tx) error) error {
	return s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly},
			func(tx pgx.Tx) error { return f(ctx, tx) })
	})
}
