package format

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

// leastRowBytes is the least that a row takes in an SQLite file: a cell of four bytes and two bytes that say where it is.
const leastRowBytes = 6

// describe finds the columns to read, the others, and the one of these that is the feature's own number ("" if none is).
func (s *geoPackageSource) describe(ctx context.Context, t featureTable) (names, others []string, key string, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT name, upper(type), hidden, pk, (SELECT count(*) FROM pragma_table_xinfo(?1) WHERE pk > 0) FROM pragma_table_xinfo(?1) ORDER BY cid`, t.name)
	if err != nil {
		return nil, nil, "", unread(ctx, err)
	}
	defer rows.Close()
	var left []string
	for rows.Next() {
		var name, kind string
		var hidden, pk, keys int
		if err := rows.Scan(&name, &kind, &hidden, &pk, &keys); err != nil {
			return nil, nil, "", unread(ctx, err)
		}
		switch {
		case name == t.geometry:
			others = append(others, name)
		case hidden != 0, strings.HasPrefix(kind, "BLOB"):
			left = append(left, name)
		case pk == 1 && keys == 1 && kind == "INTEGER":
			key, others = name, append(others, name)
		default:
			names, s.kinds = append(names, name), append(s.kinds, kind)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, nil, "", unread(ctx, err)
	}
	if len(left) > 0 {
		s.notes = append(s.notes, Note{"not_read", "未读取：" + strings.Join(left, "、"), "not read: " + strings.Join(left, ", ")})
	}
	return names, append(others, left...), key, nil
}

// count walks over all rows, but no further than one beyond what may be: pages that name each other can stand for more
// rows than there is time for. SQLite's own check would compute what the file says: it could be anything.
func (s *geoPackageSource) count(ctx context.Context, t featureTable) error {
	room := int(s.size / leastRowBytes)
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM `+quotedName(t.name)+` NOT INDEXED LIMIT ?)`, min(room, s.limits.Rows)+1).Scan(&s.total); err != nil {
		return unread(ctx, err)
	}
	if s.total > room {
		return brokenPackage(fmt.Errorf("%d bytes have no room for more than %d rows", s.size, room))
	}
	return s.limits.checkRows(s.total)
}

// order finds what tells the rows of a table apart: SQLite's number of the row, by one of its names that is no column, or
// the table's own integer key where it is kept without such numbers.
func (s *geoPackageSource) order(ctx context.Context, t featureTable, columns []string, key string) (string, error) {
	for _, number := range []string{"rowid", "_rowid_", "oid"} {
		taken := func(name string) bool { return strings.EqualFold(name, number) }
		if slices.ContainsFunc(columns, taken) {
			continue
		}
		var none int64
		err := s.db.QueryRowContext(ctx, `SELECT `+number+` FROM `+quotedName(t.name)+` LIMIT 0`).Scan(&none)
		var code *sqlite.Error
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return number, nil
		case !errors.As(err, &code) || code.Code() != sqlitecode.SQLITE_ERROR:
			return "", unread(ctx, err)
		}
	}
	if key != "" {
		return quotedName(key), nil
	}
	return "", badInput("gpkg_key", "图层表“%s”没有整数主键，无法逐行读取；请用 GIS 软件另存后重试", "the table %q has no integer primary key, so its rows cannot be told apart: save it anew with a GIS program", t.name)
}
