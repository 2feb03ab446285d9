package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// place finds the area of each staged row. A place that did not move keeps the area that the row has, which people may
// have corrected; one that moved keeps an area without a polygon, as it does when it is saved. For new rows the areas are
// taken one by one, so that each polygon is unpacked and indexed once and not for every row.
func (t staged) place(ctx context.Context, tx pgx.Tx) error {
	for _, step := range []string{
		`UPDATE %[1]s i SET place_area = CASE WHEN ST_OrderingEquals(r.geom, i.geom) THEN r.area_id ELSE area_for(ST_PointOnSurface(i.geom), r.area_id) END
			FROM %[2]s r WHERE r.id = i.stored AND i.geom IS NOT NULL`,
		`ALTER TABLE %[1]s ADD COLUMN place geometry(Point, 4326)`,
		`UPDATE %[1]s SET place = ST_PointOnSurface(geom) WHERE stored IS NULL AND geom IS NOT NULL`,
		`CREATE INDEX ON %[1]s USING gist (place)`,
		`ANALYZE %[1]s (place)`,
		// as area_at: the smallest area that covers the point
		`UPDATE %[1]s i SET place_area = w.id FROM (
			SELECT DISTINCT ON (l.line) l.line, a.id
			FROM area a CROSS JOIN LATERAL (SELECT p.line FROM %[1]s p WHERE p.place && a.geom AND ST_Covers(a.geom, p.place) OFFSET 0) l
			WHERE a.deleted_at IS NULL AND a.valid_to IS NULL AND ST_Dimension(a.geom) = 2
			ORDER BY l.line, char_length(a.code) DESC, a.code) w
			WHERE w.line = i.line`,
	} {
		if _, err := tx.Exec(ctx, fmt.Sprintf(step, t.table, t.layer.Name)); err != nil {
			return fmt.Errorf("finding areas: %w", err)
		}
	}
	return nil
}
