package format

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"fourmaps/geo"
)

// FuzzOpen throws bytes at every format; FuzzShapefile has its own.
func FuzzOpen(f *testing.F) {
	f.Add("x.csv", []byte("名称,lon,lat\n水库,114.1,22.6\n\"a\nb\",1\n"))
	f.Add("x.csv", []byte("sep=;\n\xce\xf7;b\n1;2\n"))
	f.Add("x.geojson", []byte(`{"type":"FeatureCollection","crs":{},"features":[{"type":"Feature","id":1,"properties":{"a":[1]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`))
	f.Add("x.geojson", []byte("\x1e{\"type\":\"Feature\"}\n\x1e{\"type\":\"Point\",\"coordinates\":[1,2]}"))
	f.Add("x.kml", []byte(kmlFile))
	f.Add("x.kml", []byte(`<kml><Placemark id="1"><name>&nbsp;</name><ExtendedData><Data name=""><value>x</value></Data></ExtendedData><MultiGeometry><LineString><coordinates>1,2 3,4,5</coordinates></LineString></MultiGeometry></Placemark></kml>`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		s, err := openBytes(name, data, Options{})
		if err != nil {
			return
		}
		defer s.Close()
		m := SuggestMapping(s.Columns(), ledger())
		if in, err := NewIngest(s, ledger(), IngestOptions{Mapping: m, CRS: geo.GCJ02}); err == nil {
			kept := 0
			report, err := in.Run(context.Background(), func(*Record) error { kept++; return nil })
			if report.Read != report.Accepted+report.Rejected || report.Accepted != kept {
				t.Fatalf("report %+v, kept %d, %v", report, kept, err)
			}
			return
		}
		drain(t, s)
	})
}

// FuzzXLSX changes the XML of the parts of a workbook, past the zip.
func FuzzXLSX(f *testing.F) {
	f.Add(`<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" r:id="1"/></sheets></workbook>`,
		`<sst><si><t>x</t><rPh><t>no</t></rPh></si></sst>`, `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`,
		`<worksheet><sheetData><row r="1"><c t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>y</t></is></c></row><row r="2"><c s="0"><v>45047</v></c><c t="e"><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A3"/></mergeCells></worksheet>`)
	f.Fuzz(func(t *testing.T, book, texts, styles, sheet string) {
		data := zipped(t, map[string]string{"xl/workbook.xml": book, "xl/sharedStrings.xml": texts, "xl/styles.xml": styles, "xl/worksheets/sheet1.xml": sheet,
			"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>`})
		s, err := openBytes("x.xlsx", data, Options{})
		if err != nil {
			return
		}
		defer s.Close()
		drain(t, s)
	})
}

func BenchmarkIngestCSV(b *testing.B) {
	var table strings.Builder
	table.WriteString("key,name,lon,lat,persons,since\n")
	for i := range 10_000 {
		fmt.Fprintf(&table, "%d,水库,114.1,22.6,\"1,200\",2023年5月1日\n", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		records, _ := ingestTable(b, table.String(), IngestOptions{CRS: geo.GCJ02})
		if len(records) != 10_000 {
			b.Fatal(len(records))
		}
	}
}
