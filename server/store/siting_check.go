package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
)

// SitingCheck is one check of all rows by all rules.
type SitingCheck struct {
	ID         int64      `json:"id"`
	By         *string    `json:"by"` // null: by the clock
	StartedAt  time.Time  `json:"started_at"`
	FinishedAt *time.Time `json:"finished_at"` // null: it runs, or was cut off
	Rules      int        `json:"rules"`
	Rows       int64      `json:"rows"` // that rules speak of
	New        int        `json:"new"`
	Resolved   int        `json:"resolved"`
	Open       int        `json:"open"` // afterwards
}

// ErrChecking means that a check of all rows is going on, here or on another server.
var ErrChecking = &ConflictError{layer.Text{Zh: "正在检查，请稍候", En: "a check is going on, wait a moment"}}

// sitingLock is held on one connection by whoever checks all rows: only one does at a time, on all servers.
const sitingLock = 2614012

// CheckSiting checks all rows by all rules. due, if not zero, is when a check was due: where one has begun since, on
// whatever server, nothing is done. Each rule is a transaction of its own, so that nobody who saves waits for all of them. It
// ends when the store closes.
func (s *Store) CheckSiting(ctx context.Context, by *Actor, due time.Time) (check SitingCheck, done bool, err error) {
	ctx, stop := s.whileOpen(ctx)
	defer stop()
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return check, false, fmt.Errorf("checking all sites: %w", err)
	}
	defer conn.Release()
	var mine bool
	if err := conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1)`, sitingLock).Scan(&mine); err != nil {
		return check, false, fmt.Errorf("checking all sites: %w", err)
	}
	if !mine {
		return check, false, ErrChecking
	}
	defer func() {
		unlock, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, failed := conn.Exec(unlock, `SELECT pg_advisory_unlock($1)`, sitingLock); failed != nil {
			_ = conn.Conn().Close(unlock) // the lock goes with the connection
		}
	}()
	if !due.IsZero() {
		var since bool
		if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM siting_check WHERE started_at >= $1 AND finished_at IS NOT NULL)`, due).Scan(&since); err != nil || since {
			return check, false, err
		}
	}
	if check, err = checkAll(ctx, conn, by); err != nil {
		return check, false, fmt.Errorf("checking all sites: %w", err)
	}
	return check, true, nil
}

func checkAll(ctx context.Context, conn *pgxpool.Conn, by *Actor) (c SitingCheck, err error) {
	actor := Actor{Name: "fourmaps", Source: "check"}
	if by != nil {
		actor.Name, actor.Person, actor.Address, c.By = by.Name, by.Person, by.Address, &by.Name
	}
	err = conn.QueryRow(ctx, `INSERT INTO siting_check (by_whom, started_at) VALUES ($1, clock_timestamp()) RETURNING id, started_at`, c.By).Scan(&c.ID, &c.StartedAt)
	if err != nil {
		return c, err
	}
	rules, err := allRules(ctx, conn)
	if err != nil {
		return c, err
	}
	for _, id := range rules {
		err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
			if err := sign(ctx, tx, actor); err != nil {
				return err
			}
			r, err := checkRule(ctx, tx, id)
			c.New, c.Resolved = c.New+r.New, c.Resolved+r.Resolved
			return err
		})
		if err != nil {
			return c, err
		}
	}
	if err := countChecked(ctx, conn, &c); err != nil {
		return c, err
	}
	err = conn.QueryRow(ctx, `UPDATE siting_check SET finished_at = clock_timestamp(), rules = $2, row_count = $3, found = $4, resolved = $5,
		open = (SELECT count(*) FROM siting_finding WHERE state = 'open') WHERE id = $1 RETURNING finished_at, open`,
		c.ID, c.Rules, c.Rows, c.New, c.Resolved).Scan(&c.FinishedAt, &c.Open)
	return c, err
}

func allRules(ctx context.Context, conn *pgxpool.Conn) ([]uuid.UUID, error) {
	rows, err := conn.Query(ctx, `SELECT id FROM siting_rule ORDER BY ord, code`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// countChecked counts the rules in force and the rows that they speak of.
func countChecked(ctx context.Context, conn *pgxpool.Conn, c *SitingCheck) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		rules, err := rulesInForce(ctx, tx, nil)
		if err != nil {
			return err
		}
		counted := map[string]bool{}
		for _, p := range rules {
			key := p.What.Layer.Name + "?" + p.What.Key()
			if c.Rules++; counted[key] {
				continue
			}
			counted[key] = true
			where, args := p.What.Where("r", nil)
			var n int64
			if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM %s r WHERE %s", p.What.Layer.Name, where), args...).Scan(&n); err != nil {
				return err
			}
			c.Rows += n
		}
		return nil
	})
}

// LastSitingChecks are the latest checks, the last first, and whether one is going on now on any server.
func (s *Store) LastSitingChecks(ctx context.Context, most int) (checks []SitingCheck, running bool, err error) {
	checks = []SitingCheck{}
	var c SitingCheck
	err = s.within(ctx, func(ctx context.Context) error {
		err := s.each(ctx, `SELECT id, by_whom, started_at, finished_at, rules, row_count, found, resolved, open FROM siting_check ORDER BY id DESC LIMIT $1`, []any{most},
			[]any{&c.ID, &c.By, &c.StartedAt, &c.FinishedAt, &c.Rules, &c.Rows, &c.New, &c.Resolved, &c.Open}, func() { checks = append(checks, c); c = SitingCheck{} })
		if err != nil {
			return err
		}
		return s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND ((classid::bigint << 32) | objid::bigint) = $1 AND objsubid = 1 AND granted
			AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))`, int64(sitingLock)).Scan(&running)
	})
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return nil, false, fmt.Errorf("reading the last checks: %w", err)
	}
	return checks, running, nil
}

// LastSitingCheckBegan is when the last check that ended began; zero if none ever did.
func (s *Store) LastSitingCheckBegan(ctx context.Context) (time.Time, error) {
	var at *time.Time
	err := s.within(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, `SELECT max(started_at) FROM siting_check WHERE finished_at IS NOT NULL`).Scan(&at)
	})
	if err != nil || at == nil {
		return time.Time{}, err
	}
	return *at, nil
}
