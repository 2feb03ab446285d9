package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// PeopleChannel is the NOTIFY channel on which a commit that changed who may do what, or ended a session, is announced.
const PeopleChannel = "people"

// Rights are all accounts that may sign in, what they were granted, and who is signed in, at one moment.
type Rights struct {
	Roles    map[string][]string // the permissions of each role
	Accounts map[uuid.UUID]AccountRights
	Areas    map[uuid.UUID][]uuid.UUID // the ids from the root down to each area
	Sessions []Session
}

// AccountRights is an account that may sign in, the person it belongs to, and the roles that the person was granted.
type AccountRights struct {
	AccountID   uuid.UUID
	PersonID    uuid.UUID
	AccountName string
	PersonName  string
	Post        string
	Demo        bool // goes with the demonstration
	MustChange  bool // the password has to be changed first
	HasPassword bool
	Grants      []GrantedRole
}

// GrantedRole is a role on an area and all below it; without an area, on the whole installation.
type GrantedRole struct {
	Role   string
	AreaID *uuid.UUID
}

// LoadRights reads the rights. Sessions are those that are not over at now, and were used after idleSince.
func LoadRights(ctx context.Context, from Rower, now, idleSince time.Time) (Rights, error) {
	var r Rights
	var err error
	if r.Roles, err = rolePermissions(ctx, from); err == nil {
		r.Accounts, err = accountRights(ctx, from)
	}
	if err == nil {
		r.Areas, err = areaPaths(ctx, from)
	}
	if err == nil {
		r.Sessions, err = sessionsWhere(ctx, from, `s.expires_at > $1 AND s.seen_at > $2`, now, idleSince)
	}
	if err != nil {
		return Rights{}, fmt.Errorf("reading who may do what: %w", err)
	}
	return r, nil
}

func rolePermissions(ctx context.Context, from Rower) (map[string][]string, error) {
	rows, err := from.Query(ctx, `SELECT role, array_agg(permission) FROM role_permission GROUP BY role`)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	var role string
	var permissions []string
	_, err = pgx.ForEachRow(rows, []any{&role, &permissions}, func() error {
		out[role] = permissions
		permissions = nil
		return nil
	})
	return out, err
}

func accountRights(ctx context.Context, from Rower) (map[uuid.UUID]AccountRights, error) {
	rows, err := from.Query(ctx, `
		SELECT a.id, p.id, a.name, p.name, coalesce(p.post, ''), p.origin = 'demo', a.must_change, a.password_hash IS NOT NULL, g.role, g.area_id
		FROM account a JOIN person p ON p.id = a.person_id LEFT JOIN person_grant g ON g.person_id = p.id
		WHERE a.disabled_at IS NULL AND p.deleted_at IS NULL ORDER BY a.id, g.id`)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]AccountRights{}
	var a AccountRights
	var role *string
	var area *uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&a.AccountID, &a.PersonID, &a.AccountName, &a.PersonName, &a.Post, &a.Demo, &a.MustChange, &a.HasPassword, &role, &area}, func() error {
		one, known := out[a.AccountID]
		if !known {
			one = a
		}
		if role != nil {
			one.Grants = append(one.Grants, GrantedRole{Role: *role, AreaID: area})
		}
		out[a.AccountID] = one
		role, area = nil, nil
		return nil
	})
	return out, err
}

func areaPaths(ctx context.Context, from Rower) (map[uuid.UUID][]uuid.UUID, error) {
	rows, err := from.Query(ctx, `SELECT id, path FROM area`) // those deleted by state too: rows may still lie in them
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID][]uuid.UUID{}
	var id uuid.UUID
	var path []uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&id, &path}, func() error {
		out[id] = path
		path = nil
		return nil
	})
	return out, err
}
