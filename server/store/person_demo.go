package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/data/demo"
)

// WantsDemoPeople tells whether rows of the demonstration are there without its people.
func (s *Store) WantsDemoPeople(ctx context.Context) (bool, error) {
	var wants bool
	err := s.within(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM area WHERE origin = $1 AND deleted_at IS NULL) AND NOT EXISTS (SELECT FROM person WHERE origin = 'demo')`, demo.Origin).Scan(&wants)
	})
	return wants, err
}

// LoadDemoPeople brings the people of the demonstration in, with the stored form of their password.
func (s *Store) LoadDemoPeople(ctx context.Context, hash string, now time.Time) error {
	return s.changingPeople(ctx, Actor{Name: "fourmaps demo", Source: "demo"}, func(tx pgx.Tx) error {
		if _, err := deleteDemoPeople(ctx, tx); err != nil {
			return err
		}
		township, err := demoTownship(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range demo.People {
			grant := GrantedRole{Role: p.Role}
			if p.Township {
				grant.AreaID = township
			}
			n := NewPerson{Name: p.Name, Post: &p.Post, AccountName: p.Account, PasswordHash: hash, Demo: true, Grants: []GrantedRole{grant}}
			if _, err := addPerson(ctx, tx, n, now); err != nil {
				return err
			}
		}
		return nil
	})
}

func demoTownship(ctx context.Context, tx pgx.Tx) (*uuid.UUID, error) {
	var id uuid.UUID
	err := tx.QueryRow(ctx, `SELECT id FROM area WHERE origin = $1 AND level = 'township' AND deleted_at IS NULL ORDER BY code LIMIT 1`, demo.Origin).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	return &id, err
}

// deleteDemoPeople: what they did stays in the history.
func deleteDemoPeople(ctx context.Context, tx pgx.Tx) (people int64, err error) {
	done, err := tx.Exec(ctx, `DELETE FROM person WHERE origin = 'demo'`)
	return done.RowsAffected(), err
}
