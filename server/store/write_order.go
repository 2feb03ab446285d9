package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// attempts is how often a write is tried that the database gave up for another.
const attempts = 6

// pauseBefore waits a little, longer each time and never for the same time as others, before a write is tried again: those
// that collided once would otherwise collide again. Each collision has cost them a second already (deadlock_timeout).
func pauseBefore(ctx context.Context, attempt int) error {
	pause := time.NewTimer(rand.N(20 * time.Millisecond << attempt))
	defer pause.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-pause.C:
		return nil
	}
}

// inOrder holds the row and those of its own layer to which the values point, the smallest id first: whoever puts one unit
// below another holds them in the same order as who does it the other way round, so neither waits for what the other has.
func (w *writing) inOrder(ctx context.Context, values map[string]any) error {
	ids := []uuid.UUID{w.id}
	for _, f := range w.layer.Fields {
		if f.Type == layer.Reference && f.Layer == w.layer.Name {
			if above := parsed(values[f.Name]); above != nil && *above != w.id {
				ids = append(ids, *above)
			}
		}
	}
	if len(ids) == 1 {
		return nil
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
	for _, id := range ids {
		strength := "SHARE"
		if id == w.id {
			strength = "UPDATE"
		}
		if _, err := w.tx.Exec(ctx, fmt.Sprintf("SELECT 1 FROM %s WHERE id = $1 FOR %s", w.layer.Name, strength), id); err != nil {
			return err
		}
	}
	return nil
}
