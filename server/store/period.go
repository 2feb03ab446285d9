package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Period is for how many days a confirmation holds: of one kind of a layer's rows, or, with kind "", of all others.
type Period struct {
	Layer string `json:"layer"`
	Kind  string `json:"kind"` // a choice of the layer's symbol field
	Days  int    `json:"days"` // 0: nobody need confirm
}

// Periods are all confirmation periods, and their version: it grows with each change of any of them.
type Periods struct {
	Version int64    `json:"version"`
	Periods []Period `json:"periods"`
}

// Periods reads all periods at one moment.
func (s *Store) Periods(ctx context.Context) (Periods, error) {
	var all Periods
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		all, err = readPeriods(ctx, tx)
		return err
	})
	if err != nil {
		return Periods{}, fmt.Errorf("reading the confirmation periods: %w", err)
	}
	return all, nil
}

func readPeriods(ctx context.Context, tx pgx.Tx) (all Periods, err error) {
	if err = tx.QueryRow(ctx, `SELECT coalesce(max(seq), 0) + 1 FROM confirmation_period_history`).Scan(&all.Version); err != nil {
		return all, err
	}
	rows, err := tx.Query(ctx, `SELECT layer, kind, days FROM confirmation_period ORDER BY layer, kind`)
	if err != nil {
		return all, err
	}
	all.Periods, err = pgx.AppendRows([]Period{}, rows, pgx.RowToStructByPos[Period])
	return all, err
}

// PeriodChange sets the period of a kind, or of all kinds of a layer that have none of their own (kind "").
type PeriodChange struct {
	Layer string
	Kind  string
	Days  *int // nil takes the kind's own period away: that of the layer holds
}

// ChangePeriod changes one period if all together still have the version given, or gives ErrStale. Every screen and
// server hears of it, since rows become due by it that nobody has touched.
func (s *Store) ChangePeriod(ctx context.Context, by Actor, version int64, c PeriodChange) (Periods, error) {
	var all Periods
	err := s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) (err error) {
			if err = by.sign(ctx, tx); err != nil {
				return err
			}
			if _, err = tx.Exec(ctx, `LOCK TABLE confirmation_period IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return err
			}
			if all, err = readPeriods(ctx, tx); err != nil {
				return err
			}
			if all.Version != version {
				return ErrStale
			}
			if c.Days == nil {
				_, err = tx.Exec(ctx, `DELETE FROM confirmation_period WHERE layer = $1 AND kind = $2 AND kind <> ''`, c.Layer, c.Kind)
			} else {
				_, err = tx.Exec(ctx, `INSERT INTO confirmation_period (layer, kind, days) VALUES ($1, $2, $3) ON CONFLICT (layer, kind) DO UPDATE SET days = excluded.days`, c.Layer, c.Kind, *c.Days)
			}
			if err != nil {
				return err
			}
			all, err = readPeriods(ctx, tx)
			return err
		})
	})
	if err != nil {
		return all, fmt.Errorf("changing a confirmation period: %w", err)
	}
	return all, nil
}

// PeriodEvent is one change of a period. Days are null where the kind had, or has, none of its own.
type PeriodEvent struct {
	Seq    int64     `json:"seq"`
	Layer  string    `json:"layer"`
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Before *int      `json:"before"`
	After  *int      `json:"after"`
}

// PeriodHistory lists changes of periods before number before (0: from the newest), newest first.
func (s *Store) PeriodHistory(ctx context.Context, before int64, limit int) ([]PeriodEvent, error) {
	events := []PeriodEvent{}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT seq, layer, kind, at, actor, before, after FROM confirmation_period_history WHERE $1 = 0 OR seq < $1 ORDER BY seq DESC LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		events, err = pgx.AppendRows(events, rows, pgx.RowToStructByPos[PeriodEvent])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of confirmation periods: %w", err)
	}
	return events, nil
}
