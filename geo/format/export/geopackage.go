package export

import (
	"database/sql"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"
	_ "modernc.org/sqlite" // the driver of SQLite files

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// geoPackageWriter writes an OGC GeoPackage 1.3: an SQLite database with one table of features. It grows as a temporary
// file, since SQLite writes here and there.
type geoPackageWriter struct {
	*sheet
	to     io.Writer
	folder string
	db     *sql.DB
	tx     *sql.Tx
	insert *sql.Stmt
	bound  orb.Bound
	placed bool
}

func newGeoPackage(w io.Writer, s *sheet) (Writer, error) {
	folder, err := os.MkdirTemp("", "fourmaps-export-*")
	if err != nil {
		return nil, fmt.Errorf("beginning the GeoPackage: %w", err)
	}
	g := &geoPackageWriter{sheet: s, to: w, folder: folder}
	if err := g.begin(); err != nil {
		g.Abandon()
		return nil, fmt.Errorf("beginning the GeoPackage: %w", err)
	}
	return g, nil
}

func (g *geoPackageWriter) file() string { return filepath.Join(g.folder, "rows.gpkg") }

// geoPackageTables are the tables that the standard asks for; application_id says GPKG, user_version 1.3.
const geoPackageTables = `
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
	organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
	last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
	CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
	z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
	CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
INSERT INTO gpkg_spatial_ref_sys VALUES
	('Undefined cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined cartesian coordinate reference system'),
	('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system');`

func (g *geoPackageWriter) begin() (err error) {
	if g.db, err = sql.Open("sqlite", "file:"+g.file()+"?_pragma=journal_mode(off)&_pragma=synchronous(off)"); err != nil {
		return err
	}
	g.db.SetMaxOpenConns(1)
	if _, err := g.db.Exec(geoPackageTables); err != nil {
		return err
	}
	for _, crs := range []geo.CRS{geo.WGS84, g.CRS} {
		organization, definition := "EPSG", wkt(crs)
		if !georeferenced(crs) {
			organization, definition = "NONE", localWKT(crs)
		}
		_, err := g.db.Exec(`INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)`, systemName(crs), int(crs), organization, int(crs), definition, systemNote(crs))
		if err != nil {
			return err
		}
	}
	columns, marks := []string{"fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", "geom GEOMETRY", "id TEXT(36)"}, "NULL, ?, ?"
	for _, f := range g.fields {
		columns = append(columns, fmt.Sprintf("%q %s", f.Name, columnType(f)))
		marks += ", ?"
	}
	_, err = g.db.Exec(fmt.Sprintf(`CREATE TABLE %q (%s)`, g.Layer.Name, strings.Join(columns, ", ")))
	if err != nil {
		return err
	}
	if g.tx, err = g.db.Begin(); err != nil {
		return err
	}
	g.insert, err = g.tx.Prepare(fmt.Sprintf(`INSERT INTO %q VALUES (%s)`, g.Layer.Name, marks))
	return err
}

// columnType is a field's type by the standard's table 1.
func columnType(f layer.Field) string {
	switch f.Type {
	case layer.Integer:
		return "INTEGER"
	case layer.Number:
		return "DOUBLE"
	case layer.Boolean:
		return "BOOLEAN"
	case layer.Date:
		return "DATE"
	case layer.Time:
		return "DATETIME"
	}
	if f.MaxLength > 0 {
		return fmt.Sprintf("TEXT(%d)", f.MaxLength)
	}
	return "TEXT"
}

// Write writes a feature.
func (g *geoPackageWriter) Write(r Row) error {
	shape, err := g.geometry(r)
	if err != nil {
		return fmt.Errorf("placing row %s: %w", r.ID, err)
	}
	blob, err := geometryBlob(shape, g.CRS)
	if err != nil {
		return fmt.Errorf("writing the place of row %s: %w", r.ID, err)
	}
	if shape != nil {
		if !g.placed {
			g.bound, g.placed = shape.Bound(), true
		}
		g.bound = g.bound.Union(shape.Bound())
	}
	values := []any{blob, r.ID.String()}
	for i, f := range g.fields {
		values = append(values, columnValue(f, r.Values[i]))
	}
	g.rows++
	if _, err := g.insert.Exec(values...); err != nil {
		return fmt.Errorf("writing row %s: %w", r.ID, err)
	}
	return nil
}

func columnValue(f layer.Field, v any) any {
	switch v := v.(type) {
	case nil, int64, float64:
		return v
	case bool:
		if v {
			return 1
		}
		return 0
	case time.Time:
		if f.Type == layer.Time {
			return v.UTC().Format("2006-01-02T15:04:05.000Z") // the only form that the standard allows
		}
	}
	return forMachines(f, v)
}

// Close ends the database and copies it out.
func (g *geoPackageWriter) Close() (Report, error) {
	defer g.Abandon()
	var box [4]any
	if g.placed {
		box = [4]any{g.bound.Min[0], g.bound.Min[1], g.bound.Max[0], g.bound.Max[1]}
	}
	_, err := g.tx.Exec(`INSERT INTO gpkg_contents (table_name, data_type, identifier, description, min_x, min_y, max_x, max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?)`,
		g.Layer.Name, heading(g.Layer.Label), systemNote(g.CRS), box[0], box[1], box[2], box[3], int(g.CRS))
	if err == nil {
		_, err = g.tx.Exec(`INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)`, g.Layer.Name, int(g.CRS))
	}
	if err == nil {
		err = g.insert.Close()
	}
	if err == nil {
		err = g.tx.Commit()
	}
	if err == nil {
		err = g.db.Close()
	}
	if err == nil {
		err = g.copyOut()
	}
	if err != nil {
		return Report{}, fmt.Errorf("ending the GeoPackage: %w", err)
	}
	return g.report(), nil
}

func (g *geoPackageWriter) copyOut() error {
	f, err := os.Open(g.file())
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(g.to, f)
	return err
}

// Abandon removes the temporary file.
func (g *geoPackageWriter) Abandon() {
	if g.db != nil {
		_ = g.db.Close()
	}
	_ = os.RemoveAll(g.folder) // a file that stays is the system's to remove
}
