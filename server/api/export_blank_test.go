package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"fourmaps/geo/layer"
)

// TestABlankLedgerHasHeadingsAndChoices: what a clerk fills in has the columns of an export with all that may be written,
// no row, and is no file that was taken.
func TestABlankLedgerHasHeadingsAndChoices(t *testing.T) {
	r := start(t)
	r.fill(newFiller(9), &layer.MaterialSite, 5)
	_, _, full := r.get("/api/layers/material_site/export?format=csv&sensitive=true")
	before := r.count("layer_export")
	status, h, blank := r.get("/api/layers/material_site/export?format=csv&blank=true")
	if status != http.StatusOK || h.Get("X-Export-Rows") != "0" {
		t.Fatalf("%d %v", status, h)
	}
	heading, _, _ := bytes.Cut(full, []byte("\r\n"))
	if got := bytes.TrimRight(blank, "\r\n"); !bytes.Equal(got, heading) {
		t.Errorf("the headings\n%s\nare\n%s", heading, got)
	}
	status, h, book := r.get("/api/layers/material_site/export?format=xlsx&blank=true&lang=zh")
	if named, _ := url.PathUnescape(h.Get("Content-Disposition")); status != http.StatusOK || !strings.Contains(named, "空白") {
		t.Errorf("%d %s", status, named)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	sheets := f.GetSheetList()
	sheets = slices.DeleteFunc(sheets, func(name string) bool { return strings.HasPrefix(name, "选项") })
	if len(sheets) != 2 {
		t.Fatalf("the sheets %v are not those of sites and stock", sheets)
	}
	for _, sheet := range sheets {
		rows, err := f.GetRows(sheet)
		if err != nil || len(rows) != 1 {
			t.Errorf("%s: %d rows, %v", sheet, len(rows), err)
		}
		if limits, err := f.GetDataValidations(sheet); sheet == sheets[0] && (err != nil || len(limits) < 5) {
			t.Errorf("%s: %d limits, %v", sheet, len(limits), err)
		}
	}
	if after := r.count("layer_export"); after != before {
		t.Errorf("%d files were taken", after-before)
	}
	if status, _, _ := r.get("/api/layers/material_site/export?format=xlsx&blank=perhaps"); status != http.StatusBadRequest {
		t.Errorf("another word: %d", status)
	}
}
