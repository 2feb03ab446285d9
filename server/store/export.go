package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
)

// exportLimit is how long one export may read: a whole layer takes longer than a page of it.
const exportLimit = 2 * time.Minute

// Export asks for the rows of a list, all of them.
type Export struct {
	Filter layer.Filter
	Sort   Sort
	// Sees tells whether who asks may see the sensitive fields of rows in an area (nil: in none). They go out only if that
	// holds for all rows of the list; nil leaves them out.
	Sees func(area *uuid.UUID) bool
}

// fields are the options of files by which the fields of the export follow.
func (q Export) fields() export.Options {
	return export.Options{Layer: q.Filter.Layer, Sensitive: q.Sees != nil}
}

// Export hands the rows that a list with the same filter and sort has to a writer, as they are at one moment, and after
// them, if the writer takes them, the lists that belong to them. The caller closes the writer.
func (s *Store) Export(ctx context.Context, q Export, w export.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, exportLimit+grace)
	defer cancel()
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('statement_timeout', $1, true)`, fmt.Sprint(exportLimit.Milliseconds())); err != nil {
			return err
		}
		if err := q.allowed(ctx, tx); err != nil {
			return err
		}
		if err := q.writeRows(ctx, tx, w); err != nil {
			return err
		}
		lists, ok := w.(export.ListWriter)
		if !ok {
			return nil
		}
		for _, p := range q.Filter.Layer.Parts {
			if err := q.writeList(ctx, tx, p, lists); err != nil {
				return fmt.Errorf("the list %s: %w", p.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("exporting %s: %w", q.Filter.Layer.Name, err)
	}
	return nil
}

// allowed gives a DeniedError where sensitive fields are asked for and a row lies where they may not be seen.
func (q Export) allowed(ctx context.Context, tx pgx.Tx) error {
	if q.Sees == nil {
		return nil
	}
	where, args := q.Filter.Where("r", nil)
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT DISTINCT r.area_id FROM %s r WHERE %s", q.Filter.Layer.Name, where), args...)
	if err != nil {
		return err
	}
	areas, err := pgx.CollectRows(rows, pgx.RowTo[*uuid.UUID])
	if err != nil {
		return err
	}
	for _, area := range areas {
		if !q.Sees(area) {
			return &DeniedError{maySensitive}
		}
	}
	return nil
}

func (q Export) writeRows(ctx context.Context, tx pgx.Tx, w export.Writer) error {
	fields := q.fields().Fields()
	named, err := wordsFor(ctx, tx, fields)
	if err != nil {
		return err
	}
	where, args := q.Filter.Where("r", nil)
	sql := fmt.Sprintf("SELECT r.id, r.geom, r.anchor, %s FROM %s r WHERE %s ORDER BY %s",
		fieldList("r", fields), q.Filter.Layer.Name, where, q.Sort.order("r"))
	return eachRow(ctx, tx, sql, args, func(values []any) error {
		row := export.Row{ID: values[0].([16]byte)}
		if err := placeRow(&row, values[1], values[2]); err != nil {
			return err
		}
		for i, f := range fields {
			row.Values = append(row.Values, exported(f, values[3+i], named))
		}
		return w.Write(row)
	})
}

func (q Export) writeList(ctx context.Context, tx pgx.Tx, p layer.Part, w export.ListWriter) error {
	if err := w.List(p); err != nil {
		return err
	}
	fields := q.fields().ListFields(p)
	where, args := q.Filter.Where("r", nil)
	sql := fmt.Sprintf("SELECT r.id, r.name, %s FROM %s r JOIN %s p ON p.%[2]s_id = r.id WHERE %[4]s ORDER BY %[5]s, p.id",
		fieldList("p", fields), q.Filter.Layer.Name, p.Name, where, q.Sort.order("r"))
	return eachRow(ctx, tx, sql, args, func(values []any) error {
		name, _ := values[1].(string)
		line := make([]any, len(fields))
		for i, f := range fields {
			line[i] = exported(f, values[2+i], nil)
		}
		return w.WriteLine(name, values[0].([16]byte), line)
	})
}

func fieldList(alias string, fields []layer.Field) string {
	columns := make([]string, len(fields))
	for i, f := range fields {
		columns[i] = alias + "." + f.Name
	}
	return strings.Join(columns, ", ")
}

// eachRow reads rows one by one; geometries are bytes.
func eachRow(ctx context.Context, tx pgx.Tx, sql string, args []any, f func([]any) error) error {
	if err := knowGeometry(ctx, tx.Conn()); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sql, append([]any{binaryForm}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return err
		}
		if err := f(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func placeRow(r *export.Row, geom, anchor any) error {
	shape, placed := geom.([]byte)
	if !placed {
		return nil
	}
	var err error
	if r.Geometry, _, err = geo.DecodeEWKB(shape); err != nil {
		return err
	}
	at, _ := anchor.([]byte)
	point, _, err := geo.DecodeEWKB(at)
	if err != nil {
		return err
	}
	r.Anchor = point.Bound().Center()
	return nil
}

// exported turns a value of the database into one that writers know.
func exported(f layer.Field, v any, named words) any {
	switch v := v.(type) {
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case []any:
		list := make([]string, 0, len(v))
		for _, item := range v {
			if text, ok := item.(string); ok {
				list = append(list, text)
			}
		}
		return list
	case [16]byte:
		if word, ok := named[f.Name][v]; ok {
			return word
		}
		return nil // of a row that an import could not find either
	case string, int64, float64, bool, time.Time:
		return v
	}
	return nil // NULL, or a date at infinity
}

// words are what the rows are called that fields point to: by field and id.
type words map[string]map[uuid.UUID]string
