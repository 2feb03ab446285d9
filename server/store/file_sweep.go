package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// DropFiles forgets files that were deleted before a time, and those whose row is gone for good. Their contents are
// wanted until now; a while later the sweep removes them.
func (s *Store) DropFiles(ctx context.Context, deletedBefore, now time.Time) (dropped int64, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `SELECT set_config('fourmaps.actor', 'fourmaps', true), set_config('fourmaps.source', 'sweep', true)`); err != nil {
				return err
			}
			drop := func(where string, args ...any) error {
				done, err := tx.Exec(ctx, `WITH gone AS (DELETE FROM file f WHERE `+where+` RETURNING sha256)
					UPDATE blob SET used_at = $1 WHERE sha256 IN (SELECT sha256 FROM gone)`, append([]any{now}, args...)...)
				dropped += done.RowsAffected()
				return err
			}
			if err := drop(`f.deleted_at < $2`, deletedBefore); err != nil {
				return err
			}
			for _, l := range layer.All {
				if !l.History {
					continue
				}
				if err := drop(fmt.Sprintf(`f.layer = $2 AND NOT EXISTS (SELECT 1 FROM %s r WHERE r.id = f.row_id)`, l.Name), l.Name); err != nil {
					return err
				}
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("forgetting deleted files: %w", err)
	}
	return dropped, nil
}

// SweepBlob removes one content that no file has and that nobody wanted since a time; ok is false when there is none. Its
// row is held while remove runs, so that nobody stores the same content meanwhile, and goes only when remove succeeds: what
// breaks off is done again.
func (s *Store) SweepBlob(ctx context.Context, usedBefore time.Time, remove func(ctx context.Context, sum [32]byte) error) (ok bool, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var sum []byte
		err := tx.QueryRow(ctx, `SELECT sha256 FROM blob b WHERE used_at < $1 AND NOT EXISTS (SELECT 1 FROM file f WHERE f.sha256 = b.sha256)
			ORDER BY used_at LIMIT 1 FOR UPDATE SKIP LOCKED`, usedBefore).Scan(&sum)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		ok = true
		if err := remove(ctx, [32]byte(sum)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM blob WHERE sha256 = $1`, sum)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("sweeping contents: %w", err)
	}
	return ok, nil
}
