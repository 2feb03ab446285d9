package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// LeftOut is rows that came but were left out before the store saw them. They are not gone.
type LeftOut struct {
	Keys    []string
	Unknown bool // there are some whose key nobody knows
}

// gone finds the rows of the origin that are no longer there and, if asked, deletes them by state. A row that came and
// was left out for a mistake in it is still there; while the key of such a row is unknown, it may be any of them. Rows in
// areas of others are not the person's to miss.
func (t staged) gone(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	var left LeftOut
	if how.LeftOut != nil {
		left = how.LeftOut()
	}
	for _, r := range out.Rejected {
		left.Keys = append(left.Keys, r.Key)
	}
	if _, err := tx.Exec(ctx, `SELECT set_config('work_mem', '256MB', true)`); err != nil { // room for those hashes, also of a million rows
		return fmt.Errorf("making room for keys: %w", err)
	}
	ids, err := t.missing(ctx, tx, left, how)
	if err != nil {
		return err
	}
	if out.Gone = int64(len(ids)); !how.RemoveGone || out.Gone == 0 || how.Check {
		out.Unsure = how.RemoveGone && left.Unknown && out.Gone > 0
		return nil
	}
	if out.Unsure = left.Unknown; out.Unsure {
		return nil
	}
	done, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s r SET deleted_at = now() WHERE r.id = ANY ($1)", t.layer.Name), ids)
	if err != nil {
		return fmt.Errorf("removing rows that are gone: %w", err)
	}
	out.Removed = done.RowsAffected()
	return nil
}

// missing lists the rows that are gone, and tells of each.
func (t staged) missing(ctx context.Context, tx pgx.Tx, left LeftOut, how Import) ([]uuid.UUID, error) {
	hold := "FOR UPDATE"
	if how.Check {
		hold = ""
	}
	// NOT IN is answered from a hash of the inner rows, whatever the planner believes of tables that have just been filled;
	// with NOT EXISTS it walked over 10,000 rows for each of 10,000.
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		SELECT r.id, r.version, r.origin_key, coalesce(r.name, ''), r.area_id, ST_X(r.anchor), ST_Y(r.anchor) FROM %[2]s r
		WHERE r.origin = $1 AND r.deleted_at IS NULL AND r.id NOT IN (SELECT i.stored FROM %[1]s i WHERE i.stored IS NOT NULL)
			AND r.origin_key NOT IN (SELECT i.origin_key FROM %[1]s i WHERE i.stored IS NULL)
			AND r.origin_key NOT IN (SELECT unnest($2::text[])) AND r.id::text NOT IN (SELECT unnest($2::text[]))
		ORDER BY r.origin_key, r.id %[3]s`, t.table, t.layer.Name, hold), t.origin, left.Keys)
	if err != nil {
		return nil, fmt.Errorf("looking for rows that are gone: %w", err)
	}
	var ids []uuid.UUID
	o := Outcome{What: RowGone}
	var id uuid.UUID
	var version int
	_, err = pgx.ForEachRow(rows, []any{&id, &version, &o.Key, &o.Name, &o.AreaID, &o.Lon, &o.Lat}, func() error {
		if how.May != nil && !how.May(o.AreaID) {
			return nil
		}
		ids = append(ids, id)
		if how.Tell == nil {
			return nil
		}
		one, seen := id, version
		o.ID, o.Version = &one, &seen
		return how.Tell(o)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for rows that are gone: %w", err)
	}
	return ids, nil
}
