package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// Confirmation says that a row is still true.
type Confirmation struct {
	AccuracyM *float64 // of the position from where the person looked, metres
}

// Confirm notes that somebody looked at the row and it is still true. Confirmations by others since the version that the
// person has seen do not matter; other changes do, since it is not sure what was looked at. A later confirmation stays.
func (s *Store) Confirm(ctx context.Context, l *layer.Layer, id uuid.UUID, base int, c Confirmation, how Write) (Written, error) {
	return s.write(ctx, l, id, how, confirming, func(ctx context.Context, w *writing) error {
		if c.AccuracyM != nil {
			if f := accuracyFinding(l, *c.AccuracyM); f != nil {
				f.Offers = []Offer{}
				return &FindingsError{[]Finding{*f}}
			}
		}
		r, err := w.look(ctx)
		if err != nil {
			return err
		}
		if err := w.allowed(mayConfirm, r.AreaID); err != nil {
			return err
		}
		if r.Version != base {
			if same, err := w.onlyConfirmed(ctx, base, r.Version); err != nil || !same {
				return orStale(ctx, w, err)
			}
		}
		if err := w.alive(ctx, r); err != nil {
			return err
		}
		if r.ConfirmedAt != nil && !r.ConfirmedAt.Before(w.OccurredAt) {
			return nil
		}
		_, err = w.tx.Exec(ctx, fmt.Sprintf(`UPDATE %s SET confirmed_at = $2, confirmed_by = $3, position_accuracy_m = least(position_accuracy_m, $4) WHERE id = $1`, l.Name),
			id, w.OccurredAt, w.Actor, c.AccuracyM)
		return err
	})
}

func orStale(ctx context.Context, w *writing, err error) error {
	if err != nil {
		return err
	}
	return w.stale(ctx)
}

// onlyConfirmed tells whether nothing but confirmations came between two versions.
func (w *writing) onlyConfirmed(ctx context.Context, base, now int) (same bool, err error) {
	if base >= now {
		return false, nil
	}
	err = w.tx.QueryRow(ctx, `
		SELECT count(*) = $4::int - $3::int AND NOT EXISTS (SELECT 1 FROM history p WHERE p.owner_id = $2 AND p.owner_version > $3::int AND p.owner_version <= $4::int)
			AND coalesce(bool_and(h.before - ARRAY['version', 'updated_at', 'confirmed_at', 'confirmed_by', 'position_accuracy_m'] = h.after - ARRAY['version', 'updated_at', 'confirmed_at', 'confirmed_by', 'position_accuracy_m']), false)
		FROM history h WHERE h.layer = $1 AND h.id = $2 AND h.version > $3::int AND h.version <= $4::int`, w.layer.Name, w.id, base, now).Scan(&same)
	return same, err
}
