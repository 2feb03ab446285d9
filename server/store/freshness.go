package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// Freshness counts rows by the age of their confirmation. Due and Confirmed together are Total; Never is part of Due,
// unless nobody need confirm.
type Freshness struct {
	Total     int64 `json:"total"`
	Confirmed int64 `json:"confirmed"` // within the period of their kind
	Due       int64 `json:"due"`
	Never     int64 `json:"never"` // no confirmation at all
}

// LayerFreshness is how fresh a layer is, in all and by area.
type LayerFreshness struct {
	Layer string `json:"layer"`
	Freshness
	Areas []AreaFreshness `json:"areas"`
}

// AreaFreshness is how fresh the rows in an area and below it are.
type AreaFreshness struct {
	ID     uuid.UUID `json:"id"`
	Code   string    `json:"code"`
	Name   string    `json:"name"`
	NameEn *string   `json:"name_en"`
	Freshness
}

// Freshness counts the rows of each filter by age, in all and by the areas of a level ("township" or "village"), at one
// moment of the database.
func (s *Store) Freshness(ctx context.Context, filters []layer.Filter, areaLevel string) ([]LayerFreshness, error) {
	out := make([]LayerFreshness, len(filters))
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		for i, f := range filters {
			var err error
			if out[i], err = freshness(ctx, tx, f, areaLevel); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting how fresh rows are: %w", err)
	}
	return out, nil
}

// freshness counts one layer: a first row without an area for all, then every area, those without rows too.
func freshness(ctx context.Context, tx pgx.Tx, f layer.Filter, level string) (LayerFreshness, error) {
	out := LayerFreshness{Layer: f.Layer.Name, Areas: []AreaFreshness{}}
	where, args := f.Where("r", nil)
	args = append(args, level, f.Area)
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		WITH matched AS MATERIALIZED (
			SELECT r.area_id, count(*) AS n, count(*) FILTER (WHERE %[3]s) AS due, count(*) FILTER (WHERE r.confirmed_at IS NULL) AS never FROM %[1]s r WHERE %[2]s GROUP BY r.area_id),
		counted AS (
			SELECT step.id, sum(m.n) AS n, sum(m.due) AS due, sum(m.never) AS never FROM matched m JOIN area a ON a.id = m.area_id CROSS JOIN unnest(a.path) AS step(id) GROUP BY step.id),
		shown AS (
			SELECT t.id, t.code, t.name, t.name_en, coalesce(c.n, 0) AS n, coalesce(c.due, 0) AS due, coalesce(c.never, 0) AS never
			FROM area t LEFT JOIN counted c ON c.id = t.id
			WHERE t.level = $%[4]d::text AND t.deleted_at IS NULL AND t.valid_to IS NULL AND ($%[5]d::text = '' OR EXISTS (
				SELECT 1 FROM area above WHERE above.code = $%[5]d::text AND above.deleted_at IS NULL AND t.path @> ARRAY[above.id])))
		SELECT NULL::uuid, '', '', NULL::text, coalesce(sum(n), 0)::bigint, coalesce(sum(due), 0)::bigint, coalesce(sum(never), 0)::bigint FROM matched
		UNION ALL (SELECT id, code, name, name_en, n::bigint, due::bigint, never::bigint FROM shown ORDER BY code)`,
		f.Layer.Name, where, layer.DueSQL(f.Layer, "r"), len(args)-1, len(args)), args...)
	if err != nil {
		return out, err
	}
	var id *uuid.UUID
	var a AreaFreshness
	_, err = pgx.ForEachRow(rows, []any{&id, &a.Code, &a.Name, &a.NameEn, &a.Total, &a.Due, &a.Never}, func() error {
		one := a
		one.Confirmed = one.Total - one.Due
		if id == nil {
			out.Freshness = one.Freshness
		} else {
			one.ID = *id
			out.Areas = append(out.Areas, one)
		}
		id, a.NameEn = nil, nil
		return nil
	})
	return out, err
}

// MostDue is how many rows a walk has at most.
const MostDue = 500

// Stop is one row of a walk.
type Stop struct {
	Layer *layer.Layer
	ID    uuid.UUID
	At    *orb.Point // WGS 84; nil for a row without a place
	LegM  *float64   // metres from the stop before, or from the start; nil where there is none
	JSON  []byte     // the row as a list has it
}

// Walk is what is due, in the order in which to visit it.
type Walk struct {
	Stops   []Stop
	Matched int64 // rows that are due, of which the nearest are stops
	At      time.Time
}

// Due gives the rows that the filters select, the nearest MostDue of them, each stop being the nearest to the one before.
// from is where the walk begins, WGS 84; nil begins with the row that was confirmed longest ago. Rows without a place
// come last.
func (s *Store) Due(ctx context.Context, filters []layer.Filter, from *orb.Point, now time.Time) (Walk, error) {
	walk := Walk{At: now}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		for _, f := range filters {
			if err := dueRows(ctx, tx, f, from, &walk); err != nil {
				return err
			}
		}
		walk.Stops = inWalkingOrder(walk.Stops, from)
		return s.tell(ctx, tx, walk.Stops)
	})
	if err != nil {
		return Walk{}, fmt.Errorf("listing what is due: %w", err)
	}
	return walk, nil
}

// dueRows adds the rows of one layer, the first of them first.
func dueRows(ctx context.Context, tx pgx.Tx, f layer.Filter, from *orb.Point, walk *Walk) error {
	where, args := f.Where("r", nil)
	order := "r.confirmed_at NULLS FIRST, r.id"
	if from != nil {
		args = append(args, from[0], from[1])
		order = fmt.Sprintf("ST_DistanceSphere(r.anchor, ST_SetSRID(ST_MakePoint($%d::float8, $%d::float8), 4326)) NULLS LAST, r.id", len(args)-1, len(args))
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT r.id, ST_X(r.anchor), ST_Y(r.anchor), count(*) OVER () FROM %s r WHERE %s ORDER BY %s LIMIT %d", f.Layer.Name, where, order, MostDue), args...)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var x, y *float64
	var matched int64
	_, err = pgx.ForEachRow(rows, []any{&id, &x, &y, &matched}, func() error {
		stop := Stop{Layer: f.Layer, ID: id}
		if x != nil && y != nil {
			stop.At = &orb.Point{*x, *y}
		}
		walk.Stops = append(walk.Stops, stop)
		x, y = nil, nil
		return nil
	})
	walk.Matched += matched
	return err
}

// inWalkingOrder keeps the nearest stops and puts them in order: from each to the nearest that is left.
func inWalkingOrder(stops []Stop, from *orb.Point) []Stop {
	var placed, nowhere []Stop
	for _, stop := range stops {
		if stop.At == nil {
			nowhere = append(nowhere, stop)
		} else {
			placed = append(placed, stop)
		}
	}
	if from != nil {
		slices.SortStableFunc(placed, func(a, b Stop) int {
			x, y := roughly(*from, *a.At), roughly(*from, *b.At)
			switch {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
	}
	placed = placed[:min(len(placed), MostDue)]
	here := from
	for i := range placed {
		if here != nil {
			nearest := i
			for j := i + 1; j < len(placed); j++ {
				if roughly(*here, *placed[j].At) < roughly(*here, *placed[nearest].At) {
					nearest = j
				}
			}
			placed[i], placed[nearest] = placed[nearest], placed[i]
			leg := geo.Distance(*here, *placed[i].At)
			placed[i].LegM = &leg
		}
		here = placed[i].At
	}
	return append(placed, nowhere[:min(len(nowhere), MostDue-len(placed))]...)
}

// roughly compares distances within a county: the square of degrees of latitude.
func roughly(a, b orb.Point) float64 {
	x, y := (a[0]-b[0])*math.Cos(a[1]*math.Pi/180), a[1]-b[1]
	return x*x + y*y
}

// tell reads the rows of the stops.
func (s *Store) tell(ctx context.Context, tx pgx.Tx, stops []Stop) error {
	ids := map[*layer.Layer][]uuid.UUID{}
	for _, stop := range stops {
		ids[stop.Layer] = append(ids[stop.Layer], stop.ID)
	}
	for l, some := range ids {
		found, err := s.PublicFeatures(ctx, tx, l, some)
		if err != nil {
			return err
		}
		for i, stop := range stops {
			if stop.Layer == l {
				stops[i].JSON = found[stop.ID]
			}
		}
	}
	return nil
}
