package store

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"fourmaps/geo/format/osm"
	"fourmaps/geo/layer"
	"fourmaps/geo/road"
)

// OSMOrigin is the origin of rows from OpenStreetMap extracts.
const OSMOrigin = "osm"

// ImportOSM replaces the base layers that an earlier extract filled: roads, water, land use, buildings and places.
// Rows of other origins stay.
func (s *Store) ImportOSM(ctx context.Context, e *osm.Extract, how Import) ([]Imported, error) {
	if how.Origin == "" {
		how.Origin = OSMOrigin
	}
	out, err := s.Replace(ctx, osmBatches(e), how)
	if err != nil {
		return nil, fmt.Errorf("importing the OpenStreetMap extract: %w", err)
	}
	return out, nil
}

// Replace puts each batch in the place of all rows of its origin and layer: for base layers, which keep no history.
func (s *Store) Replace(ctx context.Context, batches []Batch, how Import) ([]Imported, error) {
	out := make([]Imported, len(batches))
	err := s.importing(ctx, how, "import", func(tx pgx.Tx) error {
		for i, b := range batches {
			out[i].Layer = b.Layer.Name
			t, err := stage(ctx, tx, b, how, &out[i])
			if err != nil {
				return err
			}
			removed, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE origin = $1", b.Layer.Name), how.Origin)
			if err != nil {
				return fmt.Errorf("removing the rows of before from %s: %w", b.Layer.Name, err)
			}
			out[i].Removed = removed.RowsAffected()
			if out[i].New, err = t.add(ctx, tx, "true"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, explain(err)
	}
	return out, nil
}

func osmBatches(e *osm.Extract) []Batch {
	return []Batch{
		{&layer.Road, []string{"origin_key", "name", "name_en", "geom", "class", "ref", "oneway", "speed_kmh", "cost_s", "reverse_cost_s", "length_m",
			"bridge", "tunnel", "max_height_m", "max_weight_t", "access", "source_node", "target_node", "component"}, rowsOf(e.Roads, func(r *road.Edge) []any {
			return []any{r.Key, text(r.Name), text(r.NameEn), r.Geom, string(r.Class), text(r.Ref), string(r.Oneway), r.SpeedKmh, r.CostS, r.ReverseCostS, r.LengthM,
				r.Bridge, r.Tunnel, known(r.MaxHeightM), known(r.MaxWeightT), string(r.Access), r.Source, r.Target, r.Component}
		})},
		{&layer.Water, []string{"origin_key", "name", "name_en", "geom", "kind", "width_m"}, rowsOf(e.Waters, func(w *osm.Water) []any {
			return []any{w.Key, text(w.Name), text(w.NameEn), w.Geom, w.Kind, known(w.WidthM)}
		})},
		{&layer.Landuse, []string{"origin_key", "name", "name_en", "geom", "kind"}, rowsOf(e.Landuses, func(l *osm.Landuse) []any {
			return []any{l.Key, text(l.Name), text(l.NameEn), l.Geom, l.Kind}
		})},
		{&layer.Building, []string{"origin_key", "name", "name_en", "geom", "kind", "levels", "height_m"}, rowsOf(e.Buildings, func(b *osm.Building) []any {
			return []any{b.Key, text(b.Name), text(b.NameEn), b.Geom, b.Kind, known(b.Levels), known(b.HeightM)}
		})},
		{&layer.Place, []string{"origin_key", "name", "name_en", "geom", "kind", "population", "elevation_m"}, rowsOf(e.Places, func(p *osm.Place) []any {
			return []any{p.Key, text(p.Name), text(p.NameEn), p.Geom, p.Kind, known(p.Population), p.ElevationM}
		})},
	}
}

// rowsOf makes rows one by one while they are copied.
func rowsOf[T any](items []T, row func(*T) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range items {
			if !yield(row(&items[i]), nil) {
				return
			}
		}
	}
}

// text is NULL for an empty string.
func text(s string) any {
	if s == "" {
		return nil
	}
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) // a name longer than any sign; the database takes no more
	}
	return s
}

// known is NULL for zero, where zero says that nothing is known.
func known[T int | float64](v T) any {
	if v == 0 {
		return nil
	}
	return v
}
