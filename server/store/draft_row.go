package store

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func copyDraftRows(ctx context.Context, tx pgx.Tx, id uuid.UUID, rows iter.Seq[DraftRow]) error {
	next, stop := iter.Pull(rows)
	defer stop()
	ord := 0
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"import_row"}, []string{"draft_id", "ord", "row", "outcome", "key", "name", "id", "version", "area_id", "lon", "lat", "changes", "problems", "moved", "from_area_id"},
		pgx.CopyFromFunc(func() ([]any, error) {
			r, more := next()
			if !more {
				return nil, nil
			}
			var row, changes, problems any
			if r.Row > 0 {
				row = r.Row
			}
			if r.Changes != nil {
				changes = r.Changes
			}
			if r.Problems != nil {
				problems = r.Problems
			}
			ord++
			return []any{id, ord, row, r.What, r.Key, r.Name, r.ID, r.Version, r.AreaID, r.Lon, r.Lat, changes, problems, r.Moved, r.FromArea}, nil
		}))
	if err != nil {
		return fmt.Errorf("copying the report: %w", err)
	}
	return nil
}

// ReportRow is a row of a report, as it is read.
type ReportRow struct {
	Ord      int             `json:"ord"`
	Row      *int            `json:"row"`
	Outcome  string          `json:"outcome"`
	Key      string          `json:"key"`
	Name     string          `json:"name"`
	ID       *uuid.UUID      `json:"id"`
	Area     *string         `json:"area"` // its name
	Lon      *float64        `json:"lon"`
	Lat      *float64        `json:"lat"`
	Changes  json.RawMessage `json:"changes"`
	Problems json.RawMessage `json:"problems"`
	Moved    bool            `json:"moved"`     // to another area
	FromArea *string         `json:"from_area"` // of a moved row: the name of where it lies, null for no area
}

// DraftRows reads a page of a report after a place in it, of one outcome or ("") of all.
func (s *Store) DraftRows(ctx context.Context, id uuid.UUID, outcome string, after, limit int) (page []ReportRow, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, `SELECT w.ord, w.row, w.outcome, w.key, w.name, w.id, a.name, w.lon, w.lat, coalesce(w.changes, '[]'), coalesce(w.problems, '[]'), w.moved, f.name
			FROM import_row w LEFT JOIN area a ON a.id = w.area_id LEFT JOIN area f ON f.id = w.from_area_id WHERE w.draft_id = $1 AND ($2 = '' OR w.outcome = $2) AND w.ord > $3 ORDER BY w.ord LIMIT $4`, id, outcome, after, limit)
		if err != nil {
			return err
		}
		page, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ReportRow])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the report of an import: %w", err)
	}
	return page, nil
}

// ReportPoint is a row of a report on the map.
type ReportPoint struct {
	Ord      int
	Outcome  string
	Name     string
	Lon, Lat float64
}

// DraftPoints gives the rows of a report that have a place, up to a number; of more, every so many-th.
func (s *Store) DraftPoints(ctx context.Context, id uuid.UUID, outcome string, most int) (points []ReportPoint, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		rows, err := s.pool.Query(ctx, `WITH w AS (SELECT ord, outcome, name, lon, lat, row_number() OVER (ORDER BY ord) AS n, count(*) OVER () AS total
			FROM import_row WHERE draft_id = $1 AND ($2 = '' OR outcome = $2) AND lon IS NOT NULL)
			SELECT ord, outcome, name, lon, lat FROM w WHERE n % greatest(1, ceil(total::numeric / $3)::int) = 0 ORDER BY ord`, id, outcome, most)
		if err != nil {
			return err
		}
		points, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ReportPoint])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the places of an import: %w", err)
	}
	return points, nil
}
