package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/data/demo"
	"fourmaps/geo/layer"
)

// Role is a set of permissions, as people are shown it.
type Role struct {
	Name        string       `json:"name"`
	Label       layer.Text   `json:"label"`
	Permissions []Permission `json:"permissions"`
}

// Permission is one thing that may be permitted, as people are shown it.
type Permission struct {
	Name  string     `json:"name"`
	Label layer.Text `json:"label"`
}

// Roles lists the roles in their order.
func (s *Store) Roles(ctx context.Context) ([]Role, error) {
	roles := []Role{}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT r.name, r.label_zh, r.label_en, p.name, p.label_zh, p.label_en
			FROM role r JOIN role_permission rp ON rp.role = r.name JOIN permission p ON p.name = rp.permission ORDER BY r.ord, p.name`)
		if err != nil {
			return err
		}
		var r Role
		var p Permission
		_, err = pgx.ForEachRow(rows, []any{&r.Name, &r.Label.Zh, &r.Label.En, &p.Name, &p.Label.Zh, &p.Label.En}, func() error {
			if n := len(roles); n == 0 || roles[n-1].Name != r.Name {
				roles = append(roles, r)
			}
			last := &roles[len(roles)-1]
			last.Permissions = append(last.Permissions, p)
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing roles: %w", err)
	}
	return roles, nil
}

// AreasByID names areas.
func (s *Store) AreasByID(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]GrantedArea, error) {
	out := map[uuid.UUID]GrantedArea{}
	if len(ids) == 0 {
		return out, nil
	}
	err := s.within(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, `SELECT id, code, name, name_en FROM area WHERE id = ANY ($1)`, ids)
		if err != nil {
			return err
		}
		var a GrantedArea
		_, err = pgx.ForEachRow(rows, []any{&a.ID, &a.Code, &a.Name, &a.NameEn}, func() error {
			out[a.ID] = a
			return nil
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("naming areas: %w", err)
	}
	return out, nil
}

// AreaByCode finds the current area of a code, or gives ErrNotFound.
func (s *Store) AreaByCode(ctx context.Context, code string) (uuid.UUID, error) {
	var id uuid.UUID
	err := s.within(ctx, func(ctx context.Context) error {
		return errNoRows(s.pool.QueryRow(ctx, `SELECT id FROM area WHERE code = $1 AND deleted_at IS NULL AND valid_to IS NULL`, code).Scan(&id))
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("looking for the area %.20s: %w", code, err)
	}
	return id, nil
}

// DemoAccount is an account of the demonstration, as the sign-in page offers it.
type DemoAccount struct {
	Name     string      `json:"name"`
	Password string      `json:"password"`
	Role     layer.Text  `json:"role"`
	Area     *layer.Text `json:"area"` // name of the area of its right; null for everywhere
}

// DemoAccounts lists the accounts of the demonstration that are there.
func (s *Store) DemoAccounts(ctx context.Context) ([]DemoAccount, error) {
	found := []DemoAccount{}
	err := s.within(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, `
			SELECT a.name, $1::text, r.label_zh, r.label_en, t.name, coalesce(t.name_en, t.name)
			FROM account a JOIN person p ON p.id = a.person_id JOIN person_grant g ON g.person_id = p.id JOIN role r ON r.name = g.role LEFT JOIN area t ON t.id = g.area_id
			WHERE p.origin = 'demo' AND p.deleted_at IS NULL AND a.disabled_at IS NULL ORDER BY r.ord DESC, a.name`, demo.Password)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d DemoAccount, err error) {
			var zh, en *string
			if err = row.Scan(&d.Name, &d.Password, &d.Role.Zh, &d.Role.En, &zh, &en); zh != nil {
				d.Area = &layer.Text{Zh: *zh, En: *en}
			}
			return d, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the accounts of the demonstration: %w", err)
	}
	return found, nil
}
