package backup

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// swap gives the fresh database the name of the present one, both renamings in one transaction.
// Connections to the present one are ended; a server connects again by itself.
func (t target) swap(ctx context.Context, conn *pgx.Conn, fresh string) error {
	before := t.name + beforeRestore
	if err := drop(ctx, conn, before); err != nil {
		return err
	}
	second, err := t.maintenance(ctx)
	if err != nil {
		return err
	}
	defer second.Close(context.WithoutCancel(ctx))
	err = whileEnding(ctx, second, []string{t.name, fresh}, func() error { return t.rename(ctx, conn, fresh, before) })
	if hasCode(err, "55006") { // object_in_use
		return databaseInUse(t.name, users(ctx, second, t.name), err)
	}
	if err != nil {
		return t.explain(fmt.Errorf("putting the restored database in place: %w", err))
	}
	if !t.used {
		return drop(ctx, conn, before)
	}
	return nil
}

func (t target) rename(ctx context.Context, conn *pgx.Conn, fresh, before string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, quote(t.name), quote(before))); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, quote(fresh), quote(t.name)))
		return err
	})
}

// endEvery is shorter than the 100 ms after which a renaming looks again whether the database is still in use.
const endEvery = 50 * time.Millisecond

// whileEnding does the work while it ends, again and again, every connection to those databases. A renaming waits five
// seconds for the others to leave; whoever comes after it has begun is kept waiting by its lock and does not count, but
// a server that comes back just before does.
func whileEnding(ctx context.Context, conn *pgx.Conn, databases []string, work func() error) error {
	done := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			endConnections(ctx, conn, databases)
			select {
			case <-done:
				return
			case <-ctx.Done():
				return
			case <-time.After(endEvery):
			}
		}
	}()
	err := work()
	close(done)
	<-ended
	return err
}

// endConnections passes over what this user may not end: the renaming tells whether it was in the way.
func endConnections(ctx context.Context, conn *pgx.Conn, databases []string) {
	rows, err := conn.Query(ctx, `SELECT pid FROM pg_stat_activity WHERE datname = ANY ($1)`, databases)
	if err != nil {
		return
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int32])
	if err != nil {
		return
	}
	for _, pid := range pids {
		_, _ = conn.Exec(ctx, `SELECT pg_terminate_backend($1)`, pid)
	}
}

// users names who is connected to a database, such as "postgres (process 123)".
func users(ctx context.Context, conn *pgx.Conn, database string) string {
	var names string
	err := conn.QueryRow(ctx, `
		SELECT coalesce(string_agg(format('%s (process %s)', coalesce(usename, backend_type), pid), ', ' ORDER BY pid), '')
		FROM pg_stat_activity WHERE datname = $1`, database).Scan(&names)
	if err != nil || names == "" {
		return "?"
	}
	return names
}
