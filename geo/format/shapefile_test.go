package format

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"fourmaps/geo"
)

// shpRecord writes a record of a .shp: type, then whatever follows.
func shpRecord(kind uint32, values ...any) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, kind)
	for _, v := range values {
		binary.Write(&b, binary.LittleEndian, v)
	}
	return b.Bytes()
}

// shpShape writes a line or polygon with its parts; box and heights hold nothing that a reader needs.
func shpShape(kind uint32, parts ...[]orb.Point) []byte {
	var starts []int32
	var points []orb.Point
	for _, p := range parts {
		starts = append(starts, int32(len(points)))
		points = append(points, p...)
	}
	b := shpRecord(kind, [4]float64{}, int32(len(parts)), int32(len(points)), starts, points)
	if kind > 10 {
		b = append(b, make([]byte, 16+8*len(points))...)
	}
	return b
}

func shpFile(kind uint32, records ...[]byte) []byte {
	var body bytes.Buffer
	for i, r := range records {
		binary.Write(&body, binary.BigEndian, [2]uint32{uint32(i + 1), uint32(len(r) / 2)})
		body.Write(r)
	}
	head := make([]byte, 100)
	binary.BigEndian.PutUint32(head, 9994)
	binary.BigEndian.PutUint32(head[24:], uint32(100+body.Len())/2)
	binary.LittleEndian.PutUint32(head[28:], 1000)
	binary.LittleEndian.PutUint32(head[32:], kind)
	return append(head, body.Bytes()...)
}

// dbfColumn is a name, type and width of a column.
type dbfColumn struct {
	name  string
	kind  byte
	width int
}

// dbfFile writes a table; a record that begins with '*' is marked as deleted.
func dbfFile(language byte, columns []dbfColumn, records ...[]string) []byte {
	width := 1
	var fields bytes.Buffer
	for _, c := range columns {
		f := make([]byte, 32)
		copy(f[:11], c.name)
		f[11], f[16] = c.kind, byte(c.width)
		fields.Write(f)
		width += c.width
	}
	head := make([]byte, 32)
	head[0], head[29] = 3, language
	binary.LittleEndian.PutUint32(head[4:], uint32(len(records)))
	binary.LittleEndian.PutUint16(head[8:], uint16(33+fields.Len()))
	binary.LittleEndian.PutUint16(head[10:], uint16(width))
	out := append(append(head, fields.Bytes()...), 0x0d)
	for _, r := range records {
		deleted := byte(' ')
		if r[0] == "*" {
			deleted, r = '*', r[1:]
		}
		out = append(out, deleted)
		for i, c := range columns {
			cell := []byte(r[i] + strings.Repeat(" ", c.width))
			out = append(out, cell[:c.width]...)
		}
	}
	return append(out, 0x1a)
}

const prjCGCS2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

func square(x, y, size float64, clockwise bool) []orb.Point {
	r := orb.Ring{{x, y}, {x, y + size}, {x + size, y + size}, {x + size, y}, {x, y}}
	if !clockwise {
		r.Reverse()
	}
	return r
}

func shapefile(t testing.TB, parts map[string]string) []byte {
	files := map[string]string{}
	for ext, content := range parts {
		files["folder/Areas"+ext] = content
	}
	return zipped(t, files)
}

func TestShapefile(t *testing.T) {
	table := []dbfColumn{{"NAME", 'C', 10}, {"CODE", 'N', 12}, {"SINCE", 'D', 8}, {"OPEN", 'L', 1}}
	dbf := dbfFile(0, table, []string{"甲村", "440307001", "20230501", "T"}, []string{"乙村", "***", "", "?"}, []string{"*", "丙村", "3", "00000000", "F"}, []string{"丁", "4.5", "x", "n"})
	shp := shpFile(shpPolygon,
		shpShape(shpPolygon, square(0, 0, 4, true), square(1, 1, 1, false), square(10, 0, 2, true)),
		shpShape(shpPolygon+10, square(0, 0, 4, true)),
		shpRecord(shpNull),
		shpShape(shpPolygon, square(1, 1, 1, false)))
	s := mustOpen(t, "x.zip", shapefile(t, map[string]string{".SHP": string(shp), ".dbf": string(dbf), ".prj": prjCGCS2000, ".cpg": "UTF-8"}), Options{})
	if got := strings.Join(s.Columns(), ","); got != "NAME,CODE,SINCE,OPEN" {
		t.Errorf("columns %s", got)
	}
	rows := rowsOf(t, s)
	if got, want := text(rows), "1: 甲村|440307001|2023-05-01|true\n2: 乙村|||\n3: !record_deleted\n4: 丁|4.5|x|false"; got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
	if s.CRS() != geo.CGCS2000 {
		t.Errorf("system %v", s.CRS())
	}
	first := rows[0].Geometry.(orb.MultiPolygon)
	if len(first) != 2 || len(first[0]) != 2 || len(first[1]) != 1 {
		t.Errorf("first shape %v", first)
	}
	for _, r := range rows {
		if r.Geometry != nil && !orb.Equal(geo.Wound(r.Geometry), r.Geometry) {
			t.Errorf("row %d is not wound as RFC 7946 asks", r.Number)
		}
	}
	if _, polygon := rows[1].Geometry.(orb.Polygon); !polygon || rows[2].Geometry != nil {
		t.Errorf("shapes %v, %v", rows[1].Geometry, rows[2].Geometry)
	}
}

func TestShapefileKinds(t *testing.T) {
	line := []orb.Point{{1, 2}, {3, 4}}
	cases := []struct {
		name   string
		record []byte
		want   orb.Geometry
	}{
		{"point", shpRecord(1, 1.0, 2.0), orb.Point{1, 2}},
		{"point with height", shpRecord(11, 1.0, 2.0, 3.0, 4.0), orb.Point{1, 2}},
		{"points", shpRecord(8, [4]float64{}, int32(2), line), orb.MultiPoint{{1, 2}, {3, 4}}},
		{"line", shpShape(3, line), orb.LineString{{1, 2}, {3, 4}}},
		{"lines with measure", shpShape(23, line, line), orb.MultiLineString{{{1, 2}, {3, 4}}, {{1, 2}, {3, 4}}}},
		{"null", shpRecord(0), nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := decodeShape(c.record)
			if err != nil || (c.want == nil) != (got == nil) || c.want != nil && !orb.Equal(got, c.want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
	for name, record := range map[string][]byte{
		"unknown type":      shpRecord(7),
		"patch":             shpRecord(31),
		"half a point":      shpRecord(1, 1.0),
		"too many points":   shpRecord(8, [4]float64{}, int32(1000), line),
		"negative parts":    shpRecord(3, [4]float64{}, int32(-1), int32(2), line),
		"parts out of line": shpRecord(3, [4]float64{}, int32(2), int32(2), []int32{0, 9}, line),
		"flat ring":         shpShape(5, line),
	} {
		if g, err := decodeShape(record); err == nil {
			t.Errorf("%s: got %v", name, g)
		} else {
			wantCode(t, err, "geometry_broken")
		}
	}
}

func TestShapefileSaysWhatItLacks(t *testing.T) {
	column := []dbfColumn{{"NAME", 'C', 12}}
	shp := string(shpFile(1, shpRecord(1, 114.1, 22.6)))
	gbk := string(encoded(t, simplifiedchinese.GBK.NewEncoder(), "横岗街道"))
	cases := []struct {
		name  string
		parts map[string]string
		o     Options
		code  string // "" means that it opens
		first string
	}{
		{"no .prj", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"a"}))}, Options{}, "crs_missing", ""},
		{"system declared", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"a"}))}, Options{CRS: geo.GCJ02}, "", "1: a"},
		{"Beijing 54", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"a"})), ".prj": `GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954"]]`}, Options{}, "prj_unsupported", ""},
		{".prj that is none", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"a"})), ".prj": "hello"}, Options{}, "prj_unknown", ""},
		{"Chinese without encoding", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{gbk})), ".prj": prjCGCS2000}, Options{}, "encoding_missing", ""},
		{"encoding declared", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{gbk})), ".prj": prjCGCS2000}, Options{Encoding: "gbk"}, "", "1: 横岗街道"},
		{"encoding in .cpg", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{gbk})), ".prj": prjCGCS2000, ".CPG": "936\r\n"}, Options{}, "", "1: 横岗街道"},
		{"encoding in the table", map[string]string{".shp": shp, ".dbf": string(dbfFile(0x4d, column, []string{gbk})), ".prj": prjCGCS2000}, Options{}, "", "1: 横岗街道"},
		{"UTF-8 cut at the field's edge", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"横岗街道办事处"})), ".prj": prjCGCS2000, ".cpg": "UTF-8"}, Options{}, "", "1: 横岗街道"},
		{"shape missing", map[string]string{".shp": string(shpFile(1)), ".dbf": string(dbfFile(0, column, []string{"a"})), ".prj": prjCGCS2000}, Options{}, "shapefile_broken", ""},
		{".shp cut", map[string]string{".shp": shp[:110], ".dbf": string(dbfFile(0, column, []string{"a"})), ".prj": prjCGCS2000}, Options{}, "shapefile_broken", ""},
		{".dbf cut", map[string]string{".shp": shp, ".dbf": string(dbfFile(0, column, []string{"a"}))[:70], ".prj": prjCGCS2000}, Options{}, "shapefile_broken", ""},
		{"patches", map[string]string{".shp": string(shpFile(31)), ".dbf": string(dbfFile(0, column)), ".prj": prjCGCS2000}, Options{}, "shapefile_multipatch", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := openBytes("x.zip", shapefile(t, c.parts), c.o)
			if err == nil {
				defer s.Close()
				if c.code == "" {
					if got := text(rowsOf(t, s)); got != c.first {
						t.Errorf("got %s", got)
					}
					return
				}
				_, err = s.Next()
			}
			if c.code == "" {
				t.Fatal(err)
			}
			wantCode(t, err, c.code)
		})
	}
}

func TestPlainShapefileAndTemporaryFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	parts := map[string]string{".shp": string(shpFile(1, shpRecord(1, 114.1, 22.6))), ".dbf": string(dbfFile(0, []dbfColumn{{"NAME", 'C', 4}}, []string{"a"})), ".prj": prjCGCS2000}
	for ext, content := range parts {
		if err := os.WriteFile(filepath.Join(dir, "x"+ext), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(filepath.Join(dir, "x.shp"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := text(rowsOf(t, s)); got != "1: a" {
		t.Errorf("got %s", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for _, o := range []Options{{}, {Encoding: "klingon"}} { // the second fails after unpacking
		if z, err := openBytes("x.zip", shapefile(t, parts), o); err == nil {
			z.Close()
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "fourmaps-import-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestParsePRJ(t *testing.T) {
	gk := func(datum string, meridian, east string) string {
		return `PROJCS["local",GEOGCS["x",DATUM["` + datum + `",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",` + east + `],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + meridian + `],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
	}
	cases := map[string]geo.CRS{
		prjCGCS2000: geo.CGCS2000,
		`GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`: geo.WGS84,
		`GEOGCS["something else",DATUM["China_2000"]]`:                                                geo.CGCS2000,
		`PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]]`:  4547,
		`PROJCS["CGCS2000_3_Degree_GK_Zone_38",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000"]]`:  4526,
		gk("D_China_2000", "114.0", "500000.0"):                                                       4547,
		gk("D_China_2000", "114.0", "38500000.0"):                                                     4526,
		gk("D_China_2000", "113.5", "500000.0"):                                                       geo.Undeclared, // a meridian of the town's own
		gk("D_Xian_1980", "114.0", "500000.0"):                                                        geo.Undeclared,
		`PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984"]]]`: geo.WebMercator,
		`PROJCS["WGS 84 / UTM zone 50N",GEOGCS["WGS 84",DATUM["WGS_1984"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",117],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",500000],PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","32650"]]`: 32650,
	}
	for prj, want := range cases {
		got, err := parsePRJ(prj)
		if got != want || (err == nil) != (want != geo.Undeclared) {
			t.Errorf("%.60s: got %v, %v; want %v", prj, got, err, want)
		}
	}
}

func FuzzShapefile(f *testing.F) {
	table := dbfFile(0, []dbfColumn{{"NAME", 'C', 10}, {"N", 'N', 8}, {"I", 'I', 4}, {"O", 'O', 8}}, []string{"a", "1", "aaaa", "bbbbbbbb"})
	f.Add(shpFile(5, shpShape(5, square(0, 0, 4, true), square(1, 1, 1, false))), table)
	f.Add(shpFile(13, shpShape(13, []orb.Point{{1, 2}, {3, 4}})), table)
	f.Add(shpFile(1, shpRecord(1, math.NaN(), math.Inf(1))), table)
	f.Fuzz(func(t *testing.T, shp, dbf []byte) {
		s, err := openShapefile(func(ext string) (io.ReaderAt, int64, error) {
			switch ext {
			case ".shp":
				return bytes.NewReader(shp), int64(len(shp)), nil
			case ".dbf":
				return bytes.NewReader(dbf), int64(len(dbf)), nil
			}
			return nil, 0, nil
		}, Options{CRS: geo.WGS84, Encoding: "gbk"})
		if err != nil {
			return
		}
		drain(t, s)
	})
}

// drain reads to the end and holds what every source promises.
func drain(t *testing.T, s Source) {
	seen := map[string]bool{}
	for _, c := range s.Columns() {
		if seen[c] {
			t.Fatalf("column %q comes twice", c)
		}
		seen[c] = true
	}
	for {
		row, err := s.Next()
		if err != nil {
			return
		}
		if row.Problem == nil && len(row.Cells) != len(s.Columns()) {
			t.Fatalf("%d cells for %d columns", len(row.Cells), len(s.Columns()))
		}
		if row.Problem != nil {
			wantPhrases(t, row.Problem.Zh, row.Problem.En)
		}
	}
}

// TestShapefilesOfOneTable: an archive of points and lines is one table, whatever the order of its columns.
func TestShapefilesOfOneTable(t *testing.T) {
	points := shpFile(shpPoint, shpRecord(shpPoint, [2]float64{114, 22}), shpRecord(shpPoint, [2]float64{115, 22}))
	lines := shpFile(shpLine, shpShape(shpLine, []orb.Point{{1, 2}, {3, 4}}))
	name, code := dbfColumn{"NAME", 'C', 10}, dbfColumn{"CODE", 'C', 4}
	table := func(columns []dbfColumn, rows ...[]string) string { return string(dbfFile(0, columns, rows...)) }
	both := func(lineTable, prj string) []byte {
		return zipped(t, map[string]string{
			"in/点.shp": string(points), "in/点.dbf": table([]dbfColumn{name, code}, []string{"甲", "1"}, []string{"*", "乙", "2"}), "in/点.prj": prjCGCS2000, "in/点.cpg": "UTF-8",
			"in/线.shp": string(lines), "in/线.dbf": lineTable, "in/线.prj": prj, "in/线.cpg": "UTF-8",
			"说明 README.txt": "x", "__MACOSX/in/._点.shp": "x"})
	}
	s := mustOpen(t, "x.zip", both(table([]dbfColumn{code, name}, []string{"3", "丙"}), prjCGCS2000), Options{})
	rows := rowsOf(t, s)
	var got []string
	for _, r := range rows {
		got = append(got, text([]Row{r})[3:])
	}
	slices.Sort(got)
	want := []string{"!record_deleted", "丙|3", "甲|1"}
	if s.Columns()[0] == "CODE" { // the parts of the archive are in no order
		want = []string{"!record_deleted", "1|甲", "3|丙"}
	}
	if slices.Sort(want); !slices.Equal(got, want) {
		t.Errorf("rows %q, want %q", got, want)
	}
	for i, r := range rows {
		if r.Number != i+1 || r.Problem != nil && r.Problem.Row != r.Number {
			t.Errorf("row %d has the number %d", i+1, r.Number)
		}
	}
	if done, total := s.Progress(); done != total || total < 200 {
		t.Errorf("progress %d of %d", done, total)
	}
	_, err := openBytes("x.zip", both(table([]dbfColumn{name, {"LEVEL", 'C', 4}}, []string{"丙", "3"}), prjCGCS2000), Options{})
	wantCode(t, err, "shapefiles_differ")
	for _, part := range []string{"CODE", "LEVEL", "点", "线"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not name %s", err, part)
		}
	}
	utm := `PROJCS["WGS_1984_UTM_Zone_49N",GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]]],AUTHORITY["EPSG","32649"]]`
	_, err = openBytes("x.zip", both(table([]dbfColumn{name, code}, []string{"丙", "3"}), utm), Options{})
	wantCode(t, err, "shapefiles_differ")
	if s, err := openBytes("x.zip", both(table([]dbfColumn{name, code}, []string{"丙", "3"}), utm), Options{CRS: geo.GCJ02}); err != nil || s.CRS() != geo.GCJ02 {
		t.Errorf("a declared system does not hold for all: %v", err)
	} else {
		s.Close()
	}
}

// TestContinuedTexts: a text goes on in the columns that are called so, and only in those.
func TestContinuedTexts(t *testing.T) {
	columns := []dbfColumn{{"REMARK", 'C', 6}, {"REMARK__2", 'C', 6}, {"REMARK__3", 'C', 6}, {"NOTE__2", 'C', 4}, {"N", 'N', 3}, {"N__2", 'N', 3}}
	dbf := dbfFile(0, columns, []string{"汛期", "值班", "表", "x", "1", "2"}, []string{"短", "", "", "", "", "3"})
	shp := shpFile(shpPoint, shpRecord(shpPoint, [2]float64{1, 2}), shpRecord(shpPoint, [2]float64{1, 2}))
	s := mustOpen(t, "x.zip", shapefile(t, map[string]string{".shp": string(shp), ".dbf": string(dbf), ".prj": prjCGCS2000, ".cpg": "UTF-8"}), Options{})
	if got := strings.Join(s.Columns(), ","); got != "REMARK,NOTE__2,N,N__2" {
		t.Errorf("columns %s", got)
	}
	if got, want := text(rowsOf(t, s)), "1: 汛期值班表|x|1|2\n2: 短|||3"; got != want {
		t.Errorf("rows\n%s\nwant\n%s", got, want)
	}
}
