package store

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	if err := holdFindings(ctx, tx, p, only); err != nil {
		return out, err
	}
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
			FROM (SELECT * FROM unnest($5::uuid[], $6::uuid[], $7::float8[]) AS u(row_id, other_id, measured) ORDER BY u.row_id) v
			ON CONFLICT (rule_id, row_id) WHERE state <> 'resolved' DO UPDATE SET
				other_layer = excluded.other_layer, other_id = excluded.other_id, measured = excluded.measured, required = excluded.required,
				state = CASE WHEN f.state = 'waived' AND NOT `+worse+` THEN 'waived' ELSE 'open' END
			WHERE (f.other_id, f.measured, f.required) IS DISTINCT FROM (excluded.other_id, excluded.measured, excluded.required)
			RETURNING xmax = 0 AS fresh)
		SELECT count(*) FILTER (WHERE fresh) FROM written`,
		p.ID, p.What.Layer.Name, near, p.Number, rows, others, measured, p.Measure).Scan(&out.New)
	return out, err
}

// holdFindings holds the findings of a rule about some rows, always in the order of the rows: two who save neighbours of the
// same rows at once wait for each other one way only. The lock of the table comes first, as everywhere: a check of all rows,
// which has it for itself, is waited for with nothing in hand that it needs.
func holdFindings(ctx context.Context, tx pgx.Tx, p siting.Parsed, only []uuid.UUID) error {
	if _, err := tx.Exec(ctx, lockFindings); err != nil || only == nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT FROM siting_finding WHERE rule_id = $1 AND row_id = ANY ($2::uuid[]) AND state <> 'resolved' ORDER BY row_id FOR NO KEY UPDATE`, p.ID, only)
	return err
}

// lockFindings comes before any lock of a row of the table.
const lockFindings = `LOCK TABLE siting_finding IN ROW EXCLUSIVE MODE`

// worse tells whether what is measured now (excluded) is materially worse than when it was waived: more than a centimetre,
// a stricter rule, or, for what lies inside, inside another. $8 is the measure.
const worse = `(CASE $8::text
	WHEN 'inside' THEN excluded.other_id IS DISTINCT FROM f.other_id
	WHEN 'maximum' THEN excluded.measured > f.waived_measured + 0.01 OR excluded.required < f.waived_required
	ELSE excluded.measured < f.waived_measured - 0.01 OR excluded.required > f.waived_required END)`

// checkRule checks all rows by one rule. A rule that is not in force has no findings. Measuring takes long and holds nobody up;
// then saves wait while what has changed meanwhile is measured again and all is written down.
func checkRule(ctx context.Context, tx pgx.Tx, id uuid.UUID) (recorded, error) {
	rules, err := rulesInForce(ctx, tx, nil)
	if err != nil {
		return recorded{}, err
	}
	p := siting.Parsed{Rule: siting.Rule{ID: id}}
	var found []siting.Violation
	var since time.Time
	if i := slices.IndexFunc(rules, func(p siting.Parsed) bool { return p.ID == id }); i >= 0 {
		p = rules[i]
		if err := tx.QueryRow(ctx, `SELECT clock_timestamp() - interval '2 minutes'`).Scan(&since); err != nil { // longer than a save takes
			return recorded{}, err
		}
		if found, err = violations(ctx, tx, p, nil); err != nil {
			return recorded{}, err
		}
	}
	if _, err := tx.Exec(ctx, `LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return recorded{}, err
	}
	if _, err := tx.Exec(ctx, `UPDATE siting_finding SET state = 'open' WHERE rule_id = $1 AND state = 'waived' AND waived_until <= now()`, id); err != nil {
		return recorded{}, err
	}
	if p.What.Layer != nil {
		if found, err = measureAgain(ctx, tx, p, found, since); err != nil {
			return recorded{}, err
		}
	}
	return record(ctx, tx, p, nil, found)
}

// measureAgain replaces what was found of rows that have changed since, or about whose neighbours a save has written since.
func measureAgain(ctx context.Context, tx pgx.Tx, p siting.Parsed, found []siting.Violation, since time.Time) ([]siting.Violation, error) {
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT id FROM %s WHERE updated_at >= $1
		UNION SELECT f.row_id FROM siting_history h JOIN siting_finding f ON f.id = h.id WHERE h.subject = 'siting_finding' AND h.at >= $1 AND f.rule_id = $2`, p.What.Layer.Name), since, p.ID)
	if err != nil {
		return nil, err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return found, err
	}
	changed := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		changed[id] = true
	}
	again, err := violations(ctx, tx, p, ids)
	return append(slices.DeleteFunc(found, func(v siting.Violation) bool { return changed[v.Row] }), again...), err
}
