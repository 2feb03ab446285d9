package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"fourmaps/server/store/storetest"
)

// riskTable is a table of risk points with one row, whose name, longitude and date differ by case.
func riskTable(name, lon, listed string) []byte {
	return []byte("编号,名称,风险等级,类别,经度,纬度,列入日期\nR1," + name + ",重大,桥梁," + lon + ",25.2," + listed + "\n")
}

func oldWorkbook(mark string) []byte {
	file := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 2048)...)
	for _, c := range utf16.Encode([]rune(mark)) {
		file = append(file, byte(c), byte(c>>8))
	}
	return append(file, make([]byte, 512)...)
}

// bomb is a workbook that says itself that it unpacks to 4 GB.
func bomb(t *testing.T) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, name := range []string{"xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Store, UncompressedSize64: 4 << 30, CompressedSize64: 10})
		if err == nil {
			_, err = w.Write(make([]byte, 10))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// mergedHeader is a workbook whose header lies over two rows, 坐标 over 经度 and 纬度.
func mergedHeader(t *testing.T) []byte {
	f := excelize.NewFile()
	for cell, v := range map[string]string{"A1": "编号", "B1": "名称", "C1": "风险等级", "D1": "类别", "E1": "坐标", "E2": "经度", "F2": "纬度", "A3": "R1", "B3": "长桥", "C3": "重大", "D3": "桥梁", "E3": "110.15", "F3": "25.2"} {
		if err := f.SetCellStr("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, m := range [][2]string{{"A1", "A2"}, {"B1", "B2"}, {"C1", "C2"}, {"D1", "D2"}, {"E1", "F1"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBadFilesAreRefused: a file that cannot be taken at all gets its sentence in both languages, and nothing is kept of it.
func TestBadFilesAreRefused(t *testing.T) {
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	before := map[string]int{"history": r.count("history")}
	wide := strings.Repeat("列,", 1999) + "列\n" + strings.Repeat("1,", 1999) + "1\n"
	for name, c := range map[string]struct {
		file   string
		data   []byte
		status int
		code   string
		zh, en string
	}{
		"100 MB":             {"big.csv", make([]byte, 100<<20), 413, "file_too_large", "95 MiB", "95 MiB"},
		"encrypted":          {"a.xlsx", oldWorkbook("EncryptedPackage"), 422, "file_encrypted", "密码", "password"},
		"old .xls":           {"a.xls", oldWorkbook("Workbook"), 422, "xls_old", "另存为 .xlsx", "save it as .xlsx"},
		"old .xls in drag":   {"a.xlsx", oldWorkbook("Workbook"), 422, "xls_old", "另存为 .xlsx", "save it as .xlsx"},
		"zip bomb":           {"a.xlsx", bomb(t), 422, "archive_bomb", "解压后超过上限", "unpacks to more"},
		"2,000 columns":      {"a.csv", []byte(wide), 422, "too_many_columns", "2000 列", "2000 columns"},
		"web page":           {"a.xls", []byte("<html><table><tr><td>名称</td></tr></table></html>"), 422, "xls_text", "网页", "web page"},
		"script as photo":    {"a.png", []byte("\x89PNG\r\n<script>alert(1)</script>"), 422, "format_unknown", "PNG", "PNG"},
		"half an archive":    {"a.zip", []byte("PK\x03\x04 cut"), 422, "file_broken", "损坏", "damaged"},
		"nothing":            {"a.csv", nil, 422, "file_empty", "空", "empty"},
		"broken GeoJSON":     {"a.geojson", []byte(`{"type":"FeatureCollection","features":[{"type":"Feature"`), 422, "geojson_broken", "GeoJSON", "GeoJSON"},
		"a program":          {"台账.csv", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 3000)...), 422, "format_unknown", "程序", "program"},
		"program of Windows": {"台账.csv", append([]byte("MZ\x90\x00\x03"), make([]byte, 3000)...), 422, "format_unknown", "程序", "program"},
		"a PDF":              {"台账.csv", []byte("%PDF-1.7\n1 0 obj\n"), 422, "format_unknown", "PDF", "PDF"},
		"a photo":            {"台账.csv", []byte("\xff\xd8\xff\xe0\x00\x10JFIF"), 422, "format_unknown", "照片", "photo"},
		"old Word":           {"台账.csv", oldWorkbook("WordDocument"), 422, "format_unknown", "Word", "Word"},
		"Word":               {"台账.xlsx", zipOf(t, "word/document.xml"), 422, "format_unknown", "Word", "Word"},
		"a shell script":     {"台账.csv", []byte("#!/bin/sh\nrm -rf /\n"), 422, "format_unknown", "脚本", "script"},
		"noise":              {"台账.csv", noise(), 422, "file_binary", "不是文本", "no text"},
		"zeros in a table":   {"台账.csv", []byte("编号,名称\n1,桥\x00\n"), 422, "file_binary", "不是文本", "no text"},
		"a database":         {"台账.gpkg", append([]byte("SQLite format 3\x00"), make([]byte, 3000)...), 422, "gpkg_broken", "GeoPackage", "GeoPackage"},
		"two Shapefiles":     {"a.zip", zipOf(t, "a.shp", "b.shp"), 422, "shapefile_parts", "Shapefile", "Shapefile"},
		"archive of photos":  {"a.zip", zipOf(t, "photo.jpg"), 422, "archive_unknown", "压缩包", "archive"},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			for lang, want := range map[string]string{"zh": c.zh, "en": c.en} {
				_, body := r.upload(c.status, c.file, c.data, "&layer=risk_point&lang="+lang, staff)
				var p struct{ Code, Detail string }
				if err := json.Unmarshal([]byte(body), &p); err != nil || p.Code != c.code || !strings.Contains(p.Detail, want) || strings.Contains(p.Detail, "--") {
					t.Errorf("%s: %s, want %s with %q", lang, body, c.code, want)
				}
			}
		})
	}
	r.t = t
	for _, table := range []string{"import_draft", "risk_point", "history"} {
		if n := r.count(table); n != before[table] {
			t.Errorf("%s has %d rows, and had %d", table, n, before[table])
		}
	}
}

// noise is bytes without a pattern, always the same.
func noise() []byte {
	out := make([]byte, 4000)
	chance := rand.New(rand.NewPCG(1, 2))
	for i := range out {
		out[i] = byte(chance.Uint32())
	}
	return out
}

func zipOf(t *testing.T, names ...string) []byte {
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, name := range names {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("x"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func (r *running) count(table string) (n int) {
	r.t.Helper()
	if err := r.pool.QueryRow(r.t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// TestBadRowsAreTold: what is wrong in a row is told with its column and reason, and a check changes nothing.
func TestBadRowsAreTold(t *testing.T) {
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	crossing := []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名称":"蝴蝶","风险等级":"重大","类别":"桥梁"},"geometry":{"type":"Polygon","coordinates":[[[110.1,25.1],[110.2,25.2],[110.2,25.1],[110.1,25.2],[110.1,25.1]]]}}]}`)
	for name, c := range map[string]struct {
		file string
		data []byte
		row  string // line column code of the first rejected row; "" where all are taken
	}{
		"UTF-16":                {"a.csv", inUTF16(riskTable("桥", "110.15", "")), ""},
		"the last day":          {"a.csv", riskTable("桥", "１１０．１５", "9999-12-31"), ""},
		"a day before all":      {"a.csv", riskTable("桥", "110.15", "0999-12-31"), "2 列入日期 date_out_of_range"},
		"mojibake":              {"a.csv", riskTable("锟斤拷锟斤拷", "110.15", ""), "2 名称 text_broken"},
		"polygon across itself": {"a.geojson", crossing, "1  self_intersection"},
		"in the sea":            {"a.csv", riskTable("海里", "150.15", ""), "2 经度 outside_expected"},
		"no coordinates":        {"a.csv", riskTable("无处", "", ""), "2 经度 coordinate_missing"},
		"merged header":         {"a.xlsx", mergedHeader(t), ""},
		"date as words":         {"a.csv", riskTable("桥", "110.15", "去年春天"), "2 列入日期 date_invalid"},
		"date of two meanings":  {"a.csv", riskTable("桥", "110.15", "3/4/2023"), "2 列入日期 date_ambiguous"},
		"duplicate keys":        {"a.csv", append(riskTable("桥", "110.15", ""), "R1,又一座桥,重大,桥梁,110.15,25.2,\n"...), "3 编号 key_twice"},
		"8,000 characters":      {"a.csv", riskTable(strings.Repeat("长", 8000), "110.15", ""), "2 名称 value_too_long"},
		"HTML in a name":        {"a.csv", riskTable("<b onclick=alert(1)>桥</b>", "110.15", ""), ""},
		"formula as a name":     {"a.csv", riskTable("=1+1", "110.15", ""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r.t = t
			d, _ := r.upload(201, c.file, c.data, "&layer=risk_point", staff)
			d = r.choose(d, fields{"choices": fields{"mapping": r.proposed(d, "risk_point"), "crs": "wgs84"}}, staff)
			if d.State != "checked" || d.Counts.Read != d.Counts.New+d.Counts.Changed+d.Counts.Same+d.Counts.Rejected {
				t.Fatalf("%s %v %+v %+v", d.State, d.Counts, d.Fault, d.About.Missing)
			}
			got := ""
			if rows := r.report(d, "rejected", staff); len(rows) > 0 {
				p := rows[0].Problems[0]
				got = fmt.Sprintf("%d %s %s", *rows[0].Row, p.Column, p.Code)
				han := func(s string) bool {
					return strings.ContainsFunc(regexp.MustCompile(`"[^"]*"|“[^”]*”`).ReplaceAllString(s, ""), func(r rune) bool { return unicode.Is(unicode.Han, r) })
				}
				if !han(p.Zh) || han(p.En) || p.En == "" || strings.Contains(p.Zh+p.En, "--") {
					t.Errorf("the reason reads %q / %q", p.Zh, p.En)
				}
			}
			if got != c.row {
				t.Errorf("told %q, want %q", got, c.row)
			}
			if c.row == "" && d.Counts.New != 1 {
				t.Errorf("%v", d.Counts)
			}
			if n := r.count("risk_point"); n != 0 {
				t.Errorf("%d rows are stored by a check", n)
			}
			if status, _, _ := r.send("DELETE", "/api/imports/"+d.ID, nil, "Cookie", staff); status != 204 {
				t.Errorf("discarding: %d", status)
			}
		})
	}
}

// inUTF16 is a text as Windows programs save it.
func inUTF16(text []byte) []byte {
	out := []byte("\xff\xfe")
	for _, c := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(c), byte(c>>8))
	}
	return out
}

// TestUnclearEncodingIsAsked: a file that is in no encoding that is known waits for one.
func TestUnclearEncodingIsAsked(t *testing.T) {
	r := startWithAreas(t)
	staff := storetest.SignIn(t, r.pool, "staff", "")
	d, _ := r.upload(201, "a.csv", []byte("name,level\n\x81\x20caf\xff\xfe,1\n"), "&layer=risk_point", staff)
	if d.About.Missing == nil || d.About.Missing.Code != "encoding_unclear" || strings.Contains(d.About.Missing.Zh+d.About.Missing.En, "--") || d.State != "uploaded" {
		t.Errorf("%+v", d.About)
	}
}
