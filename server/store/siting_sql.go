package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
)

// violations finds the rows against a rule, each with the nearest row of the other layer. only, if not nil, are the rows to
// look at. A rule's rows come from the same SQL whether one row is saved or all are checked.
func violations(ctx context.Context, tx pgx.Tx, p siting.Parsed, only []uuid.UUID) ([]siting.Violation, error) {
	sql, args, err := violationSQL(ctx, tx, p, only)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("looking for rows against the rule %s: %w", p.Code, err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v siting.Violation, err error) {
		return v, row.Scan(&v.Row, &v.Other, &v.Measured)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for rows against the rule %s: %w", p.Code, err)
	}
	return found, nil
}

func violationSQL(ctx context.Context, tx pgx.Tx, p siting.Parsed, only []uuid.UUID) (string, []any, error) {
	where, args := p.What.Where("r", nil)
	if only != nil {
		args = append(args, only)
		where += fmt.Sprintf(" AND r.id = ANY ($%d::uuid[])", len(args))
	}
	if p.Within != nil {
		var inner string
		inner, args = p.Within.Where("w", args)
		where += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM %s w WHERE %s AND ST_Intersects(w.geom, r.geom))", p.Within.Layer.Name, inner)
	}
	switch p.Measure {
	case siting.Minimum, siting.Maximum:
		compare := "<"
		if p.Measure == siting.Maximum {
			compare = ">"
		}
		args = append(args, p.Number)
		return fmt.Sprintf("SELECT r.id, NULL::uuid, r.%[2]s::float8 FROM %[1]s r WHERE %[3]s AND r.%[2]s %[4]s $%[5]d::float8", p.What.Layer.Name, *p.Field, where, compare, len(args)), args, nil
	case siting.Inside:
		near, args := p.Near.Where("n", args)
		return fmt.Sprintf(`SELECT r.id, hit.id, 0::float8 FROM %s r CROSS JOIN LATERAL (
			SELECT n.id FROM %s n WHERE %s AND n.id <> r.id AND ST_Intersects(n.geom, r.geom) ORDER BY n.id LIMIT 1) hit WHERE %s`,
			p.What.Layer.Name, p.Near.Layer.Name, near, where), args, nil
	}
	half, err := widestHalf(ctx, tx, p)
	if err != nil {
		return "", nil, err
	}
	near, args := p.Near.Where("n", args)
	args = append(args, p.Number, p.Number+half)
	return fmt.Sprintf(`SELECT r.id, hit.id, hit.metres FROM %s r CROSS JOIN LATERAL (
		SELECT n.id, %s AS metres FROM %s n WHERE %s AND n.id <> r.id AND n.geom && around(r.geom, $%d::float8) ORDER BY metres, n.id LIMIT 1) hit
		WHERE %s AND hit.metres < $%d::float8`,
		p.What.Layer.Name, metresSQL(p), p.Near.Layer.Name, near, len(args), where, len(args)-1), args, nil
}

// metresSQL is the distance between r and n in metres on the ellipsoid; half the width of what is drawn as a line goes off.
func metresSQL(p siting.Parsed) string {
	distance := "ST_Distance(r.geom::geography, n.geom::geography)"
	if p.NearWidth == nil {
		return distance
	}
	return fmt.Sprintf("greatest(0, %s - CASE WHEN ST_Dimension(n.geom) = 1 THEN coalesce(n.%s, 0) / 2 ELSE 0 END)", distance, *p.NearWidth)
}

// widestHalf is half the width of the widest line of the near layer, in metres: so much farther the index has to look.
func widestHalf(ctx context.Context, tx pgx.Tx, p siting.Parsed) (half float64, err error) {
	if p.NearWidth == nil {
		return 0, nil
	}
	where, args := p.Near.Where("n", nil)
	err = tx.QueryRow(ctx, fmt.Sprintf("SELECT coalesce(max(n.%s), 0) / 2 FROM %s n WHERE %s AND ST_Dimension(n.geom) = 1", *p.NearWidth, p.Near.Layer.Name, where), args...).Scan(&half)
	return half, err
}

// concerned are the rows of a rule that a change of some rows can touch: the rows themselves, and those near which they now
// lie or lay.
func concerned(ctx context.Context, tx pgx.Tx, p siting.Parsed, l *layer.Layer, changed []uuid.UUID) ([]uuid.UUID, error) {
	ids := []uuid.UUID{}
	if p.What.Layer == l {
		ids = append(ids, changed...)
	}
	if p.Near == nil || p.Near.Layer != l {
		return ids, nil
	}
	half, err := widestHalf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	near, args := p.Near.Where("n", []any{changed, p.ID})
	what, args := p.What.Where("r", args)
	reach := "r.geom && n.geom"
	if p.Measure != siting.Inside {
		args = append(args, p.Number+half)
		reach = fmt.Sprintf("r.geom && around(n.geom, $%d::float8)", len(args))
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT r.id FROM %s n JOIN %s r ON %s WHERE n.id = ANY ($1::uuid[]) AND %s AND %s AND r.id <> n.id
		UNION SELECT f.row_id FROM siting_finding f WHERE f.other_id = ANY ($1::uuid[]) AND f.rule_id = $2::uuid AND f.state <> 'resolved'`,
		p.Near.Layer.Name, p.What.Layer.Name, reach, near, what), args...)
	if err != nil {
		return nil, err
	}
	more, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return append(ids, more...), err
}

// chinaToday is the day on Chinese clocks, whatever zone the connection has.
const chinaToday = `(now() AT TIME ZONE interval '8 hours')::date`

// rulesInForce reads the rules that hold today. One that does not fit the declarations any more is passed over: it cannot be
// stored, so a layer or field has gone since.
func rulesInForce(ctx context.Context, tx pgx.Tx, l *layer.Layer) ([]siting.Parsed, error) {
	rules, err := readRules(ctx, tx, `WHERE active AND coalesce(valid_from <= `+chinaToday+`, true) AND coalesce(valid_to >= `+chinaToday+`, true)`)
	if err != nil {
		return nil, err
	}
	var out []siting.Parsed
	for _, r := range rules {
		p, err := r.Parse()
		var unfit *layer.EntryError
		if errors.As(err, &unfit) {
			continue
		}
		if l == nil || p.What.Layer == l || p.Near != nil && p.Near.Layer == l {
			out = append(out, p)
		}
	}
	return out, nil
}
