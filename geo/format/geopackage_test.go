package format

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// packageFile makes a GeoPackage out of statements, as other programs write them.
func packageFile(t testing.TB, statements ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.gpkg")
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const packageDirectory = `CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, '', ''), ('CGCS2000 / 3-degree Gauss-Kruger CM 111E', 77, 'epsg', 4546, '', ''), ('Beijing 1954', 4214, 'EPSG', 4214, '', ''), ('none', 0, 'NONE', 0, 'undefined', '');`

// listed puts a table into the directory.
func listed(table string, system int) string {
	return fmt.Sprintf(`INSERT INTO gpkg_contents VALUES ('%[1]s', 'features', '%[1]s', %[2]d); INSERT INTO gpkg_geometry_columns VALUES ('%[1]s', 'the geom', 'GEOMETRY', %[2]d, 0, 0);`, table, system)
}

// blob is a geometry with a header, as hex of SQL.
func blob(flags byte, box int, wkb []byte) string {
	return fmt.Sprintf("x'%x'", append(append([]byte{'G', 'P', 0, flags, 0, 0, 0, 0}, make([]byte, box)...), wkb...))
}

// byteOrder reads and writes numbers.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func wkbOf(order byteOrder, kind uint32, values ...any) []byte {
	b := []byte{0}
	if order == byteOrder(binary.LittleEndian) {
		b[0] = 1
	}
	b = order.AppendUint32(b, kind)
	for _, v := range values {
		switch v := v.(type) {
		case int:
			b = order.AppendUint32(b, uint32(v))
		case float64:
			b = order.AppendUint64(b, math.Float64bits(v))
		case []byte:
			b = append(b, v...)
		}
	}
	return b
}

func TestGeoPackageOfOtherPrograms(t *testing.T) {
	little, big := binary.LittleEndian, binary.BigEndian
	line := wkbOf(big, 1002, 2, 1.0, 2.0, 9.0, 3.0, 4.0, 9.0)
	rows := strings.Join([]string{
		"(7, " + blob(1, 0, wkbOf(little, 1, 114.1, 22.6)) + ", '甲', 1, 3.5, '2026-05-01', '2026-05-01T08:30:00.000Z', 1, x'00')",
		"(9, " + blob(1|1<<1, 32, wkbOf(little, 3001, 114.2, 22.7, 35.0, 1.0)) + ", NULL, 9007199254740993, 1e3, NULL, '', 0, NULL)",
		"(12, " + blob(2<<1, 48, wkbOf(big, 5, 2, line, line)) + ", '', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(13, " + blob(1<<4, 0, nil) + ", '空', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(14, NULL, '无', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(15, x'0102', '坏', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(16, " + blob(1, 0, wkbOf(little, 3, 1<<30)) + ", '坏', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(17, " + blob(1, 0, wkbOf(little, 8, 0)) + ", '弧', NULL, NULL, NULL, NULL, NULL, NULL)",
		"(18, " + blob(1, 0, wkbOf(little, 6, 1, wkbOf(little, 3, 1, 4, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0))) + ", '面', NULL, NULL, NULL, NULL, NULL, NULL)",
	}, ",")
	file := packageFile(t, packageDirectory, listed("points", 4326), listed("其他", 77), listed("old", 4214), listed("nowhere", 0), listed("a view", 4326),
		`CREATE TABLE points (fid INTEGER PRIMARY KEY, "the geom" GEOMETRY, "名称" TEXT, n INTEGER, d DOUBLE, day DATE, at DATETIME, yes BOOLEAN, photo BLOB, twice TEXT AS (hex(zeroblob(400000000))))`,
		`INSERT INTO points VALUES `+rows, `CREATE TABLE "其他" (fid INTEGER PRIMARY KEY, "the geom" BLOB, x TEXT)`, `CREATE TABLE old (fid INTEGER PRIMARY KEY, "the geom" BLOB)`,
		`CREATE TABLE nowhere (fid INTEGER PRIMARY KEY, "the geom" BLOB)`, `CREATE VIEW "a view" AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c`)
	s := mustOpen(t, "x.gpkg", file, Options{})
	if got := strings.Join(s.Columns(), ","); got != "名称,n,d,day,at,yes" || s.CRS() != geo.WGS84 {
		t.Errorf("columns %s in %v", got, s.CRS())
	}
	if notes := fmt.Sprint(s.Notes()); !strings.Contains(notes, "其他") || !strings.Contains(notes, "photo") || !strings.Contains(notes, "twice") || strings.Contains(notes, "a view") {
		t.Errorf("notes %s", notes)
	}
	all := rowsOf(t, s)
	if got, want := text(all), "1: 甲|1|3.5|2026-05-01|2026-05-01T08:30:00.000Z|true\n2: |9007199254740993|1000|||false\n3: |||||\n4: 空|||||\n5: 无|||||\n6: !geometry_broken\n7: !geometry_broken\n8: !geometry_broken\n9: 面|||||"; got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
	want := []orb.Geometry{orb.Point{114.1, 22.6}, orb.Point{114.2, 22.7}, orb.MultiLineString{{{1, 2}, {3, 4}}, {{1, 2}, {3, 4}}}, nil, nil}
	for i, g := range want {
		if !orb.Equal(all[i].Geometry, g) || all[i].ID != []string{"7", "9", "12", "13", "14"}[i] {
			t.Errorf("row %d: %v with the id %s", i+1, all[i].Geometry, all[i].ID)
		}
	}
	if _, many := all[8].Geometry.(orb.MultiPolygon); !many {
		t.Errorf("%v", all[8].Geometry)
	}
	if s := mustOpen(t, "x.gpkg", file, Options{Sheet: "其他"}); s.CRS() != 4546 {
		t.Errorf("the second table is in %v", s.CRS())
	}
	for sheet, code := range map[string]string{"old": "crs_refused", "nowhere": "crs_missing", "a view": "sheet_missing"} {
		_, err := openBytes("x.gpkg", file, Options{Sheet: sheet})
		wantCode(t, err, code)
	}
	mustOpen(t, "x.gpkg", file, Options{Sheet: "nowhere", CRS: geo.GCJ02})
	if names, err := Sheets(strings.NewReader(string(file)), int64(len(file)), DefaultLimits); err != nil || strings.Join(names, ",") != "points,其他,old,nowhere" {
		t.Errorf("tables %v, %v", names, err)
	}
}

func TestGeoPackageRefuses(t *testing.T) {
	plain := packageFile(t, `CREATE TABLE a (b)`)
	empty := packageFile(t, packageDirectory)
	full := packageFile(t, packageDirectory, listed("p", 4326), `CREATE TABLE p (fid INTEGER PRIMARY KEY, "the geom" BLOB, x TEXT)`,
		`WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 2000) INSERT INTO p SELECT x, NULL, 'x' FROM c`)
	for code, c := range map[string]struct {
		file []byte
		o    Options
	}{
		"gpkg_none": {plain, Options{}}, "gpkg_broken": {full[:len(full)/2], Options{}}, "sheet_missing": {full, Options{Sheet: "q"}},
		"too_many_rows":    {full, Options{Limits: Limits{FileBytes: 1 << 20, Rows: 1999, Columns: 9, CellBytes: 9}}},
		"too_many_columns": {full, Options{Limits: Limits{FileBytes: 1 << 20, Rows: 2000, CellBytes: 9}}},
	} {
		_, err := openBytes("x.gpkg", c.file, c.o)
		wantCode(t, err, code)
	}
	_, err := openBytes("x.gpkg", empty, Options{})
	wantCode(t, err, "gpkg_none")
	_, err = openBytes("x.gpkg", []byte("name,lon\n"), Options{})
	wantCode(t, err, "file_broken")
}

// TestGeoPackageLeavesNothing: the copy that is read goes with the source, and with a refusal.
func TestGeoPackageLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	good := packageFile(t, packageDirectory, listed("p", 4326), `CREATE TABLE p (fid INTEGER PRIMARY KEY, "the geom" BLOB, x TEXT)`)
	s, err := openBytes("x.gpkg", good, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	_, err = openBytes("x.gpkg", good[:5000], Options{})
	wantCode(t, err, "gpkg_broken")
	left, err := filepath.Glob(filepath.Join(folder, "fourmaps-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}
