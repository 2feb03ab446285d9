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
	missing := fmt.Sprintf(`r.origin = $1 AND r.deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM %[1]s i WHERE i.stored = r.id)
		AND NOT EXISTS (SELECT 1 FROM %[1]s i WHERE i.stored IS NULL AND i.origin_key = r.origin_key)
		AND NOT EXISTS (SELECT 1 FROM unnest($2::text[]) AS l(key) WHERE l.key IN (r.origin_key, r.id::text))`, t.table)
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
