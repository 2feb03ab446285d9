package export

import (
	"fmt"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// Fields are the fields of a layer that go out, in the order of columns: what people fill in first, then what the
// database keeps. What only some may see is left out; so is the area of an area, which is the row itself.
func Fields(l *layer.Layer) []layer.Field { return Options{Layer: l}.Fields() }

// Fields are those that go out under the options.
func (o Options) Fields() []layer.Field {
	l := o.Layer
	var own, kept []layer.Field
	for _, f := range append(append([]layer.Field{}, layer.Standing[:2]...), append(append([]layer.Field{}, l.Fields...), layer.Standing[2:]...)...) {
		switch {
		case f.Sensitive && !o.Sensitive, f.Name == "area_id" && f.Layer == l.Name:
		case f.ReadOnly:
			kept = append(kept, f)
		default:
			own = append(own, f)
		}
	}
	return append(own, kept...)
}

// ListFields are the fields of a part that go out under the options.
func (o Options) ListFields(p layer.Part) []layer.Field {
	var out []layer.Field
	for _, f := range p.Fields {
		if !f.Sensitive || o.Sensitive {
			out = append(out, f)
		}
	}
	return out
}

// sheet is what all writers know of the file that they write.
type sheet struct {
	Options
	fields []layer.Field
	rows   int
	notes  []format.Note
}

func (s *sheet) note(code, zh, en string, args ...any) {
	s.notes = append(s.notes, format.Note{Code: code, Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)})
}

func (s *sheet) report() Report { return Report{Rows: s.rows, Notes: s.notes} }

// heading is the name of a column in tables, in both languages: format.SuggestMapping knows it again.
func heading(label layer.Text) string { return label.Zh + " " + label.En }

// What tables have beside the fields.
var idLabel = layer.Text{Zh: "编号", En: "ID"}

// placeHeadings name the columns of coordinates with their system, since nothing else in a table says it.
func placeHeadings(crs geo.CRS) (lon, lat string) {
	return fmt.Sprintf("经度 Longitude (%s)", systemName(crs)), fmt.Sprintf("纬度 Latitude (%s)", systemName(crs))
}

// systemName is what people call a coordinate system.
func systemName(crs geo.CRS) string {
	switch crs {
	case geo.WGS84:
		return "WGS 84"
	case geo.CGCS2000:
		return "CGCS2000"
	}
	return crs.String()
}

// georeferenced tells whether GIS programs know the system; GCJ-02 and BD-09 have no code and no definition.
func georeferenced(crs geo.CRS) bool { return crs == geo.WGS84 || crs == geo.CGCS2000 }
