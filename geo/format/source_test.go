package format

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

func openBytes(name string, data []byte, o Options) (Source, error) {
	return OpenReader(name, bytes.NewReader(data), int64(len(data)), o)
}

func mustOpen(t testing.TB, name string, data []byte, o Options) Source {
	t.Helper()
	s, err := openBytes(name, data, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// rowsOf reads a source to its end.
func rowsOf(t testing.TB, s Source) []Row {
	t.Helper()
	var rows []Row
	for {
		row, err := s.Next()
		if err == io.EOF {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		if row.Problem == nil && len(row.Cells) != len(s.Columns()) {
			t.Fatalf("row %d has %d cells for %d columns", row.Number, len(row.Cells), len(s.Columns()))
		}
		rows = append(rows, row)
	}
}

// text writes rows as "number: a|b|c", or the code of a row's problem.
func text(rows []Row) string {
	var out []string
	for _, r := range rows {
		if r.Problem != nil {
			out = append(out, fmt.Sprintf("%d: !%s", r.Number, r.Problem.Code))
			continue
		}
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, cellText(c))
		}
		out = append(out, fmt.Sprintf("%d: %s", r.Number, strings.Join(cells, "|")))
	}
	return strings.Join(out, "\n")
}

// wantCode fails unless err is an *geo.InputError with a code and both languages.
func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	var bad *geo.InputError
	if !errors.As(err, &bad) || bad.Code != code {
		t.Fatalf("got %v, want code %s", err, code)
	}
	wantPhrases(t, bad.Zh, bad.En)
}

// badVerb is what fmt writes where a sentence and its values do not fit.
var badVerb = regexp.MustCompile(`%!([a-z]\(|\(EXTRA|\(BADINDEX|\(NOVERB)`)

func wantPhrases(t testing.TB, zh, en string) {
	t.Helper()
	if zh == "" || en == "" || badVerb.MatchString(zh+en) {
		t.Errorf("phrases are wrong: %q, %q", zh, en)
	}
}

func encoded(t testing.TB, e interface{ Bytes([]byte) ([]byte, error) }, s string) []byte {
	t.Helper()
	b, err := e.Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCSV(t *testing.T) {
	const table = "编号,名称,说明\n1,水库,大\n2,学校,\n"
	const want = "2: 1|水库|大\n3: 2|学校|"
	cases := []struct {
		name, columns, rows string
		data                []byte
		o                   Options
	}{
		{"UTF-8", "编号,名称,说明", want, []byte(table), Options{}},
		{"UTF-8 with a mark", "编号,名称,说明", want, []byte("\xef\xbb\xbf" + table), Options{}},
		{"GB18030 found", "编号,名称,说明", want, encoded(t, simplifiedchinese.GB18030.NewEncoder(), table), Options{}},
		{"GBK declared", "编号,名称,说明", want, encoded(t, simplifiedchinese.GBK.NewEncoder(), table), Options{Encoding: "GBK"}},
		{"UTF-16", "编号,名称,说明", want, encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(), table), Options{}},
		{"semicolons", "编号,名称,说明", want, []byte(strings.ReplaceAll(table, ",", ";")), Options{}},
		{"tabs", "编号,名称,说明", want, []byte(strings.ReplaceAll(table, ",", "\t")), Options{}},
		{"declared delimiter", "编号,名称,说明", want, []byte(strings.ReplaceAll(table, ",", "~")), Options{Delimiter: '~'}},
		{"line of Excel", "编号,名称,说明", "3: 1|水库|大\n4: 2|学校|", []byte("sep=;\n" + strings.ReplaceAll(table, ",", ";")), Options{}},
		{"carriage returns", "编号,名称,说明", want, []byte(strings.ReplaceAll(table, "\n", "\r\n")), Options{}},
		{"title above", "编号,名称,说明", "3: 1|水库|大\n4: 2|学校|", []byte("某街道台账,,\n" + table), Options{}},
		{"header row declared", "1,水库,大", "3: 2|学校|", []byte(table), Options{HeaderRow: 2}},
		{"quotes, commas and line breaks", "a,b", "2: x, \"y\"|two\nlines", []byte("a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n"), Options{}},
		{"rows too short and too long", "a,b", "2: 1|\n3: 1|2\n4: !too_many_cells", []byte("a,b\n1\n1,2,,\n1,2,3\n"), Options{}},
		{"broken quotes", "a,b", "2: !csv_quotes\n3: 1|2", []byte("a,b\n\"x\"y,z\n1,2\n"), Options{}},
		{"repeated and empty names", "a,a (2),(C),a (3)", "2: 1|2|3|4", []byte("a,a,,a\n1,2,3,4\n"), Options{}},
		{"one column", "名称", "2: 水库", []byte("名称\n水库\n"), Options{HeaderRow: 1}},
		{"no rows", "a,b", "", []byte("a,b\n"), Options{}},
		{"UTF-16 that does not say so", "名称,人数", "2: 水库|1", wide("名称,人数\n水库,1\n"), Options{}},
		{"UTF-16 of the other order", "名称,人数", "2: 水库|1", encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder(), "名称,人数\n水库,1\n"), Options{}},
		{"UTF-16 declared", "名称,人数", "2: 水库|1", wide("名称,人数\n水库,1\n"), Options{Encoding: "utf-16le"}},
		{"cell too long", "a,b", "2: !cell_too_long", []byte("a,b\nxxxxxxxxxx,1\n"), Options{Limits: Limits{FileBytes: 1000, Rows: 10, Columns: 5, CellBytes: 5}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := mustOpen(t, "x.csv", c.data, c.o)
			if got := strings.Join(s.Columns(), ","); got != c.columns {
				t.Errorf("columns %q, want %q", got, c.columns)
			}
			if got := text(rowsOf(t, s)); got != c.rows {
				t.Errorf("rows\n%s\nwant\n%s", got, c.rows)
			}
			if done, total := s.Progress(); done <= 0 || done > total {
				t.Errorf("progress %d of %d", done, total)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	tight := Limits{FileBytes: 100, UnpackedBytes: 100, Rows: 1, Columns: 2, CellBytes: 10, Positions: 2}
	cases := []struct {
		name, file, code string
		data             []byte
		o                Options
	}{
		{"empty", "x.csv", "file_empty", nil, Options{}},
		{"too large", "x.csv", "file_too_large", make([]byte, 101), Options{Limits: tight}},
		{"unknown kind", "x.docm", "format_unknown", []byte("hello"), Options{}},
		{"no header", "x.csv", "header_missing", []byte("\n\n"), Options{}},
		{"too many columns", "x.csv", "too_many_columns", []byte("a,b,c\n"), Options{Limits: tight}},
		{"neither UTF-8 nor GB18030", "x.csv", "encoding_unclear", []byte("a,b\n\xff\xff,c\n"), Options{}},
		{"unknown encoding", "x.csv", "encoding_unknown", []byte("a,b\n"), Options{Encoding: "klingon"}},
		{"truncated xlsx", "x.xlsx", "file_broken", []byte("PK\x03\x04rest of it is gone"), Options{}},
		{"xlsx that is none", "x.xlsx", "file_broken", []byte("name,lon\n"), Options{}},
		{"zip without Shapefile", "x.zip", "shapefile_missing", zipped(t, map[string]string{"a.txt": "x"}), Options{}},
		{"zip without attributes", "x.zip", "shapefile_parts", zipped(t, map[string]string{"a.shp": "x"}), Options{}},
		{"zip that is no workbook", "x.xlsx", "file_broken", zipped(t, map[string]string{"a.txt": "x"}), Options{}},
		{"shp alone", "x.shp", "shapefile_parts", []byte("\x00\x00\x27\x0a"), Options{}},
		{"old Excel", "x.xls", "xls_old", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Workbook"), Options{}},
		{"encrypted", "x.xlsx", "file_encrypted", []byte("\xd0\xcf\x11\xe0 E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), Options{}},
		{"web page called xls", "x.xls", "xls_text", []byte("<html><table>"), Options{}},
		{"GeoJSON cut", "x.geojson", "geojson_broken", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","geo`), Options{}},
		{"GeoJSON cut between features", "x.geojson", "geojson_broken", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature"}`), Options{}},
		{"GeoJSON that is a list", "x.geojson", "geojson_broken", []byte(`[1,2]`), Options{}},
		{"GeoJSON of nothing", "x.geojson", "geojson_empty", []byte(` `), Options{}},
		{"GeoJSON with features that are no list", "x.geojson", "geojson_broken", []byte(`{"features":{}}`), Options{}},
		{"GeoJSON in Beijing 54", "x.geojson", "crs_refused", []byte(`{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:4214"}},"features":[]}`), Options{}},
		{"too many features", "x.geojson", "too_many_rows", []byte(`{"type":"Feature"}{"type":"Feature"}`), Options{Limits: tight}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := openBytes(c.file, c.data, c.o)
			if err == nil {
				s.Close()
			}
			wantCode(t, err, c.code)
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.csv"), Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing file: %v", err)
	}
}

func TestRowLimitWhileReading(t *testing.T) {
	s := mustOpen(t, "x.csv", []byte("a,b\n1,2\n1,2\n"), Options{Limits: Limits{FileBytes: 100, Rows: 1, Columns: 2, CellBytes: 10}})
	if _, err := s.Next(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Next()
	wantCode(t, err, "too_many_rows")
}

// zipped makes a zip file; names end up in no particular order.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGeoJSON(t *testing.T) {
	point := `{"type":"Feature","id":"a1","properties":{"name":"水库","n":3,"ok":true,"none":null,"list":["x","y"],"deep":{"a":1},"card":110101199001011234},"geometry":{"type":"Point","coordinates":[114.1,22.6,35]}}`
	cases := []struct {
		name, data, columns, rows string
		crs                       geo.CRS
	}{
		{"collection", `{"type":"FeatureCollection","features":[` + point + `]}`, "name,n,ok,none,list,deep,card", `1: 水库|3|true||x;y|{"a":1}|110101199001011234`, geo.WGS84},
		{"members after the features", `{"features":[` + point + `],"type":"FeatureCollection","bbox":[1,2,3,4]}`, "name,n,ok,none,list,deep,card", `1: 水库|3|true||x;y|{"a":1}|110101199001011234`, geo.WGS84},
		{"one feature", point, "name,n,ok,none,list,deep,card", `1: 水库|3|true||x;y|{"a":1}|110101199001011234`, geo.WGS84},
		{"sequence", point + "\n" + point + "\n", "name,n,ok,none,list,deep,card", "1: 水库|3|true||x;y|{\"a\":1}|110101199001011234\n2: 水库|3|true||x;y|{\"a\":1}|110101199001011234", geo.WGS84},
		{"sequence with separators", "\x1e" + `{"type":"Feature","properties":{"a":1}}` + "\n\x1e" + `{"type":"Feature","properties":{"b":2}}` + "\n", "a,b", "1: 1|\n2: |2", geo.WGS84},
		{"bare geometry", `{"type":"Point","coordinates":[114.1,22.6]}`, "", "1: ", geo.WGS84},
		{"empty collection", `{"type":"FeatureCollection","features":[]}`, "", "", geo.WGS84},
		{"declared system", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":[]}`, "", "", geo.CGCS2000},
		{"geometry that is none", `{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":["x",1]}}{"type":"Feature","properties":{"a":2},"geometry":null}`, "a", "1: !geometry_broken\n2: 2", geo.WGS84},
		{"feature that is none", `{"type":"FeatureCollection","features":[7,{"type":"Feature","properties":{"a":2}}]}`, "a", "1: !feature_broken\n2: 2", geo.WGS84},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := mustOpen(t, "x.geojson", []byte(c.data), Options{})
			if got := strings.Join(s.Columns(), ","); got != c.columns {
				t.Errorf("columns %q, want %q", got, c.columns)
			}
			rows := rowsOf(t, s)
			if got := text(rows); got != c.rows {
				t.Errorf("rows\n%s\nwant\n%s", got, c.rows)
			}
			if s.CRS() != c.crs {
				t.Errorf("coordinate system %v", s.CRS())
			}
			if len(rows) > 0 && strings.Contains(c.data, "[114.1") && !orb.Equal(rows[0].Geometry, orb.Point{114.1, 22.6}) {
				t.Errorf("geometry %v", rows[0].Geometry)
			}
		})
	}
}

func TestGeoJSONGeometries(t *testing.T) {
	cases := map[string]orb.Geometry{
		`{"type":"Point","coordinates":[1,2]}`:                                                      orb.Point{1, 2},
		`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`:                                         orb.MultiPoint{{1, 2}, {3, 4}},
		`{"type":"LineString","coordinates":[[1,2],[3,4]]}`:                                         orb.LineString{{1, 2}, {3, 4}},
		`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`:                                  orb.MultiLineString{{{1, 2}, {3, 4}}},
		`{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}`:                              orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}`:                       orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`:         orb.Collection{orb.Point{1, 2}},
		`{"type":"Point","coordinates":[1]}`:                                                        nil,
		`{"type":"Point"}`:                                                                          nil,
		`{"type":"Point","coordinates":null}`:                                                       nil,
		`{"type":"Point","coordinates":[1e999,2]}`:                                                  nil,
		`{"type":"LineString","coordinates":[[1,2],[null]]}`:                                        nil,
		`{"type":"Circle","coordinates":[1,2]}`:                                                     nil,
		`{"type":"LineString","coordinates":[[1,2],[1,2],[1,2],[1,2],[1,2]]}`:                       nil, // over the limit
		strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 9) + strings.Repeat(`]}`, 9):  nil,
		`{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0]]],[[[0,0],[1,0],[1,1],[0,1],[0,0]]]]}`: nil, // over the limit
	}
	for raw, want := range cases {
		got, err := decodeGeometry([]byte(raw), 4)
		if (err == nil) != (want != nil) || want != nil && !orb.Equal(got, want) {
			t.Errorf("%.90s: got %v, %v", raw, got, err)
		}
	}
}
