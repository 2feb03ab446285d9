package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// refuseElsewhere takes out rows of areas in which the person may not write: by where they will lie, and by where the
// stored row lies. It notes the area of each new place on the way.
func (t *staged) refuseElsewhere(ctx context.Context, tx pgx.Tx, how Import, out *Imported) error {
	if t.layer.Name == layer.Area.Name {
		return nil // who imports areas may write in all of them
	}
	if t.placed = slices.Contains(t.columns, "geom"); t.placed {
		// a place that did not move keeps the area that the row has, which people may have corrected; one that moved keeps an
		// area without a polygon, as it does when it is saved
		_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s i SET place_area = CASE
			WHEN r.id IS NOT NULL AND ST_OrderingEquals(r.geom, i.geom) THEN r.area_id
			WHEN r.id IS NOT NULL THEN area_for(ST_PointOnSurface(i.geom), r.area_id) ELSE area_at(ST_PointOnSurface(i.geom)) END
			FROM %[1]s j LEFT JOIN %s r ON r.id = j.stored WHERE j.origin_key = i.origin_key AND i.geom IS NOT NULL`, t.table, t.layer.Name))
		if err != nil {
			return fmt.Errorf("finding areas: %w", err)
		}
	}
	if how.May == nil {
		return nil
	}
	areas := []string{"SELECT i.origin_key, r.area_id AS area FROM %[1]s i JOIN %[2]s r ON r.id = i.stored"}
	said := slices.Contains(t.columns, "area_id")
	switch {
	case said && t.placed:
		areas = append(areas, "SELECT i.origin_key, coalesce(i.area_id, i.place_area) FROM %[1]s i LEFT JOIN %[2]s r ON r.id = i.stored WHERE r.id IS NULL OR i.area_id IS NOT NULL OR i.geom IS NOT NULL")
	case said:
		areas = append(areas, "SELECT i.origin_key, coalesce(i.area_id, r.area_id) FROM %[1]s i LEFT JOIN %[2]s r ON r.id = i.stored")
	case t.placed:
		areas = append(areas, "SELECT i.origin_key, i.place_area FROM %[1]s i WHERE i.stored IS NULL OR i.geom IS NOT NULL")
	default:
		areas = append(areas, "SELECT i.origin_key, NULL::uuid FROM %[1]s i WHERE i.stored IS NULL")
	}
	query := ""
	for n, one := range areas {
		if n > 0 {
			query += " UNION "
		}
		query += fmt.Sprintf(one, t.table, t.layer.Name)
	}
	names := map[uuid.UUID]string{}
	nowhere := false // rows in no area are refused
	rows, err := tx.Query(ctx, fmt.Sprintf(`SELECT DISTINCT w.area, coalesce(a.name, '') FROM (%s) w LEFT JOIN area a ON a.id = w.area`, query))
	if err != nil {
		return fmt.Errorf("looking at the areas of the rows: %w", err)
	}
	var area *uuid.UUID
	var name string
	if _, err = pgx.ForEachRow(rows, []any{&area, &name}, func() error {
		switch {
		case how.May(area):
		case area == nil:
			nowhere = true
		default:
			names[*area] = name
		}
		return nil
	}); err != nil {
		return fmt.Errorf("looking at the areas of the rows: %w", err)
	}
	if len(names) == 0 && !nowhere {
		return nil
	}
	refused := make([]uuid.UUID, 0, len(names))
	for id := range names {
		refused = append(refused, id)
	}
	gone, err := tx.Query(ctx, fmt.Sprintf(`
		WITH w AS (SELECT DISTINCT ON (origin_key) origin_key, area FROM (%s) w WHERE area = ANY ($1) OR area IS NULL AND $2 ORDER BY origin_key)
		DELETE FROM %s i USING w WHERE w.origin_key = i.origin_key RETURNING i.origin_key, w.area`, query, t.table), refused, nowhere)
	if err != nil {
		return fmt.Errorf("leaving out rows of other areas: %w", err)
	}
	var key string
	if _, err := pgx.ForEachRow(gone, []any{&key, &area}, func() error {
		reason := layer.Text{Zh: "不在任何区划内，您没有权限", En: "it lies in no area, and you have no right there"}
		if area != nil {
			reason = layer.Text{Zh: "位于“" + names[*area] + "”，不在您的权限范围内", En: fmt.Sprintf("it lies in %q, where you have no right", names[*area])}
		}
		out.Rejected = append(out.Rejected, Rejection{key, "outside_own_area", reason})
		return nil
	}); err != nil {
		return fmt.Errorf("leaving out rows of other areas: %w", err)
	}
	return nil
}
