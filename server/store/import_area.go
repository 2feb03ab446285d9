package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// ImportAreas brings areas in from the top down. Columns: code and name are needed, geom, name_en, population and
// households are welcome; level and parent follow from the code, and the code is the key. Afterwards every row of every
// layer gets the area in which it lies.
func (s *Store) ImportAreas(ctx context.Context, b Batch, how Import) (Imported, error) {
	code := slices.Index(b.Columns, "code")
	if code < 0 {
		return Imported{}, fmt.Errorf("importing areas: a batch needs the column code")
	}
	rows := b.Rows
	b.Columns = append(slices.Clone(b.Columns), "origin_key", "level", "parent_id", "id")
	b.Layer = &layer.Area
	b.Rows = func(yield func([]any, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			text, _ := row[code].(string)
			if !yield(append(slices.Clone(row), text, levelOf(text), nil, nil), nil) {
				return
			}
		}
	}
	out := Imported{Layer: layer.Area.Name}
	err := s.writingAs(ctx, how, "import", func(tx pgx.Tx) error {
		t, err := stage(ctx, tx, b, how, &out)
		if err != nil {
			return err
		}
		if err := refuseBadCodes(ctx, tx, t); err != nil {
			return err
		}
		if err := t.match(ctx, tx, &out); err != nil {
			return err
		}
		if err := t.findParents(ctx, tx); err != nil {
			return err
		}
		if err := t.refuseTakenCodes(ctx, tx); err != nil {
			return err
		}
		if err := t.refuseOverlaps(ctx, tx, how); err != nil {
			return err
		}
		if err := onlyRead(ctx, tx, how); err != nil {
			return err
		}
		if err := t.tell(ctx, tx, how, &out); err != nil {
			return err
		}
		if how.Check {
			return t.finish(ctx, tx, how, &out)
		}
		if err := t.writeAreas(ctx, tx, &out); err != nil {
			return err
		}
		if err := adopt(ctx, tx); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "SELECT assign_areas()").Scan(&out.Assigned); err != nil {
			return err
		}
		return t.finish(ctx, tx, how, &out)
	})
	if err != nil && !errors.Is(err, errChecked) {
		return Imported{}, fmt.Errorf("importing areas: %w", explain(err))
	}
	if how.Check {
		return out, nil
	}
	if out.New+out.Changed+out.Removed+out.Assigned > 0 {
		s.analyze(ctx, layer.All...)
	}
	return out, nil
}

// writeAreas writes the areas from the top down: the trigger of a row looks for the area above it, which has to be there.
func (t *staged) writeAreas(ctx context.Context, tx pgx.Tx, out *Imported) error {
	var changed, added int64
	for _, digits := range []int{2, 4, 6, 9, 12} {
		c, a, err := t.write(ctx, tx, fmt.Sprintf("char_length(i.code) = %d", digits))
		if err != nil {
			return err
		}
		changed, added = changed+c, added+a
	}
	return out.agrees(changed, added)
}

// refuseBadCodes refuses the import when a row's code is none: its length would belong to no level.
func refuseBadCodes(ctx context.Context, tx pgx.Tx, t staged) error {
	var code string
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT coalesce(code, '') FROM %s WHERE level IS NULL LIMIT 1", t.table)).Scan(&code)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for bad codes: %w", err)
	}
	return &ConflictError{layer.Text{
		Zh: fmt.Sprintf("区划代码“%s”不是 2、4、6、9 或 12 位", code),
		En: fmt.Sprintf("the area code %q does not have 2, 4, 6, 9 or 12 digits", code)}}
}

// adopt gives stored areas the nearest area above them: who imports the townships before the county gets the same tree.
func adopt(ctx context.Context, tx pgx.Tx) error {
	for _, level := range []string{"city", "county", "township", "village"} {
		_, err := tx.Exec(ctx, `
			UPDATE area i SET parent_id = above.id
			FROM area c CROSS JOIN LATERAL (
				SELECT a.id FROM area a
				WHERE a.code IN (left(c.code, 2), left(c.code, 4), left(c.code, 6), left(c.code, 9)) AND char_length(a.code) < char_length(c.code)
					AND a.deleted_at IS NULL AND a.valid_to IS NULL
				ORDER BY char_length(a.code) DESC LIMIT 1) above
			WHERE i.id = c.id AND c.level = $1 AND c.deleted_at IS NULL AND c.valid_to IS NULL AND i.parent_id IS DISTINCT FROM above.id`, level)
		if err != nil {
			return fmt.Errorf("finding the areas above: %w", err)
		}
	}
	return nil
}

// levelOf is the level of an area by the length of its code; nil for a code that is none.
func levelOf(code string) any {
	switch len(code) {
	case 2:
		return "province"
	case 4:
		return "city"
	case 6:
		return "county"
	case 9:
		return "township"
	case 12:
		return "village"
	}
	return nil
}

// findParents gives each staged area an id, and the lowest area whose code its own begins with: of those in the batch, and
// of those that are stored and not in it.
func (t staged) findParents(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, fmt.Sprintf("UPDATE %s SET id = coalesce(stored, uuid_v7())", t.table)); err != nil {
		return fmt.Errorf("giving ids to areas: %w", err)
	}
	_, err := tx.Exec(ctx, fmt.Sprintf(`
		WITH known AS MATERIALIZED (
			SELECT id, code FROM %[1]s
			UNION ALL
			SELECT a.id, a.code FROM area a WHERE a.deleted_at IS NULL AND a.valid_to IS NULL AND a.id NOT IN (SELECT stored FROM %[1]s WHERE stored IS NOT NULL))
		UPDATE %[1]s i SET parent_id = w.id FROM (
			SELECT DISTINCT ON (j.origin_key) j.origin_key, k.id
			FROM %[1]s j CROSS JOIN LATERAL (VALUES (2), (4), (6), (9)) AS v(digits) JOIN known k ON k.code = left(j.code, v.digits)
			WHERE v.digits < char_length(j.code)
			ORDER BY j.origin_key, v.digits DESC) w
		WHERE w.origin_key = i.origin_key`, t.table))
	if err != nil {
		return fmt.Errorf("finding the areas above: %w", err)
	}
	return nil
}

// refuseTakenCodes refuses areas whose code a stored area has that is not in the batch.
func (t staged) refuseTakenCodes(ctx context.Context, tx pgx.Tx) error {
	var codes string
	err := tx.QueryRow(ctx, fmt.Sprintf(`SELECT coalesce(string_agg(c.code, ', '), '') FROM (
		SELECT i.code FROM %[1]s i JOIN area a ON a.code = i.code
		WHERE a.deleted_at IS NULL AND a.valid_to IS NULL AND a.id <> i.id AND a.id NOT IN (SELECT stored FROM %[1]s WHERE stored IS NOT NULL)
		ORDER BY i.code LIMIT 10) c`, t.table)).Scan(&codes)
	if err != nil {
		return fmt.Errorf("looking for areas of the same code: %w", err)
	}
	if codes == "" {
		return nil
	}
	return &ConflictError{layer.Text{Zh: "已有同一代码的区划，来自其他来源；请先移除：" + codes, En: "an area with the same code from another origin exists: remove it first: " + codes}}
}
