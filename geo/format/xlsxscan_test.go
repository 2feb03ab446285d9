package format

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const scannedSheet = `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://x"><sheetData>` +
	`<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>编号 &amp; 名称</t></is></c><c r="B1"/><c r="C1" s="1" t="s"><v>0</v></c></row>` +
	`<row><c><v>1.5</v></c></row><row r="9"/></sheetData><mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells></worksheet>` + "\n"

// TestQuickScanFindsWhatTheDecoderFinds: whatever is done to a sheet, what the quick scan accepts the decoder accepts, with
// the same rows and merged cells.
func TestQuickScanFindsWhatTheDecoderFinds(t *testing.T) {
	// As openpyxl and so pandas write it: a blank before each end.
	blanks := strings.NewReplacer(`"/>`, `" />`, `"><`, `" ><`).Replace(scannedSheet)
	for _, sheet := range []string{scannedSheet, blanks} {
		quick, rows, ok := quickScan(strings.NewReader(sheet))
		slow, slowRows, err := slowScan("sheet", strings.NewReader(sheet))
		if !ok || err != nil || rows != slowRows || !reflect.DeepEqual(quick, slow) {
			t.Errorf("%s\nquick %+v %d %v\nslow %+v %d %v", sheet, quick, rows, ok, slow, slowRows, err)
		}
	}
	if _, _, ok := quickScan(strings.NewReader(scannedSheet)); !ok {
		t.Fatal("a sheet as programs write it is not taken")
	}
	taken := 0
	pieces := []string{"<", ">", "/", "&", "&lt;", "&#10;", "\"", "'", "=", " ", "\n", "\x00", "\xff", "\uffff", "]]>", "<!--", "-->", "<![CDATA[", "<?x?>", "<row r=\"12\">", "</row>", "<c>", "</c>", "<x:row/>", "<mergeCell ref=\"A3:A7\"/>", "长", "r", ":", "\u00a0", "\u2028", "\ufeff"}
	rapid.Check(t, func(r *rapid.T) {
		sheet := scannedSheet
		for range rapid.IntRange(0, 3).Draw(r, "changes") {
			if rapid.IntRange(0, 3).Draw(r, "blank") == 0 {
				sheet = strings.Replace(sheet, rapid.SampledFrom([]string{`"/>`, `">`}).Draw(r, "end"), rapid.SampledFrom([]string{`" />`, `" >`, `"  />`}).Draw(r, "blanks"), 1)
			}
			at := rapid.IntRange(0, len(sheet)).Draw(r, "at")
			to := min(len(sheet), at+rapid.IntRange(0, 6).Draw(r, "cut"))
			sheet = sheet[:at] + rapid.SampledFrom(append(pieces, "")).Draw(r, "piece") + sheet[to:]
		}
		quick, quickRows, ok := quickScan(strings.NewReader(sheet))
		if !ok {
			return
		}
		taken++
		slow, slowRows, err := slowScan("sheet", strings.NewReader(sheet))
		if err != nil || quickRows != slowRows || !reflect.DeepEqual(quick, slow) {
			r.Fatalf("%s\nquick %+v %d\nslow %+v %d %v", sheet, quick, quickRows, slow, slowRows, err)
		}
	})
	if taken == 0 {
		t.Error("no sheet was taken")
	}
}
