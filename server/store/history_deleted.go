package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// DeletedRow is a row that can be brought back with its version.
type DeletedRow struct {
	ID        uuid.UUID  `json:"id"`
	Version   int        `json:"version"`
	Name      *string    `json:"name"`
	NameEn    *string    `json:"name_en"`
	AreaID    *uuid.UUID `json:"area_id"`
	DeletedAt time.Time  `json:"deleted_at"`
	Actor     *string    `json:"actor"` // who deleted it
}

// DeletedPlace is where a page of deleted rows ended.
type DeletedPlace struct {
	At time.Time
	ID uuid.UUID
}

// Deleted lists the deleted rows of a layer, the last first: those in the areas within and below them (nil: everywhere),
// from where the page before ended.
func (s *Store) Deleted(ctx context.Context, l *layer.Layer, within []uuid.UUID, after DeletedPlace, limit int) ([]DeletedRow, error) {
	if !l.History {
		return []DeletedRow{}, nil
	}
	var out []DeletedRow
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, fmt.Sprintf(`
			SELECT r.id, r.version, r.name, r.name_en, r.area_id, r.deleted_at, (SELECT h.actor FROM history h WHERE h.layer = '%[1]s' AND h.id = r.id AND h.version = r.version ORDER BY h.seq DESC LIMIT 1)
			FROM %[1]s r
			WHERE (r.deleted_at, r.id) < ($1, $2::uuid) AND ($3::uuid[] IS NULL OR EXISTS (SELECT 1 FROM area a WHERE a.id = r.area_id AND a.path && $3::uuid[]))
			ORDER BY r.deleted_at DESC, r.id DESC LIMIT $4`, l.Name), after.At, after.ID, within, limit)
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (d DeletedRow, err error) {
			err = row.Scan(&d.ID, &d.Version, &d.Name, &d.NameEn, &d.AreaID, &d.DeletedAt, &d.Actor)
			return d, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing deleted rows of %s: %w", l.Name, err)
	}
	return out, nil
}
