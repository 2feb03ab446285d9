package store

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// DraftSiting is what the siting rules say of the rows of an import, and of those near them.
type DraftSiting struct {
	New      int `json:"new"`      // findings that the import has brought
	Resolved int `json:"resolved"` // findings that it has ended
	Open     int `json:"open"`     // afterwards
}

// rowsAtOnce is how many rows are looked at in one transaction, in which nobody else writes findings: a fraction of a second.
const rowsAtOnce = 1000

// CheckImportedSites looks by every rule at the rows that an import has stored or deleted, and at those near them, and keeps the
// counts with the draft. It comes after the import, in transactions of its own: an import does not fail because a rule
// cannot be measured, and who saves does not wait for it. What is cut off, the nightly check makes up for.
func (s *Store) CheckImportedSites(ctx context.Context, by Actor, draft uuid.UUID, l *layer.Layer) (out DraftSiting, err error) {
	ctx, stop := s.whileOpen(ctx)
	defer stop()
	parts, err := s.concernedByImport(ctx, draft, l)
	if err != nil {
		return out, fmt.Errorf("checking the sites of an import: %w", err)
	}
	for _, part := range parts {
		err := s.acting(ctx, by, func(tx pgx.Tx) error {
			r, err := checkPart(ctx, tx, part, l)
			out.New, out.Resolved = out.New+r.New, out.Resolved+r.Resolved
			return err
		})
		if err != nil {
			return out, fmt.Errorf("checking the sites of an import: %w", err)
		}
	}
	err = s.pool.QueryRow(ctx, `WITH n AS (SELECT count(*) AS open FROM siting_finding f WHERE f.state = 'open' AND `+ofImport("$1")+`)
		UPDATE import_draft d SET counts = d.counts || jsonb_build_object('siting', jsonb_build_object('new', $2::int, 'resolved', $3::int, 'open', n.open))
		FROM n WHERE d.id = $1 AND d.counts IS NOT NULL RETURNING n.open`, draft, out.New, out.Resolved).Scan(&out.Open)
	if err != nil {
		return out, fmt.Errorf("keeping what was found of the sites of an import: %w", errNoRows(err))
	}
	return out, nil
}

// rulePart is some of the rows that a rule has to look at.
type rulePart struct {
	rule uuid.UUID
	rows []uuid.UUID
}

// concernedByImport are the rows that the rules in force have to look at after an import, in their order.
func (s *Store) concernedByImport(ctx context.Context, draft uuid.UUID, l *layer.Layer) (parts []rulePart, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', '300000', true)`); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT id FROM import_row WHERE draft_id = $1 AND outcome IN ('new', 'changed', 'gone') AND id IS NOT NULL`, draft)
		if err != nil {
			return err
		}
		changed, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil || len(changed) == 0 {
			return err
		}
		rules, err := rulesInForce(ctx, tx, l)
		if err != nil {
			return err
		}
		for _, p := range rules {
			ids, err := concerned(ctx, tx, p, l, changed)
			if err != nil {
				return err
			}
			slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
			for part := range slices.Chunk(slices.Compact(ids), rowsAtOnce) {
				parts = append(parts, rulePart{p.ID, part})
			}
		}
		return nil
	})
	return parts, err
}

// checkPart checks some rows by one rule. The table of findings is held from the beginning, so that nothing has to be measured twice.
func checkPart(ctx context.Context, tx pgx.Tx, part rulePart, l *layer.Layer) (recorded, error) {
	if _, err := tx.Exec(ctx, `LOCK TABLE siting_finding IN SHARE ROW EXCLUSIVE MODE`); err != nil {
		return recorded{}, err
	}
	rules, err := rulesInForce(ctx, tx, l)
	if err != nil {
		return recorded{}, err
	}
	for _, p := range rules {
		if p.ID != part.rule {
			continue
		}
		found, err := violations(ctx, tx, p, part.rows)
		if err != nil {
			return recorded{}, err
		}
		return record(ctx, tx, p, part.rows, found)
	}
	return recorded{}, nil // it is no longer in force
}

// ofImport is the condition that a finding is about a row that an import has stored, on either side.
func ofImport(draft string) string {
	on := func(side string) string {
		return `SELECT x.id FROM import_row w JOIN siting_finding x ON x.` + side + ` = w.id WHERE w.draft_id = ` + draft + ` AND w.outcome IN ('new', 'changed')`
	}
	return "f.id IN (" + on("row_id") + " UNION ALL " + on("other_id") + ")"
}
