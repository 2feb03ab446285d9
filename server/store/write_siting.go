package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
)

// mayWaive is the permission to waive what a rule forbids.
const mayWaive = "siting.waive"

// Codes of findings about where a row may stand.
const (
	sitingFinding = "siting"         // to be known, or to be brought up to standard
	sitingRefused = "siting_refused" // not allowed; still recorded when accepted, since what is there belongs on the map
)

// FoundSiting is what a finding tells of a rule beside its sentence.
type FoundSiting struct {
	Rule     uuid.UUID `json:"rule"`
	Code     string    `json:"code"`
	Outcome  string    `json:"outcome"`
	Measure  string    `json:"measure"`
	Measured float64   `json:"measured"`
	Required float64   `json:"required"`
	Unit     string    `json:"unit"`
}

// found is what one rule finds among the rows that a write touches.
type found struct {
	rule       siting.Parsed
	concerned  []uuid.UUID
	violations []siting.Violation
	news       []siting.Violation // nobody was told of them yet, or they are worse
	waivable   []uuid.UUID        // rows of news that the person may waive
}

// sited looks at the row as it is now written, and at the rows near it, by every rule that concerns them; what is new is
// held back until it is accepted. Then all is written down. Writes without an entry are not held back.
func (w *writing) sited(ctx context.Context) error {
	rules, err := rulesInForce(ctx, w.tx, w.layer)
	if err != nil {
		return fmt.Errorf("reading the siting rules: %w", err)
	}
	var all []found
	for _, p := range rules {
		f, err := w.against(ctx, p)
		if err != nil {
			return err
		}
		if len(f.concerned) > 0 {
			all = append(all, f)
		}
	}
	if w.entry != nil {
		if err := w.decideSites(ctx, all); err != nil {
			return err
		}
	}
	for _, f := range all {
		if _, err := record(ctx, w.tx, f.rule, f.concerned, f.violations); err != nil {
			return fmt.Errorf("writing down what the rule %s finds: %w", f.rule.Code, err)
		}
		if err := w.waiveNews(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// against measures what a rule says of the rows that the write touches.
func (w *writing) against(ctx context.Context, p siting.Parsed) (f found, err error) {
	f.rule = p
	if f.concerned, err = concerned(ctx, w.tx, p, w.layer, []uuid.UUID{w.id}); err != nil || len(f.concerned) == 0 {
		return f, err
	}
	if f.violations, err = violations(ctx, w.tx, p, f.concerned); err != nil || len(f.violations) == 0 {
		return f, err
	}
	known := map[uuid.UUID]bool{}
	rows, others, measured := make([]uuid.UUID, len(f.violations)), make([]*uuid.UUID, len(f.violations)), make([]float64, len(f.violations))
	for i, v := range f.violations {
		rows[i], others[i], measured[i] = v.Row, v.Other, v.Measured
	}
	told, err := w.tx.Query(ctx, `SELECT f.row_id FROM siting_finding f JOIN unnest($2::uuid[], $3::uuid[], $4::float8[]) AS v(row_id, other_id, measured) USING (row_id)
		WHERE f.rule_id = $1 AND f.state <> 'resolved' AND f.required = $5 AND CASE $6::text
			WHEN 'inside' THEN f.other_id = v.other_id WHEN 'maximum' THEN v.measured <= f.measured + 0.01 ELSE v.measured >= f.measured - 0.01 END`,
		p.ID, rows, others, measured, p.Number, p.Measure)
	if err != nil {
		return f, err
	}
	var id uuid.UUID
	if _, err := pgx.ForEachRow(told, []any{&id}, func() error { known[id] = true; return nil }); err != nil {
		return f, err
	}
	for _, v := range f.violations {
		if !known[v.Row] {
			f.news = append(f.news, v)
		}
	}
	return f, nil
}

// decideSites tells what is new, together with what was held back before, unless all of it is accepted.
func (w *writing) decideSites(ctx context.Context, all []found) error {
	told := w.held
	for i, f := range all {
		for _, v := range f.news {
			one, err := w.sitingFinding(ctx, f.rule, v)
			if err != nil {
				return err
			}
			if len(one.Offers) > 0 {
				all[i].waivable = append(all[i].waivable, v.Row)
			}
			told = append(told, one)
		}
	}
	if undecided(w.entry, told) {
		return &FindingsError{offered(told)}
	}
	return nil
}

// sitingFinding says what is wrong, for people. A row that is another one than the row being saved is named.
func (w *writing) sitingFinding(ctx context.Context, p siting.Parsed, v siting.Violation) (Finding, error) {
	var row NamedRow
	var area *uuid.UUID
	err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT id, coalesce(name, ''), name_en, area_id FROM %s WHERE id = $1", p.What.Layer.Name), v.Row).Scan(&row.ID, &row.Name, &row.NameEn, &area)
	if err != nil {
		return Finding{}, err
	}
	var other *layer.Text
	if v.Other != nil {
		var near NamedRow
		if err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT id, coalesce(name, ''), name_en FROM %s WHERE id = $1", p.Near.Layer.Name), *v.Other).Scan(&near.ID, &near.Name, &near.NameEn); err != nil {
			return Finding{}, err
		}
		text := near.called(p.Near.Layer.Name)
		other = &text
	}
	text := p.Sentence(v.Measured, other)
	if v.Row != w.id {
		who := row.called(p.What.Layer.Name)
		text = layer.Text{Zh: "“" + who.Zh + "”—" + text.Zh, En: who.En + " — " + text.En}
	}
	f := Finding{Code: sitingFinding, Text: text, Acceptable: true,
		Siting: &FoundSiting{p.ID, p.Code, string(p.Outcome), string(p.Measure), v.Measured, p.Number, p.Unit}}
	if p.Outcome == siting.Refuse {
		f.Code = sitingRefused
		if w.allowed(mayWaive, area) == nil {
			f.Offers = []Offer{{Action: "waive"}}
		}
	}
	return f, nil
}

// waiveNews waives what is forbidden and accepted with a reason by who may. Without one it stays open.
func (w *writing) waiveNews(ctx context.Context, f found) error {
	if len(f.waivable) == 0 || w.entry.Reason == "" {
		return nil
	}
	_, err := w.tx.Exec(ctx, `UPDATE siting_finding SET state = 'waived', waive_reason = $3, waived_by = $4, waived_person = $5, waived_at = $6, waived_until = NULL,
		waived_measured = measured, waived_required = required WHERE rule_id = $1 AND row_id = ANY ($2) AND state = 'open'`,
		f.rule.ID, f.waivable, w.entry.Reason, w.Actor, nullable(w.Person), w.Now)
	if err != nil {
		return fmt.Errorf("waiving what the rule %s finds: %w", f.rule.Code, err)
	}
	return nil
}
