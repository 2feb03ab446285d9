package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/server/siting"
)

// recorded counts what a check wrote down.
type recorded struct{ New, Resolved int }

// record writes down what was found by a rule among the rows looked at (nil: all): new findings, those that changed, and
// those that are over. A waiver stays until the row comes nearer than when it was given.
func record(ctx context.Context, tx pgx.Tx, p siting.Parsed, only []uuid.UUID, found []siting.Violation) (recorded, error) {
	rows, others, measured := make([]uuid.UUID, len(found)), make([]*uuid.UUID, len(found)), make([]float64, len(found))
	for i, v := range found {
		rows[i], others[i], measured[i] = v.Row, v.Other, v.Measured
	}
	var out recorded
	// first, since it takes the lock of the table also when nothing is over: a check of all rows is waited for
	done, err := tx.Exec(ctx, `UPDATE siting_finding f SET state = 'resolved', resolved_at = clock_timestamp()
		WHERE f.rule_id = $1 AND f.state <> 'resolved' AND ($2::uuid[] IS NULL OR f.row_id = ANY ($2::uuid[]))
			AND NOT EXISTS (SELECT 1 FROM unnest($3::uuid[]) AS v(id) WHERE v.id = f.row_id)`, p.ID, only, rows)
	if err != nil {
		return out, err
	}
	out.Resolved = int(done.RowsAffected())
	if len(found) == 0 {
		return out, nil
	}
	var near *string
	if p.Near != nil {
		near = &p.Near.Layer.Name
	}
	err = tx.QueryRow(ctx, `
		WITH written AS (
			INSERT INTO siting_finding AS f (rule_id, layer, row_id, other_layer, other_id, measured, required)
			SELECT $1, $2, v.row_id, CASE WHEN v.other_id IS NOT NULL THEN $3::text END, v.other_id, v.measured, $4
			FROM unnest($5::uuid[], $6::uuid[], $7::float8[]) AS v(row_id, other_id, measured)
			ON CONFLICT (rule_id, row_id) WHERE state <> 'resolved' DO UPDATE SET
				other_layer = excluded.other_layer, other_id = excluded.other_id, measured = excluded.measured, required = excluded.required,
				state = CASE WHEN f.state = 'waived' AND NOT `+worse+` THEN 'waived' ELSE 'open' END
			WHERE (f.other_id, f.measured, f.required) IS DISTINCT FROM (excluded.other_id, excluded.measured, excluded.required)
			RETURNING xmax = 0 AS fresh)
		SELECT count(*) FILTER (WHERE fresh) FROM written`,
		p.ID, p.What.Layer.Name, near, p.Number, rows, others, measured, p.Measure).Scan(&out.New)
	return out, err
}

// worse tells whether what is measured now (excluded) is materially worse than when it was waived: more than a centimetre,
// a stricter rule, or, for what lies inside, inside another. $8 is the measure.
const worse = `(CASE $8::text
	WHEN 'inside' THEN excluded.other_id IS DISTINCT FROM f.other_id
	WHEN 'maximum' THEN excluded.measured > f.waived_measured + 0.01 OR excluded.required < f.waived_required
	ELSE excluded.measured < f.waived_measured - 0.01 OR excluded.required > f.waived_required END)`

// checkRule checks all rows by one rule. A rule that is not in force has no findings. Saves of rows that it concerns wait.
func checkRule(ctx context.Context, tx pgx.Tx, id uuid.UUID) (recorded, error) {
	if _, err := tx.Exec(ctx, `LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return recorded{}, err
	}
	if _, err := tx.Exec(ctx, `UPDATE siting_finding SET state = 'open' WHERE rule_id = $1 AND state = 'waived' AND waived_until <= now()`, id); err != nil {
		return recorded{}, err
	}
	rules, err := rulesInForce(ctx, tx, nil)
	if err != nil {
		return recorded{}, err
	}
	for _, p := range rules {
		if p.ID != id {
			continue
		}
		found, err := violations(ctx, tx, p, nil)
		if err != nil {
			return recorded{}, err
		}
		return record(ctx, tx, p, nil, found)
	}
	return record(ctx, tx, siting.Parsed{Rule: siting.Rule{ID: id}}, nil, nil)
}
