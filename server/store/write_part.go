package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// lists brings the lists that the entry mentions to what it says. It gives the number of lines that changed.
func (w *writing) lists(ctx context.Context, c *change) (changed int64, err error) {
	for _, p := range w.layer.Parts {
		lines, said := c.Parts[p.Name]
		if !said {
			continue
		}
		n, err := w.list(ctx, p, lines, w.allowed(maySensitive, c.area) == nil)
		if err != nil {
			return changed, err
		}
		changed += n
	}
	return changed, nil
}

// list brings one list to the lines given. Who may not see the sensitive fields of stored lines leaves them as they are.
func (w *writing) list(ctx context.Context, p layer.Part, lines []layer.Line, open bool) (changed int64, err error) {
	stored, err := w.stored(ctx, p)
	if err != nil {
		return 0, err
	}
	records := make([]map[string]any, 0, len(lines))
	ids := make([]uuid.UUID, 0, len(lines))
	for _, line := range lines {
		id := line.ID
		if id == uuid.Nil {
			if id, err = uuid.NewV7(); err != nil {
				return 0, fmt.Errorf("making an id: %w", err)
			}
		}
		record := clone(line.Values)
		record["id"] = id
		for _, f := range p.Fields {
			if before, there := stored[id]; there && f.Sensitive && !open {
				record[f.Name] = before[f.Name]
			}
		}
		records, ids = append(records, record), append(ids, id)
	}
	text, err := json.Marshal(records)
	if err != nil {
		return 0, fmt.Errorf("writing the lines of %s: %w", p.Name, err)
	}
	for _, statement := range w.listStatements(p) {
		args := []any{w.id, string(text)}
		if strings.HasPrefix(statement, "DELETE") {
			args[1] = ids
		}
		done, err := w.tx.Exec(ctx, statement, args...)
		if err != nil {
			return changed, err
		}
		changed += done.RowsAffected()
	}
	return changed, nil
}

// listStatements take out lines that are gone, change those that differ and add those that are new. $1 is the row, $2 the
// ids that stay (to delete) or the lines as JSON.
func (w *writing) listStatements(p layer.Part) []string {
	owner := w.layer.Name + "_id"
	var columns, mine, theirs, sets []string
	for _, f := range p.Fields {
		columns = append(columns, f.Name)
		mine, theirs = append(mine, "t."+f.Name), append(theirs, "v."+f.Name)
		sets = append(sets, f.Name+" = v."+f.Name)
	}
	lines := fmt.Sprintf("jsonb_populate_recordset(NULL::%s, $2::text::jsonb) v", p.Name)
	return []string{
		fmt.Sprintf("DELETE FROM %s t WHERE t.%s = $1 AND t.id <> ALL ($2::uuid[])", p.Name, owner),
		fmt.Sprintf("UPDATE %s t SET %s FROM %s WHERE t.%s = $1 AND t.id = v.id AND (%s) IS DISTINCT FROM (%s)",
			p.Name, strings.Join(sets, ", "), lines, owner, strings.Join(mine, ", "), strings.Join(theirs, ", ")),
		fmt.Sprintf("INSERT INTO %[1]s (id, %[2]s, %[3]s) SELECT v.id, $1, %[4]s FROM %[5]s WHERE NOT EXISTS (SELECT 1 FROM %[1]s t WHERE t.id = v.id AND t.%[2]s = $1)",
			p.Name, owner, strings.Join(columns, ", "), strings.Join(theirs, ", "), lines),
	}
}

// stored reads the lines of a list as they are, by id.
func (w *writing) stored(ctx context.Context, p layer.Part) (map[uuid.UUID]map[string]any, error) {
	rows, err := w.tx.Query(ctx, fmt.Sprintf("SELECT id, to_jsonb(t) FROM %s t WHERE %s_id = $1", p.Name, w.layer.Name), w.id)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]map[string]any{}
	var id uuid.UUID
	var line map[string]any
	_, err = pgx.ForEachRow(rows, []any{&id, &line}, func() error {
		out[id], line = line, nil
		return nil
	})
	return out, err
}
