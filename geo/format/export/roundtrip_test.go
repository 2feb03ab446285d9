package export_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
)

// bag is a layer with a field of every type.
var bag = &layer.Layer{
	Name: "bag", Label: layer.Text{Zh: "样品/一", En: "Bag"}, PlaceOptional: true, NameOptional: true, LevelField: "risk",
	Geometry: []layer.Geometry{layer.Point, layer.LineString, layer.MultiLineString, layer.Polygon, layer.MultiPolygon},
	Fields: []layer.Field{
		{Name: "risk", Type: layer.Choice, Label: layer.Text{Zh: "等级", En: "Risk"}, Choices: []layer.Option{
			{Value: "high", Label: layer.Text{Zh: "高", En: "High"}, Colour: "#f2383a"}, {Value: "low", Label: layer.Text{Zh: "低", En: "Low, small"}, Colour: "#4d9dff"}}},
		{Name: "abilities", Type: layer.Choices, Label: layer.Text{Zh: "能力", En: "Abilities"}, Choices: []layer.Option{
			{Value: "fire", Label: layer.Text{Zh: "灭火", En: "Fire"}}, {Value: "water", Label: layer.Text{Zh: "水域", En: "Water"}}}},
		{Name: "remark", Type: layer.String, Label: layer.Text{Zh: "备注", En: "Remark"}, MaxLength: 60, Help: layer.Text{Zh: "随意", En: "Anything"}},
		{Name: "remark_of_others", Type: layer.String, Label: layer.Text{Zh: "他人备注", En: "Remark of others"}, MaxLength: 60},
		{Name: "remark_of_olden_days", Type: layer.String, Label: layer.Text{Zh: "往日备注", En: "Remark of olden days"}, MaxLength: 2000},
		{Name: "people", Type: layer.Integer, Label: layer.Text{Zh: "人数", En: "People"}, Unit: layer.Persons},
		{Name: "amount", Type: layer.Number, Label: layer.Text{Zh: "数量", En: "Amount"}},
		{Name: "open", Type: layer.Boolean, Label: layer.Text{Zh: "开放", En: "Open"}},
		{Name: "listed_on", Type: layer.Date, Label: layer.Text{Zh: "列入日期", En: "Listed on"}},
		{Name: "seen_at", Type: layer.Time, Label: layer.Text{Zh: "所见时间", En: "Seen at"}},
		{Name: "phone", Type: layer.Phone, Label: layer.Text{Zh: "电话", En: "Phone"}, MaxLength: 40},
		{Name: "secret", Type: layer.Phone, Label: layer.Text{Zh: "机密", En: "Secret"}, MaxLength: 40, Sensitive: true},
		{Name: "above_id", Type: layer.Reference, Layer: "bag", Label: layer.Text{Zh: "上级", En: "Above"}},
	},
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// nasty are the texts that break careless files.
var nasty = []string{
	"=cmd|' /C calc'!A0", "+1", "-1", "@x", "'", "'apostrophe", "'=1", "＝1+1", "a\tb", "a\nb\n\nc", "\"quoted\"", `back\slash`, "a,b;c|d", "<b>粗</b>&amp;&nbsp;",
	"]]>", "<![CDATA[x]]>", "😀👨‍👩‍👧‍👦", "𠮷野家𬭛㐀", "שלום עולם", "مرحبا\u200f", "_x0041_", "_x000D_", "x_x", "0012", "1e5", "440307001001", "TRUE", "2026-05-01", "sep=;", "#N/A x", "e\u0301", "\u3000宽\u3000空", "NULL?", "{\"a\":1}", "%s%d",
}

// text draws what an import leaves as it is: neither empty nor one of the words for nothing, without spaces around it.
func text() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.OneOf(rapid.SampledFrom(nasty), rapid.StringN(1, 40, 120), rapid.StringMatching(`[=+@'"_x0-9,; <>-]{1,12}`)).Draw(t, "text")
		s = strings.Map(func(r rune) rune {
			if r < 0x20 && r != '\n' && r != '\t' || r == 0xfffd || r == 0xfffe || r == 0xffff || r >= 0xe000 && r <= 0xf8ff { // GB18030 has other places for private characters
				return 'x'
			}
			return r
		}, s)
		s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "\u3000\u00a0\ufeff\u200b \t\n"))
		if saysNothing(s) {
			return "某"
		}
		if strings.TrimSpace(strings.Trim(s, "\u3000\u00a0\ufeff\u200b")) != s {
			return "某"
		}
		return s
	})
}

// saysNothing tells whether an import takes a text for an empty cell.
func saysNothing(s string) bool {
	return slices.Contains([]string{"", "-", "--", "—", "——", "―", "/", `\`, "N/A", "n/a", "NULL", "null", "#N/A"}, s)
}

// long draws texts that take several columns of a Shapefile, with spaces where columns end.
func long() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"汛期", "a", " ", "    ", "\n", "😀", "=1", "，", "é"}), 100, 400).Draw(t, "words")
		return "起" + strings.Join(words, "") + "止"
	})
}

// number draws numbers of every size that a column may hold; a negative zero too.
var number = rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, math.Copysign(0, -1), 1e21, -1e300, 5e-324, math.MaxFloat64, 0.1, 123456789.123456789, 1 << 53}))

func moment(low, high time.Time) *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		seconds := rapid.OneOf(rapid.Int64Range(low.Unix(), high.Unix()), rapid.SampledFrom([]int64{low.Unix(), high.Unix(), -1, 0}))
		return time.Unix(seconds.Draw(t, "second"), 0).UTC()
	})
}

func value(f layer.Field) *rapid.Generator[any] {
	early, late := time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 15, 59, 59, 0, time.UTC)
	return rapid.Custom(func(t *rapid.T) any {
		if rapid.IntRange(0, 3).Draw(t, "null") == 0 || f.Name == "version" {
			return nil
		}
		switch f.Type {
		case layer.Integer:
			return rapid.Int64Range(-1<<31, 1<<31-1).Draw(t, f.Name)
		case layer.Number:
			v := number.Draw(t, f.Name)
			if f.Min != nil {
				v = math.Mod(math.Abs(v), 100000)
			}
			return v
		case layer.Boolean:
			return rapid.Bool().Draw(t, f.Name)
		case layer.Date:
			return moment(early, late).Draw(t, f.Name).Truncate(24 * time.Hour)
		case layer.Time:
			return moment(early, late).Draw(t, f.Name)
		case layer.Choice:
			return rapid.SampledFrom([]string{"high", "low"}).Draw(t, f.Name)
		case layer.Choices:
			if rapid.Bool().Draw(t, "both") {
				return []string{"water", "fire"}
			}
			return []string{"fire"}
		case layer.Phone:
			return rapid.SampledFrom([]string{"+86 755-12345678", "(0755)123-456", "013800138000"}).Draw(t, f.Name)
		}
		word := text().Draw(t, f.Name)
		if f.MaxLength > 1000 && rapid.IntRange(0, 2).Draw(t, "long") == 0 {
			word = long().Draw(t, f.Name)
		}
		if f.Type == layer.Reference && saysNothing(format.Fold(word)) {
			return "某" // a name that is not to be seen, or a wide stroke, names nothing
		}
		return word
	})
}

func place() *rapid.Generator[orb.Geometry] {
	point := rapid.Custom(func(t *rapid.T) orb.Point {
		return orb.Point{rapid.Float64Range(100, 120).Draw(t, "lon"), rapid.Float64Range(20, 40).Draw(t, "lat")}
	})
	return rapid.Custom(func(t *rapid.T) orb.Geometry {
		p := point.Draw(t, "at")
		square := func(d float64) orb.Ring {
			return orb.Ring{{p[0] - d, p[1] - d}, {p[0] + d, p[1] - d}, {p[0] + d, p[1] + d}, {p[0] - d, p[1] + d}, {p[0] - d, p[1] - d}}
		}
		hole := square(0.1)
		hole.Reverse()
		far := orb.Ring{{p[0] + 2, p[1]}, {p[0] + 3, p[1]}, {p[0] + 3, p[1] + 1}, {p[0] + 2, p[1]}}
		line := orb.LineString{p, {p[0] + 1, p[1]}, {p[0] + 1, p[1] + 1}}
		return rapid.SampledFrom([]orb.Geometry{p, p, line, orb.MultiLineString{line, {{p[0], p[1] + 2}, p}}, orb.Polygon{square(0.5)},
			orb.Polygon{square(0.5), hole}, orb.MultiPolygon{{square(0.5), hole}, {far}}, nil}).Draw(t, "shape")
	})
}

func rows() *rapid.Generator[[]export.Row] {
	return rapid.Custom(func(t *rapid.T) []export.Row {
		out := make([]export.Row, rapid.IntRange(0, 60).Draw(t, "rows"))
		for i := range out {
			r := export.Row{ID: uuid.NewMD5(uuid.NameSpaceOID, []byte{byte(i)}), Geometry: place().Draw(t, "place")}
			if r.Geometry != nil {
				r.Anchor = r.Geometry.Bound().Center()
			}
			for _, f := range export.Fields(bag) {
				r.Values = append(r.Values, value(f).Draw(t, f.Name))
			}
			out[i] = r
		}
		return out
	})
}

// write makes a file of rows.
func write(t testing.TB, f export.Format, o export.Options, rows []export.Row) ([]byte, export.Report) {
	t.Helper()
	var file bytes.Buffer
	w, err := export.New(&file, f, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandon()
	for _, r := range rows {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	report, err := w.Close()
	if err != nil {
		t.Fatal(err)
	}
	if report.Rows != len(rows) {
		t.Errorf("%d rows written, the report says %d", len(rows), report.Rows)
	}
	return file.Bytes(), report
}

// read imports a file by the mapping that its own columns speak for.
func read(name string, file []byte, l *layer.Layer, crs geo.CRS) (map[string]*format.Record, error) {
	source, err := format.OpenReader(name, bytes.NewReader(file), int64(len(file)), format.Options{CRS: crs})
	if err != nil {
		return nil, err
	}
	defer source.Close()
	in, err := format.NewIngest(source, l, format.IngestOptions{Mapping: format.SuggestMapping(source.Columns(), l), CRS: crs, Location: shanghai})
	if err != nil {
		return nil, fmt.Errorf("%v: %w", source.Columns(), err)
	}
	out := map[string]*format.Record{}
	for {
		r, problems, err := in.Next()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if len(problems) > 0 {
			return nil, fmt.Errorf("rejected: %v", problems)
		}
		out[r.Key] = r
	}
}

// expected is what an import should make of a row.
func expected(r export.Row, f export.Format) map[string]any {
	out := map[string]any{}
	for i, field := range export.Fields(bag) {
		v := r.Values[i]
		if v == nil || field.ReadOnly {
			continue
		}
		if s, ok := v.(string); ok && field.Type == layer.Reference {
			v = format.Reference(s)
		}
		out[field.Name] = v
	}
	return out
}

// tables have one point for each row.
func isTable(f export.Format) bool { return f.Name == export.XLSX.Name || f.Name == export.CSV.Name }

func TestWhatGoesOutComesBack(t *testing.T) {
	type variant struct {
		format export.Format
		crs    geo.CRS
		o      export.Options
	}
	var variants []variant
	for _, f := range export.Formats() {
		for i, crs := range export.Systems() {
			if !f.ChooseCRS && crs != geo.WGS84 {
				continue
			}
			variants = append(variants, variant{f, crs, export.Options{Layer: bag, CRS: crs, Location: shanghai, English: i%2 == 1, GB18030: i%2 == 1}})
		}
	}
	for _, v := range variants {
		t.Run(v.format.Name+" "+v.crs.String(), func(t *testing.T) {
			rapid.Check(t, func(r *rapid.T) {
				rows := rows().Draw(r, "rows")
				file, _ := write(t, v.format, v.o, rows)
				if len(rows) == 0 {
					return
				}
				crs := v.crs
				if v.format.Name == export.GeoPackage.Name || v.format.Name == export.Shapefile.Name && (crs == geo.WGS84 || crs == geo.CGCS2000) {
					crs = geo.Undeclared // the file says it
				}
				got, err := read("x"+v.format.Extension, file, bag, crs)
				if err != nil {
					r.Fatalf("%v in\n%.2000s", err, file)
				}
				compare(r, rows, got, v.format, isTable(v.format))
			})
		})
	}
}

// apart gives the Shapefiles of a zip file one by one, as other programs open them; any other file is one already.
func apart(t *testing.T, f export.Format, file []byte) [][]byte {
	if f.Name != export.Shapefile.Name {
		return [][]byte{file}
	}
	in, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out [][]byte
	for _, shp := range in.File {
		base, isShape := strings.CutSuffix(shp.Name, ".shp")
		if !isShape {
			continue
		}
		var one bytes.Buffer
		w := zip.NewWriter(&one)
		for _, part := range in.File {
			if strings.HasPrefix(part.Name, base+".") {
				if err := w.Copy(part); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		out = append(out, one.Bytes())
	}
	return out
}

// compare checks that the rows came back as they went out.
func compare(t *rapid.T, rows []export.Row, got map[string]*format.Record, f export.Format, anchors bool) {
	if len(got) != len(rows) {
		t.Fatalf("%d rows came back of %d", len(got), len(rows))
	}
	for _, r := range rows {
		g := got[r.ID.String()]
		if g == nil {
			t.Fatalf("row %s did not come back", r.ID)
		}
		for name, want := range expected(r, f) {
			have := g.Values[name]
			if at, ok := want.(time.Time); ok {
				if back, ok := have.(time.Time); !ok || !back.Equal(at) {
					t.Fatalf("%s: %v came back as %v", name, at, have)
				}
			} else if !reflect.DeepEqual(have, want) && have != want { // -0 is 0
				t.Fatalf("%s: %#v came back as %#v", name, want, have)
			}
		}
		if want := expected(r, f); len(want) != len(g.Values) {
			t.Fatalf("%v came back as %v", want, g.Values)
		}
		samePlace(t, r, g.Geometry, anchors)
	}
}

func samePlace(t *rapid.T, r export.Row, got orb.Geometry, anchor bool) {
	if r.Geometry == nil || got == nil {
		if r.Geometry != nil || got != nil {
			t.Fatalf("the place %v came back as %v", r.Geometry, got)
		}
		return
	}
	want := geo.Wound(r.Geometry)
	if anchor {
		want = r.Anchor
	}
	var a, b []orb.Point
	collect := func(into *[]orb.Point) func(*orb.Point) { return func(p *orb.Point) { *into = append(*into, *p) } }
	geo.EachPoint(want, collect(&a))
	geo.EachPoint(got, collect(&b))
	if want.GeoJSONType() != got.GeoJSONType() || len(a) != len(b) {
		t.Fatalf("the place %v came back as %v", want, got)
	}
	for i := range a {
		if math.Hypot(a[i][0]-b[i][0], a[i][1]-b[i][1]) > 5e-8 {
			t.Fatalf("the position %v came back as %v", a[i], b[i])
		}
	}
}
