package export_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/format/export"
)

// quotedPart is what a sentence quotes from the file: a cell, a column, a name.
var quotedPart = regexp.MustCompile(`“[^”]*”`)

// word is a word of Latin letters.
var word = regexp.MustCompile(`[A-Za-z][A-Za-z0-9.-]*`)

// namesOfFormats are the words that a Chinese sentence may have.
var namesOfFormats = strings.Fields("GeoJSON KML KMZ Shapefile GeoPackage SQLite Excel CSV MiB UTF-8 UTF-16 GB18030 GBK gbk utf-8 WGS CGCS2000 cgcs2000 wgs84 gcj02 bd09 EPSG crs encoding header-row " +
	"xlsx csv shp dbf prj cpg kml kmz gpkg zip xls PDF PNG JPEG GIF RAR gzip")

// foreignWords are the words of a Chinese sentence that people who read no English do not know.
func foreignWords(zh string) []string {
	var out []string
	for _, w := range word.FindAllString(quotedPart.ReplaceAllString(zh, ""), -1) {
		known := false
		for _, name := range namesOfFormats {
			known = known || strings.Trim(w, ".-") == name
		}
		if !known {
			out = append(out, w)
		}
	}
	return out
}

// told checks that a person is told something whole in both languages.
func told(t *testing.T, zh, en string) {
	t.Helper()
	if words := foreignWords(zh); len(words) > 0 {
		t.Errorf("the Chinese sentence has %v: %s", words, zh)
	}
	if en == "" || !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(zh+en, "%!") {
		t.Errorf("the sentences are %q and %q", zh, en)
	}
}

// TestDamagedFilesAreToldInBothLanguages cuts files of every kind short and flips bits in them: whatever happens is told in
// sentences of our own, and nothing else happens.
func TestDamagedFilesAreToldInBothLanguages(t *testing.T) {
	rows := rows().Example(7)
	chance := rand.New(rand.NewPCG(1, 2))
	for _, f := range export.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			whole, _ := write(t, f, export.Options{Layer: bag}, rows)
			refused := 0
			for i := range 60 {
				file := bytes.Clone(whole)
				switch {
				case i < 20:
					file = file[:1+len(file)*i/20]
				case i < 50:
					file[chance.IntN(len(file))] ^= byte(1 + chance.IntN(255))
				default:
					at := chance.IntN(len(file))
					copy(file[at:], bytes.Repeat([]byte{byte(i) % 3 * 0x55}, 64))
				}
				for _, sentence := range readAll(t, "x"+f.Extension, file) {
					refused++
					told(t, sentence[0], sentence[1])
				}
			}
			if refused < 10 {
				t.Errorf("only %d damages were noticed", refused)
			}
		})
	}
}

// readAll reads a file as an import does and gives what would be told of it.
func readAll(t *testing.T, name string, file []byte) (sentences [][2]string) {
	t.Helper()
	tell := func(err error) {
		var bad *geo.InputError
		if !errors.As(err, &bad) {
			t.Errorf("%s: an error that is nobody's: %v", name, err)
			return
		}
		sentences = append(sentences, [2]string{bad.Zh, bad.En})
	}
	source, err := format.OpenReader(name, bytes.NewReader(file), int64(len(file)), format.Options{CRS: geo.WGS84})
	if err != nil {
		tell(err)
		return sentences
	}
	defer source.Close()
	for _, n := range source.Notes() {
		if n.Code != "shapefiles" && n.Code != "sheet" && n.Code != "not_read" { // they name what is in the file
			sentences = append(sentences, [2]string{n.Zh, n.En})
		}
	}
	in, err := format.NewIngest(source, bag, format.IngestOptions{Mapping: format.SuggestMapping(source.Columns(), bag), CRS: geo.WGS84, Location: shanghai})
	if err != nil {
		tell(err)
		return sentences
	}
	for {
		_, problems, err := in.Next()
		for _, p := range problems {
			sentences = append(sentences, [2]string{p.Zh, p.En})
		}
		if err == io.EOF {
			return sentences
		}
		if err != nil {
			tell(err)
			return sentences
		}
	}
}

// TestForeignFilesAreToldInBothLanguages: what is no table at all is refused by its content, whatever it is called.
func TestForeignFilesAreToldInBothLanguages(t *testing.T) {
	noise := make([]byte, 5000)
	chance := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(chance.Uint32())
	}
	for what, c := range map[string]struct{ begins, code, zh string }{
		"a program of Linux":   {"\x7fELF\x02\x01\x01\x00\x00", "format_unknown", "程序"},
		"a program of Windows": {"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "format_unknown", "程序"},
		"a script":             {"#!/bin/sh\nrm -rf /\n", "format_unknown", "脚本"},
		"a PDF":                {"%PDF-1.7\n", "format_unknown", "PDF"},
		"a photo":              {"\xff\xd8\xff\xe0\x00\x10JFIF", "format_unknown", "照片"},
		"an image":             {"\x89PNG\r\n\x1a\n", "format_unknown", "图片"},
		"a film":               {"\x00\x00\x00\x20ftypisom", "format_unknown", "视频"},
		"a photo of an iPhone": {"\x00\x00\x00\x24ftypheic", "format_unknown", "照片"},
		"an archive":           {"\x1f\x8b\x08\x00", "format_unknown", "压缩包"},
		"an old .doc":          {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600) + "W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00", "format_unknown", "Word"},
		"noise":                {string(noise), "file_binary", "不是文本"},
		"text with a zero":     {"名称,经度\n桥\x00,110\n", "file_binary", "不是文本"},
		"a database":           {"SQLite format 3\x00" + strings.Repeat("\x00", 4000), "gpkg_broken", "GeoPackage"},
	} {
		for _, name := range []string{"台账.csv", "台账.txt"} {
			_, err := format.OpenReader(name, strings.NewReader(c.begins), int64(len(c.begins)), format.Options{})
			var bad *geo.InputError
			if !errors.As(err, &bad) || bad.Code != c.code || !strings.Contains(bad.Zh, c.zh) {
				t.Errorf("%s: %v, want %s", what, err, c.code)
				continue
			}
			for _, w := range foreignWords(bad.Zh) {
				if w != "Word" {
					t.Errorf("%s: %s", what, bad.Zh)
				}
			}
			if _, err := format.OpenReader(name, strings.NewReader(c.begins), int64(len(c.begins)), format.Options{Encoding: "gb18030"}); err == nil {
				t.Errorf("%s is taken for GB18030", what)
			}
		}
	}
}
