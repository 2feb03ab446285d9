package format

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"fourmaps/data/realdata"
)

// workbookOf makes a workbook with excelize, an independent writer.
func workbookOf(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(f *excelize.File, cell string, values ...any) {
	if err := f.SetSheetRow("Sheet1", cell, &values); err != nil {
		panic(err)
	}
}

func dateStyle(f *excelize.File, cells string, format int, custom string) {
	s := excelize.Style{NumFmt: format}
	if custom != "" {
		s.CustomNumFmt = &custom
	}
	id, err := f.NewStyle(&s)
	if err != nil {
		panic(err)
	}
	from, to, _ := strings.Cut(cells, ":")
	f.SetCellStyle("Sheet1", from, to, id)
}

func TestXLSX(t *testing.T) {
	cases := []struct {
		name, columns, rows string
		fill                func(f *excelize.File)
		o                   Options
	}{
		{"texts, numbers and ticks", "名称,人数,核实", "2: 水库|120|true\n3: 学校|13812345678|false\n4: 34.355943|34.355943|", func(f *excelize.File) {
			set(f, "A1", "名称", "人数", "核实")
			set(f, "A2", "水库", 120, true)
			set(f, "A3", "学校", 13812345678, false)
			set(f, "A4", "34.355943", 34.355943000000003)
		}, Options{}},
		{"title, empty rows and empty columns", "名称,人数", "5: 水库|1\n8: 学校|2", func(f *excelize.File) {
			set(f, "B1", "某街道台账")
			set(f, "B4", "名称", "人数")
			set(f, "B5", "水库", 1)
			set(f, "B8", "学校", 2)
		}, Options{}},
		{"dates", "a,b,c,d,e", "2: 2023-05-01|2023-05-01 08:30:00|2023-05-01|45047|45047", func(f *excelize.File) {
			set(f, "A1", "a", "b", "c", "d", "e")
			set(f, "A2", 45047, 45047.354166666664, 45047, 45047, 45047)
			dateStyle(f, "A2:A2", 14, "")
			dateStyle(f, "B2:B2", 22, "")
			dateStyle(f, "C2:C2", 0, `yyyy"年"m"月"d"日"`)
			dateStyle(f, "D2:D2", 0, `0.00"days"`)
			dateStyle(f, "E2:E2", 0, `[Red]#,##0_);\(#,##0\)`)
		}, Options{}},
		{"merged cells are filled down", "街道,村", "2: 横岗|甲\n3: 横岗|乙\n4: 龙岗|丙\n5: |丁", func(f *excelize.File) {
			set(f, "A1", "街道", "村")
			set(f, "A2", "横岗", "甲")
			set(f, "B3", "乙")
			set(f, "A4", "龙岗", "丙")
			set(f, "B5", "丁")
			f.MergeCell("Sheet1", "A2", "A3")
		}, Options{}},
		{"formula error and result", "a,b", "2: #N/A|3", func(f *excelize.File) {
			set(f, "A1", "a", "b")
			set(f, "A2", "to be an error", 3)
		}, Options{}},
		{"second sheet", "x,y", "2: 1|2", func(f *excelize.File) {
			set(f, "A1", "a", "b")
			f.NewSheet("台账")
			f.SetSheetRow("台账", "A1", &[]any{"x", "y"})
			f.SetSheetRow("台账", "A2", &[]any{1, 2})
		}, Options{Sheet: "台账"}},
		{"header row declared", "水库,1", "3: 学校|2", func(f *excelize.File) {
			set(f, "A1", "名称", "人数")
			set(f, "A2", "水库", 1)
			set(f, "A3", "学校", 2)
		}, Options{HeaderRow: 2}},
		{"cells beyond the header", "a,b", "2: !too_many_cells", func(f *excelize.File) {
			set(f, "A1", "a", "b")
			set(f, "A2", 1, 2, "stray")
		}, Options{}},
		{"one column", "名称", "2: 水库", func(f *excelize.File) {
			set(f, "A1", "名称")
			set(f, "A2", "水库")
		}, Options{}},
		{"rich text and odd characters", "a,b", "2: 红黑|x_y", func(f *excelize.File) {
			set(f, "A1", "a", "b")
			f.SetCellRichText("Sheet1", "A2", []excelize.RichTextRun{{Text: "红"}, {Text: "黑"}})
			set(f, "B2", "x_x005F_y")
		}, Options{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			data := workbookOf(t, c.fill)
			if c.name == "formula error and result" {
				data = rewritten(t, data, "xl/worksheets/sheet1.xml", `t="s"><v>2</v>`, `t="e"><f>NA()</f><v>#N/A</v>`)
			}
			s := mustOpen(t, "x.xlsx", data, c.o)
			if got := strings.Join(s.Columns(), ","); got != c.columns {
				t.Errorf("columns %q, want %q", got, c.columns)
			}
			if got := text(rowsOf(t, s)); got != c.rows {
				t.Errorf("rows\n%s\nwant\n%s", got, c.rows)
			}
			for _, n := range s.Notes() {
				wantPhrases(t, n.Zh, n.En)
			}
		})
	}
}

// rewritten changes a part of a zip file.
func rewritten(t testing.TB, data []byte, name, old, new string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		content := string(b)
		if f.Name == name {
			if !strings.Contains(content, old) {
				t.Fatalf("%s has no %q", name, old)
			}
			content = strings.Replace(content, old, new, 1)
		}
		files[f.Name] = content
	}
	return zipped(t, files)
}

func TestBrokenXLSX(t *testing.T) {
	good := workbookOf(t, func(f *excelize.File) {
		set(f, "A1", "名称", "人数")
		for i := 2; i < 200; i++ {
			cell, _ := excelize.CoordinatesToCellName(1, i)
			set(f, cell, "水库", i)
		}
	})
	const sheet = "xl/worksheets/sheet1.xml"
	bomb := zipped(t, map[string]string{"xl/workbook.xml": strings.Repeat(" ", 200_000)})
	cases := []struct {
		name, code string
		data       []byte
		o          Options
	}{
		{"cut in the middle", "file_broken", good[:len(good)/2], Options{}},
		{"last bytes missing", "file_broken", good[:len(good)-10], Options{}},
		{"sheet cut inside a whole zip", "file_broken", rewritten(t, good, sheet, "</sheetData>", ""), Options{}},
		{"row numbers run backwards", "file_broken", rewritten(t, good, sheet, `<row r="3"`, `<row r="2"`), Options{}},
		{"text that does not exist", "file_broken", rewritten(t, good, sheet, `t="s"><v>0</v>`, `t="s"><v>999</v>`), Options{}},
		{"cell reference that is none", "file_broken", rewritten(t, good, sheet, `r="A2"`, `r="2A"`), Options{}},
		{"no such sheet", "sheet_missing", good, Options{Sheet: "台账"}},
		{"bomb", "archive_bomb", bomb, Options{Limits: Limits{FileBytes: 1 << 20, UnpackedBytes: 1000, Rows: 10, Columns: 10, CellBytes: 100}}},
		{"too many rows", "too_many_rows", good, Options{Limits: Limits{FileBytes: 1 << 20, UnpackedBytes: 1 << 20, Rows: 10, Columns: 10, CellBytes: 100}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s, err := openBytes("x.xlsx", c.data, c.o)
			for err == nil {
				if _, err = s.Next(); err == io.EOF {
					t.Fatal("read to the end without an error")
				}
			}
			wantCode(t, err, c.code)
		})
	}
	flipped := bytes.Clone(good)
	z, _ := zip.NewReader(bytes.NewReader(good), int64(len(good)))
	for _, f := range z.File {
		if f.Name == sheet {
			at, _ := f.DataOffset()
			flipped[at+int64(f.CompressedSize64)/2] ^= 0x55
		}
	}
	if s, err := openBytes("x.xlsx", flipped, Options{}); err == nil {
		s.Close()
		t.Error("flipped bits in the sheet were not noticed")
	} else {
		wantCode(t, err, "file_broken")
	}
}

func TestExcelTime(t *testing.T) {
	cases := []struct {
		serial   float64
		from1904 bool
		want     string
	}{
		{61, false, "1900-03-01 00:00:00"}, {45047, false, "2023-05-01 00:00:00"}, {45047.5, false, "2023-05-01 12:00:00"},
		{43585, true, "2023-05-01 00:00:00"}, {0, true, "1904-01-01 00:00:00"}, {45046.999999, false, "2023-05-01 00:00:00"},
		{60, false, ""}, {-1, false, ""}, {3e6, false, ""},
	}
	for _, c := range cases {
		got, ok := excelTime(c.serial, c.from1904)
		if ok != (c.want != "") || ok && got.Format(time.DateTime) != c.want {
			t.Errorf("%v: got %v, %v; want %s", c.serial, got, ok, c.want)
		}
	}
}

// TestSharedWorkbooks compares every cell of real ledgers with what excelize reads.
func TestSharedWorkbooks(t *testing.T) {
	for name, want := range map[string]int{"evacuation_space_data.xlsx": 195, "fire_station_data.xlsx": 13, "takamatsu_city_organization_list_0083_202604.xlsx": 387} {
		t.Run(name, func(t *testing.T) {
			path := realdata.File(t, "points/"+name)
			s, err := Open(path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			rows := rowsOf(t, s)
			f, err := excelize.OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			all, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			compared := 0
			for _, r := range rows {
				if r.Problem != nil {
					t.Errorf("row %d: %v", r.Number, r.Problem)
					continue
				}
				for i, c := range r.Cells {
					theirs := ""
					if i < len(all[r.Number-1]) {
						theirs = all[r.Number-1][i]
					}
					if ours := cellText(c); ours != theirs && !sameNumber(ours, theirs) {
						t.Errorf("row %d, column %s: %q, excelize has %q", r.Number, s.Columns()[i], ours, theirs)
					}
					compared++
				}
			}
			if len(rows) != want {
				t.Errorf("%d rows, want %d", len(rows), want)
			}
			t.Logf("%d rows, %d cells alike; columns %v; %v", len(rows), compared, s.Columns(), s.Notes())
		})
	}
}

func sameNumber(a, b string) bool {
	x, ok1 := parseCoordinate(a)
	y, ok2 := parseCoordinate(b)
	return ok1 && ok2 && x-y < 1e-12 && y-x < 1e-12
}

func BenchmarkXLSX(b *testing.B) {
	data := workbookOf(b, func(f *excelize.File) {
		set(f, "A1", "名称", "经度", "纬度", "人数")
		for i := 2; i < 5002; i++ {
			cell, _ := excelize.CoordinatesToCellName(1, i)
			set(f, cell, "水库", 114.1, 22.6, i)
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		s := mustOpen(b, "x.xlsx", data, Options{})
		if n := len(rowsOf(b, s)); n != 5000 {
			b.Fatal(n)
		}
	}
}

func TestPlainFileByPath(t *testing.T) {
	path := t.TempDir() + "/x.CSV"
	if err := os.WriteFile(path, []byte("a,b\n1,2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := text(rowsOf(t, s)); got != "2: 1|2" {
		t.Errorf("got %s", got)
	}
}
