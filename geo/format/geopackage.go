package format

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/paulmach/orb"
	_ "modernc.org/sqlite" // the driver of SQLite files

	"fourmaps/geo"
)

// sqliteBegin is how an SQLite file begins.
const sqliteBegin = "SQLite format 3\x00"

// packageOpening is the time for finding the tables, counting the rows and reaching the first one. The largest file that
// is taken needs some seconds on a slow disk; a file made to keep SQLite busy would otherwise need centuries.
const packageOpening = 30 * time.Second

// geoPackageSource reads one table of features of an OGC GeoPackage. What comes from outside is opened so that nothing of it
// is run: without its triggers and views, and only what is a plain table.
type geoPackageSource struct {
	geoPackage
	rows    *sql.Rows
	stop    context.CancelFunc // ends the query of rows
	columns []string
	kinds   []string // declared types, in upper case
	crs     geo.CRS
	notes   []Note
	limits  Limits
	number  int
	total   int
}

// geoPackage is an open file, a copy of its own, since SQLite opens files by name only.
type geoPackage struct {
	db   *sql.DB
	copy string
	size int64
}

// featureTable is a table of features, by the package's own directory.
type featureTable struct {
	name, geometry string
	system         int
}

// openPackage copies the file and opens it for reading.
func openPackage(r io.ReaderAt, size int64) (p geoPackage, err error) {
	if err := checkSchemaTree(r, size); err != nil {
		return p, err
	}
	p.size = size
	file, err := os.CreateTemp("", "fourmaps-import-*.gpkg")
	if err != nil {
		return p, fmt.Errorf("copying a GeoPackage: %w", err)
	}
	p.copy = file.Name()
	_, err = io.Copy(file, io.NewSectionReader(r, 0, size))
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		p.db, err = sql.Open("sqlite", "file:"+p.copy+"?mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)&_pragma=query_only(1)&_pragma=temp_store(2)")
	}
	if err != nil {
		p.close()
		return p, fmt.Errorf("copying a GeoPackage: %w", err)
	}
	p.db.SetMaxOpenConns(1)
	return p, nil
}

func (p geoPackage) close() error {
	var err error
	if p.db != nil {
		err = p.db.Close()
	}
	return errors.Join(err, os.Remove(p.copy))
}

func brokenPackage(err error) error {
	return because(badInput("gpkg_broken", "GeoPackage 不完整或已损坏", "the GeoPackage is truncated or damaged"), err)
}

// unread says why a query gave nothing: its time was over, or the file is broken.
func unread(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return brokenPackage(err)
	}
	return because(badInput("gpkg_slow", "打开 GeoPackage 超时，文件可能已损坏；请用 GIS 软件另存后重试",
		"opening the GeoPackage takes too long, it may be damaged: save it anew with a GIS program and try again"), err)
}

// tables lists the tables of features in the order in which the package names them. The list is made whole within the first
// step of the query, since the driver minds the context only there.
func (p geoPackage) tables(ctx context.Context) ([]featureTable, error) {
	var found int
	if err := p.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name IN ('gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys')
		AND type = 'table' AND sql LIKE 'CREATE TABLE%'`).Scan(&found); err != nil {
		return nil, unread(ctx, err)
	}
	if found < 3 {
		return nil, badInput("gpkg_none", "这是 SQLite 数据库，但不是 GeoPackage（没有要素目录）", "this is an SQLite database and no GeoPackage (it has no directory of features)")
	}
	rows, err := p.db.QueryContext(ctx, `WITH listed AS MATERIALIZED (SELECT c.table_name, g.column_name, g.srs_id
		FROM gpkg_contents c NOT INDEXED CROSS JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
		CROSS JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' AND m.sql LIKE 'CREATE TABLE%'
		WHERE c.data_type = 'features' AND octet_length(c.table_name) <= 1000 AND octet_length(g.column_name) <= 1000 LIMIT 1000) SELECT * FROM listed`)
	if err != nil {
		return nil, unread(ctx, err)
	}
	defer rows.Close()
	var out []featureTable
	for rows.Next() {
		var t featureTable
		if err := rows.Scan(&t.name, &t.geometry, &t.system); err != nil {
			return nil, unread(ctx, err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, unread(ctx, err)
	}
	if len(out) == 0 {
		return nil, badInput("gpkg_none", "GeoPackage 中没有要素表", "the GeoPackage has no table of features")
	}
	return out, nil
}

// openGeoPackage opens the table that is asked for (Options.Sheet), or the first.
func openGeoPackage(r io.ReaderAt, size int64, o Options) (Source, error) {
	p, err := openPackage(r, size)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(context.Background(), packageOpening)
	defer stop()
	s := &geoPackageSource{geoPackage: p, limits: o.limits()}
	if err := s.begin(ctx, o); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *geoPackageSource) begin(ctx context.Context, o Options) error {
	tables, err := s.tables(ctx)
	if err != nil {
		return err
	}
	table, rest, err := chosenTable(tables, o.Sheet)
	if err != nil {
		return err
	}
	note := badInput("", "图层表：%s", "table: %s", table.name)
	if rest != "" {
		note = badInput("", "图层表：%s（未读取：%s）", "table: %s (not read: %s)", table.name, rest)
	}
	s.notes = append(s.notes, Note{"sheet", note.Zh, note.En})
	if s.crs, err = s.system(ctx, table, o.CRS); err != nil {
		return err
	}
	return s.query(ctx, table)
}

func chosenTable(tables []featureTable, wanted string) (chosen featureTable, rest string, err error) {
	var others []string
	found := false
	for _, t := range tables {
		if !found && (wanted == "" || t.name == wanted) {
			chosen, found = t, true
			continue
		}
		others = append(others, t.name)
	}
	rest = strings.Join(others, "、")
	if !found {
		return chosen, "", badInput("sheet_missing", "没有名为“%s”的图层表（有：%s）", "there is no table %q (there are: %s)", wanted, rest)
	}
	return chosen, rest, nil
}

// system finds the coordinate system of a table, unless the operator knows better.
func (s *geoPackageSource) system(ctx context.Context, t featureTable, said geo.CRS) (geo.CRS, error) {
	if said != geo.Undeclared {
		return said, nil
	}
	var name, organization, definition string
	var code int
	err := s.db.QueryRowContext(ctx, `SELECT srs_name, organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?`, t.system).Scan(&name, &organization, &code, &definition)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && t.system <= 0:
		return geo.Undeclared, badInput("crs_missing", "GeoPackage 没有说明坐标系，请用 --crs 说明坐标系（如 cgcs2000、gcj02、EPSG:4547）",
			"the GeoPackage does not say its coordinate system; say it with --crs (such as cgcs2000, gcj02, EPSG:4547)")
	case err != nil:
		return geo.Undeclared, unread(ctx, err)
	case strings.EqualFold(organization, "EPSG"):
		return geo.ParseCRS(fmt.Sprint("EPSG:", code))
	}
	if crs, err := geo.ParseCRS(name); err == nil {
		return crs, nil
	}
	return parsePRJ(definition)
}

// query begins to read the table. What is computed when it is read is not: it could be anything.
func (s *geoPackageSource) query(ctx context.Context, t featureTable) error {
	names, others, key, err := s.describe(ctx, t)
	if err != nil {
		return err
	}
	if err := s.limits.checkColumns(len(names)); err != nil {
		return err
	}
	s.columns = uniqueNames(names)
	if err := s.count(ctx, t); err != nil {
		return err
	}
	order, err := s.order(ctx, t, append(others, names...), key)
	if err != nil {
		return err
	}
	id := order
	if key != "" {
		id = "+" + quotedName(key)
	}
	wanted := []string{id, quotedName(t.geometry)}
	for _, name := range names {
		wanted = append(wanted, "+"+quotedName(name)) // the sign keeps the driver from reading dates its own way
	}
	// The rows outlive the time for opening, which counts up to the first of them.
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	opened := context.AfterFunc(ctx, stop)
	defer opened()
	if s.rows, err = s.db.QueryContext(reading, `SELECT `+strings.Join(wanted, ", ")+` FROM `+quotedName(t.name)+` NOT INDEXED ORDER BY `+order); err != nil {
		return unread(ctx, err)
	}
	return nil
}

func quotedName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (s *geoPackageSource) Columns() []string { return s.columns }
func (s *geoPackageSource) CRS() geo.CRS      { return s.crs }
func (s *geoPackageSource) Notes() []Note     { return s.notes }

// Progress counts features.
func (s *geoPackageSource) Progress() (done, total int64) { return int64(s.number), int64(s.total) }

// Close removes the copy.
func (s *geoPackageSource) Close() error {
	var err error
	if s.rows != nil {
		err = s.rows.Close()
	}
	if s.stop != nil {
		s.stop()
	}
	return errors.Join(err, s.close())
}

// Next gives the next feature.
func (s *geoPackageSource) Next() (Row, error) {
	if !s.rows.Next() {
		if err := s.rows.Err(); err != nil {
			return Row{}, brokenPackage(err)
		}
		return Row{}, io.EOF
	}
	if s.number++; s.number > s.total {
		return Row{}, brokenPackage(fmt.Errorf("there are more than the %d rows that were counted", s.total))
	}
	var id any
	values := make([]any, len(s.columns)+1)
	into := []any{&id}
	for i := range values {
		into = append(into, &values[i])
	}
	if err := s.rows.Scan(into...); err != nil {
		return Row{}, brokenPackage(err)
	}
	row := Row{Number: s.number, Cells: make([]any, len(s.columns))}
	if id != nil {
		row.ID = fmt.Sprint(id)
	}
	for i, v := range values[1:] {
		cell, err := packageCell(s.kinds[i], v)
		if err != nil {
			row.Problem = problem(row.Number, s.columns[i], err)
			return row, nil
		}
		row.Cells[i] = cell
	}
	var err error
	if row.Geometry, err = packageGeometry(values[0], s.limits.Positions); err != nil {
		row.Problem = problem(row.Number, "", err)
		return row, nil
	}
	row.Problem = fitCells(&row, s.columns, s.limits)
	return row, nil
}

// packageCell turns a value of SQLite into a cell.
func packageCell(kind string, v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		switch {
		case kind == "BOOLEAN":
			return v != 0, nil
		case v >= 1<<53 || v <= -1<<53:
			return fmt.Sprint(v), nil
		}
		return float64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, nil
		}
		return v, nil
	case bool:
		return v, nil
	case string:
		return textOrNil(v), nil
	}
	return nil, badInput("cell_binary", "单元格是二进制数据", "the cell holds binary data")
}

// packageGeometry reads a geometry as a GeoPackage has it (clause 2.1.3): a header, maybe a box, and WKB.
func packageGeometry(v any, positions int) (orb.Geometry, error) {
	b, ok := v.([]byte)
	if v == nil || ok && len(b) == 0 {
		return nil, nil
	}
	if !ok || len(b) < 8 || b[0] != 'G' || b[1] != 'P' || b[3]&(1<<5) != 0 {
		return nil, brokenGeometry("不是 GeoPackage 的几何", "it is no geometry of a GeoPackage")
	}
	box := map[byte]int{0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
	n, known := box[b[3]>>1&7]
	if !known || len(b) < 8+n {
		return nil, wkbShort()
	}
	if b[3]&(1<<4) != 0 {
		return nil, nil // an empty geometry
	}
	return decodeWKB(b[8+n:], positions)
}
