package store

import (
	"context"
	"fmt"
	"iter"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// CopyRows streams rows into a table and gives their number. A value is what its column takes, or an orb.Geometry in
// WGS 84; nil is NULL. An error among the rows ends the copying, and so does a number that is none: the checks of some
// columns let minus infinity through. progress, if not nil, hears how many rows went so far.
func CopyRows(ctx context.Context, tx pgx.Tx, table string, columns []string, rows iter.Seq2[[]any, error], progress func(done int)) (int64, error) {
	if err := knowGeometry(ctx, tx.Conn()); err != nil {
		return 0, err
	}
	next, stop := iter.Pull2(rows)
	defer stop()
	done := 0
	source := pgx.CopyFromFunc(func() ([]any, error) {
		row, err, more := next()
		if !more || err != nil {
			return nil, err
		}
		done++
		if progress != nil && done%1000 == 0 {
			progress(done)
		}
		return encoded(columns, row)
	})
	n, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, source)
	if err != nil {
		return n, fmt.Errorf("copying rows into %s: %w", table, err)
	}
	if progress != nil {
		progress(done)
	}
	return n, nil
}

// encoded gives the row with its geometries in PostGIS's form.
func encoded(columns []string, row []any) ([]any, error) {
	out := make([]any, len(row))
	for i, v := range row {
		out[i] = v
		switch v := v.(type) {
		case float64:
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%s is %v", columns[i], v)
			}
		case orb.Geometry:
			b, err := geo.EWKB(v)
			if err != nil {
				return nil, err
			}
			out[i] = b
		}
	}
	return out, nil
}

// knowGeometry tells the connection how geometries travel in binary form: as they are.
func knowGeometry(ctx context.Context, conn *pgx.Conn) error {
	if _, known := conn.TypeMap().TypeForName("geometry"); known {
		return nil
	}
	var oid uint32
	if err := conn.QueryRow(ctx, `SELECT 'geometry'::regtype::oid`).Scan(&oid); err != nil {
		return fmt.Errorf("looking up the type of geometries: %w", err)
	}
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: oid, Codec: pgtype.ByteaCodec{}})
	return nil
}
