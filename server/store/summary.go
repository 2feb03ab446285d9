package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// Summary counts the rows that a filter selects, all in one moment of the database.
type Summary struct {
	Total     int64                       `json:"total"`
	By        map[string]map[string]int64 `json:"by"` // choice field → value → rows; "" counts rows without a value
	Areas     []AreaCount                 `json:"areas"`
	Confirmed *Confirmed                  `json:"confirmed"` // null where nobody confirms rows
	At        time.Time                   `json:"timeStamp"`
}

// AreaCount is how many of the rows lie in an area or below it.
type AreaCount struct {
	ID     uuid.UUID `json:"id"`
	Code   string    `json:"code"`
	Name   string    `json:"name"`
	NameEn *string   `json:"name_en"`
	Count  int64     `json:"count"`
}

// Confirmed counts rows by the age of their last confirmation.
type Confirmed struct {
	Due   int64 `json:"due"`   // older than the period of its kind, or never
	Fresh int64 `json:"fresh"` // within it
}

// Summary counts the rows of f by choice fields, by the areas of a level ("township" or "village") and by age.
func (s *Store) Summary(ctx context.Context, f layer.Filter, areaLevel string, now time.Time) (Summary, error) {
	out := Summary{By: map[string]map[string]int64{}, Areas: []AreaCount{}, At: now}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := count(ctx, tx, f, &out); err != nil {
			return err
		}
		return countAreas(ctx, tx, f, areaLevel, &out)
	})
	if err != nil {
		return Summary{}, fmt.Errorf("counting %s: %w", f.Layer.Name, err)
	}
	return out, nil
}

// count reads the rows once and groups them in each way.
func count(ctx context.Context, tx pgx.Tx, f layer.Filter, out *Summary) error {
	where, args := f.Where("r", nil)
	needed := []string{"r.confirmed_at"}
	groups := []string{"SELECT '', NULL, count(*) FROM matched"}
	for _, field := range f.Layer.Fields {
		switch field.Type {
		case layer.Choice:
			groups = append(groups, fmt.Sprintf("SELECT '%[1]s', %[1]s, count(*) FROM matched GROUP BY %[1]s", field.Name))
		case layer.Choices:
			groups = append(groups, fmt.Sprintf("SELECT '%[1]s', choice, count(*) FROM matched LEFT JOIN unnest(%[1]s) choice ON true GROUP BY choice", field.Name))
		default:
			continue
		}
		needed = append(needed, "r."+field.Name)
		out.By[field.Name] = map[string]int64{}
		for _, o := range field.Choices {
			out.By[field.Name][o.Value] = 0
		}
	}
	if f.Layer.ConfirmDays > 0 {
		out.Confirmed = &Confirmed{}
		needed = append(needed, layer.DueSQL(f.Layer, "r")+" AS is_due")
		groups = append(groups, "SELECT ' due', NULL, count(*) FROM matched WHERE is_due")
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("WITH matched AS MATERIALIZED (SELECT %s FROM %s r WHERE %s) %s",
		strings.Join(needed, ", "), f.Layer.Name, where, strings.Join(groups, " UNION ALL ")), args...)
	if err != nil {
		return err
	}
	var group string
	var value *string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&group, &value, &n}, func() error {
		out.take(group, value, n)
		return nil
	})
	if out.Confirmed != nil {
		out.Confirmed.Fresh = out.Total - out.Confirmed.Due
	}
	return err
}

func (s *Summary) take(group string, value *string, n int64) {
	switch {
	case group == "":
		s.Total = n
	case group == " due":
		s.Confirmed.Due = n
	case value == nil:
		s.By[group][""] = n
	default:
		s.By[group][*value] = n
	}
}

// countAreas lists every current area of the level within the filter's area, those without rows too.
func countAreas(ctx context.Context, tx pgx.Tx, f layer.Filter, level string, out *Summary) error {
	where, args := f.Where("r", nil)
	args = append(args, level, f.Area)
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		WITH matched AS MATERIALIZED (SELECT r.area_id, count(*) AS n FROM %[1]s r WHERE %[2]s GROUP BY r.area_id),
		counted AS (SELECT step.id, sum(m.n) AS n FROM matched m JOIN area a ON a.id = m.area_id CROSS JOIN unnest(a.path) AS step(id) GROUP BY step.id)
		SELECT t.id, t.code, t.name, t.name_en, coalesce(c.n, 0)::bigint
		FROM area t LEFT JOIN counted c ON c.id = t.id
		WHERE t.level = $%[3]d::text AND t.deleted_at IS NULL AND t.valid_to IS NULL AND ($%[4]d::text = '' OR EXISTS (
			SELECT 1 FROM area above WHERE above.code = $%[4]d::text AND above.deleted_at IS NULL AND t.path @> ARRAY[above.id]))
		ORDER BY t.code`, f.Layer.Name, where, len(args)-1, len(args)), args...)
	if err != nil {
		return err
	}
	out.Areas, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (a AreaCount, err error) {
		err = row.Scan(&a.ID, &a.Code, &a.Name, &a.NameEn, &a.Count)
		return a, err
	})
	return err
}
