package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
)

// List asks for a page of a layer's rows.
type List struct {
	Filter layer.Filter
	Sort   Sort
	After  *Place // nil begins at the first row
	Limit  int
}

// Page is a page of rows as GeoJSON.
type Page struct {
	Features []byte // a FeatureCollection up to its last feature: CollectionStart and the features with commas between
	Returned int
	Matched  int64  // rows that the filter selects, on all pages
	Box      []byte // bbox of the features as a JSON array; nil when none has a place
	Next     *Place // where the next page begins; nil at the end
	At       time.Time
}

// CollectionStart is how a page's FeatureCollection begins. What is known only after the last row comes behind.
const CollectionStart = `{"type":"FeatureCollection","features":[`

// List reads one page. Paging is by key: a row whose sort key does not change meanwhile is neither skipped nor repeated.
func (s *Store) List(ctx context.Context, q List, now time.Time) (Page, error) {
	var page Page
	err := s.within(ctx, func(ctx context.Context) (err error) {
		page, err = s.list(ctx, q)
		return err
	})
	if err != nil {
		return Page{}, fmt.Errorf("listing %s: %w", q.Filter.Layer.Name, err)
	}
	page.At = now
	return page, nil
}

func (s *Store) list(ctx context.Context, q List) (Page, error) {
	c := s.columns[q.Filter.Layer.Name]
	sql, args := q.statement(c)
	rows, err := s.pool.Query(ctx, sql, append([]any{binaryForm}, args...)...)
	if err != nil {
		return Page{}, err
	}
	defer rows.Close()
	w := featureWriter{names: c.public.names, geometryWriter: geometryWriter{shift: len(q.Filter.Boxes) == 2}}
	w.out = append(make([]byte, 0, roomFor(q.Limit)), CollectionStart...)
	var page Page
	var last Place
	for rows.Next() {
		values := rows.RawValues()
		n := len(values)
		page.Matched = int64(binary.BigEndian.Uint64(values[n-2]))
		if page.Returned == q.Limit {
			page.Next = &last
			break
		}
		if page.Returned > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.feature(rows.FieldDescriptions(), values); err != nil {
			return Page{}, err
		}
		w.out = append(w.out, "}}"...)
		page.Returned++
		if page.Returned == q.Limit {
			last = placeOf(values[0], values[n-1])
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return Page{}, err
	}
	page.Features = w.out
	if w.box.filled {
		page.Box = w.box.append(nil)
	}
	if page.Returned == 0 && q.After != nil {
		page.Matched, err = s.count(ctx, q.Filter)
	}
	return page, err
}

// statement asks for one row more than the limit, to know whether there is a next page. Beside the selection come the
// count of all rows of the filter, computed once in the same snapshot, and the sort key as text.
func (q List) statement(c columns) (string, []any) {
	where, args := q.Filter.Where("r", nil)
	counted := where
	key := q.Sort.key("r")
	if q.After != nil {
		var after string
		after, args = q.Sort.after("r", *q.After, args)
		where += " AND " + after
	}
	args = append(args, q.Limit+1)
	return fmt.Sprintf(`SELECT %s, (SELECT count(*) FROM %s r WHERE %s), (%s)::text
		FROM %s WHERE %s ORDER BY %s LIMIT $%d`,
		c.public.sql, c.layer.Name, counted, key, c.from(), where, q.Sort.order("r"), len(args)), args
}

func (s *Store) count(ctx context.Context, f layer.Filter) (n int64, err error) {
	where, args := f.Where("r", nil)
	err = s.pool.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FROM %s r WHERE %s", f.Layer.Name, where), args...).Scan(&n)
	return n, err
}

// placeOf copies, since the values belong to the connection.
func placeOf(id, key []byte) Place {
	p := Place{ID: uuid.UUID(id)}
	if key != nil {
		text := string(key)
		p.Key = &text
	}
	return p
}

// roomFor guesses the bytes of a page, so that it is not copied again and again while it grows.
func roomFor(rows int) int { return 1000 + min(rows, normalPage)*800 }

const normalPage = 400

func int4(v []byte) int32 { return int32(binary.BigEndian.Uint32(v)) }
