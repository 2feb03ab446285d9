package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// What becomes of a row.
const (
	RowNew      = "new"
	RowChanged  = "changed"
	RowSame     = "same"
	RowRejected = "rejected"
	RowGone     = "gone" // it is stored, and no longer in the file
)

// Outcome is what becomes of one row of an import.
type Outcome struct {
	What     string
	Key      string
	Name     string
	ID       *uuid.UUID // of the stored row
	Version  *int
	AreaID   *uuid.UUID // in which it lies, or will lie
	Moved    bool       // to another area
	FromArea *uuid.UUID // of a moved row: where it lies; nil for no area
	Lon, Lat *float64   // of a point on it, WGS 84
	Changes  []FieldChange
}

// FieldChange is a field that an import changes. Values are as the API writes them; of a reference the name of the row
// that it points to; of the geometry {"type", "lon", "lat"} of a point on it.
type FieldChange struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	// MovedM is how far the point on the geometry moved.
	MovedM *float64 `json:"moved_m,omitempty"`
}

// compare tells what would become of staged rows and, but for a check, holds the stored ones that they are until the end of
// the transaction.
func (t staged) compare(ctx context.Context, tx pgx.Tx, how Import) (told Imported, err error) {
	columns, values := t.assigned()
	mine := make([]string, len(columns))
	var parts []string
	for i, c := range columns {
		mine[i] = "r." + c
		if strings.HasPrefix(c, "source_") {
			continue // where the geometry says more
		}
		before, after := t.shown(c, "r."+c), t.shown(c, values[i])
		parts = append(parts, fmt.Sprintf(`CASE WHEN r.%s IS DISTINCT FROM %s THEN jsonb_build_object('field', '%s', 'before', %s, 'after', %s%s) END`,
			c, values[i], strings.Replace(c, "geom", "geometry", 1), before, after, moved(c)))
	}
	differs, list := "false", "NULL::jsonb"
	if len(columns) > 0 {
		differs = fmt.Sprintf("(%s) IS DISTINCT FROM (%s)", strings.Join(mine, ", "), strings.Join(values, ", "))
		list = fmt.Sprintf("to_jsonb(array_remove(ARRAY[%s]::jsonb[], NULL))", strings.Join(parts, ", "))
	}
	if !how.Check {
		if _, err := tx.Exec(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM %s r WHERE r.id IN (SELECT i.stored FROM %s i) ORDER BY r.id FOR UPDATE) held`, t.layer.Name, t.table)); err != nil {
			return told, fmt.Errorf("holding the stored rows: %w", err)
		}
	}
	if how.Tell == nil {
		err = tx.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FILTER (WHERE i.stored IS NULL), count(*) FILTER (WHERE i.stored IS NOT NULL AND %[1]s), count(*) FILTER (WHERE i.stored IS NOT NULL AND NOT (%[1]s))
			FROM %[2]s i LEFT JOIN %[3]s r ON r.id = i.stored`, differs, t.table, t.layer.Name)).Scan(&told.New, &told.Changed, &told.Same)
		if err != nil {
			return told, fmt.Errorf("comparing rows: %w", err)
		}
		return told, nil
	}
	point := "NULL::geometry"
	if slices.Contains(t.columns, "geom") {
		point = "i.geom"
	}
	name := "r.name"
	if slices.Contains(t.columns, "name") {
		name = "coalesce(i.name, r.name)"
	}
	area := "r.area_id"
	if t.layer.Name != layer.Area.Name {
		area = t.areaAfter()
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		SELECT i.origin_key, coalesce(%s, ''), i.stored, r.version, w.area, i.stored IS NOT NULL AND w.area IS DISTINCT FROM r.area_id, r.area_id, ST_X(p.at), ST_Y(p.at), CASE WHEN i.stored IS NULL THEN 'new' WHEN %s THEN 'changed' ELSE 'same' END,
			CASE WHEN i.stored IS NOT NULL AND %[2]s THEN %[3]s END
		FROM %[4]s i LEFT JOIN %[5]s r ON r.id = i.stored CROSS JOIN LATERAL (SELECT ST_PointOnSurface(coalesce(%[6]s, r.geom)) AS at) p
		CROSS JOIN LATERAL (SELECT %[7]s AS area) w`, name, differs, list, t.table, t.layer.Name, point, area))
	if err != nil {
		return told, fmt.Errorf("comparing rows: %w", err)
	}
	var o Outcome
	var changes []byte
	_, err = pgx.ForEachRow(rows, []any{&o.Key, &o.Name, &o.ID, &o.Version, &o.AreaID, &o.Moved, &o.FromArea, &o.Lon, &o.Lat, &o.What, &changes}, func() error {
		switch o.What {
		case RowNew:
			told.New++
		case RowChanged:
			told.Changed++
		default:
			told.Same++
		}
		if o.Moved = o.Moved && o.What == RowChanged; o.Moved {
			told.Moved++
		} else {
			o.FromArea = nil
		}
		if o.Changes = nil; changes != nil {
			if err := json.Unmarshal(bytes.Clone(changes), &o.Changes); err != nil {
				return fmt.Errorf("reading what differs: %w", err)
			}
		}
		return how.Tell(o)
	})
	if err != nil {
		return told, fmt.Errorf("comparing rows: %w", err)
	}
	return told, nil
}

// shown is a value as reports show it: of a reference the name of the row, which may be one of the batch; of a geometry
// a point on it.
func (t staged) shown(column, value string) string {
	if column == "geom" {
		return fmt.Sprintf("jsonb_build_object('type', GeometryType(%[1]s), 'lon', round(ST_X(ST_PointOnSurface(%[1]s))::numeric, 7), 'lat', round(ST_Y(ST_PointOnSurface(%[1]s))::numeric, 7))", value)
	}
	f, _ := t.layer.Field(column)
	if f.Type != layer.Reference {
		return "to_jsonb(" + value + ")"
	}
	found := fmt.Sprintf("(SELECT to_jsonb(f.name) FROM %s f WHERE f.id = %s)", f.Layer, value)
	if f.Layer == t.layer.Name && slices.Contains(t.columns, "id") && slices.Contains(t.columns, "name") {
		return fmt.Sprintf("coalesce((SELECT to_jsonb(f.name) FROM %s f WHERE f.id = %s), %s)", t.table, value, found)
	}
	return found
}

func moved(column string) string {
	if column != "geom" {
		return ""
	}
	return ", 'moved_m', round(ST_Distance(r.anchor::geography, ST_PointOnSurface(i.geom)::geography)::numeric, 1)"
}
