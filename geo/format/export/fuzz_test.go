package export_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"

	"fourmaps/geo"
	"fourmaps/geo/format/export"
)

// FuzzText writes any text in every format and reads it back: no file breaks, and texts that an import leaves as they
// are come back.
func FuzzText(f *testing.F) {
	f.Add("'=1＋1\n\"😀,")
	f.Add("\x00\x01\x7f\u0085\u2028\ufffe\ufeff")
	f.Add("\r\n\r")
	f.Add(strings.Repeat("汉", 100))
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > 60 || strings.ContainsAny(s, "\x00\ufffd") {
			return // the database holds no such text
		}
		textsComeBack(t, s)
	})
}

// TestNastyTextsComeBack writes all of them in every format.
func TestNastyTextsComeBack(t *testing.T) { textsComeBack(t, nasty...) }

// textsComeBack writes texts in every format, each in a row, and reads them.
func textsComeBack(t *testing.T, texts ...string) {
	var rows []export.Row
	for i, s := range texts {
		row := export.Row{ID: uuid.NewMD5(uuid.NameSpaceOID, []byte{byte(i)})}
		for _, field := range export.Fields(bag) {
			var v any
			if field.Name == "remark" {
				v = s
			}
			row.Values = append(row.Values, v)
		}
		rows = append(rows, row)
	}
	for _, format := range export.Formats() {
		for _, gb := range []bool{false, true} {
			if gb && format.Name != export.CSV.Name {
				continue
			}
			file, _ := write(t, format, export.Options{Layer: bag, GB18030: gb}, rows)
			got, err := read("x"+format.Extension, file, bag, geo.WGS84)
			if err != nil {
				t.Fatalf("%s: %v", format.Name, err)
			}
			for i, row := range rows {
				back, there := got[row.ID.String()]
				if !there {
					t.Fatalf("%s: the row did not come back", format.Name)
				}
				if text, _ := back.Values["remark"].(string); plain(texts[i]) && text != texts[i] {
					t.Fatalf("%s: %q came back as %q", format.Name, texts[i], text)
				}
			}
		}
	}
}

// plain tells whether an import leaves a text as it is: letters, digits and signs within.
func plain(s string) bool {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool {
		return r < 0x20 || r == 0x7f || r >= 0xe000 && r <= 0xf8ff || r >= 0xfff0 && r <= 0xffff
	}) {
		return false
	}
	core := strings.Trim(s, "'=+-@ \u3000\u00a0\ufeff\u200b/\\—―")
	return core == s && s != "N/A" && s != "n/a" && s != "NULL" && s != "null" && s != "#N/A" && strings.TrimSpace(s) == s
}
