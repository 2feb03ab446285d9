package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TokenHash is the SHA-256 sum of the token that a signed-in browser holds.
type TokenHash [32]byte

// Session is one browser in which an account is signed in.
type Session struct {
	ID        uuid.UUID
	Token     TokenHash
	AccountID uuid.UUID
	Means     string // password or oidc
	Address   string
	Agent     string // what the browser calls itself
	CreatedAt time.Time
	SeenAt    time.Time // exact to a few minutes
	ExpiresAt time.Time
}

func sessionsWhere(ctx context.Context, from Rower, where string, args ...any) ([]Session, error) {
	rows, err := from.Query(ctx, `SELECT s.id, s.token_hash, s.account_id, s.means, s.address, s.agent, s.created_at, s.seen_at, s.expires_at
		FROM session s JOIN account a ON a.id = s.account_id WHERE a.disabled_at IS NULL AND `+where+` ORDER BY s.seen_at DESC`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Session, error) {
		var s Session
		var token []byte
		err := row.Scan(&s.ID, &token, &s.AccountID, &s.Means, &s.Address, &s.Agent, &s.CreatedAt, &s.SeenAt, &s.ExpiresAt)
		copy(s.Token[:], token)
		return s, err
	})
}

// SessionByToken finds a session that is not over at now and was used after idleSince, or gives ErrNotFound.
func (s *Store) SessionByToken(ctx context.Context, token TokenHash, now, idleSince time.Time) (Session, error) {
	var found []Session
	err := s.within(ctx, func(ctx context.Context) (err error) {
		found, err = sessionsWhere(ctx, s.pool, `s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3`, token[:], now, idleSince)
		return err
	})
	switch {
	case err != nil:
		return Session{}, fmt.Errorf("looking for a session: %w", err)
	case len(found) == 0:
		return Session{}, ErrNotFound
	}
	return found[0], nil
}

// SessionsOf lists the sessions of a person, newest use first.
func (s *Store) SessionsOf(ctx context.Context, person uuid.UUID, now time.Time) ([]Session, error) {
	var found []Session
	err := s.within(ctx, func(ctx context.Context) (err error) {
		found, err = sessionsWhere(ctx, s.pool, `a.person_id = $1 AND s.expires_at > $2`, person, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return found, nil
}

// AddSession stores a session. The account must not be disabled meanwhile: then it gives ErrNotFound.
func (s *Store) AddSession(ctx context.Context, n Session) error {
	err := s.within(ctx, func(ctx context.Context) error {
		done, err := s.pool.Exec(ctx, `
			INSERT INTO session (id, token_hash, account_id, means, address, agent, created_at, seen_at, expires_at)
			SELECT $1, $2, id, $4, left($5, 60), left($6, 300), $7, $7, $8 FROM account WHERE id = $3 AND disabled_at IS NULL FOR SHARE`,
			n.ID, n.Token[:], n.AccountID, n.Means, n.Address, n.Agent, n.CreatedAt, n.ExpiresAt)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("storing a session: %w", err)
	}
	return nil
}

// EndSession ends one session of a person; ErrNotFound when there is none.
func (s *Store) EndSession(ctx context.Context, person, session uuid.UUID) error {
	err := s.within(ctx, func(ctx context.Context) error {
		done, err := s.pool.Exec(ctx, `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.person_id = $1 AND s.id = $2`, person, session)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// EndSessions ends all sessions of a person but one.
func (s *Store) EndSessions(ctx context.Context, person, but uuid.UUID) error {
	err := s.within(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.person_id = $1 AND s.id <> $2`, person, but)
		return err
	})
	if err != nil {
		return fmt.Errorf("ending the sessions of a person: %w", err)
	}
	return nil
}

// SawSessions notes when sessions were used last.
func (s *Store) SawSessions(ctx context.Context, ids []uuid.UUID, at []time.Time) error {
	err := s.within(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `UPDATE session s SET seen_at = n.at FROM unnest($1::uuid[], $2::timestamptz[]) n(id, at) WHERE s.id = n.id AND s.seen_at < n.at`, ids, at)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting the use of sessions: %w", err)
	}
	return nil
}

// DropOldSessions removes sessions that are over or were not used since idleSince, and failed sign-ins of before.
func (s *Store) DropOldSessions(ctx context.Context, now, idleSince, before time.Time) (int64, error) {
	done, err := s.pool.Exec(ctx, `DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2`, now, idleSince)
	if err == nil {
		_, err = s.pool.Exec(ctx, `DELETE FROM sign_in_failure WHERE last_at < $1 AND until < $2`, before, now)
	}
	if err != nil {
		return 0, fmt.Errorf("removing sessions that are over: %w", err)
	}
	return done.RowsAffected(), nil
}

// errNoRows turns the driver's word for it into ours.
func errNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return ErrNotFound
	}
	return err
}
