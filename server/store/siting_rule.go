package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
)

const ruleColumns = `id, version, code, ord, name_zh, name_en, what_layer, what_filter, measure, near_layer, near_filter, near_width, field, number, unit,
	within_layer, within_filter, outcome, document_zh, document_en, article_zh, article_en, verified, valid_from::text, valid_to::text, active`

func readRules(ctx context.Context, tx pgx.Tx, where string, args ...any) ([]siting.Rule, error) {
	rows, err := tx.Query(ctx, "SELECT "+ruleColumns+" FROM siting_rule "+where+" ORDER BY ord, code", args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (r siting.Rule, err error) {
		return r, row.Scan(&r.ID, &r.Version, &r.Code, &r.Order, &r.Name.Zh, &r.Name.En, &r.WhatLayer, &r.WhatFilter, &r.Measure, &r.NearLayer, &r.NearFilter, &r.NearWidth, &r.Field, &r.Number, &r.Unit,
			&r.WithinLayer, &r.WithinFilter, &r.Outcome, &r.Document.Zh, &r.Document.En, &r.Article.Zh, &r.Article.En, &r.Verified, &r.ValidFrom, &r.ValidTo, &r.Active)
	})
}

// SitingRules lists all rules, also those that are not in force.
func (s *Store) SitingRules(ctx context.Context) (rules []siting.Rule, err error) {
	err = s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rules, err = readRules(ctx, tx, "")
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the siting rules: %w", err)
	}
	return rules, nil
}

// AddSitingRule stores a new rule and checks all rows by it.
func (s *Store) AddSitingRule(ctx context.Context, actor Actor, r siting.Rule) (siting.Rule, error) {
	return s.writeRule(ctx, actor, r, func(ctx context.Context, tx pgx.Tx, args []any) error {
		return tx.QueryRow(ctx, `INSERT INTO siting_rule (code, ord, name_zh, name_en, what_layer, what_filter, measure, near_layer, near_filter, near_width, field, number, unit, within_layer, within_filter,
			outcome, document_zh, document_en, article_zh, article_en, verified, valid_from, valid_to, active)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22::text::date, $23::text::date, $24) RETURNING id`, args...).Scan(&r.ID)
	}, &r.ID)
}

// ChangeSitingRule changes a rule that still has the version given, or gives ErrStale; all rows are checked by it again.
func (s *Store) ChangeSitingRule(ctx context.Context, actor Actor, id uuid.UUID, version int, r siting.Rule) (siting.Rule, error) {
	return s.writeRule(ctx, actor, r, func(ctx context.Context, tx pgx.Tx, args []any) error {
		var have int
		var code string
		// who saves may note findings of the rule while all rows are measured by it
		if err := tx.QueryRow(ctx, `SELECT version, code FROM siting_rule WHERE id = $1 FOR NO KEY UPDATE`, id).Scan(&have, &code); err != nil {
			return errNoRows(err)
		}
		if have != version {
			return ErrStale
		}
		set, args := "", append(args[1:], id)
		if code != r.Code { // a key: changing it holds up who notes findings, so they have to be waited for now and not later
			if _, err := tx.Exec(ctx, `LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE`); err != nil {
				return err
			}
			set, args = "code = $25, ", append(args, r.Code)
		}
		_, err := tx.Exec(ctx, `UPDATE siting_rule SET `+set+`(ord, name_zh, name_en, what_layer, what_filter, measure, near_layer, near_filter, near_width, field, number, unit, within_layer, within_filter,
			outcome, document_zh, document_en, article_zh, article_en, verified, valid_from, valid_to, active)
			= ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21::text::date, $22::text::date, $23) WHERE id = $24`, args...)
		return err
	}, &id)
}

func (s *Store) writeRule(ctx context.Context, actor Actor, r siting.Rule, write func(context.Context, pgx.Tx, []any) error, id *uuid.UUID) (siting.Rule, error) {
	if _, err := r.Parse(); err != nil {
		return siting.Rule{}, err
	}
	args := []any{r.Code, r.Order, r.Name.Zh, r.Name.En, r.WhatLayer, r.WhatFilter, r.Measure, r.NearLayer, r.NearFilter, r.NearWidth, r.Field, r.Number, r.Unit, r.WithinLayer, r.WithinFilter,
		r.Outcome, r.Document.Zh, r.Document.En, r.Article.Zh, r.Article.En, r.Verified, r.ValidFrom, r.ValidTo, r.Active}
	err := s.acting(ctx, actor, func(tx pgx.Tx) error {
		if err := write(ctx, tx, args); err != nil {
			return err
		}
		if _, err := checkRule(ctx, tx, *id); err != nil {
			return err
		}
		rules, err := readRules(ctx, tx, "WHERE id = $1", *id)
		if err == nil {
			r = rules[0]
		}
		return err
	})
	if err != nil {
		return siting.Rule{}, fmt.Errorf("writing a siting rule: %w", explainRule(err))
	}
	return r, nil
}

// acting runs a transaction whose changes carry the actor's name; checks of many rows take longer than a request's query.
func (s *Store) acting(ctx context.Context, actor Actor, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if err := sign(ctx, tx, actor); err != nil {
			return err
		}
		return f(tx)
	})
}

func sign(ctx context.Context, tx pgx.Tx, actor Actor) error {
	if _, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', '300000', true)`); err != nil {
		return err
	}
	return actor.sign(ctx, tx)
}

func explainRule(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.ConstraintName {
	case "siting_rule_code_taken":
		return &ConflictError{layer.Text{Zh: "已有同一代码的规则", En: "a rule with this code exists already"}}
	case "siting_rule_code_form":
		return &layer.EntryError{Faults: []layer.Fault{{Field: "code", Code: "bad_form", Text: layer.Text{Zh: "应为小写字母、数字和下划线", En: "has lower-case letters, digits and _"}}}}
	case "siting_rule_valid":
		return &layer.EntryError{Faults: []layer.Fault{{Field: "valid_to", Code: "out_of_range", Text: layer.Text{Zh: "失效日期早于生效日期", En: "is before the day from which it is valid"}}}}
	}
	if len(pg.Code) == 5 && pg.Code[:2] == "23" {
		return &layer.EntryError{Faults: []layer.Fault{{Code: "refused", Text: layer.Text{Zh: "不符合规定（" + pg.ConstraintName + "）", En: "is refused by the database (" + pg.ConstraintName + ")"}}}}
	}
	return err
}
