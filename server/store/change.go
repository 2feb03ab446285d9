package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// ChangeChannel is the NOTIFY channel on which a commit that changed rows is announced.
const ChangeChannel = "change"

// Change is one row of the feed of changes.
type Change struct {
	Seq     int64 // commit order
	Layer   string
	ID      uuid.UUID // zero for a reload
	FID     int64     // id in vector tiles
	Version int
	Kind    string    // insert, update, delete; reload when a transaction changed too many rows to name
	OldBox  []float64 // west, south, east, north; nil when there was no place before
	NewBox  []float64 // nil when there is none now; for a reload, the box around all that changed, or nil for everywhere
	AreaID  *uuid.UUID
	At      time.Time
}

// Rower is anything that queries: a pool, a connection or a transaction.
type Rower interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// ChangesAfter reads at most limit changes after number seq, in commit order.
func ChangesAfter(ctx context.Context, from Rower, seq int64, limit int) ([]Change, error) {
	rows, err := from.Query(ctx, `
		SELECT seq, layer, coalesce(id, '00000000-0000-0000-0000-000000000000'), coalesce(fid, 0), coalesce(version, 0), kind,
			CASE WHEN old_bbox[1] IS NOT NULL THEN old_bbox END, CASE WHEN new_bbox[1] IS NOT NULL THEN new_bbox END, area_id, at
		FROM change WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
	if err != nil {
		return nil, fmt.Errorf("reading changes: %w", err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Change, err error) {
		err = row.Scan(&c.Seq, &c.Layer, &c.ID, &c.FID, &c.Version, &c.Kind, &c.OldBox, &c.NewBox, &c.AreaID, &c.At)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading changes: %w", err)
	}
	return changes, nil
}

// ChangeRange gives the oldest and newest numbers that the feed holds, both 0 when nothing ever changed.
func ChangeRange(ctx context.Context, from Rower) (oldest, newest int64, err error) {
	err = from.QueryRow(ctx, `SELECT coalesce(min(seq), 0), coalesce(max(seq), 0) FROM change`).Scan(&oldest, &newest)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the range of changes: %w", err)
	}
	return oldest, newest, nil
}

func newestChange(ctx context.Context, from Rower) (int64, error) {
	_, newest, err := ChangeRange(ctx, from)
	return newest, err
}

// NeverUsed tells whether no row was ever written: the feed has given no number.
func (s *Store) NeverUsed(ctx context.Context) (bool, error) {
	var used bool
	if err := s.pool.QueryRow(ctx, `SELECT is_called FROM change_seq`).Scan(&used); err != nil {
		return false, fmt.Errorf("looking whether the database was ever used: %w", err)
	}
	return !used, nil
}

// DropChangesBefore removes old rows of the feed. The newest always stays, so that the feed knows where it stands.
func (s *Store) DropChangesBefore(ctx context.Context, t time.Time) (int64, error) {
	done, err := s.pool.Exec(ctx, `DELETE FROM change WHERE at < $1 AND seq < (SELECT max(seq) FROM change)`, t)
	if err != nil {
		return 0, fmt.Errorf("removing old changes: %w", err)
	}
	return done.RowsAffected(), nil
}

// listenWithin is how long it may take to connect for listening; a silent database is then given up.
const listenWithin = 10 * time.Second

// Listen opens a connection of its own, outside the pool, on which heard is called for each announcement on ChangeChannel
// and PeopleChannel while the connection is read. The caller closes it.
func (s *Store) Listen(ctx context.Context, heard func(channel string)) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, listenWithin)
	defer cancel()
	config := s.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["application_name"] = "fourmaps feed"
	config.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) { heard(n.Channel) }
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to hear of changes: %w", err)
	}
	if _, err := conn.Exec(ctx, "LISTEN "+ChangeChannel+"; LISTEN "+PeopleChannel); err != nil {
		return nil, errors.Join(fmt.Errorf("listening for changes: %w", err), conn.Close(ctx))
	}
	return conn, nil
}
