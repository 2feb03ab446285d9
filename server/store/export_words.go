package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// wordsFor finds what to call the rows that fields point to, so that an import finds them again by FindRows: by code
// where there is one, else by a name that no other row has, else by id.
func wordsFor(ctx context.Context, tx pgx.Tx, fields []layer.Field) (words, error) {
	out := words{}
	byLayer := map[string]map[uuid.UUID]string{}
	for _, f := range fields {
		if f.Type != layer.Reference {
			continue
		}
		target, ok := layer.ByName(f.Layer)
		if !ok {
			return nil, fmt.Errorf("%s points to the unknown layer %s", f.Name, f.Layer)
		}
		if byLayer[f.Layer] == nil {
			called, err := called(ctx, tx, target)
			if err != nil {
				return nil, fmt.Errorf("reading what rows of %s are called: %w", f.Layer, err)
			}
			byLayer[f.Layer] = called
		}
		out[f.Name] = byLayer[f.Layer]
	}
	return out, nil
}

func called(ctx context.Context, tx pgx.Tx, l *layer.Layer) (map[uuid.UUID]string, error) {
	word, current := "r.name", ""
	_, coded := l.Field("code")
	if coded {
		word = "r.code"
	}
	if _, ends := l.Field("valid_to"); ends {
		current = " AND r.valid_to IS NULL"
	}
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT r.id, coalesce(%s, ''), r.origin_key FROM %s r WHERE r.deleted_at IS NULL%s", word, l.Name, current))
	if err != nil {
		return nil, err
	}
	names, many := map[uuid.UUID]string{}, map[string]int{}
	var id uuid.UUID
	var name, key string
	_, err = pgx.ForEachRow(rows, []any{&id, &name, &key}, func() error {
		names[id] = name
		many[format.Fold(name)]++
		if key != name {
			many[format.Fold(key)]++ // a key goes before a name
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for id, name := range names {
		if folded := format.Fold(name); !coded && (many[folded] > 1 || folded == "" || strings.TrimSpace(name) != name) {
			names[id] = id.String()
		}
	}
	return names, nil
}
