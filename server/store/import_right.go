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
		if err := t.place(ctx, tx); err != nil {
			return err
		}
	}
	if how.May == nil {
		return nil
	}
	after := t.areaAfter()
	query := fmt.Sprintf(`SELECT i.origin_key, i.stored IS NOT NULL AS was, r.area_id AS area_before, %s AS area_after FROM %s i LEFT JOIN %s r ON r.id = i.stored`, after, t.table, t.layer.Name)
	names := map[uuid.UUID]string{}
	nowhere := false // rows in no area are refused
	rows, err := tx.Query(ctx, fmt.Sprintf(`WITH q AS (%s), w AS (SELECT area_before AS area FROM q WHERE was UNION SELECT area_after FROM q)
		SELECT w.area, coalesce(a.name, '') FROM w LEFT JOIN area a ON a.id = w.area`, query))
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
		WITH q AS (%s), w AS (SELECT * FROM q WHERE was AND (area_before = ANY ($1) OR area_before IS NULL AND $2) OR area_after = ANY ($1) OR area_after IS NULL AND $2)
		DELETE FROM %s i USING w LEFT JOIN area b ON b.id = w.area_before LEFT JOIN area a ON a.id = w.area_after
		WHERE w.origin_key = i.origin_key RETURNING i.origin_key, w.was AND w.area_before IS DISTINCT FROM w.area_after, b.name, a.name`, query, t.table), refused, nowhere)
	if err != nil {
		return fmt.Errorf("leaving out rows of other areas: %w", err)
	}
	var key string
	var moves bool
	var from, to *string
	if _, err := pgx.ForEachRow(gone, []any{&key, &moves, &from, &to}, func() error {
		out.Rejected = append(out.Rejected, Rejection{key, "outside_own_area", elsewhere(moves, from, to)})
		return nil
	}); err != nil {
		return fmt.Errorf("leaving out rows of other areas: %w", err)
	}
	return nil
}

// elsewhere says where a row lies that its importer may not write; nil is for no area.
func elsewhere(moves bool, from, to *string) layer.Text {
	named := func(name *string) layer.Text {
		if name == nil {
			return layer.Text{Zh: "任何区划之外", En: "no area"}
		}
		return layer.Text{Zh: "“" + *name + "”", En: fmt.Sprintf("%q", *name)}
	}
	before, after := named(from), named(to)
	switch {
	case moves:
		return layer.Text{
			Zh: "已有的这一行位于" + before.Zh + "，文件把它移到" + after.Zh + "，不都在您的权限范围内",
			En: fmt.Sprintf("the stored row lies in %s and the file moves it to %s; you do not have the right in both", before.En, after.En)}
	case to == nil:
		return layer.Text{Zh: "不在任何区划内，您没有权限", En: "it lies in no area, and you have no right there"}
	}
	return layer.Text{Zh: "位于" + after.Zh + "，不在您的权限范围内", En: "it lies in " + after.En + ", where you have no right"}
}

// areaAfter is where a staged row i will lie, over the stored r: as the trigger decides when it is written.
func (t staged) areaAfter() string {
	moved := "r.area_id"
	if t.placed {
		moved = "CASE WHEN i.geom IS NULL THEN r.area_id ELSE i.place_area END"
	}
	said := "NULL::uuid"
	if slices.Contains(t.columns, "area_id") {
		said = "i.area_id"
	}
	return fmt.Sprintf("CASE WHEN r.id IS NULL THEN coalesce(%[1]s, i.place_area) WHEN %[1]s <> r.area_id OR %[1]s IS NOT NULL AND r.area_id IS NULL THEN %[1]s ELSE %[2]s END", said, moved)
}
