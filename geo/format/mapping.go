package format

import (
	"strings"

	"fourmaps/geo/layer"
)

// The places of a coordinate in a mapping, beside the names of fields.
const (
	toLon    = "lon"    // longitude or easting
	toLat    = "lat"    // latitude or northing
	toLonLat = "lonlat" // both in one cell, longitude first
	toLatLon = "latlon" // both in one cell, latitude first
	toKey    = "key"    // the row's own number in the ledger: makes the import repeatable
)

// Mapping says which column goes where: to a field of the layer, or to lon, lat, lonlat, latlon or key.
type Mapping []Pair

// Pair is one column and where it goes.
type Pair struct {
	Column string `json:"column"`
	Field  string `json:"field"`
}

// ParseMapping reads "column=field" pairs, as the command line has them.
func ParseMapping(pairs []string) (Mapping, error) {
	var m Mapping
	for _, p := range pairs {
		at := strings.LastIndex(p, "=") // a column's name may have the sign, a field's cannot
		if at <= 0 || strings.TrimSpace(p[at+1:]) == "" {
			return nil, badInput("mapping_syntax", "对应关系“%s”应写作 列名=字段", "the mapping %q should read column=field", p)
		}
		m = append(m, Pair{strings.TrimSpace(p[:at]), strings.TrimSpace(p[at+1:])})
	}
	return m, nil
}

// wellKnown are column names that mean a place or key in most ledgers, folded.
var wellKnown = map[string]string{
	"lon": toLon, "lng": toLon, "long": toLon, "longitude": toLon, "经度": toLon, "东经": toLon, "経度": toLon,
	"lat": toLat, "latitude": toLat, "纬度": toLat, "北纬": toLat, "緯度": toLat,
	"x坐标": toLon, "y坐标": toLat, "经度坐标": toLon, "纬度坐标": toLat,
	"经纬度": toLonLat, "坐标": toLonLat, "lonlat": toLonLat, "latlon": toLatLon, "纬经度": toLatLon, "key": toKey, "origin_key": toKey, "编号": toKey,
	// as our own exports name them
	"id": toKey, "编号 id": toKey, "序号": toKey, "统一编号": toKey, "唯一编号": toKey, "#property": toKey, "property": toKey, "cat_id": toKey, "经度 longitude": toLon, "纬度 latitude": toLat, "东坐标 easting": toLon, "北坐标 northing": toLat,
}

// SuggestMapping is Propose by the names of columns alone.
func SuggestMapping(columns []string, l *layer.Layer) Mapping {
	var m Mapping
	for _, p := range Propose(l, &Look{Columns: columns, Cells: make([][]any, len(columns))}) {
		m = append(m, p.Pair)
	}
	return m
}

// importable are the fields that a file may fill: not those that the database keeps.
func importable(l *layer.Layer) []layer.Field {
	var out []layer.Field
	for _, f := range append(append([]layer.Field{}, layer.Standing...), l.Fields...) {
		if !f.ReadOnly && !(f.Name == "area_id" && f.Layer == l.Name) { // the area of an area is the row itself
			out = append(out, f)
		}
	}
	return out
}

// plan is a mapping resolved against a file and a layer.
type plan struct {
	fields              []plannedField
	lon, lat, pair, key int  // columns; -1 for none
	latFirst            bool // in pair
	columnOf            map[string]string
}

type plannedField struct {
	layer.Field
	column int    // -1 if the value is the same for all rows
	value  any    // then
	name   string // of the column, for reports
}

// resolve checks a mapping: every column must be in the file, every target in the layer and taken once, and every
// required field must be filled.
func (m Mapping) resolve(columns []string, l *layer.Layer, constants map[string]string, levels Levels) (*plan, error) {
	p := &plan{lon: -1, lat: -1, pair: -1, key: -1, columnOf: map[string]string{}}
	index := map[string]int{}
	for i, c := range columns {
		index[c] = i
	}
	fields := map[string]layer.Field{}
	for _, f := range importable(l) {
		fields[f.Name] = f
	}
	for _, pair := range m {
		at, ok := index[pair.Column]
		if !ok {
			return nil, badInput("column_missing", "文件中没有列“%s”（有：%s）", "the file has no column %q (it has: %s)", pair.Column, strings.Join(columns, "、"))
		}
		if before, taken := p.columnOf[pair.Field]; taken {
			return nil, badInput("field_twice", "“%[1]s”对应了两列：“%[3]s”和“%[4]s”", "%[2]s is mapped twice: from %[3]q and %[4]q", targetLabel(l, pair.Field).Zh, targetLabel(l, pair.Field).En, before, pair.Column)
		}
		p.columnOf[pair.Field] = pair.Column
		if field, ok := fields[pair.Field]; ok {
			p.fields = append(p.fields, plannedField{Field: field, column: at, name: pair.Column})
		} else if !p.place(pair.Field, at) {
			return nil, badInput("field_unknown", "图层“%[1]s”没有字段 %[3]s", "the layer %[2]s has no field %[3]s", l.Label.Zh, l.Name, pair.Field)
		}
	}
	for name, value := range constants {
		field, ok := fields[name]
		if !ok {
			return nil, badInput("field_unknown", "图层“%[1]s”没有字段 %[3]s", "the layer %[2]s has no field %[3]s", l.Label.Zh, l.Name, name)
		}
		if _, taken := p.columnOf[name]; taken {
			return nil, badInput("field_twice", "“%[1]s”既对应一列又有固定值", "%[2]s has both a column and a fixed value", field.Label.Zh, field.Label.En)
		}
		p.columnOf[name] = ""
		p.fields = append(p.fields, plannedField{Field: field, column: -1, value: value, name: name})
	}
	if (p.lon < 0) != (p.lat < 0) {
		return nil, badInput("coordinate_half", "经度和纬度必须同时对应", "longitude and latitude have to be mapped together")
	}
	return p, p.checkRequired(l, levels)
}

// targetLabel is what people call a field, or the place or key of a row.
func targetLabel(l *layer.Layer, target string) layer.Text {
	if f, ok := l.Field(target); ok {
		return f.Label
	}
	switch target {
	case toLon:
		return layer.Text{Zh: "经度", En: "Longitude"}
	case toLat:
		return layer.Text{Zh: "纬度", En: "Latitude"}
	case toLonLat, toLatLon:
		return layer.Text{Zh: "坐标", En: "Coordinates"}
	case toKey:
		return layer.Text{Zh: "编号", En: "Key"}
	}
	return layer.Text{Zh: target, En: target}
}

// place takes the targets that are no fields.
func (p *plan) place(target string, column int) bool {
	switch target {
	case toLon:
		p.lon = column
	case toLat:
		p.lat = column
	case toLonLat:
		p.pair = column
	case toLatLon:
		p.pair, p.latFirst = column, true
	case toKey:
		p.key = column
	default:
		return false
	}
	return true
}

// checkRequired refuses a mapping that leaves out what every row needs and nothing else fills in.
func (p *plan) checkRequired(l *layer.Layer, levels Levels) error {
	for _, f := range importable(l) {
		_, filled := p.columnOf[f.Name]
		filled = filled || levels.gives(f.Name)
		if (f.Required && f.Default == "" || f.Name == "name" && !l.NameOptional) && !filled {
			return badInput("field_required", "必填的“%[1]s”没有对应的列", "%[2]s is required and has no column", f.Label.Zh, f.Label.En)
		}
	}
	return nil
}
