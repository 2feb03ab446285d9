package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// unmovedDegrees is how far each vertex may lie from where it was for a place to be the same: about a centimetre. A place
// that went out in another coordinate system, or with eight decimals, comes back so near.
const unmovedDegrees = "0.0000001"

// match finds for each staged row the stored one that it is: that of the same origin and key or else the one that
// same_as names. What the file cannot say exactly stays as it is stored.
func (t staged) match(ctx context.Context, tx pgx.Tx, out *Imported) error {
	_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s i SET stored = r.id FROM %s r
		WHERE r.origin = $1 AND r.origin_key = i.origin_key AND r.deleted_at IS NULL`, t.table, t.layer.Name), t.origin)
	if err != nil {
		return fmt.Errorf("finding stored rows by key: %w", err)
	}
	if slices.Contains(t.columns, "same_as") {
		if err := t.matchByID(ctx, tx, out); err != nil {
			return err
		}
	}
	return t.keepExact(ctx, tx)
}

// matchByID finds the rows that the file names by id. Of two rows that are the same stored one, the second is refused.
func (t staged) matchByID(ctx context.Context, tx pgx.Tx, out *Imported) error {
	_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %s i SET stored = r.id FROM %s r
		WHERE i.stored IS NULL AND i.same_as = r.id AND r.deleted_at IS NULL`, t.table, t.layer.Name))
	if err != nil {
		return fmt.Errorf("finding stored rows by id: %w", err)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		DELETE FROM %s i USING (SELECT stored, min(origin_key) AS first FROM %[1]s WHERE stored IS NOT NULL GROUP BY stored HAVING count(*) > 1) d
		WHERE i.stored = d.stored AND i.origin_key <> d.first RETURNING i.origin_key`, t.table))
	if err != nil {
		return fmt.Errorf("looking for rows that are the same: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("looking for rows that are the same: %w", err)
	}
	for _, key := range keys {
		out.Rejected = append(out.Rejected, Rejection{key, "row_twice", faults("twice")})
	}
	return nil
}

// keepExact gives staged rows the exact stored values of what a file holds only nearly: times without fractions of a
// second, and places that did not move. A table has one point for a line or a polygon, its anchor: where that is
// unmoved, so is the line.
func (t staged) keepExact(ctx context.Context, tx pgx.Tx) error {
	var sets []string
	for _, c := range t.columns {
		if f, ok := t.layer.Field(c); ok && f.Type == layer.Time {
			sets = append(sets, fmt.Sprintf("%[1]s = CASE WHEN i.%[1]s = date_trunc('second', r.%[1]s) THEN r.%[1]s ELSE i.%[1]s END", c))
		}
	}
	if len(sets) > 0 {
		_, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s i SET %s FROM %s r WHERE r.id = i.stored", t.table, strings.Join(sets, ", "), t.layer.Name))
		if err != nil {
			return fmt.Errorf("keeping exact times: %w", err)
		}
	}
	if !slices.Contains(t.columns, "geom") || !slices.Contains(t.columns, "source_crs") {
		return nil
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		UPDATE %[1]s i SET geom = r.geom, source_crs = r.source_crs, source_x = r.source_x, source_y = r.source_y FROM %[2]s r
		WHERE r.id = i.stored AND (i.geom, i.source_crs, i.source_x, i.source_y) IS DISTINCT FROM (r.geom, r.source_crs, r.source_x, r.source_y)
			AND CASE
				WHEN i.geom IS NULL OR r.geom IS NULL THEN false
				WHEN ST_Dimension(i.geom) = 0 AND ST_Dimension(r.geom) > 0 THEN ST_Distance(i.geom, r.anchor) < %[3]s
				WHEN ST_Dimension(i.geom) <> ST_Dimension(r.geom) OR ST_NPoints(i.geom) <> ST_NPoints(r.geom)
					OR ST_NumGeometries(i.geom) <> ST_NumGeometries(r.geom) OR ST_NRings(i.geom) <> ST_NRings(r.geom) THEN false
				ELSE NOT EXISTS (
					SELECT 1 FROM ROWS FROM (ST_DumpPoints(ST_ForcePolygonCCW(i.geom)), ST_DumpPoints(ST_ForcePolygonCCW(r.geom))) AS v(path, ours, their_path, theirs)
					WHERE ST_Distance(v.ours, v.theirs) > %[3]s) END`, t.table, t.layer.Name, unmovedDegrees))
	if err != nil {
		return fmt.Errorf("keeping places that did not move: %w", err)
	}
	return nil
}

func allBut(list []string, word string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == word })
}
