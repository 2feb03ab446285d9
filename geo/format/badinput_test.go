package format

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"fourmaps/geo"
)

// endless is a file of a size that nobody wants to keep for a test.
type endless struct{ size int64 }

func (e endless) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, bytes.Repeat([]byte("名称,经度,纬度\n"), len(p)/22+1))
	return n, nil
}

// TestBadFiles: each is refused whole, at once, with one sentence in both languages.
func TestBadFiles(t *testing.T) {
	locked := func() []byte {
		f := excelize.NewFile()
		defer f.Close()
		var b bytes.Buffer
		if err := f.Write(&b, excelize.Options{Password: "geheim"}); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	bomb := func(part string) []byte { // it says that it unpacks to 3 GiB; others, which lie, are met while unpacking
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		w, err := z.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, UncompressedSize64: 3 << 30, CompressedSize64: 5})
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, "\x01\x00\x00\xff\xff")
		for name, text := range map[string]string{"xl/worksheets/sheet1.xml": "<worksheet/>", "xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/workbook.xml": `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" r:id="1"/></sheets></workbook>`} {
			if name == part {
				continue
			}
			w, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(w, text)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	wide := strings.Repeat("列,", 1999) + "列\n" + strings.Repeat("1,", 1999) + "1\n"
	cases := []struct {
		name, file, code string
		data             []byte
	}{
		{"a workbook with a password", "台账.xlsx", "file_encrypted", locked()},
		{"a bomb for a sheet", "台账.xlsx", "archive_bomb", bomb("xl/worksheets/sheet1.xml")},
		{"a bomb for texts", "台账.xlsx", "archive_bomb", bomb("xl/sharedStrings.xml")},
		{"a bomb for a Shapefile", "面.zip", "archive_bomb", bomb("a.shp")},
		{"a bomb for KML", "点.kmz", "archive_bomb", bomb("doc.kml")},
		{"2,000 columns", "台账.csv", "too_many_columns", []byte(wide)},
		{"mojibake", "台账.csv", "encoding_unclear", []byte("\xc3\xfb\xff\xff,b\n\x81,\xfe\xfe\n")},
		{"a workbook of Excel 97", "台账.xls", "xls_old", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)},
		{"the same under a newer name", "台账.xlsx", "xls_old", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 4096)...)},
		{"a web page called .xls", "台账.xls", "xls_text", []byte("<html><table><tr><td>名称</td></tr></table></html>")},
		{"an archive of another kind", "台账.rar", "format_unknown", []byte("Rar!\x1a\x07")},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			began := time.Now()
			_, err := openBytes(c.file, c.data, Options{CRS: geo.WGS84})
			wantCode(t, err, c.code)
			if took := time.Since(began); took > 2*time.Second {
				t.Errorf("it took %v to say so", took)
			}
		})
	}
	for _, size := range []int64{100_000_000, 100 << 20} {
		_, err := OpenReader("台账.csv", endless{size}, size, Options{})
		wantCode(t, err, "file_too_large")
		if !strings.Contains(err.Error(), "MiB") {
			t.Errorf("%v does not say it in MiB", err)
		}
	}
}

// TestBadRows: each costs its own row, with the cell and a reason in both languages, and no other.
func TestBadRows(t *testing.T) {
	const header = "key,name,lon,lat,persons,since,note\n"
	long := strings.Repeat("长", 8000)
	cases := []struct{ name, row, column, code string }{
		{"in the sea", "1,甲,130,20,1,,", "lon", "outside_expected"},
		{"swapped", "1,甲,22.5,114.5,1,,", "lon", "coordinates_swapped"},
		{"a key of before", "0,甲,114.5,22.5,1,,", "key", "key_twice"},
		{"a name of 8,000 characters", "1," + long + ",114.5,22.5,1,,", "name", "value_too_long"},
		{"a date as words", "1,甲,114.5,22.5,1,去年春天,", "since", "date_invalid"},
		{"a date of no calendar", "1,甲,114.5,22.5,1,2023-02-30,", "since", "date_invalid"},
		{"a date of two readings", "1,甲,114.5,22.5,1,3/4/2023,", "since", "date_ambiguous"},
		{"a number as words", "1,甲,114.5,22.5,许多,,", "persons", "number_invalid"},
		{"question marks of a lost encoding", "1,甲\ufffd\ufffd,114.5,22.5,1,,", "name", "text_broken"},
		{"锟斤拷", "1,锟斤拷水库,114.5,22.5,1,,", "name", "text_broken"},
		{"UTF-8 read as Latin", "1,é•¿æ¡¥,114.5,22.5,1,,", "name", "text_broken"},
		{"a row that slipped", "1,甲,114.5,22.5,1,,,,x", "", "too_many_cells"},
		{"quotes that do not match", "1,\"甲\"x,114.5,22.5,1,,", "", "csv_quotes"},
	}
	box := orb.Bound{Min: orb.Point{114, 22}, Max: orb.Point{115, 23}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records, report := ingestTable(t, header+"0,好,114.5,22.5,1,2023年5月1日,\n"+c.row+"\n2,也好,114.5,22.5,1,45047,\n", IngestOptions{Expected: &box})
			if len(records) != 2 || report.Rejected != 1 || len(report.Problems) != 1 {
				t.Fatalf("%d rows were taken, problems %+v", len(records), report.Problems)
			}
			p := report.Problems[0]
			if p.Code != c.code || p.Row != 3 || p.Column != c.column {
				t.Errorf("got %+v, want %s in %q", p, c.code, c.column)
			}
			wantPhrases(t, p.Zh, p.En)
			if len([]rune(p.Zh)) > 300 {
				t.Errorf("the reason has %d characters", len([]rune(p.Zh)))
			}
		})
	}
}

// TestTextStaysAsItIs: what looks like HTML, a formula or an accent is text like any other; whoever shows it guards it.
func TestTextStaysAsItIs(t *testing.T) {
	for _, name := range []string{"<script>alert(1)</script>", "<b>甲</b> & 乙", "=1+1", "Café Müller", "São Paulo", "Ñandú"} {
		records, report := ingestTable(t, "name,lon,lat\n\""+name+"\",114,22\n", IngestOptions{})
		if len(records) != 1 || records[0].Values["name"] != name {
			t.Errorf("%s: %+v, %+v", name, records, report.Problems)
		}
	}
}

// TestHeaderOverTwoRows: merged cells tell that the header has two rows.
func TestHeaderOverTwoRows(t *testing.T) {
	merged := func(ranges ...string) func(f *excelize.File) {
		return func(f *excelize.File) {
			for _, r := range ranges {
				from, to, _ := strings.Cut(r, ":")
				if err := f.MergeCell("Sheet1", from, to); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	cases := []struct {
		name, columns, rows string
		fill                func(f *excelize.File)
	}{
		{"names beside pairs", "编号,名称,位置 经度,位置 纬度,负责人 姓名,负责人 电话", "3: 1|水库|114.1|22.6|张|1234567", func(f *excelize.File) {
			set(f, "A1", "编号", "名称", "位置", nil, "负责人")
			set(f, "C2", "经度", "纬度", "姓名", "电话")
			set(f, "A3", 1, "水库", 114.1, 22.6, "张", "1234567")
			merged("A1:A2", "B1:B2", "C1:D1", "E1:F1")(f)
		}},
		{"below a title", "编号,位置 经度,位置 纬度", "4: 1|114.1|22.6", func(f *excelize.File) {
			set(f, "A1", "某街道台账")
			set(f, "A2", "编号", "位置")
			set(f, "B3", "经度", "纬度")
			set(f, "A4", 1, 114.1, 22.6)
			merged("A1:C1", "A2:A3", "B2:C2")(f)
		}},
		{"merged for its looks only", "编号,名称,备注,备注 (2)", "2: 1|水库||\n3: 2|学校|a|b", func(f *excelize.File) {
			set(f, "A1", "编号", "名称", "备注")
			set(f, "A2", "1", "水库")
			set(f, "A3", "2", "学校", "a", "b")
			merged("C1:D1")(f)
		}},
		{"an empty second row", "编号,名称", "3: 1|水库", func(f *excelize.File) {
			set(f, "A1", "编号", "名称")
			set(f, "A3", 1, "水库")
			merged("A1:A2", "B1:B2")(f)
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := mustOpen(t, "x.xlsx", workbookOf(t, c.fill), Options{})
			if got := strings.Join(s.Columns(), ","); got != c.columns {
				t.Errorf("columns %s, want %s", got, c.columns)
			}
			if got := text(rowsOf(t, s)); got != c.rows {
				t.Errorf("rows %s, want %s", got, c.rows)
			}
			if got, want := strings.Contains(fmt.Sprint(s.Notes()), "–"), strings.Contains(c.columns, " 经度"); got != want {
				t.Errorf("the notes do not tell: %v", s.Notes())
			}
		})
	}
	m := SuggestMapping([]string{"编号", "位置 经度", "位置 纬度"}, ledger())
	if fmt.Sprint(m) != "[{编号 key} {位置 经度 lon} {位置 纬度 lat}]" {
		t.Errorf("suggested %v", m)
	}
}
