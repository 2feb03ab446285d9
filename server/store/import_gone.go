package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// LeftOut is rows that came but were left out before the store saw them. They are not gone.
type LeftOut struct {
	Keys    []string
	Unknown bool // there are some whose key nobody knows
}

// gone counts the rows of the origin that are no longer there and, if asked, deletes them by state. A row that came and
// was left out for a mistake in it is still there; while the key of such a row is unknown, it may be any of them.
func (t staged) gone(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	var left LeftOut
	if how.LeftOut != nil {
		left = how.LeftOut()
	}
	for _, r := range out.Rejected {
		left.Keys = append(left.Keys, r.Key)
	}
	// NOT IN is answered from a hash of the inner rows, whatever the planner believes of tables that have just been filled;
	// with NOT EXISTS it walked over 10,000 rows for each of 10,000.
	missing := fmt.Sprintf(`r.origin = $1 AND r.deleted_at IS NULL AND r.id NOT IN (SELECT i.stored FROM %[1]s i WHERE i.stored IS NOT NULL)
		AND r.origin_key NOT IN (SELECT i.origin_key FROM %[1]s i WHERE i.stored IS NULL)
		AND r.origin_key NOT IN (SELECT unnest($2::text[])) AND r.id::text NOT IN (SELECT unnest($2::text[]))`, t.table)
	if _, err := tx.Exec(ctx, `SELECT set_config('work_mem', '256MB', true)`); err != nil { // room for those hashes, also of a million rows
		return fmt.Errorf("making room for keys: %w", err)
	}
	if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM %s r WHERE %s", t.layer.Name, missing), t.origin, left.Keys).Scan(&out.Gone); err != nil {
		return fmt.Errorf("counting rows that are gone: %w", err)
	}
	if !how.RemoveGone || out.Gone == 0 {
		return nil
	}
	if out.Unsure = left.Unknown; out.Unsure {
		return nil
	}
	done, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s r SET deleted_at = now() WHERE %s", t.layer.Name, missing), t.origin, left.Keys)
	if err != nil {
		return fmt.Errorf("removing rows that are gone: %w", err)
	}
	out.Removed = done.RowsAffected()
	return nil
}
