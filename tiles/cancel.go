package tiles

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// canceller asks the database to stop the statement of a connection whose context has ended, and keeps the connection.
// Without it the driver closes the connection: clients who leave by the dozen would then cost dozens of new processes,
// and the next tile would wait for them.
type canceller struct {
	conn *pgconn.PgConn
	sent chan struct{}
}

// cancelWithin is how long the database may take to stop a statement before the connection is given up.
const cancelWithin = 2 * time.Second

// HandleCancel is called when the context of a running statement ends.
func (c *canceller) HandleCancel(context.Context) {
	deadline := time.Now().Add(cancelWithin)
	_ = c.conn.Conn().SetDeadline(deadline) // of a broken connection the statement fails anyway
	c.sent = make(chan struct{})
	go func() {
		defer close(c.sent)
		ctx, cancel := context.WithDeadline(context.Background(), deadline)
		defer cancel()
		_ = c.conn.CancelRequest(ctx) // if it does not arrive, the deadline ends the statement
	}()
}

// HandleUnwatchAfterCancel is called when the statement has ended.
func (c *canceller) HandleUnwatchAfterCancel() {
	<-c.sent
	_ = c.conn.Conn().SetDeadline(time.Time{}) // see above
}

// strayCancel tells whether a statement was stopped by a cancellation meant for the one before it on the same connection:
// it may arrive just after that one has ended.
func strayCancel(ctx context.Context, err error, took, limit time.Duration) bool {
	var refused *pgconn.PgError
	const queryCanceled = "57014" // also what the database's own limit of time gives
	return errors.As(err, &refused) && refused.Code == queryCanceled && ctx.Err() == nil && took < limit/2
}
