package store

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
)

// binaryForm asks for every column in PostgreSQL's binary form, which wire.go and geometry.go read.
var binaryForm = pgx.QueryResultFormats{pgx.BinaryFormatCode}

// featureWriter writes rows of a selection as GeoJSON features.
type featureWriter struct {
	geometryWriter
	names []string
	out   []byte
}

// feature appends the row whose columns are fields and values, without the closing braces of properties and feature.
func (w *featureWriter) feature(fields []pgconn.FieldDescription, values [][]byte) error {
	w.out = append(w.out, `{"type":"Feature","id":`...)
	w.out = appendUUID(w.out, values[0])
	w.out = append(w.out, `,"geometry":`...)
	var err error
	if w.out, err = w.geometry(w.out, values[1]); err != nil {
		return err
	}
	w.out = append(w.out, `,"properties":{`...)
	w.out, err = appendColumns(w.out, w.names, fields[2:], values[2:])
	return err
}

// appendColumns appends "name":value pairs with commas between.
func appendColumns(dst []byte, names []string, fields []pgconn.FieldDescription, values [][]byte) ([]byte, error) {
	var err error
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, name...)
		if dst, err = appendValue(dst, fields[i].DataTypeOID, values[i]); err != nil {
			return dst, fmt.Errorf("column %s %w", name, err)
		}
	}
	return dst, nil
}

// Feature is one row as GeoJSON.
type Feature struct {
	JSON    []byte
	Version int
	Masked  bool // sensitive fields were left out
}

// Feature reads one row with its fields and the lists that belong to it, the sensitive ones only if sees says so of the
// row's area (nil for none). A row that does not exist or is deleted gives ErrNotFound.
func (s *Store) Feature(ctx context.Context, l *layer.Layer, id uuid.UUID, sees func(area *uuid.UUID) bool) (Feature, error) {
	var f Feature
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		var area *uuid.UUID
		err := tx.QueryRow(ctx, fmt.Sprintf("SELECT area_id FROM %s WHERE id = $1 AND deleted_at IS NULL", l.Name), id).Scan(&area)
		if err != nil {
			return errNoRows(err)
		}
		c := s.columns[l.Name]
		masked := c.sensitive() && !sees(area)
		if masked {
			c = c.masked()
		}
		f, err = readFeature(ctx, tx, c, id)
		f.Masked = masked
		return err
	})
	if err != nil {
		return Feature{}, fmt.Errorf("reading a row of %s: %w", l.Name, err)
	}
	return f, nil
}

func readFeature(ctx context.Context, tx pgx.Tx, c columns, id uuid.UUID) (f Feature, err error) {
	w := featureWriter{names: c.full.names}
	sql := fmt.Sprintf("SELECT %s, r.version FROM %s WHERE r.id = $1 AND r.deleted_at IS NULL", c.full.sql, c.from())
	rows, err := tx.Query(ctx, sql, binaryForm, id)
	if err != nil {
		return f, err
	}
	defer rows.Close()
	found := false
	for rows.Next() {
		found = true
		values := rows.RawValues()
		if err := w.feature(rows.FieldDescriptions(), values); err != nil {
			return f, err
		}
		f.Version = int(int4(values[len(values)-1]))
	}
	if err := rows.Err(); err != nil {
		return f, err
	}
	if !found {
		return f, ErrNotFound
	}
	for _, p := range c.parts {
		if w.out, err = appendPart(ctx, tx, w.out, p, id); err != nil {
			return f, err
		}
	}
	f.JSON = append(w.out, "}}"...)
	return f, nil
}

// appendPart appends the list as one more property, in the order in which its lines were made.
func appendPart(ctx context.Context, tx pgx.Tx, dst []byte, p part, id uuid.UUID) ([]byte, error) {
	rows, err := tx.Query(ctx, p.sql, binaryForm, id)
	if err != nil {
		return dst, err
	}
	defer rows.Close()
	dst = fmt.Appendf(dst, ",%q:[", p.name)
	for n := 0; rows.Next(); n++ {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '{')
		if dst, err = appendColumns(dst, p.names, rows.FieldDescriptions(), rows.RawValues()); err != nil {
			return dst, err
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), rows.Err()
}

// PublicFeatures reads rows by id without sensitive fields, as GeoJSON by id. Rows that are gone are missing.
func (s *Store) PublicFeatures(ctx context.Context, from Rower, l *layer.Layer, ids []uuid.UUID) (map[uuid.UUID][]byte, error) {
	c := s.columns[l.Name]
	sql := fmt.Sprintf("SELECT %s FROM %s WHERE r.id = ANY ($1::uuid[]) AND r.deleted_at IS NULL", c.public.sql, c.from())
	rows, err := from.Query(ctx, sql, binaryForm, ids)
	if err != nil {
		return nil, fmt.Errorf("reading changed rows of %s: %w", l.Name, err)
	}
	defer rows.Close()
	found := make(map[uuid.UUID][]byte, len(ids))
	for rows.Next() {
		w := featureWriter{names: c.public.names}
		values := rows.RawValues()
		if err := w.feature(rows.FieldDescriptions(), values); err != nil {
			return nil, fmt.Errorf("reading changed rows of %s: %w", l.Name, err)
		}
		found[uuid.UUID(values[0])] = append(w.out, "}}"...)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading changed rows of %s: %w", l.Name, err)
	}
	return found, nil
}
