package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// Found is what a word names in a layer: ID holds when Count is 1.
type Found struct {
	ID    uuid.UUID
	Count int
}

// FindRows finds the rows that words name: by a field called code, by the key at their origin, by id, or by name.
func (s *Store) FindRows(ctx context.Context, l *layer.Layer, words []string) (map[string]Found, error) {
	code := ""
	if _, ok := l.Field("code"); ok {
		code = "r.code = w OR "
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf(`
		SELECT w, (array_agg(r.id))[1], count(*) FROM unnest($1::text[]) AS w JOIN %s r
		ON r.deleted_at IS NULL AND (%sr.origin_key = w OR r.name = w OR r.id::text = lower(w)) GROUP BY w`, l.Name, code), words)
	if err != nil {
		return nil, fmt.Errorf("finding rows of %s: %w", l.Name, err)
	}
	found := map[string]Found{}
	var word string
	var one Found
	_, err = pgx.ForEachRow(rows, []any{&word, &one.ID, &one.Count}, func() error {
		found[word] = one
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("finding rows of %s: %w", l.Name, err)
	}
	return found, nil
}
