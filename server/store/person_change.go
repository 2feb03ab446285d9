package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// NewPerson is what is needed to add a person. Without AccountName there is no account.
type NewPerson struct {
	Name         string
	Post         *string
	Phone        *string
	AccountName  string
	PasswordHash string // "" for none: sign-in by OIDC only
	MustChange   bool
	OIDCName     *string
	Grants       []GrantedRole
	Demo         bool
}

// AddPerson stores a person with the account and the rights.
func (s *Store) AddPerson(ctx context.Context, actor Actor, n NewPerson, now time.Time) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.changingPeople(ctx, actor, func(tx pgx.Tx) (err error) {
		id, err = addPerson(ctx, tx, n, now)
		return err
	})
	return id, err
}

func addPerson(ctx context.Context, tx pgx.Tx, n NewPerson, now time.Time) (id uuid.UUID, err error) {
	origin := "entry"
	if n.Demo {
		origin = "demo"
	}
	err = tx.QueryRow(ctx, `INSERT INTO person (origin, name, post, phone) VALUES ($1, $2, $3, $4) RETURNING id`, origin, n.Name, n.Post, n.Phone).Scan(&id)
	if err == nil && n.AccountName != "" {
		err = addAccount(ctx, tx, id, n, now)
	}
	for _, g := range n.Grants {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO person_grant (person_id, role, area_id) VALUES ($1, $2, $3)`, id, g.Role, g.AreaID)
		}
	}
	return id, err
}

func addAccount(ctx context.Context, tx pgx.Tx, person uuid.UUID, n NewPerson, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO account (person_id, name, password_hash, password_at, must_change, oidc_name)
		VALUES ($1, $2, nullif($3, ''), CASE WHEN $3 <> '' THEN $4::timestamptz END, $5, $6)`,
		person, n.AccountName, n.PasswordHash, now, n.MustChange, n.OIDCName)
	return err
}

// PersonChange is what is to be changed of a person; nil leaves it, an empty text clears it.
type PersonChange struct {
	Name     *string
	Post     *string
	Phone    *string
	Disabled *bool
	OIDCName *string
}

// ChangePerson changes a person who still has the version given, or gives ErrStale.
func (s *Store) ChangePerson(ctx context.Context, actor Actor, id uuid.UUID, version int, c PersonChange, now time.Time) error {
	return s.changingPerson(ctx, actor, id, version, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE person SET name = coalesce($2, name), post = CASE WHEN $3::text IS NULL THEN post ELSE nullif($3, '') END,
			phone = CASE WHEN $4::text IS NULL THEN phone ELSE nullif($4, '') END WHERE id = $1`, id, c.Name, c.Post, c.Phone)
		if err != nil {
			return err
		}
		if c.OIDCName != nil {
			if _, err := tx.Exec(ctx, `UPDATE account SET oidc_name = nullif($2, ''), oidc_subject = NULL WHERE person_id = $1 AND oidc_name IS DISTINCT FROM nullif($2, '')`, id, *c.OIDCName); err != nil {
				return err
			}
		}
		if c.Disabled != nil {
			return setDisabled(ctx, tx, id, *c.Disabled, now)
		}
		return nil
	})
}

// changingPerson changes a person who has the version given. It refuses to leave an installation without anybody who may
// manage all people, where there was one; changes of people wait for each other, so that two do not do so together.
func (s *Store) changingPerson(ctx context.Context, actor Actor, id uuid.UUID, version int, f func(tx pgx.Tx) error) error {
	return s.changingPeople(ctx, actor, func(tx pgx.Tx) error {
		if err := lockPerson(ctx, tx, id, version); err != nil {
			return err
		}
		had, err := hasAdministrator(ctx, tx)
		if err != nil {
			return err
		}
		if err := f(tx); err != nil {
			return err
		}
		has, err := hasAdministrator(ctx, tx)
		if err == nil && had && !has {
			return errLastAdministrator
		}
		return err
	})
}

func lockPerson(ctx context.Context, tx pgx.Tx, id uuid.UUID, version int) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(2614002)`); err != nil {
		return err
	}
	var have int
	err := tx.QueryRow(ctx, `SELECT version FROM person WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`, id).Scan(&have)
	if err != nil {
		return errNoRows(err)
	}
	if version != AnyVersion && have != version {
		return ErrStale
	}
	return nil
}

// AnyVersion changes a row whatever its version is.
const AnyVersion = 0

func setDisabled(ctx context.Context, tx pgx.Tx, person uuid.UUID, disabled bool, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE account SET disabled_at = CASE WHEN $2 THEN coalesce(disabled_at, $3) END WHERE person_id = $1`, person, disabled, now)
	if err == nil && disabled {
		_, err = tx.Exec(ctx, `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.person_id = $1`, person)
	}
	return err
}

// RemovePerson takes a person away: the row stays, marked as deleted; account, rights and sessions go.
func (s *Store) RemovePerson(ctx context.Context, actor Actor, id uuid.UUID, version int, now time.Time) error {
	return s.changingPerson(ctx, actor, id, version, func(tx pgx.Tx) error {
		for _, statement := range []string{`DELETE FROM account WHERE person_id = $1`, `DELETE FROM person_grant WHERE person_id = $1`} {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE person SET deleted_at = $2 WHERE id = $1`, id, now)
		return err
	})
}

// SetPassword stores a new password and ends the sessions of the account but one.
func (s *Store) SetPassword(ctx context.Context, actor Actor, person uuid.UUID, hash string, mustChange bool, but uuid.UUID, now time.Time) error {
	return s.changingPeople(ctx, actor, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `UPDATE account SET password_hash = $2, password_at = $3, must_change = $4 WHERE person_id = $1`, person, hash, now, mustChange)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return ErrNotFound
		}
		_, err = tx.Exec(ctx, `DELETE FROM session s USING account a WHERE a.id = s.account_id AND a.person_id = $1 AND s.id <> $2`, person, but)
		return err
	})
}

// Rehash replaces the stored form of the same password.
func (s *Store) Rehash(ctx context.Context, account uuid.UUID, before, after string) error {
	if _, err := s.pool.Exec(ctx, `UPDATE account SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, account, before, after); err != nil {
		return fmt.Errorf("storing a password at its new cost: %w", err)
	}
	return nil
}

// AddGrant gives a person a role.
func (s *Store) AddGrant(ctx context.Context, actor Actor, person uuid.UUID, g GrantedRole) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.changingPerson(ctx, actor, person, AnyVersion, func(tx pgx.Tx) error {
		return tx.QueryRow(ctx, `INSERT INTO person_grant (person_id, role, area_id) VALUES ($1, $2, $3) RETURNING id`, person, g.Role, g.AreaID).Scan(&id)
	})
	return id, err
}

// RemoveGrant takes a role from a person.
func (s *Store) RemoveGrant(ctx context.Context, actor Actor, person, grant uuid.UUID) error {
	return s.changingPerson(ctx, actor, person, AnyVersion, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `DELETE FROM person_grant WHERE person_id = $1 AND id = $2`, person, grant)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
}

var errLastAdministrator = &ConflictError{Text: layer.Text{Zh: "这是最后一位管理员，不能移除、停用或收回其权限", En: "this is the last administrator, who cannot be removed, disabled or lose the right"}}

// IsLastAdministrator tells whether a change was refused because nobody could manage people any more.
func IsLastAdministrator(err error) bool { return errors.Is(err, errLastAdministrator) }

func hasAdministrator(ctx context.Context, from Rower) (has bool, err error) {
	err = from.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM person_grant g JOIN account a ON a.person_id = g.person_id JOIN role_permission r ON r.role = g.role
		WHERE r.permission = 'people.manage' AND g.area_id IS NULL AND a.disabled_at IS NULL)`).Scan(&has)
	return has, err
}

// HasAdministrator tells whether anybody can manage all people.
func (s *Store) HasAdministrator(ctx context.Context) (bool, error) {
	has, err := hasAdministrator(ctx, s.pool)
	if err != nil {
		return false, fmt.Errorf("looking for an administrator: %w", err)
	}
	return has, nil
}
