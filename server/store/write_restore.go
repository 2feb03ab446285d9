package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// Restore makes a new version of a row that is as an earlier one was, with its lists. A deleted row comes back.
func (s *Store) Restore(ctx context.Context, l *layer.Layer, id uuid.UUID, base, version int, how Write) (Written, error) {
	return s.write(ctx, l, id, how, "restore", func(ctx context.Context, w *writing) error {
		if _, err := w.lock(ctx, l.RightToWrite(), base); err != nil {
			return err
		}
		old, err := readVersion(ctx, w.tx, l, id, version)
		if err != nil {
			return err
		}
		return w.restore(ctx, old)
	})
}

// rowVersion is a row as it once was.
type rowVersion struct {
	image map[string]any          // columns
	lines map[string][]layer.Line // of each list
}

// readVersion reads a row as it was after a version; ErrNotFound when there is none, or when it was deleted then.
func readVersion(ctx context.Context, tx pgx.Tx, l *layer.Layer, id uuid.UUID, version int) (rowVersion, error) {
	v := rowVersion{lines: map[string][]layer.Line{}}
	err := tx.QueryRow(ctx, `SELECT after FROM history WHERE layer = $1 AND id = $2 AND version = $3 AND after ->> 'deleted_at' IS NULL ORDER BY seq DESC LIMIT 1`,
		l.Name, id, version).Scan(&v.image)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && v.image == nil {
		return v, ErrNotFound
	}
	if err != nil {
		return v, err
	}
	for _, p := range l.Parts {
		if v.lines[p.Name], err = linesOf(ctx, tx, p, id, version); err != nil {
			return v, err
		}
	}
	return v, nil
}

func linesOf(ctx context.Context, tx pgx.Tx, p layer.Part, owner uuid.UUID, version int) ([]layer.Line, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, after FROM (
			SELECT DISTINCT ON (id) id, kind, after FROM history
			WHERE owner_id = $1 AND layer = $2 AND owner_version <= $3 ORDER BY id, seq DESC) last
		WHERE kind <> 'delete' ORDER BY id`, owner, p.Name, version)
	if err != nil {
		return nil, err
	}
	lines := []layer.Line{}
	var id uuid.UUID
	var after map[string]any
	_, err = pgx.ForEachRow(rows, []any{&id, &after}, func() error {
		line := layer.Line{ID: id, Values: map[string]any{}}
		for _, f := range p.Fields {
			line.Values[f.Name] = after[f.Name]
		}
		lines, after = append(lines, line), nil
		return nil
	})
	return lines, err
}

// restore brings the row to what it was.
func (w *writing) restore(ctx context.Context, old rowVersion) error {
	if err := w.referred(ctx, butFor(old.image, "area_id")); err != nil {
		return err
	}
	var changed int64
	for _, p := range w.layer.Parts {
		n, err := w.list(ctx, p, old.lines[p.Name], true)
		if err != nil {
			return err
		}
		changed += n
	}
	if _, err := w.tx.Exec(ctx, `SELECT set_config('fourmaps.area_stays', 'on', true)`); err != nil {
		return err
	}
	text, err := json.Marshal(old.image)
	if err != nil {
		return fmt.Errorf("writing the old state: %w", err)
	}
	var area *uuid.UUID
	err = w.tx.QueryRow(ctx, fmt.Sprintf("UPDATE %[1]s r SET %[2]s FROM jsonb_populate_record(NULL::%[1]s, $2::text::jsonb - 'geom') v WHERE r.id = $1 RETURNING r.area_id",
		w.layer.Name, strings.Join(w.restored(old.image, changed), ", ")), w.id, string(text)).Scan(&area)
	if err != nil {
		return err
	}
	return w.allowed(w.layer.RightToWrite(), area)
}

// restored are the assignments of a restoration. A column that the old state does not know yet stays. An area that is gone
// gives way to the one around the place.
func (w *writing) restored(image map[string]any, lines int64) []string {
	place := "ST_SetSRID(ST_GeomFromGeoJSON($2::text::jsonb ->> 'geom'), 4326)"
	sets := []string{
		"deleted_at = NULL",
		"geom = CASE WHEN to_jsonb(r.geom) IS NOT DISTINCT FROM nullif($2::text::jsonb -> 'geom', 'null') THEN r.geom ELSE " + place + " END",
		"area_id = CASE WHEN EXISTS (SELECT 1 FROM area a WHERE a.id = v.area_id AND a.deleted_at IS NULL AND a.valid_to IS NULL) THEN v.area_id ELSE area_at(ST_PointOnSurface(" + place + ")) END",
	}
	for _, f := range recordedFields(w.layer) {
		if _, known := image[f.Name]; known && f.Name != "geom" && f.Name != "area_id" {
			sets = append(sets, f.Name+" = v."+f.Name)
		}
	}
	if lines > 0 {
		sets = append(sets, "updated_at = clock_timestamp()")
	}
	return sets
}

func butFor(values map[string]any, name string) map[string]any {
	if values == nil {
		return nil
	}
	out := clone(values)
	delete(out, name)
	return out
}

// Version reads a row as it was after a version, as an entry of the layer would say it: geometry, fields and lists.
func (s *Store) Version(ctx context.Context, l *layer.Layer, id uuid.UUID, version int, sensitive bool) (json.RawMessage, error) {
	var out json.RawMessage
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		v, err := readVersion(ctx, tx, l, id, version)
		if err != nil {
			return err
		}
		out, err = v.feature(l, id, sensitive)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading an earlier version of a row: %w", err)
	}
	return out, nil
}

func (v rowVersion) feature(l *layer.Layer, id uuid.UUID, sensitive bool) (json.RawMessage, error) {
	properties := map[string]any{}
	for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
		if sensitive || !f.Sensitive {
			properties[f.Name] = v.image[f.Name]
		}
	}
	for _, p := range l.Parts {
		list := []map[string]any{}
		for _, line := range v.lines[p.Name] {
			values := map[string]any{"id": line.ID}
			for _, f := range p.Fields {
				if sensitive || !f.Sensitive {
					values[f.Name] = line.Values[f.Name]
				}
			}
			list = append(list, values)
		}
		properties[p.Name] = list
	}
	geometry, _ := v.image["geom"].(map[string]any)
	return json.Marshal(map[string]any{"type": "Feature", "id": id, "geometry": butFor(geometry, "crs"), "properties": properties})
}
