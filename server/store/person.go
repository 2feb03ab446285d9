package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
)

// Actor is who changes something, for the history, and by which way: people, command, sign-in.
type Actor struct {
	Name, Source string
	Person       uuid.UUID // uuid.Nil for none
	Address      string    // of the client; "" for none
}

// sign makes what the transaction changes carry the actor.
func (a Actor) sign(ctx context.Context, tx pgx.Tx) error {
	person := ""
	if a.Person != uuid.Nil {
		person = a.Person.String()
	}
	_, err := tx.Exec(ctx, `SELECT set_config('fourmaps.actor', $1, true), set_config('fourmaps.source', $2, true), set_config('fourmaps.person', $3, true), set_config('fourmaps.address', $4, true)`,
		a.Name, a.Source, person, a.Address)
	return err
}

// Person is somebody who works with the maps, with the account and the rights.
type Person struct {
	ID      uuid.UUID `json:"id"`
	Version int       `json:"version"`
	Name    string    `json:"name"`
	Post    *string   `json:"post"`
	Phone   *string   `json:"phone"`
	Demo    bool      `json:"demo"`    // goes with the demonstration
	Account *Account  `json:"account"` // null: cannot sign in
	Grants  []Grant   `json:"grants"`
}

// Account lets a person sign in.
type Account struct {
	Name        string     `json:"name"`
	Disabled    bool       `json:"disabled"`
	HasPassword bool       `json:"has_password"`
	MustChange  bool       `json:"must_change"` // the password was set by somebody else
	OIDCName    *string    `json:"oidc_name"`   // what the OIDC issuer calls the person
	SeenAt      *time.Time `json:"seen_at"`     // last use of a session that is still open
}

// Grant is a role on an area and all below it; without an area, on the whole installation.
type Grant struct {
	ID   uuid.UUID    `json:"id"`
	Role string       `json:"role"`
	Area *GrantedArea `json:"area"`
}

// GrantedArea is the area of a grant.
type GrantedArea struct {
	ID     uuid.UUID `json:"id"`
	Code   string    `json:"code"`
	Name   string    `json:"name"`
	NameEn *string   `json:"name_en"`
}

// ErrStale means that a row was changed by somebody else since it was read.
var ErrStale = errors.New("the row was changed meanwhile")

// changingPeople runs a transaction whose changes carry the actor's name.
func (s *Store) changingPeople(ctx context.Context, actor Actor, f func(tx pgx.Tx) error) error {
	err := s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if err := actor.sign(ctx, tx); err != nil {
				return err
			}
			return f(tx)
		})
	})
	if err != nil {
		return fmt.Errorf("changing people: %w", explainPeople(err))
	}
	return nil
}

// People lists all persons, or one (nil for all), by name.
func (s *Store) People(ctx context.Context, only *uuid.UUID) ([]Person, error) {
	var people []Person
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) (err error) {
		people, err = readPeople(ctx, tx, only)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing people: %w", err)
	}
	return people, nil
}

// Person reads one person, or gives ErrNotFound.
func (s *Store) Person(ctx context.Context, id uuid.UUID) (Person, error) {
	people, err := s.People(ctx, &id)
	if err != nil {
		return Person{}, err
	}
	if len(people) == 0 {
		return Person{}, ErrNotFound
	}
	return people[0], nil
}

func readPeople(ctx context.Context, tx pgx.Tx, only *uuid.UUID) ([]Person, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.version, p.name, p.post, p.phone, p.origin = 'demo', a.name, a.disabled_at IS NOT NULL, a.password_hash IS NOT NULL, a.must_change, a.oidc_name,
			(SELECT max(s.seen_at) FROM session s WHERE s.account_id = a.id)
		FROM person p LEFT JOIN account a ON a.person_id = p.id
		WHERE p.deleted_at IS NULL AND ($1::uuid IS NULL OR p.id = $1) ORDER BY p.name, p.id`, only)
	if err != nil {
		return nil, err
	}
	at := map[uuid.UUID]int{}
	people := []Person{}
	var p Person
	var name *string
	var disabled, hasPassword, mustChange *bool
	var a Account
	_, err = pgx.ForEachRow(rows, []any{&p.ID, &p.Version, &p.Name, &p.Post, &p.Phone, &p.Demo, &name, &disabled, &hasPassword, &mustChange, &a.OIDCName, &a.SeenAt}, func() error {
		one := p
		one.Grants = []Grant{}
		if name != nil {
			one.Account = &Account{*name, *disabled, *hasPassword, *mustChange, a.OIDCName, a.SeenAt}
		}
		at[one.ID] = len(people)
		people = append(people, one)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return people, addGrants(ctx, tx, only, people, at)
}

func addGrants(ctx context.Context, tx pgx.Tx, only *uuid.UUID, people []Person, at map[uuid.UUID]int) error {
	rows, err := tx.Query(ctx, `
		SELECT g.person_id, g.id, g.role, a.id, a.code, a.name, a.name_en
		FROM person_grant g JOIN role r ON r.name = g.role LEFT JOIN area a ON a.id = g.area_id
		WHERE $1::uuid IS NULL OR g.person_id = $1 ORDER BY r.ord, a.code NULLS FIRST`, only)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var g Grant
	var area *uuid.UUID
	var code, name, nameEn *string
	_, err = pgx.ForEachRow(rows, []any{&person, &g.ID, &g.Role, &area, &code, &name, &nameEn}, func() error {
		one := g
		if area != nil {
			one.Area = &GrantedArea{*area, *code, *name, nameEn}
		}
		if i, ok := at[person]; ok {
			people[i].Grants = append(people[i].Grants, one)
		}
		return nil
	})
	return err
}

// explainPeople turns what the database refuses into what people are told.
func explainPeople(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	texts := map[string]layer.Text{
		"account_name_taken":         {Zh: "这个用户名已有人使用", En: "this account name is taken"},
		"account_name_form":          {Zh: "用户名应为 2–64 个字符，不含空格", En: "an account name has 2–64 characters and no blanks"},
		"account_one_a_person":       {Zh: "此人已有账号", En: "the person has an account already"},
		"account_oidc_name_taken":    {Zh: "这个统一认证用户名已关联其他账号", En: "another account has this single sign-on name"},
		"account_oidc_subject_taken": {Zh: "这个统一认证身份已关联其他账号", En: "another account has this single sign-on identity"},
		"person_name_length":         {Zh: "姓名应为 1–100 个字符", En: "a name has 1–100 characters"},
		"person_post_length":         {Zh: "职务最多 100 个字符", En: "a post has at most 100 characters"},
		"person_phone_form":          {Zh: "电话只能含数字和 + - ( ) 空格，3–40 个字符", En: "a phone number has 3–40 digits, + - ( ) and blanks"},
		"person_grant_role_unknown":  {Zh: "没有这个角色", En: "there is no such role"},
		"person_grant_area_unknown":  {Zh: "没有这个行政区划", En: "there is no such area"},
		"person_grant_twice":         {Zh: "已授予此权限", En: "the person has this right already"},
	}
	if text, ok := texts[pg.ConstraintName]; ok {
		return &ConflictError{Text: text}
	}
	return err
}
