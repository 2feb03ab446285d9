package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// Delete marks a row as deleted. A row to which others point stays: a *ConflictError says how many there are.
func (s *Store) Delete(ctx context.Context, l *layer.Layer, id uuid.UUID, base int, how Write) (Written, error) {
	return s.write(ctx, l, id, how, "delete", func(ctx context.Context, w *writing) error {
		r, err := w.lock(ctx, l.RightToWrite(), base)
		if err != nil {
			return err
		}
		if err := w.alive(ctx, r); err != nil {
			return err
		}
		if err := w.needed(ctx); err != nil {
			return err
		}
		_, err = w.tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET deleted_at = clock_timestamp() WHERE id = $1", l.Name), id)
		return err
	})
}

// needed refuses to delete a row to which others point. The area in which rows lie is no such thing: they get another.
func (w *writing) needed(ctx context.Context) error {
	var names []string
	total := 0
	for _, l := range layer.All {
		for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
			if f.Type != layer.Reference || f.Layer != w.layer.Name || f.Name == "area_id" {
				continue
			}
			rows, err := w.tx.Query(ctx, fmt.Sprintf("SELECT name, count(*) OVER () FROM %s WHERE %s = $1 AND id <> $1 AND deleted_at IS NULL ORDER BY name LIMIT 3", l.Name, f.Name), w.id)
			if err != nil {
				return err
			}
			n := 0
			for rows.Next() {
				var name *string
				if err := rows.Scan(&name, &n); err != nil {
					return err
				}
				if name != nil {
					names = append(names, *name)
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
			total += n
		}
	}
	if total == 0 {
		return nil
	}
	return &ConflictError{layer.Text{
		Zh: fmt.Sprintf("还有 %d 条记录以它为上级（%s），不能删除", total, strings.Join(names, "、")),
		En: fmt.Sprintf("%d rows still point to it (%s): it cannot be deleted", total, strings.Join(names, ", "))}}
}

// Undelete brings a deleted row back as it was.
func (s *Store) Undelete(ctx context.Context, l *layer.Layer, id uuid.UUID, base int, how Write) (Written, error) {
	return s.write(ctx, l, id, how, "undelete", func(ctx context.Context, w *writing) error {
		r, err := w.lock(ctx, l.RightToWrite(), base)
		if err != nil {
			return err
		}
		if r.DeletedAt == nil {
			return &ConflictError{layer.Text{Zh: "记录没有被删除", En: "the row is not deleted"}}
		}
		return w.revive(ctx)
	})
}

// revive takes the mark away. The row lies where it lay, or, when that area is gone, where its place is.
func (w *writing) revive(ctx context.Context) error {
	var image map[string]any
	if err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT to_jsonb(r) - ARRAY['geom', 'area_id'] FROM %s r WHERE id = $1", w.layer.Name), w.id).Scan(&image); err != nil {
		return err
	}
	if err := w.referred(ctx, image); err != nil {
		return err
	}
	var area *uuid.UUID
	err := w.tx.QueryRow(ctx, fmt.Sprintf(`UPDATE %s r SET deleted_at = NULL, area_id = CASE WHEN EXISTS (
		SELECT 1 FROM area a WHERE a.id = r.area_id AND a.deleted_at IS NULL AND a.valid_to IS NULL) THEN r.area_id ELSE area_at(r.anchor) END WHERE r.id = $1 RETURNING area_id`, w.layer.Name), w.id).Scan(&area)
	if err != nil {
		return err
	}
	return w.allowed(w.layer.RightToWrite(), area)
}
