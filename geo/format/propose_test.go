package format

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fourmaps/geo/layer"
)

// glance makes a Look of a table whose rows are parted by ; and cells by |.
func glance(header, rows string) *Look {
	l := &Look{Columns: strings.Split(header, "|")}
	l.Cells = make([][]any, len(l.Columns))
	for row := range strings.SplitSeq(rows, ";") {
		l.Rows++
		for i, c := range strings.Split(row, "|") {
			l.Cells[i] = append(l.Cells[i], any(c))
		}
	}
	return l
}

func TestPropose(t *testing.T) {
	for name, c := range map[string]struct {
		layer        *layer.Layer
		header, rows string
		want         string
	}{
		"names and synonyms": {&layer.MaterialSite, "序号|场所名称|详细地址|可容纳人数（人）|联系电话|经度(GCJ-02)|纬度(GCJ-02)|备注", "1|甲|路1号|100|0000-0000001|110.1|25.1|x",
			"序号=key sure, 场所名称=name likely, 详细地址=address likely, 可容纳人数（人）=capacity_persons sure, 联系电话=keeper_phone likely, 经度(GCJ-02)=lon sure, 纬度(GCJ-02)=lat sure"},
		"English":                   {&layer.RiskPoint, "id|name|Risk level|type|lng|lat", "1|a|major|bridge|110.1|25.1", "id=key sure, name=name sure, Risk level=risk_level sure, type=kind likely, lng=lon sure, lat=lat sure"},
		"only by values":            {&layer.RiskPoint, "a|b|c|d", "桥梁|110.1234|25.1234|重大;水库|110.2|25.2|低;学校|110.3|25.3|一般", "a=kind maybe, b=lon maybe, c=lat maybe, d=risk_level maybe"},
		"a pair in a cell":          {&layer.RiskPoint, "名称|位置点", "甲|25.1, 110.1;乙|25.2,110.2;丙|25.3,110.3", "名称=name sure, 位置点=latlon maybe"},
		"values that speak against": {&layer.RiskPoint, "名称|type|风险等级", "甲|Landslide zone|高;乙|Rockslide area|低低;丙|Creep|中", "名称=name sure, 风险等级=risk_level maybe"},
		"what only the database keeps": {&layer.CommandUnit, "编号 ID|名称 Name|来源编号 Key at origin|来源 Origin|origin_key", "1|甲|990121103206|990121103206|990121103206;2|乙|990121103207|990121103207|990121103207;3|丙|990121103208|990121103208|990121103208",
			"编号 ID=key sure, 名称 Name=name sure"},
		"what an area's code says": {areasWithoutParent(), "区划代码 Area code|名称 Name|上级区划 Parent area|parent_id", "990121103206|甲|990121103|990121103", "区划代码 Area code=code sure, 名称 Name=name sure"},
		"one target, two columns":  {&layer.RiskPoint, "名称|单位名称", "甲|乙", "名称=name sure"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range Propose(c.layer, glance(c.header, c.rows)) {
				got = append(got, fmt.Sprintf("%s=%s %s", p.Column, p.Field, p.Confidence))
				if p.Zh == "" || p.En == "" || p.Reason == "" {
					t.Errorf("%+v", p)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), c.want)
			}
		})
	}
}

// areasWithoutParent is the layer of areas as imports have it: level and parent follow from the code.
func areasWithoutParent() *layer.Layer {
	areas := layer.Area
	areas.Fields = slices.DeleteFunc(slices.Clone(areas.Fields), func(f layer.Field) bool { return f.Name == "level" || f.Name == "parent_id" })
	return &areas
}

func TestKindByContent(t *testing.T) {
	for content, want := range map[string]string{
		"名称,经度\n甲,110\n": ".csv", `{"type":"FeatureCollection","features":[]}`: ".geojson", "\xef\xbb\xbf <?xml version=\"1.0\"?><kml>": ".kml", "<html><table>": ".xls",
		"\xff\xfea\x00,\x00b\x00": ".csv", "\xd0\xcf\x11\xe0\xa1\xb1": ".xls", "%PDF-1.7": "", "PK\x03\x04": "",
	} {
		got, err := Kind("misnamed.xlsx", strings.NewReader(content), int64(len(content)), DefaultLimits)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.20q is %q, %v, want %q", content, got, err, want)
		}
	}
}
