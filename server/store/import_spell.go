package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// spelledAtOnce is for how many rows search texts are made at once.
const spelledAtOnce = 20_000

// spell makes the search texts of staged rows whose phrases are new, all at once: row by row, as the trigger does it for
// whoever brings none, it took longer than all the rest of an import. The trigger takes a text only for the phrases that
// it was made of.
func (t *staged) spell(ctx context.Context, tx pgx.Tx) error {
	if t.spelled {
		return nil
	}
	t.spelled = true
	phrases := []string{"name", "name_en"} // in the order of the trigger's, or it makes its own
	for _, f := range t.layer.Fields {
		if f.Search {
			phrases = append(phrases, f.Name)
		}
	}
	said, stored := make([]string, len(phrases)), make([]string, len(phrases))
	for n, phrase := range phrases {
		said[n], stored[n] = "r."+phrase, "r."+phrase
		if slices.Contains(t.columns, phrase) {
			said[n] = "i." + phrase
		}
	}
	lines := 0
	if err := tx.QueryRow(ctx, "SELECT coalesce(max(line), 0) FROM "+t.table).Scan(&lines); err != nil {
		return fmt.Errorf("counting rows: %w", err)
	}
	for from := 1; from <= lines; from += spelledAtOnce {
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			WITH fresh AS MATERIALIZED (
				SELECT i.line, ARRAY[%s]::text[] AS phrases, row_number() OVER (ORDER BY i.line) AS n
				FROM %s i LEFT JOIN %s r ON r.id = i.stored
				WHERE i.line BETWEEN $1 AND $2 AND (r.id IS NULL OR ARRAY[%[1]s]::text[] IS DISTINCT FROM ARRAY[%[4]s]::text[]))
			UPDATE %[2]s i SET search = t.sealed
			FROM fresh f JOIN search_texts((SELECT array_agg(phrases ORDER BY n) FROM fresh)) t USING (n) WHERE i.line = f.line`,
			strings.Join(said, ", "), t.table, t.layer.Name, strings.Join(stored, ", ")), from, from+spelledAtOnce-1)
		if err != nil {
			return fmt.Errorf("spelling rows for the search: %w", err)
		}
	}
	return nil
}
