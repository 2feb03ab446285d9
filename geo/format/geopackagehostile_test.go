package format

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const pointTable = `CREATE TABLE p (fid INTEGER PRIMARY KEY, "the geom" BLOB, x TEXT)`

// rowsInto fills a table of three columns over several pages.
func rowsInto(table string, count int) string {
	return fmt.Sprintf(`WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < %d) INSERT INTO %s SELECT x, NULL, hex(zeroblob(40)) FROM c`, count, table)
}

// rootOf is the page at which a table of a GeoPackage begins.
func rootOf(t *testing.T, file []byte, table string) int {
	t.Helper()
	p, err := openPackage(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	var root int
	if err := p.db.QueryRow(`SELECT rootpage FROM sqlite_master WHERE name = ?`, table).Scan(&root); err != nil {
		t.Fatal(err)
	}
	return root
}

// multiplied makes the tree at a page say the rows of its last leaf over and over: five pages above it each name one child
// 681 times. Beside some kilobytes it takes nothing.
func multiplied(t *testing.T, file []byte, root int) []byte {
	t.Helper()
	const size, cells = 4096, 680
	out, begin := bytes.Clone(file), (root-1)*size
	if root == 1 {
		begin = 100 // the head of the file
	}
	if binary.BigEndian.Uint16(out[16:]) != size || out[begin] != 5 {
		t.Fatalf("page %d is of type %d: the table has to take several pages of %d bytes", root, out[begin], size)
	}
	child := binary.BigEndian.Uint32(out[begin+8:])
	for range 5 {
		page, cell := make([]byte, size), size-5
		page[0] = 5
		binary.BigEndian.PutUint16(page[3:], cells)
		binary.BigEndian.PutUint16(page[5:], uint16(cell))
		binary.BigEndian.PutUint32(page[8:], child)
		for i := range cells {
			binary.BigEndian.PutUint16(page[12+2*i:], uint16(cell))
		}
		binary.BigEndian.PutUint32(page[cell:], child)
		page[cell+4] = 1
		out = append(out, page...)
		child = uint32(len(out) / size)
	}
	binary.BigEndian.PutUint32(out[begin+8:], child)
	binary.BigEndian.PutUint32(out[28:], uint32(len(out)/size))
	return out
}

// TestGeoPackageWithoutEnd: files of some kilobytes that stand for more rows than there is time for are refused, and
// leave nothing.
func TestGeoPackageWithoutEnd(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	features := packageFile(t, packageDirectory, listed("p", 4326), pointTable, rowsInto("p", 300))
	started := time.Now()
	_, err := openBytes("x.gpkg", multiplied(t, features, rootOf(t, features, "p")), Options{})
	wantCode(t, err, "gpkg_broken")

	// The last entries of this schema are the indexes of one table: SQLite takes them as often as it meets them.
	var columns []string
	for i := range 300 {
		columns = append(columns, fmt.Sprintf("c%d UNIQUE", i))
	}
	schema := packageFile(t, packageDirectory, listed("p", 4326), pointTable, `CREATE TABLE wide (`+strings.Join(columns, ", ")+`)`)
	_, err = openBytes("x.gpkg", multiplied(t, schema, 1), Options{})
	wantCode(t, err, "gpkg_broken")
	if took := time.Since(started); took > packageOpening/2 {
		t.Errorf("refusing took %v", took)
	}

	directory := packageFile(t, packageDirectory, pointTable,
		`DROP TABLE gpkg_contents`, `CREATE TABLE gpkg_contents (n INTEGER PRIMARY KEY, table_name TEXT, data_type TEXT)`, rowsInto("gpkg_contents", 300), listedNowhere)
	data := multiplied(t, directory, rootOf(t, directory, "gpkg_contents"))
	p, err := openPackage(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer stop()
	started = time.Now()
	err = (&geoPackageSource{geoPackage: p, limits: DefaultLimits}).begin(ctx, Options{})
	wantCode(t, err, "gpkg_slow")
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it ended after %v", took)
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(folder, "fourmaps-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

const listedNowhere = `INSERT INTO gpkg_geometry_columns VALUES ('p', 'the geom', 'GEOMETRY', 4326, 0, 0)`

// TestGeoPackageRowsBeyondTheCount: rows beyond those that were counted end the reading.
func TestGeoPackageRowsBeyondTheCount(t *testing.T) {
	file := packageFile(t, packageDirectory, listed("p", 4326), pointTable, rowsInto("p", 3))
	s := mustOpen(t, "x.gpkg", file, Options{}).(*geoPackageSource)
	s.total = 2
	for range 2 {
		if _, err := s.Next(); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.Next()
	wantCode(t, err, "gpkg_broken")
}

// TestGeoPackageKeys: whatever the columns are called, and without SQLite's own numbers of rows.
func TestGeoPackageKeys(t *testing.T) {
	for table, want := range map[string]string{
		`(fid INTEGER PRIMARY KEY, "the geom" BLOB, x TEXT) WITHOUT ROWID`:                                         "3 甲,7 乙",
		`(fid INTEGER PRIMARY KEY, "the geom" BLOB, rowid TEXT)`:                                                   "3 甲,7 乙",
		`(fid INTEGER PRIMARY KEY, "the geom" BLOB, RowID BLOB)`:                                                   "3 ,7 ",
		`(oid INTEGER PRIMARY KEY, "the geom" BLOB, rowid TEXT)`:                                                   "3 甲,7 乙",
		`(fid INTEGER PRIMARY KEY, "the geom" BLOB, rowid TEXT, oid TEXT DEFAULT 'o', "_rowid_" TEXT DEFAULT 'r')`: "3 甲|o|r,7 乙|o|r",
		`(a INTEGER, "the geom" BLOB, x TEXT, PRIMARY KEY (a, x))`:                                                 "1 7|乙,2 3|甲",
		`(a INTEGER, "the geom" BLOB, x TEXT, PRIMARY KEY (a, x)) WITHOUT ROWID`:                                   "!gpkg_key",
		`(a TEXT PRIMARY KEY, "the geom" BLOB, x TEXT) WITHOUT ROWID`:                                              "!gpkg_key",
		`(rowid TEXT, "the geom" BLOB, oid TEXT, "_rowid_" TEXT)`:                                                  "!gpkg_key",
	} {
		insert := `INSERT INTO p SELECT 7, NULL, '乙' UNION ALL SELECT 3, NULL, '甲'`
		if strings.Contains(table, "_rowid_") {
			names := strings.Split(strings.Trim(strings.SplitN(table, ",", 4)[0], "("), " ")[0] + `, "the geom", ` + map[bool]string{true: "rowid", false: "oid"}[strings.Contains(table, "fid")]
			insert = strings.Replace(insert, "INTO p", "INTO p ("+names+")", 1)
		}
		file := packageFile(t, packageDirectory, listed("p", 4326), `CREATE TABLE p `+table, insert)
		s, err := openBytes("x.gpkg", file, Options{})
		if strings.HasPrefix(want, "!") {
			wantCode(t, err, want[1:])
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", table, err)
			continue
		}
		var got []string
		for _, row := range rowsOf(t, s) {
			cells := make([]string, len(row.Cells))
			for i, c := range row.Cells {
				cells[i] = fmt.Sprint(c)
			}
			got = append(got, row.ID+" "+strings.Join(cells, "|"))
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: %q, want %s", table, got, want)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
