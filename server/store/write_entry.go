package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// Create stores a new row with its lists, as one version. What speaks against it is told as a *FindingsError, a
// *layer.EntryError, a *DeniedError or a *ConflictError.
func (s *Store) Create(ctx context.Context, e layer.Entry, how Write) (Written, error) {
	id := e.ID
	if id == uuid.Nil {
		var err error
		if id, err = uuid.NewV7(); err != nil {
			return Written{}, fmt.Errorf("making an id: %w", err)
		}
	}
	how.OccurredAt = e.OccurredAt
	return s.write(ctx, e.Layer, id, how, "entry", func(ctx context.Context, w *writing) error {
		c := &change{Entry: e, values: clone(e.Values)}
		if err := w.judge(ctx, c, row{}); err != nil {
			return err
		}
		if err := w.insert(ctx, c); err != nil {
			return err
		}
		_, err := w.lists(ctx, c)
		return err
	})
}

// Patch changes a row and its lists, as one version. base is the version that the person has seen.
func (s *Store) Patch(ctx context.Context, id uuid.UUID, base int, e layer.Entry, how Write) (Written, error) {
	how.OccurredAt = e.OccurredAt
	return s.write(ctx, e.Layer, id, how, "entry", func(ctx context.Context, w *writing) error {
		if err := w.inOrder(ctx, e.Values); err != nil {
			return err
		}
		r, err := w.lock(ctx, e.Layer.RightToWrite(), base)
		if err != nil {
			return err
		}
		if err := w.alive(ctx, r); err != nil {
			return err
		}
		c := &change{Entry: e, values: clone(e.Values), stored: true}
		if err := w.judge(ctx, c, r); err != nil {
			return err
		}
		lines, err := w.lists(ctx, c)
		if err != nil {
			return err
		}
		return w.update(ctx, c, lines)
	})
}

// change is an entry on its way into the table.
type change struct {
	layer.Entry
	values map[string]any // columns, as jsonb_populate_record takes them
	stored bool           // the row is there already
	area   *uuid.UUID     // in which the row will lie
}

func clone(values map[string]any) map[string]any {
	out := make(map[string]any, len(values))
	for name, v := range values {
		out[name] = v
	}
	return out
}

// judge completes the change and refuses it where anything speaks against it.
func (w *writing) judge(ctx context.Context, c *change, r row) error {
	if err := unmoved(c, r); err != nil {
		return err
	}
	if err := w.sensitive(c, r); err != nil {
		return err
	}
	if err := w.referred(ctx, c.values); err != nil {
		return err
	}
	if err := w.findings(ctx, c, r); err != nil {
		return err
	}
	return w.confirmed(c, r)
}

// unmoved takes a place that is the stored one, to the centimetre that answers are rounded to, for not mentioned: the
// stored one, its accuracy and the pair from which it was converted stay.
func unmoved(c *change, r row) error {
	if !c.HasGeometry || c.Swapped {
		return nil
	}
	if r.Geometry != nil && c.Geometry != nil {
		stored, _, err := geo.DecodeEWKB(r.Geometry)
		if err != nil {
			return err
		}
		if orb.Equal(geo.Wound(geo.Rounded(stored)), c.Geometry) {
			c.HasGeometry = false
			return nil
		}
	}
	if _, said := c.values["position_accuracy_m"]; !said && c.stored {
		c.values["position_accuracy_m"] = nil // that of the place before
	}
	return nil
}

// sensitive refuses fields from who may not see them.
func (w *writing) sensitive(c *change, r row) error {
	if !c.stored || w.allowed(maySensitive, r.AreaID) == nil {
		return nil
	}
	for _, f := range w.layer.Fields {
		if _, said := c.values[f.Name]; said && f.Sensitive {
			return &DeniedError{maySensitive}
		}
	}
	return nil
}

// confirmed notes that the person has looked at the place. A later confirmation stays.
func (w *writing) confirmed(c *change, r row) error {
	if !c.Confirm {
		return nil
	}
	if err := w.allowed(mayConfirm, c.area); err != nil {
		return err
	}
	if r.ConfirmedAt == nil || r.ConfirmedAt.Before(w.OccurredAt) {
		c.values["confirmed_at"] = w.OccurredAt.UTC().Format(time.RFC3339Nano)
		c.values["confirmed_by"] = w.Actor
	}
	return nil
}

// assignments are the columns of the change in a fixed order.
func (c *change) assignments() []string {
	names := make([]string, 0, len(c.values))
	for name := range c.values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// place gives the columns of a new place and their values, beginning with parameter number next.
func (c *change) place(next int) (columns, values []string, args []any, err error) {
	if !c.HasGeometry {
		return nil, nil, nil, nil
	}
	bytes, err := geo.EWKB(c.Geometry)
	if err != nil {
		return nil, nil, nil, err
	}
	var crs *string
	var x, y *float64
	if source := c.Source(); source != nil {
		crs, x, y = &source.CRS, &source.X, &source.Y
	}
	return []string{"geom", "source_crs", "source_x", "source_y"},
		[]string{fmt.Sprintf("ST_GeomFromEWKB($%d::bytea)", next), fmt.Sprintf("$%d::text", next+1), fmt.Sprintf("$%d::float8", next+2), fmt.Sprintf("$%d::float8", next+3)},
		[]any{bytes, crs, x, y}, nil
}

// areaStays tells the trigger that the area was given on purpose.
func (w *writing) areaStays(ctx context.Context, values map[string]any) error {
	if _, said := values["area_id"]; !said {
		return nil
	}
	_, err := w.tx.Exec(ctx, `SELECT set_config('fourmaps.area_stays', 'on', true)`)
	return err
}

func (w *writing) insert(ctx context.Context, c *change) error {
	if err := w.areaStays(ctx, c.values); err != nil {
		return err
	}
	record, err := json.Marshal(c.values)
	if err != nil {
		return fmt.Errorf("writing the values: %w", err)
	}
	columns, values, args, err := c.place(3)
	if err != nil {
		return err
	}
	for _, name := range c.assignments() {
		columns, values = append(columns, name), append(values, "v."+name)
	}
	columns, values = append(columns, "id"), append(values, "$1::uuid")
	_, err = w.tx.Exec(ctx, fmt.Sprintf("INSERT INTO %[1]s (%[2]s) SELECT %[3]s FROM jsonb_populate_record(NULL::%[1]s, $2::text::jsonb) v",
		w.layer.Name, strings.Join(columns, ", "), strings.Join(values, ", ")), append([]any{w.id, string(record)}, args...)...)
	return err
}

// update changes the row. Lines of its lists that changed make a new version of it even when nothing else does.
func (w *writing) update(ctx context.Context, c *change, lines int64) error {
	if err := w.areaStays(ctx, c.values); err != nil {
		return err
	}
	record, err := json.Marshal(c.values)
	if err != nil {
		return fmt.Errorf("writing the values: %w", err)
	}
	columns, values, args, err := c.place(3)
	if err != nil {
		return err
	}
	var sets []string
	for i := range columns {
		sets = append(sets, columns[i]+" = "+values[i])
	}
	for _, name := range c.assignments() {
		sets = append(sets, name+" = v."+name)
	}
	if lines > 0 {
		sets = append(sets, "updated_at = clock_timestamp()")
	}
	if len(sets) == 0 {
		return nil
	}
	_, err = w.tx.Exec(ctx, fmt.Sprintf("UPDATE %[1]s r SET %[2]s FROM jsonb_populate_record(NULL::%[1]s, $2::text::jsonb) v WHERE r.id = $1",
		w.layer.Name, strings.Join(sets, ", ")), append([]any{w.id, string(record)}, args...)...)
	return err
}
