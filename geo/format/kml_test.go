package format

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"fourmaps/geo"
)

// kmlFile has a placemark of every kind, as several programs write them.
const kmlFile = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>not a feature</name>
<Style id="s"><LineStyle><color>ff0000ff</color></LineStyle></Style>
<Folder><name>滑坡</name>
<Placemark id="p1"><name>牛角岭 &amp; 东坡</name><description><![CDATA[<b>粗</b>]]></description><styleUrl>#s</styleUrl>
 <ExtendedData><Data name="等级"><displayName>x</displayName><value>重大</value></Data><Data name="人数"><value>12</value></Data></ExtendedData>
 <Point><altitudeMode>clampToGround</altitudeMode><coordinates> 114.2,22.6,35.5 </coordinates></Point></Placemark>
<Placemark><name>线</name><ExtendedData><SchemaData schemaUrl="#t"><SimpleData name="长度">1.5</SimpleData><SimpleData name="name">另名</SimpleData></SchemaData></ExtendedData>
 <LineString><coordinates>114.2,22.6
   114.3,22.7,0</coordinates></LineString></Placemark>
</Folder>
<Placemark><name>面</name><Polygon><outerBoundaryIs><LinearRing><coordinates>114,22 115,22 115,23 114,23 114,22</coordinates></LinearRing></outerBoundaryIs>
 <innerBoundaryIs><LinearRing><coordinates>114.4,22.4 114.6,22.4 114.6,22.6 114.4,22.4</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
<Placemark><name>双面</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></outerBoundaryIs></Polygon>
 <MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>3,3 4,3 4,4 3,3</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></MultiGeometry></Placemark>
<Placemark><name>混合</name><MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 , 0 3,4,0</coordinates></LineString></MultiGeometry></Placemark>
<Placemark><name>无处</name><address>某路 1 号</address></Placemark>
<Placemark><name>坏坐标</name><Point><coordinates>114.2;22.6</coordinates></Point></Placemark>
<Placemark><name>轨迹</name><gx:Track><gx:coord>1 2 3</gx:coord></gx:Track></Placemark>
</Document></kml>`

func TestKML(t *testing.T) {
	packed := zipped(t, map[string]string{"files/icon.png": "x", "doc.kml": kmlFile})
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Replace(kmlFile, "UTF-8", "gb2312", 1))
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"x.kml": []byte(kmlFile), "x.KMZ": packed, "gbk.kml": []byte(gbk), "mark.kml": []byte("\ufeff" + kmlFile)} {
		t.Run(name, func(t *testing.T) {
			s := mustOpen(t, name, data, Options{})
			if got, want := fmt.Sprint(s.Columns()), "[name description 等级 人数 长度 name (2) address]"; got != want || s.CRS() != geo.WGS84 {
				t.Errorf("columns %s, want %s; %s", got, want, s.CRS())
			}
			rows := rowsOf(t, s)
			got := text(rows)
			want := text([]Row{
				{Number: 1, Cells: []any{"牛角岭 & 东坡", "<b>粗</b>", "重大", "12", nil, nil, nil}},
				{Number: 2, Cells: []any{"线", nil, nil, nil, "1.5", "另名", nil}},
				{Number: 3, Cells: []any{"面", nil, nil, nil, nil, nil, nil}},
				{Number: 4, Cells: []any{"双面", nil, nil, nil, nil, nil, nil}},
				{Number: 5, Cells: []any{"混合", nil, nil, nil, nil, nil, nil}},
				{Number: 6, Cells: []any{"无处", nil, nil, nil, nil, nil, "某路 1 号"}},
				{Number: 7, Problem: &Problem{Code: "geometry_broken"}},
				{Number: 8, Problem: &Problem{Code: "kml_geometry"}},
			})
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			geometries := []orb.Geometry{
				orb.Point{114.2, 22.6},
				orb.LineString{{114.2, 22.6}, {114.3, 22.7}},
				orb.Polygon{{{114, 22}, {115, 22}, {115, 23}, {114, 23}, {114, 22}}, {{114.4, 22.4}, {114.6, 22.4}, {114.6, 22.6}, {114.4, 22.4}}},
				orb.MultiPolygon{{{{1, 1}, {2, 1}, {2, 2}, {1, 1}}}, {{{3, 3}, {4, 3}, {4, 4}, {3, 3}}}},
				orb.Collection{orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}},
				nil,
			}
			for i, want := range geometries {
				if got := rows[i].Geometry; (got == nil) != (want == nil) || want != nil && !orb.Equal(got, want) {
					t.Errorf("row %d: got %v, want %v", i+1, got, want)
				}
			}
			if rows[0].ID != "p1" || rows[1].ID != "" {
				t.Errorf("ids %q and %q", rows[0].ID, rows[1].ID)
			}
		})
	}
}

func TestKMLRefuses(t *testing.T) {
	few := DefaultLimits
	few.Rows, few.Columns, few.Positions, few.UnpackedBytes, few.CellBytes = 2, 3, 3, 4096, 20
	place := func(body string) string { return "<kml><Placemark>" + body + "</Placemark></kml>" }
	var data strings.Builder
	for i := range 4 {
		fmt.Fprintf(&data, `<Data name="d%d"><value>1</value></Data>`, i)
	}
	cases := []struct {
		name, file, content, code string
	}{
		{"cut off", "x.kml", place("<name>a</name>")[:30], "kml_broken"},
		{"no KML", "x.kml", "<html><body>404</body></html>", "kml_empty"},
		{"text", "x.kml", "not XML at all", "kml_empty"},
		{"unknown encoding", "x.kml", `<?xml version="1.0" encoding="klingon"?><kml/>`, "encoding_unknown"},
		{"mojibake", "x.kml", place("<name>\xff\xfe\xfd</name>"), "kml_broken"},
		{"entity bomb", "x.kml", `<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>` + place("<name>&b;</name>"), "kml_broken"},
		{"too many rows", "x.kml", "<kml>" + strings.Repeat("<Placemark><name>a</name></Placemark>", 3) + "</kml>", "too_many_rows"},
		{"too many columns", "x.kml", place("<ExtendedData>" + data.String() + "</ExtendedData>"), "too_many_columns"},
		{"a kmz that is no archive", "x.kmz", kmlFile, "file_broken"},
		{"a kmz without KML", "x.kmz", string(zipped(t, map[string]string{"a.txt": "x"})), "kml_missing"},
		{"a bomb", "x.kmz", string(zipped(t, map[string]string{"doc.kml": place("<name>" + strings.Repeat(" ", 1<<20) + "</name>")})), "archive_bomb"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := openBytes(c.file, []byte(c.content), Options{Limits: few})
			wantCode(t, err, c.code)
		})
	}
	rows := rowsOf(t, mustOpen(t, "x.kml", []byte("<kml><Placemark><name>"+strings.Repeat("a", 21)+"</name></Placemark><Placemark><LineString><coordinates>1,1 2,2 3,3 4,4</coordinates></LineString></Placemark></kml>"), Options{Limits: few}))
	if got := text(rows); got != text([]Row{{Number: 1, Problem: &Problem{Code: "cell_too_long"}}, {Number: 2, Problem: &Problem{Code: "too_many_positions"}}}) {
		t.Errorf("got %s", got)
	}
}

func TestKMLNotesWhatIsNotRead(t *testing.T) {
	s := mustOpen(t, "x.kml", []byte(`<kml><Document><NetworkLink><Link><href>http://x</href></Link></NetworkLink><GroundOverlay><name>图</name></GroundOverlay><Placemark><name>a</name></Placemark></Document></kml>`), Options{})
	notes := fmt.Sprint(s.Notes())
	if len(rowsOf(t, s)) != 1 || !strings.Contains(notes, "NetworkLink") || !strings.Contains(notes, "GroundOverlay") {
		t.Errorf("notes %s", notes)
	}
}

func TestKMLInUTF16(t *testing.T) {
	file := `<?xml version="1.0" encoding="UTF-16"?><kml><Placemark><name>水库</name><Point><coordinates>１１４.1，22.6</coordinates></Point></Placemark></kml>`
	s := mustOpen(t, "x.kml", append([]byte("\xff\xfe"), wide(file)...), Options{})
	rows := rowsOf(t, s)
	if got := text(rows); got != "1: 水库" || rows[0].Geometry != orb.Geometry(orb.Point{114.1, 22.6}) {
		t.Errorf("%s at %v", got, rows[0].Geometry)
	}
}
