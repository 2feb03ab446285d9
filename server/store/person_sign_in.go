package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Credentials are what is needed to check a sign-in.
type Credentials struct {
	AccountID    uuid.UUID
	PersonID     uuid.UUID
	Name         string
	PasswordHash string // "" for none
	OIDCSubject  string // "" before the first sign-in by OIDC
	Demo         bool
	Disabled     bool
}

const selectCredentials = `SELECT a.id, p.id, a.name, coalesce(a.password_hash, ''), coalesce(a.oidc_subject, ''), p.origin = 'demo', a.disabled_at IS NOT NULL
	FROM account a JOIN person p ON p.id = a.person_id WHERE p.deleted_at IS NULL AND `

func (s *Store) credentials(ctx context.Context, where string, arg any) (Credentials, error) {
	var c Credentials
	err := s.within(ctx, func(ctx context.Context) error {
		return errNoRows(s.pool.QueryRow(ctx, selectCredentials+where, arg).
			Scan(&c.AccountID, &c.PersonID, &c.Name, &c.PasswordHash, &c.OIDCSubject, &c.Demo, &c.Disabled))
	})
	if err != nil {
		return Credentials{}, fmt.Errorf("looking for an account: %w", err)
	}
	return c, nil
}

// CredentialsByName finds an account by its name, or gives ErrNotFound.
func (s *Store) CredentialsByName(ctx context.Context, name string) (Credentials, error) {
	return s.credentials(ctx, `a.name = $1`, name)
}

// CredentialsByOIDC finds the account of whom the issuer calls by a name, or gives ErrNotFound.
func (s *Store) CredentialsByOIDC(ctx context.Context, name string) (Credentials, error) {
	return s.credentials(ctx, `a.oidc_name = $1`, name)
}

// BindOIDC notes issuer and subject at the first sign-in by OIDC.
func (s *Store) BindOIDC(ctx context.Context, account uuid.UUID, subject string) error {
	return s.changingPeople(ctx, Actor{Name: "OIDC", Source: "sign-in"}, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE account SET oidc_subject = $2 WHERE id = $1 AND oidc_subject IS NULL`, account, subject)
		return err
	})
}

// Attempt is a sign-in about to be checked, under each key by which failures are counted.
type Attempt struct {
	Kind string // name or address
	Key  []byte
	Wait func(failures int) time.Duration // for which no further attempt is looked at
}

// CountAttempt counts an attempt as failed before it is looked at, so that many at once are counted too. A wait above 0
// means that it must not be looked at yet; it is not counted then. Failures older than forget do not count.
func (s *Store) CountAttempt(ctx context.Context, attempts []Attempt, now time.Time, forget time.Duration) (time.Duration, error) {
	var wait time.Duration
	err := s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			for _, a := range attempts {
				one, err := countAttempt(ctx, tx, a, now, forget)
				if err != nil {
					return err
				}
				wait = max(wait, one)
			}
			if wait > 0 {
				return errTooSoon
			}
			return nil
		})
	})
	if wait > 0 {
		return wait, nil
	}
	if err != nil {
		return 0, fmt.Errorf("counting a sign-in: %w", err)
	}
	return 0, nil
}

var errTooSoon = fmt.Errorf("an attempt came too soon")

func countAttempt(ctx context.Context, tx pgx.Tx, a Attempt, now time.Time, forget time.Duration) (time.Duration, error) {
	var failures int
	var until time.Time
	err := tx.QueryRow(ctx, `
		INSERT INTO sign_in_failure AS f (kind, key, failures, last_at, until) VALUES ($1, $2, 1, $3, 'epoch')
		ON CONFLICT (kind, key) DO UPDATE SET failures = CASE WHEN f.last_at < $4 THEN 1 ELSE f.failures + 1 END, last_at = $3
		RETURNING failures, until`, a.Kind, a.Key, now, now.Add(-forget)).Scan(&failures, &until)
	if err != nil {
		return 0, err
	}
	if until.After(now) {
		return until.Sub(now), nil
	}
	next := a.Wait(failures)
	if next == 0 {
		return 0, nil
	}
	_, err = tx.Exec(ctx, `UPDATE sign_in_failure SET until = $3 WHERE kind = $1 AND key = $2`, a.Kind, a.Key, now.Add(next))
	return 0, err
}

// ForgiveAttempt takes back what CountAttempt counted: all failures under the name, and this one attempt from the address.
func (s *Store) ForgiveAttempt(ctx context.Context, name, address []byte) error {
	err := s.within(ctx, func(ctx context.Context) error {
		batch := &pgx.Batch{}
		batch.Queue(`DELETE FROM sign_in_failure WHERE kind = 'name' AND key = $1`, name)
		batch.Queue(`DELETE FROM sign_in_failure WHERE kind = 'address' AND key = $1 AND failures = 1`, address)
		batch.Queue(`UPDATE sign_in_failure SET failures = failures - 1, until = 'epoch' WHERE kind = 'address' AND key = $1 AND failures > 1`, address)
		return s.pool.SendBatch(ctx, batch).Close()
	})
	if err != nil {
		return fmt.Errorf("taking back a counted sign-in: %w", err)
	}
	return nil
}
