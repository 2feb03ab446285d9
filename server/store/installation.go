package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/data/demo"
	"fourmaps/geo/layer"
)

// Installation is what a screen asks first: which district this is and how much is in it.
type Installation struct {
	Demo      bool             `json:"demo"` // rows of the invented demonstration district are loaded
	ChangeSeq int64            `json:"change_seq"`
	District  *District        `json:"district"` // the topmost area with a polygon; null where no areas were imported
	Extent    *[4]float64      `json:"extent"`   // west, south, east, north of what a screen shows first; null in an empty database
	Counts    map[string]int64 `json:"counts"`   // rows by layer
}

// District is the area that the installation serves.
type District struct {
	ID     uuid.UUID  `json:"id"`
	Code   string     `json:"code"`
	Name   string     `json:"name"`
	NameEn *string    `json:"name_en"`
	Level  string     `json:"level"`
	Box    [4]float64 `json:"bbox"` // west, south, east, north
}

// Installation reads all of it in one moment of the database.
func (s *Store) Installation(ctx context.Context) (Installation, error) {
	out := Installation{Counts: make(map[string]int64, len(layer.All))}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		if out.ChangeSeq, err = newestChange(ctx, tx); err != nil {
			return err
		}
		if out.District, err = district(ctx, tx); err != nil {
			return err
		}
		if err = countLayers(ctx, tx, &out); err != nil {
			return err
		}
		out.Extent, err = extent(ctx, tx, out)
		return err
	})
	if err != nil {
		return Installation{}, fmt.Errorf("reading what is installed: %w", err)
	}
	return out, nil
}

func district(ctx context.Context, tx pgx.Tx) (*District, error) {
	var d District
	err := tx.QueryRow(ctx, `
		SELECT id, code, name, name_en, level, ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)
		FROM area WHERE deleted_at IS NULL AND valid_to IS NULL AND ST_Dimension(geom) = 2
		ORDER BY char_length(code), ST_Area(geom) DESC, code LIMIT 1`).
		Scan(&d.ID, &d.Code, &d.Name, &d.NameEn, &d.Level, &d.Box[0], &d.Box[1], &d.Box[2], &d.Box[3])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return &d, err
}

// extent is the district's box. Without areas it is the box around nearly all rows of the four maps, or of the base
// layers where those are empty: an extract of roads reaches far beyond the place that it was cut for, so 2 % of the
// rows on each side do not count.
func extent(ctx context.Context, tx pgx.Tx, found Installation) (*[4]float64, error) {
	if found.District != nil {
		return &found.District.Box, nil
	}
	var anchors []string
	for _, base := range []bool{false, true} {
		for _, l := range layer.All {
			if n := found.Counts[l.Name]; n > 0 && (l.Map == layer.Base) == base {
				anchors = append(anchors, fmt.Sprintf("SELECT anchor FROM %s WHERE deleted_at IS NULL AND anchor IS NOT NULL AND random() * %d < 20000", l.Name, n))
			}
		}
		if len(anchors) > 0 {
			break
		}
	}
	if len(anchors) == 0 {
		return nil, nil
	}
	var x, y []float64
	err := tx.QueryRow(ctx, `SELECT percentile_disc(ARRAY[0.02, 0.98]) WITHIN GROUP (ORDER BY ST_X(anchor)),
		percentile_disc(ARRAY[0.02, 0.98]) WITHIN GROUP (ORDER BY ST_Y(anchor)) FROM (`+strings.Join(anchors, " UNION ALL ")+`) a`).Scan(&x, &y)
	if err != nil || len(x) == 0 {
		return nil, err
	}
	const margin = 0.01 // degrees: a single point is shown with about a kilometre around it
	return &[4]float64{max(-180, x[0]-margin), max(-85, y[0]-margin), min(180, x[1]+margin), min(85, y[1]+margin)}, nil
}

func countLayers(ctx context.Context, tx pgx.Tx, out *Installation) error {
	selects := make([]string, len(layer.All))
	for i, l := range layer.All {
		selects[i] = fmt.Sprintf("SELECT '%[1]s', count(*), coalesce(bool_or(origin = $1), false) FROM %[1]s WHERE deleted_at IS NULL", l.Name)
	}
	rows, err := tx.Query(ctx, strings.Join(selects, " UNION ALL "), demo.Origin)
	if err != nil {
		return err
	}
	var name string
	var n int64
	var demo bool
	_, err = pgx.ForEachRow(rows, []any{&name, &n, &demo}, func() error {
		out.Counts[name] = n
		out.Demo = out.Demo || demo
		return nil
	})
	return err
}
