package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// FindRows gives the ids of the rows that each word names: by a field called code, by the key at their origin, by id, or
// by name. Rows that are deleted or no longer valid are not named.
func (s *Store) FindRows(ctx context.Context, l *layer.Layer, words []string) (map[string][]uuid.UUID, error) {
	ways := []string{"r.origin_key = w", "r.name = w", "r.id::text = lower(w)"}
	if _, ok := l.Field("code"); ok {
		ways = append(ways, "r.code = w")
	}
	current := "r.deleted_at IS NULL"
	if _, ok := l.Field("valid_to"); ok {
		current += " AND r.valid_to IS NULL"
	}
	for i, way := range ways { // one by one, since no index and no hash serves an OR
		ways[i] = fmt.Sprintf("SELECT w, r.id FROM words JOIN %s r ON %s WHERE %s", l.Name, way, current)
	}
	found := map[string][]uuid.UUID{}
	var word string
	var ids []uuid.UUID
	err := s.each(ctx, fmt.Sprintf(`WITH words AS (SELECT unnest($1::text[]) AS w) SELECT w, array_agg(id) FROM (%s) named GROUP BY w`,
		strings.Join(ways, " UNION ")), []any{words}, []any{&word, &ids}, func() { found[word], ids = ids, nil })
	if err != nil {
		return nil, fmt.Errorf("finding rows of %s: %w", l.Name, err)
	}
	return found, nil
}

// RowsOf gives the ids of the rows of an origin by their key there.
func (s *Store) RowsOf(ctx context.Context, l *layer.Layer, origin string) (map[string]uuid.UUID, error) {
	found := map[string]uuid.UUID{}
	var key string
	var id uuid.UUID
	err := s.each(ctx, fmt.Sprintf(`SELECT origin_key, id FROM %s WHERE origin = $1 AND deleted_at IS NULL`, l.Name),
		[]any{origin}, []any{&key, &id}, func() { found[key] = id })
	if err != nil {
		return nil, fmt.Errorf("reading the keys of %s: %w", l.Name, err)
	}
	return found, nil
}

// StandingRows tells which ids are of rows that are there.
func (s *Store) StandingRows(ctx context.Context, l *layer.Layer, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	found := map[uuid.UUID]bool{}
	var id uuid.UUID
	err := s.each(ctx, fmt.Sprintf(`SELECT id FROM %s WHERE id = ANY ($1::uuid[]) AND deleted_at IS NULL`, l.Name), []any{ids}, []any{&id}, func() { found[id] = true })
	if err != nil {
		return nil, fmt.Errorf("looking for rows of %s by id: %w", l.Name, err)
	}
	return found, nil
}

// Above gives for each row of a layer the row of the same layer that one of its fields points to.
func (s *Store) Above(ctx context.Context, l *layer.Layer, field layer.Field) (map[uuid.UUID]uuid.UUID, error) {
	found := map[uuid.UUID]uuid.UUID{}
	var id, above uuid.UUID
	err := s.each(ctx, fmt.Sprintf(`SELECT id, %s FROM %s WHERE %[1]s IS NOT NULL AND deleted_at IS NULL`, field.Name, l.Name),
		nil, []any{&id, &above}, func() { found[id] = above })
	if err != nil {
		return nil, fmt.Errorf("reading what lies above in %s: %w", l.Name, err)
	}
	return found, nil
}

// each reads rows into the same places and tells of every one.
func (s *Store) each(ctx context.Context, sql string, args, into []any, f func()) error {
	rows, err := s.pool.Query(ctx, sql, args...)
	if err != nil {
		return err
	}
	_, err = pgx.ForEachRow(rows, into, func() error {
		f()
		return nil
	})
	return err
}
