package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// Codes of findings about the outline of an area.
const (
	areaOverlap = "area_overlap"        // it lies over another area of its level
	areaBeyond  = "area_outside_parent" // it reaches beyond the area above
	areaGap     = "area_gap"            // what it gives up belongs to nobody
)

// sliverM2 is what two outlines may differ by, in square metres, before anybody is asked.
const sliverM2 = 1000

// areaPlaced judges an area. A new one, or one that moves in the tree, has to lie below one of the person's own; its code
// begins with that of the area above, which follows from it where nobody says which. Its outline is compared with those around it.
func (w *writing) areaPlaced(ctx context.Context, c *change, r row) ([]Finding, error) {
	misplaced := w.areaAbove(ctx, c) // told to who may write there
	parent, said := c.values["parent_id"]
	c.area = &w.id
	if said || !c.stored {
		above := parsed(parent)
		if !c.stored {
			c.area = above
		}
		if err := w.allowed(w.layer.RightToWrite(), above); err != nil {
			return nil, err
		}
	}
	if misplaced != nil || !c.HasGeometry || c.Geometry == nil || c.Swapped {
		return nil, misplaced
	}
	return w.outlined(ctx, c, r)
}

// areaAbove finds the area above a new one by its code, and refuses a code that does not begin with that of the one named.
func (w *writing) areaAbove(ctx context.Context, c *change) error {
	code, coded := c.values["code"].(string)
	named, said := c.values["parent_id"].(string)
	if c.stored && !coded {
		if !said {
			return nil
		}
		if err := w.tx.QueryRow(ctx, `SELECT code FROM area WHERE id = $1`, w.id).Scan(&code); err != nil {
			return err
		}
	}
	if c.stored && !said {
		if _, mentioned := c.values["parent_id"]; !mentioned {
			if err := w.tx.QueryRow(ctx, `SELECT coalesce(parent_id::text, '') FROM area WHERE id = $1`, w.id).Scan(&named); err != nil {
				return err
			}
			said = named != ""
		}
	}
	if said {
		var above string
		err := w.tx.QueryRow(ctx, `SELECT code FROM area WHERE id = $1`, named).Scan(&above)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // said where references are checked
		}
		if err == nil && len(above) < len(code) && !strings.HasPrefix(code, above) { // a higher level than its own the database refuses
			return &layer.EntryError{Faults: []layer.Fault{{Field: "code", Code: "bad_form", Text: layer.Text{
				Zh: "应以上级区划代码 " + above + " 开头", En: "has to begin with the code of the area above, " + above}}}}
		}
		return err
	}
	if _, mentioned := c.values["parent_id"]; c.stored || mentioned {
		return nil
	}
	var above *string
	err := w.tx.QueryRow(ctx, `SELECT (SELECT id::text FROM area WHERE code IN (left($1, 2), left($1, 4), left($1, 6), left($1, 9)) AND char_length(code) < char_length($1)
		AND deleted_at IS NULL AND valid_to IS NULL ORDER BY char_length(code) DESC LIMIT 1)`, code).Scan(&above)
	if err == nil && above != nil {
		c.values["parent_id"] = *above
	}
	return err
}

// outlined tells what an outline takes from areas of the same level, from beyond the area above, and leaves to nobody, in
// square metres on the ground.
func (w *writing) outlined(ctx context.Context, c *change, r row) ([]Finding, error) {
	bytes, err := geo.EWKB(c.Geometry)
	if err != nil {
		return nil, err
	}
	level, parent := c.values["level"], c.values["parent_id"]
	if c.stored {
		var storedLevel string
		var storedParent *string
		if err := w.tx.QueryRow(ctx, `SELECT level, parent_id::text FROM area WHERE id = $1`, w.id).Scan(&storedLevel, &storedParent); err != nil {
			return nil, err
		}
		if level == nil {
			level = storedLevel
		}
		if _, said := c.values["parent_id"]; !said && storedParent != nil {
			parent = *storedParent
		}
	}
	found, err := w.overlapping(ctx, bytes, level)
	if err != nil {
		return nil, err
	}
	var beyond, gap float64
	var above *layer.Text
	var zh, en *string
	err = w.tx.QueryRow(ctx, `
		WITH g AS (SELECT ST_GeomFromEWKB($1::bytea) AS now, ST_GeomFromEWKB($4::bytea) AS was),
		above AS (SELECT name, coalesce(name_en, name) AS name_en, geom FROM area WHERE id = nullif($3::text, '')::uuid AND ST_Dimension(geom) = 2)
		SELECT (SELECT name FROM above), (SELECT name_en FROM above),
			coalesce((SELECT ST_Area(ST_Difference(g.now, above.geom)::geography) FROM g, above WHERE ST_Dimension(g.now) = 2), 0),
			coalesce((SELECT ST_Area(ST_Difference(ST_Intersection(ST_Difference(g.was, g.now), above.geom),
				coalesce((SELECT ST_Union(a.geom) FROM area a WHERE a.level = $5::text AND a.id <> $2 AND a.deleted_at IS NULL AND a.valid_to IS NULL AND ST_Dimension(a.geom) = 2 AND a.geom && g.was),
					'SRID=4326;POLYGON EMPTY'::geometry))::geography) FROM g, above WHERE ST_Dimension(g.was) = 2 AND ST_Dimension(g.now) = 2
					AND EXISTS (SELECT FROM area a WHERE a.parent_id = nullif($3::text, '')::uuid AND a.id <> $2 AND a.level = $5::text AND a.deleted_at IS NULL AND a.valid_to IS NULL AND ST_Dimension(a.geom) = 2)), 0)`,
		bytes, w.id, orEmpty(parent), r.Geometry, orEmpty(level)).Scan(&zh, &en, &beyond, &gap)
	if err != nil {
		return nil, fmt.Errorf("comparing the outline of an area: %w", err)
	}
	if zh != nil && en != nil {
		above = &layer.Text{Zh: *zh, En: *en}
	}
	if above != nil && beyond > sliverM2 {
		found = append(found, Finding{Code: areaBeyond, Acceptable: true, Text: layer.Text{
			Zh: fmt.Sprintf("有 %s 在上级“%s”之外", squareMetres(beyond).Zh, above.Zh), En: fmt.Sprintf("%s of it lie outside %s, the area above", squareMetres(beyond).En, above.En)}})
	}
	if gap > sliverM2 {
		found = append(found, Finding{Code: areaGap, Acceptable: true, Text: layer.Text{
			Zh: fmt.Sprintf("让出的 %s 不属于任何区划", squareMetres(gap).Zh), En: fmt.Sprintf("%s that it gives up would belong to no area", squareMetres(gap).En)}})
	}
	return found, nil
}

func orEmpty(v any) string {
	text, _ := v.(string)
	return text
}

// overlapping finds the areas of the same level that the outline lies over, the greatest overlap first.
func (w *writing) overlapping(ctx context.Context, outline []byte, level any) ([]Finding, error) {
	rows, err := w.tx.Query(ctx, `SELECT name, name_en, m2 FROM (
			SELECT a.name, coalesce(a.name_en, a.name) AS name_en, ST_Area(ST_Intersection(a.geom, g.geom)::geography) AS m2
			FROM area a, (SELECT ST_GeomFromEWKB($1::bytea) AS geom) g
			WHERE a.level = $3::text AND a.id <> $2 AND a.deleted_at IS NULL AND a.valid_to IS NULL AND ST_Dimension(a.geom) = 2 AND ST_Dimension(g.geom) = 2 AND a.geom && g.geom AND ST_Intersects(a.geom, g.geom)) o
		WHERE m2 > $4 ORDER BY m2 DESC, name LIMIT 5`, outline, w.id, orEmpty(level), sliverM2)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Finding, error) {
		var zh, en string
		var m2 float64
		err := row.Scan(&zh, &en, &m2)
		return Finding{Code: areaOverlap, Acceptable: true, Text: layer.Text{
			Zh: fmt.Sprintf("与“%s”重叠 %s", zh, squareMetres(m2).Zh), En: fmt.Sprintf("it lies over %s on %s", en, squareMetres(m2).En)}}, err
	})
}

// squareMetres writes an extent for people: square kilometres from one on.
func squareMetres(m2 float64) layer.Text {
	if m2 >= 1e6 {
		return layer.Text{Zh: fmt.Sprintf("%.2f 平方公里", m2/1e6), En: fmt.Sprintf("%.2f km²", m2/1e6)}
	}
	return layer.Text{Zh: fmt.Sprintf("%.0f 平方米", math.Round(m2)), En: fmt.Sprintf("%.0f m²", math.Round(m2))}
}

// most of the smaller of two areas that an import may lay over the other: more is no matter of drawing.
const mostOverlap = 0.02

// refuseOverlaps refuses imported areas that lie over others of their level on a good part of the smaller one. An area that
// goes with this import is in nobody's way.
func (t staged) refuseOverlaps(ctx context.Context, tx pgx.Tx, how Import) error {
	if !slices.Contains(t.columns, "geom") || !slices.Contains(t.columns, "name") {
		return nil // no outline changes
	}
	if _, err := tx.Exec(ctx, fmt.Sprintf("CREATE INDEX ON %[1]s USING gist (geom); ANALYZE %[1]s", t.table)); err != nil {
		return fmt.Errorf("comparing the outlines of areas: %w", err)
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		WITH pair AS (
			SELECT a.name || ' ' || a.code AS one, b.name || ' ' || b.code AS other, a.geom AS mine, b.geom AS theirs
			FROM %[1]s a JOIN %[1]s b ON b.level = a.level AND b.geom && a.geom AND a.id < b.id
			UNION ALL
			SELECT a.name || ' ' || a.code, b.name || ' ' || b.code, a.geom, b.geom
			FROM %[1]s a JOIN area b ON b.level = a.level AND b.geom && a.geom
			WHERE b.deleted_at IS NULL AND b.valid_to IS NULL AND b.id NOT IN (SELECT id FROM %[1]s)
				AND NOT ($4::boolean AND b.origin = $1 AND b.origin_key NOT IN (SELECT origin_key FROM %[1]s)))
		SELECT p.one, p.other, o.m2 FROM pair p
		CROSS JOIN LATERAL (SELECT ST_Area(ST_Intersection(p.mine, p.theirs)::geography) AS m2) o
		WHERE ST_Dimension(p.mine) = 2 AND ST_Dimension(p.theirs) = 2 AND ST_Relate(p.mine, p.theirs, '2********')
			AND o.m2 > $2::float8 AND o.m2 > $3::float8 * least(ST_Area(p.mine::geography), ST_Area(p.theirs::geography))
		ORDER BY o.m2 DESC LIMIT 5`, t.table), t.origin, float64(sliverM2), mostOverlap, how.RemoveGone)
	if err != nil {
		return fmt.Errorf("comparing the outlines of areas: %w", err)
	}
	var pairs layer.Text
	var one, other string
	var m2 float64
	n := 0
	_, err = pgx.ForEachRow(rows, []any{&one, &other, &m2}, func() error {
		if n++; n > 1 {
			pairs.Zh, pairs.En = pairs.Zh+"；", pairs.En+"; "
		}
		pairs.Zh += fmt.Sprintf("%s 与 %s 重叠 %s", one, other, squareMetres(m2).Zh)
		pairs.En += fmt.Sprintf("%s and %s share %s", one, other, squareMetres(m2).En)
		return nil
	})
	if err != nil || n == 0 {
		return err
	}
	return &ConflictError{layer.Text{Zh: "区划相互重叠，什么都没有导入：" + pairs.Zh, En: "areas lie over each other, nothing was imported: " + pairs.En}}
}
