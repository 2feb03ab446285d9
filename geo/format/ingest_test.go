package format

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"fourmaps/data/realdata"
	"fourmaps/geo"
	"fourmaps/geo/layer"
)

func limit(v float64) *float64 { return &v }

// ledger is a layer with a field of every type.
func ledger() *layer.Layer {
	return &layer.Layer{
		Name: "ledger", Label: layer.Text{Zh: "台账", En: "Ledger"}, Geometry: []layer.Geometry{layer.Point, layer.MultiPolygon},
		Fields: []layer.Field{
			{Name: "kind", Type: layer.Choice, Label: layer.Text{Zh: "类别", En: "Kind"}, Required: true, Choices: []layer.Option{
				{Value: "shelter", Label: layer.Text{Zh: "避难场所", En: "Shelter"}, Synonyms: []string{"安置点"}},
				{Value: "none", Label: layer.Text{Zh: "未定", En: "None"}, Synonyms: []string{"无"}}}},
			{Name: "skills", Type: layer.Choices, Label: layer.Text{Zh: "能力", En: "Skills"}, Choices: []layer.Option{
				{Value: "fire", Label: layer.Text{Zh: "灭火", En: "Fire"}}, {Value: "water", Label: layer.Text{Zh: "水域、冰面", En: "Water"}}}},
			{Name: "persons", Type: layer.Integer, Label: layer.Text{Zh: "人数", En: "Persons"}, Unit: layer.Text{Zh: "人", En: "persons"}, Min: limit(0), Max: limit(10000)},
			{Name: "width", Type: layer.Number, Label: layer.Text{Zh: "宽度", En: "Width"}},
			{Name: "open", Type: layer.Boolean, Label: layer.Text{Zh: "开放", En: "Open"}},
			{Name: "since", Type: layer.Date, Label: layer.Text{Zh: "建成", En: "Since"}},
			{Name: "seen_at", Type: layer.Time, Label: layer.Text{Zh: "时间", En: "Seen"}},
			{Name: "phone", Type: layer.Phone, Label: layer.Text{Zh: "电话", En: "Phone"}, MaxLength: 20},
			{Name: "note", Type: layer.String, Label: layer.Text{Zh: "备注", En: "Note"}, MaxLength: 5},
			{Name: "access", Type: layer.Choice, Label: layer.Text{Zh: "通行", En: "Access"}, Required: true, Default: "open", Choices: []layer.Option{
				{Value: "open", Label: layer.Text{Zh: "开放", En: "Open"}}, {Value: "closed", Label: layer.Text{Zh: "禁止", En: "Closed"}}}},
			{Name: "bridge", Type: layer.Boolean, Label: layer.Text{Zh: "桥", En: "Bridge"}, Required: true, Default: "false"},
			{Name: "parent", Type: layer.Reference, Label: layer.Text{Zh: "上级", En: "Parent"}, Layer: "ledger"},
		},
	}
}

// ingestTable reads a CSV whose columns are named as the fields, with kind and name filled in where they are missing.
func ingestTable(t testing.TB, table string, o IngestOptions) ([]*Record, Report) {
	t.Helper()
	s := mustOpen(t, "x.csv", []byte(table), Options{HeaderRow: 1})
	for _, c := range s.Columns() {
		o.Mapping = append(o.Mapping, Pair{c, c})
	}
	if o.Constants == nil {
		o.Constants = map[string]string{}
		for name, value := range map[string]string{"kind": "shelter", "name": "x"} {
			if !slices.Contains(s.Columns(), name) {
				o.Constants[name] = value
			}
		}
	}
	if o.CRS == geo.Undeclared {
		o.CRS = geo.WGS84
	}
	in, err := NewIngest(s, ledger(), o)
	if err != nil {
		t.Fatal(err)
	}
	var records []*Record
	report, err := in.Run(context.Background(), func(r *Record) error { records = append(records, r); return nil })
	if err != nil {
		t.Fatal(err)
	}
	checkReport(t, report, len(records))
	return records, report
}

// checkReport holds the promise that no row is lost, and that every reason is in both languages.
func checkReport(t testing.TB, r Report, kept int) {
	t.Helper()
	if r.Read != r.Accepted+r.Rejected || r.Accepted != kept {
		t.Errorf("read %d, accepted %d (kept %d), rejected %d", r.Read, r.Accepted, kept, r.Rejected)
	}
	rows := map[int]bool{}
	for _, p := range r.Problems {
		rows[p.Row] = true
		wantPhrases(t, p.Zh, p.En)
	}
	if len(rows) != r.Rejected && r.Rejected < maxProblems {
		t.Errorf("%d rows rejected, %d explained", r.Rejected, len(rows))
	}
}

func TestValues(t *testing.T) {
	shanghai := time.FixedZone("", 8*60*60)
	day := time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC)
	cases := []struct {
		field, cell string
		want        any // nil is empty, a string that begins with ! is a problem
	}{
		{"kind", "shelter", "shelter"}, {"kind", " ＳＨＥＬＴＥＲ ", "shelter"}, {"kind", "避难场所", "shelter"}, {"kind", "安置点", "shelter"}, {"kind", "Shelter", "shelter"},
		{"kind", "无", "none"}, {"kind", "学校", "!choice_unknown"}, {"kind", "-", "!value_missing"},
		{"skills", "灭火，水域、冰面", "!choice_unknown"}, {"skills", "水域、冰面", []string{"water"}}, {"skills", "fire;water;fire", []string{"fire", "water"}},
		{"skills", "灭火，Water", []string{"fire", "water"}}, {"skills", "无", nil}, {"skills", "；", nil}, {"skills", "灭火,飞行", "!choice_unknown"},
		{"persons", "120", int64(120)}, {"persons", "１，２００", int64(1200)}, {"persons", "1,200人", int64(1200)}, {"persons", "120.0", int64(120)}, {"persons", "12.5", "!integer_invalid"},
		{"persons", "约120", "!number_invalid"}, {"persons", "-1", "!number_out_of_range"}, {"persons", "10001", "!number_out_of_range"}, {"persons", "暂无", nil}, {"persons", "1,2", "!number_invalid"},
		{"width", "3.5", 3.5}, {"width", "１２３．５", 123.5}, {"width", "－１，２３４．５", -1234.5}, {"width", "＋３", 3.0}, {"width", "‐3", -3.0}, {"width", "-.5", -0.5}, {"width", "1e3", 1000.0}, {"width", "NaN", "!number_invalid"}, {"width", "Inf", "!number_invalid"}, {"width", "1e999", "!number_invalid"}, {"width", "0x10", "!number_invalid"},
		{"open", "是", true}, {"open", "○", true}, {"open", "√", true}, {"open", "×", false}, {"open", "否", false}, {"open", "N", false}, {"open", "△", "!boolean_invalid"}, {"open", "", nil},
		{"since", "2023-05-01", day}, {"since", "2023/5/1", day}, {"since", "2023.5.1", day}, {"since", "2023年5月1日", day}, {"since", "20230501", day}, {"since", "45047", day}, {"since", "２０２３－５－１", day},
		{"since", "2023-05-01 08:30", day}, {"since", "13/5/2023", day.AddDate(0, 0, 12)}, {"since", "5/13/2023", day.AddDate(0, 0, 12)}, {"since", "3/4/2023", "!date_ambiguous"}, {"since", "2023-13-01", "!date_invalid"},
		{"since", "2023-02-30", "!date_invalid"}, {"since", "0999-12-31", "!date_out_of_range"}, {"since", "1000-01-01", time.Date(1000, 1, 1, 0, 0, 0, 0, time.UTC)},
		{"since", "９９９９年１２月３１日", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, {"since", "99991231", time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, {"since", "10000-01-01", "!date_invalid"}, {"since", "２０２３－０５－０１", day}, {"since", "２０２３／５／１", day},
		{"seen_at", "9999-12-31 23:59:59", time.Date(9999, 12, 31, 15, 59, 59, 0, time.UTC)}, {"seen_at", "9999-12-31T23:59:59Z", "!date_out_of_range"}, {"seen_at", "２０２３－０５－０１　０８：３０", time.Date(2023, 5, 1, 0, 30, 0, 0, time.UTC)}, {"since", "2023年5月", "!date_invalid"}, {"since", "5", "!date_invalid"}, {"since", "yesterday", "!date_invalid"}, {"since", "不详", nil},
		{"seen_at", "2023-05-01", time.Date(2023, 5, 1, 0, 0, 0, 0, shanghai)}, {"seen_at", "2023-05-01 08:30:15", time.Date(2023, 5, 1, 8, 30, 15, 0, shanghai)},
		{"seen_at", "2023年5月1日 下午3时05分", time.Date(2023, 5, 1, 15, 5, 0, 0, shanghai)}, {"seen_at", "2023-05-01T08:30:00Z", time.Date(2023, 5, 1, 8, 30, 0, 0, time.UTC)},
		{"seen_at", "2023-05-01T08:30:00+09:00", time.Date(2023, 4, 30, 23, 30, 0, 0, time.UTC)}, {"seen_at", "2023-05-01 25:00", "!date_invalid"},
		{"phone", "０７５５－１２３４５６７８", "0755-12345678"}, {"phone", "13812345678", "13812345678"}, {"phone", "(0755) 1234 5678转12", "(0755) 1234 5678-12"}, {"phone", "看备注", "!phone_invalid"}, {"phone", "-", nil}, {"phone", "+86 138 1234 5678 9012", "!value_too_long"},
		{"note", "五个字以内", "五个字以内"}, {"note", "超过了五个字", "!value_too_long"}, {"note", "　空格　", "空格"}, {"note", "/", nil}, {"note", "无", "无"},
		{"parent", "440307001", Reference("440307001")}, {"parent", "", nil},
	}
	for _, c := range cases {
		t.Run(c.field+" "+strings.ReplaceAll(c.cell, "/", "∕"), func(t *testing.T) {
			records, report := ingestTable(t, "lon,lat,"+c.field+"\n114.1,22.6,\""+c.cell+"\"\n", IngestOptions{})
			if problem, ok := c.want.(string); ok && strings.HasPrefix(problem, "!") {
				if len(report.Problems) != 1 || "!"+report.Problems[0].Code != problem || report.Problems[0].Column != c.field || report.Problems[0].Row != 2 {
					t.Errorf("got %+v, want %s", report.Problems, problem)
				}
				return
			}
			if len(records) != 1 {
				t.Fatalf("rejected: %+v", report.Problems)
			}
			got := records[0].Values[c.field]
			if at, isTime := got.(time.Time); isTime {
				if want, ok := c.want.(time.Time); !ok || !at.Equal(want) {
					t.Errorf("got %v, want %v", at, c.want)
				}
				return
			}
			if fmt.Sprintf("%T %v", got, got) != fmt.Sprintf("%T %v", c.want, c.want) {
				t.Errorf("got %T %v, want %T %v", got, got, c.want, c.want)
			}
		})
	}
}

func TestPlaces(t *testing.T) {
	district := orb.Bound{Min: orb.Point{113.9, 22.4}, Max: orb.Point{114.4, 22.9}}
	cases := []struct {
		name, table string
		o           IngestOptions
		want        any // orb.Point, or the code of a problem
		within      float64
	}{
		{"degrees", "lon,lat\n114.1,22.6\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"full width", "lon,lat\n１１４．１,２２．６\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"full width in one cell", "lonlat\n１１４．１，２２．６\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"full width with words", "lon,lat\n东经１１４°０６′００″,北纬２２度３６分\n", IngestOptions{}, orb.Point{114.1, 22.6}, 1e-6},
		{"full width and west", "lon,lat\n－１１４．１,－２２．６\n", IngestOptions{}, orb.Point{-114.1, -22.6}, 0},
		{"degrees, minutes, seconds", "lon,lat\n\"114°06′00.0″\",\"22°36'0\"\"\"\n", IngestOptions{}, orb.Point{114.1, 22.6}, 1e-6},
		{"with words", "lon,lat\n东经114°6′,北纬22度36分\n", IngestOptions{}, orb.Point{114.1, 22.6}, 1e-6},
		{"letters", "lon,lat\n114.1E,22.6N\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"both in one cell", "lonlat\n\"114.1,22.6\"\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"both, latitude first", "latlon\n22.6 114.1\n", IngestOptions{}, orb.Point{114.1, 22.6}, 0},
		{"GCJ-02", "lon,lat\n113.9171764808363,22.540796131694766\n", IngestOptions{CRS: geo.GCJ02}, orb.Point{113.912316, 22.543847}, 0.01},
		{"metres of zone 38", "lon,lat\n38510282.21682,2500244.53618\n", IngestOptions{CRS: 4526}, orb.Point{114.1, 22.6}, 0.01},
		{"inside the expected box", "lon,lat\n114.1,22.6\n", IngestOptions{Expected: &district}, orb.Point{114.1, 22.6}, 0},
		{"swapped", "lon,lat\n22.6,114.1\n", IngestOptions{}, "coordinates_swapped", 0},
		{"swapped against the box", "lon,lat\n22.6,80.1\n", IngestOptions{Expected: &orb.Bound{Min: orb.Point{80, 22}, Max: orb.Point{81, 23}}}, "coordinates_swapped", 0},
		{"elsewhere", "lon,lat\n116.4,39.9\n", IngestOptions{Expected: &district}, "outside_expected", 0},
		{"no coordinates", "lon,lat,note\n,,x\n", IngestOptions{}, "geometry_missing", 0},
		{"marked as empty", "lon,lat,note\n-,暂无,x\n", IngestOptions{}, "geometry_missing", 0},
		{"half", "lon,lat\n114.1,\n", IngestOptions{}, "coordinate_missing", 0},
		{"zero", "lon,lat\n0,0\n", IngestOptions{}, "coordinate_zero", 0},
		{"words", "lon,lat\n村口,22.6\n", IngestOptions{}, "coordinate_invalid", 0},
		{"NaN", "lon,lat\nNaN,22.6\n", IngestOptions{}, "coordinate_invalid", 0},
		{"61 minutes", "lon,lat\n114°61′,22.6\n", IngestOptions{}, "coordinate_invalid", 0},
		{"outside the world", "lon,lat\n214.1,22.6\n", IngestOptions{}, "coordinate_out_of_range", 0},
		{"one number for two", "lonlat\n114.1\n", IngestOptions{}, "coordinate_invalid", 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			records, report := ingestTable(t, c.table, c.o)
			if code, ok := c.want.(string); ok {
				if len(report.Problems) != 1 || report.Problems[0].Code != code {
					t.Errorf("got %+v, want %s", report.Problems, code)
				}
				return
			}
			if len(records) != 1 {
				t.Fatalf("rejected: %+v", report.Problems)
			}
			if d := geo.Distance(records[0].Geometry.(orb.Point), c.want.(orb.Point)); d > c.within {
				t.Errorf("got %v, %.4f m off", records[0].Geometry, d)
			}
			if c.o.CRS == geo.GCJ02 && (records[0].OriginalCRS != geo.GCJ02 || records[0].Original.(orb.Point)[0] != 113.9171764808363) {
				t.Errorf("the original pair is %v of %v", records[0].Original, records[0].OriginalCRS)
			}
		})
	}
}

func TestKeysAndBlankRows(t *testing.T) {
	records, report := ingestTable(t, "key,lon,lat\nA-1,114.1,22.6\n,,\nA-1,114.1,22.6\n,114.1,22.6\nＡ－２,114.1,22.6\n", IngestOptions{})
	if len(records) != 2 || records[0].Key != "A-1" || records[1].Key != "A-2" || report.Blank != 1 || report.Read != 4 {
		t.Errorf("records %v, report %+v", records, report)
	}
	if report.Problems[0].Code != "key_twice" || report.Problems[1].Code != "key_missing" {
		t.Errorf("problems %+v", report.Problems)
	}
	records, _ = ingestTable(t, "lon,lat\n114.1,22.6\n", IngestOptions{})
	if records[0].Key != "row/2" {
		t.Errorf("key %q", records[0].Key)
	}
}

func TestEveryProblemOfARow(t *testing.T) {
	_, report := ingestTable(t, "lon,lat,persons,since\n村口,22.6,many,never\n", IngestOptions{})
	var codes []string
	for _, p := range report.Problems {
		codes = append(codes, p.Column+" "+p.Code)
	}
	if got := strings.Join(codes, ", "); got != "persons number_invalid, since date_invalid, lon coordinate_invalid" {
		t.Errorf("got %s", got)
	}
	if report.Rejected != 1 {
		t.Errorf("%d rejected", report.Rejected)
	}
}

func TestGeometriesFitTheLayer(t *testing.T) {
	feature := func(geometry string) []byte {
		return []byte(`{"type":"Feature","id":7,"properties":{"name":"甲"},"geometry":` + geometry + `}`)
	}
	cases := map[string]string{ // geometry → what comes out, or !code
		`{"type":"Point","coordinates":[114,22]}`:                                              "Point",
		`{"type":"MultiPoint","coordinates":[[114,22]]}`:                                       "Point",
		`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[114,22]}]}`: "Point",
		`{"type":"Polygon","coordinates":[[[114,22],[114,23],[115,23],[114,22]]]}`:             "MultiPolygon",
		`{"type":"LineString","coordinates":[[114,22],[115,23]]}`:                              "!geometry_type",
		`{"type":"Polygon","coordinates":[[[114,22],[115,23],[115,22],[114,23],[114,22]]]}`:    "!self_intersection",
		`{"type":"Polygon","coordinates":[[[114,22],[115,23],[115,22],[114,22.7],[114,22]]]}`:  "!self_intersection",
		`{"type":"Polygon","coordinates":[[[114,22],[115,23],[115,22]]]}`:                      "!ring_too_short",
		`{"type":"Polygon","coordinates":[[[2200000,1],[115,23],[115,22],[2200000,1]]]}`:       "!coordinate_out_of_range",
		`null`: "!geometry_missing",
	}
	for geometry, want := range cases {
		s := mustOpen(t, "x.geojson", feature(geometry), Options{})
		in, err := NewIngest(s, ledger(), IngestOptions{Mapping: Mapping{{"name", "name"}}, Constants: map[string]string{"kind": "shelter"}})
		if err != nil {
			t.Fatal(err)
		}
		record, problems, err := in.Next()
		switch {
		case err != nil:
			t.Errorf("%s: %v", geometry, err)
		case strings.HasPrefix(want, "!"):
			if len(problems) != 1 || "!"+problems[0].Code != want {
				t.Errorf("%s: got %+v, want %s", geometry, problems, want)
			}
		case record == nil || record.Geometry.GeoJSONType() != want || record.Key != "7":
			t.Errorf("%s: got %+v, %+v", geometry, record, problems)
		case !orb.Equal(geo.Wound(record.Geometry), record.Geometry):
			t.Errorf("%s: not wound as RFC 7946 asks", geometry)
		}
	}
}

func TestMappingRefuses(t *testing.T) {
	cases := []struct {
		name, table, code string
		pairs             []string
		constants         map[string]string
		crs               geo.CRS
	}{
		{"no sign", "a,b\n", "mapping_syntax", []string{"a"}, nil, geo.WGS84},
		{"no field", "a,b\n", "mapping_syntax", []string{"a="}, nil, geo.WGS84},
		{"column that is not there", "a,b\n", "column_missing", []string{"c=name"}, nil, geo.WGS84},
		{"field that is not there", "a,b\n", "field_unknown", []string{"a=nonsense"}, nil, geo.WGS84},
		{"field that the database keeps", "a,b\n", "field_unknown", []string{"a=version"}, nil, geo.WGS84},
		{"field twice", "a,b\n", "field_twice", []string{"a=name", "b=name"}, nil, geo.WGS84},
		{"column and value", "a,b\n", "field_twice", []string{"a=name"}, map[string]string{"name": "x"}, geo.WGS84},
		{"value for no field", "a,b\n", "field_unknown", []string{"a=name"}, map[string]string{"nonsense": "x"}, geo.WGS84},
		{"wrong value", "a,b,c\n", "choice_unknown", []string{"a=name", "b=lon", "c=lat"}, map[string]string{"kind": "x"}, geo.WGS84},
		{"required field without column", "a,b\n", "field_required", []string{"a=name"}, nil, geo.WGS84},
		{"name without column", "a,b\n", "field_required", []string{"a=kind"}, nil, geo.WGS84},
		{"longitude alone", "a,b\n", "coordinate_half", []string{"a=name", "b=lon"}, map[string]string{"kind": "shelter"}, geo.WGS84},
		{"table without coordinates", "a,b\n", "coordinates_unmapped", []string{"a=name"}, map[string]string{"kind": "shelter"}, geo.WGS84},
		{"no coordinate system", "a,b,c\n", "crs_missing", []string{"a=name", "b=lon", "c=lat"}, map[string]string{"kind": "shelter"}, geo.Undeclared},
		{"unknown coordinate system", "a,b,c\n", "crs_unknown", []string{"a=name", "b=lon", "c=lat"}, map[string]string{"kind": "shelter"}, 4214},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m, err := ParseMapping(c.pairs)
			if err == nil {
				s := mustOpen(t, "x.csv", []byte(c.table), Options{})
				_, err = NewIngest(s, ledger(), IngestOptions{Mapping: m, Constants: c.constants, CRS: c.crs})
			}
			wantCode(t, err, c.code)
		})
	}
}

func TestSuggestMapping(t *testing.T) {
	got := SuggestMapping([]string{"编号", "名称", "类别", "Persons", "经度", "緯度", "seen_at", "version", "Name"}, ledger())
	want := Mapping{{"编号", "key"}, {"名称", "name"}, {"类别", "kind"}, {"Persons", "persons"}, {"经度", "lon"}, {"緯度", "lat"}, {"seen_at", "seen_at"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRunStops(t *testing.T) {
	s := mustOpen(t, "x.csv", []byte("name,lon,lat\na,1,2\nb,1,2\n"), Options{})
	m, _ := ParseMapping([]string{"name=name", "lon=lon", "lat=lat"})
	in, err := NewIngest(s, ledger(), IngestOptions{Mapping: m, Constants: map[string]string{"kind": "shelter"}, CRS: geo.WGS84})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("disk full")
	if report, err := in.Run(context.Background(), func(*Record) error { return full }); !errors.Is(err, full) || report.Read != 1 {
		t.Errorf("got %+v, %v", report, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := in.Run(ctx, func(*Record) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestNoRowIsLost throws random cells at a layer and counts.
func TestNoRowIsLost(t *testing.T) {
	cell := rapid.OneOf(rapid.SampledFrom([]string{"", "-", "114.1", "22.6", "水库", "安置点", "2023-05-01", "３４", "1,200", "NaN", "114°6′", "=1+1", "无", "#N/A"}), rapid.StringMatching(`[ -~]{0,8}`))
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 0, 9), 0, 20).Draw(rt, "rows")
		var b strings.Builder
		b.WriteString("key,name,kind,lon,lat,persons,since,phone\n")
		nonBlank := 0
		for _, r := range rows {
			if len(r) == 0 {
				continue
			}
			for i, c := range r {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
			}
			b.WriteByte('\n')
			if strings.TrimSpace(strings.Join(r, "")) != "" {
				nonBlank++
			}
		}
		records, report := ingestTable(t, b.String(), IngestOptions{})
		if report.Read != nonBlank {
			rt.Fatalf("%d rows read of %d", report.Read, nonBlank)
		}
		for _, r := range records {
			if err := geo.CheckValid(r.Geometry); err != nil || r.Values["name"] == nil || r.Key == "" {
				rt.Fatalf("got %+v, %v", r, err)
			}
		}
	})
}

// TestSharedLedgers imports real ledgers; figures are printed for the record.
func TestSharedLedgers(t *testing.T) {
	takamatsu := orb.Bound{Min: orb.Point{133.8, 34.0}, Max: orb.Point{134.3, 34.5}}
	cases := []struct {
		file, layer string
		pairs       []string
		constants   map[string]string
		expected    *orb.Bound
		order       DateOrder
		read        int
	}{
		{"points/evacuation_space_data.xlsx", "material_site", []string{"#property=key", "name=name", "latitude=lat", "longitude=lon", "address=address", "jurisdiction=owner_unit", "capacity=capacity_persons", "telephoneNumber=keeper_phone"}, map[string]string{"kind": "shelter"}, &takamatsu, "", 195},
		{"points/fire_station_data.xlsx", "response_force", []string{"#property=key", "name=name", "latitude=lat", "longitude=lon"}, map[string]string{"nature": "fire_rescue", "headcount": "0"}, &takamatsu, "", 13},
		{"points/glc_china_subset.csv", "risk_point", []string{"id=key", "nearest_places=name", "latitude=lat", "longitude=lon", "date=listed_on"}, map[string]string{"kind": "geological_hazard", "risk_level": "general", "supervision": "none"}, &orb.Bound{Min: orb.Point{73, 3}, Max: orb.Point{136, 54}}, MonthFirst, 426},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			s, err := Open(realdata.File(t, c.file), Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			m, err := ParseMapping(c.pairs)
			if err != nil {
				t.Fatal(err)
			}
			l, _ := layer.ByName(c.layer)
			constants := map[string]string{}
			for name, value := range c.constants {
				if _, declared := l.Field(name); declared {
					constants[name] = value
				}
			}
			in, err := NewIngest(s, l, IngestOptions{Mapping: m, Constants: constants, CRS: geo.WGS84, Expected: c.expected, DateOrder: c.order})
			if err != nil {
				t.Fatal(err)
			}
			kept := 0
			report, err := in.Run(context.Background(), func(*Record) error { kept++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			checkReport(t, report, kept)
			if report.Read != c.read {
				t.Errorf("%d rows read, want %d", report.Read, c.read)
			}
			t.Logf("%s → %s: read %d = imported %d + rejected %d, blank %d", c.file, c.layer, report.Read, report.Accepted, report.Rejected, report.Blank)
			for i, p := range report.Problems {
				if i < 8 {
					t.Log(p.Error())
				}
			}
		})
	}
}

func TestNumbersAreFinite(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, err := numberValue(layer.Field{Name: "cost_s", Type: layer.Number}, v); err == nil {
			t.Errorf("%v was taken as %v", v, got)
		}
	}
}

func TestBlankCellTakesTheDefault(t *testing.T) {
	records, report := ingestTable(t, "access,bridge,lon,lat\n,,114,22\n禁止,是,114,22\n-,,114,22\n", IngestOptions{})
	if len(records) != 3 {
		t.Fatalf("%d rows were taken: %+v", len(records), report.Problems)
	}
	for i, want := range []map[string]any{{"access": "open", "bridge": false}, {"access": "closed", "bridge": true}, {"access": "open", "bridge": false}} {
		if got := records[i].Values; got["access"] != want["access"] || got["bridge"] != want["bridge"] {
			t.Errorf("row %d holds %v, want %v", i, got, want)
		}
	}
}

// A column that is missing is left to the database, so that what somebody entered there stays when the file comes again.
func TestMissingColumnIsLeftToTheDatabase(t *testing.T) {
	records, report := ingestTable(t, "lon,lat\n114,22\n", IngestOptions{})
	if len(records) != 1 {
		t.Fatalf("the row was not taken: %+v", report.Problems)
	}
	if value, filled := records[0].Values["access"]; filled {
		t.Errorf("access holds %v", value)
	}
}
