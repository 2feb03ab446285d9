package export

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// kmlWriter writes KML 2.2 (WGS 84). Values are for people, because programs that open KML show them as they are; a
// piece of extended data has the field's name, and both labels for the screen.
type kmlWriter struct {
	*sheet
	out *bufio.Writer
}

func newKML(w io.Writer, s *sheet) (Writer, error) {
	k := &kmlWriter{sheet: s, out: bufio.NewWriterSize(w, 64<<10)}
	k.out.WriteString(xml.Header + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>`)
	k.element("name", heading(s.Layer.Label))
	if f, ok := s.Layer.Field(s.Layer.LevelField); ok {
		for _, o := range f.Choices {
			k.style(o)
		}
	}
	return k, k.out.Flush()
}

// style colours points, lines and areas of a level. KML writes colours as opacity, blue, green, red.
func (k *kmlWriter) style(o layer.Option) {
	if len(o.Colour) != 7 {
		return
	}
	colour := o.Colour[5:7] + o.Colour[3:5] + o.Colour[1:3]
	fmt.Fprintf(k.out, `<Style id="level-%[1]s"><IconStyle><color>ff%[2]s</color></IconStyle><LineStyle><color>ff%[2]s</color><width>3</width></LineStyle><PolyStyle><color>66%[2]s</color></PolyStyle></Style>`, o.Value, colour)
}

// Write writes a placemark.
func (k *kmlWriter) Write(r Row) error {
	k.rows++
	k.out.WriteString("\n<Placemark>")
	for i, f := range k.fields {
		if f.Name == "name" && r.Values[i] != nil {
			k.element("name", k.forPeople(f, r.Values[i]))
		}
	}
	for i, f := range k.fields {
		if value, ok := r.Values[i].(string); ok && f.Name == k.Layer.LevelField {
			k.element("styleUrl", "#level-"+value)
		}
	}
	k.out.WriteString("<ExtendedData>")
	k.data("id", idLabel, r.ID.String())
	for i, f := range k.fields {
		if f.Name != "name" && r.Values[i] != nil {
			k.data(f.Name, f.Label, k.forPeople(f, r.Values[i]))
		}
	}
	k.out.WriteString("</ExtendedData>")
	if r.Geometry != nil {
		k.shape(geo.Wound(r.Geometry))
	}
	_, err := k.out.WriteString("</Placemark>")
	return err
}

// Close ends the document.
func (k *kmlWriter) Close() (Report, error) {
	k.out.WriteString("\n</Document></kml>\n")
	return k.report(), k.out.Flush()
}

// Abandon has nothing to let go of.
func (k *kmlWriter) Abandon() {}

func (k *kmlWriter) element(name, text string) {
	k.out.WriteString("<" + name + ">")
	k.text(text)
	k.out.WriteString("</" + name + ">")
}

func (k *kmlWriter) text(s string) { _ = xml.EscapeText(k.out, []byte(s)) } // its error stays with the writer

func (k *kmlWriter) data(name string, label layer.Text, text string) {
	fmt.Fprintf(k.out, `<Data name=%q>`, name)
	k.element("displayName", heading(label))
	k.element("value", text)
	k.out.WriteString("</Data>")
}

func (k *kmlWriter) shape(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		k.coordinates("Point", []orb.Point{g})
	case orb.LineString:
		k.coordinates("LineString", g)
	case orb.Polygon:
		k.out.WriteString("<Polygon>")
		for i, r := range g {
			side := "innerBoundaryIs"
			if i == 0 {
				side = "outerBoundaryIs"
			}
			k.out.WriteString("<" + side + ">")
			k.coordinates("LinearRing", r)
			k.out.WriteString("</" + side + ">")
		}
		k.out.WriteString("</Polygon>")
	case orb.MultiPoint:
		several(k, g, func(p orb.Point) orb.Geometry { return p })
	case orb.MultiLineString:
		several(k, g, func(l orb.LineString) orb.Geometry { return l })
	case orb.MultiPolygon:
		several(k, g, func(p orb.Polygon) orb.Geometry { return p })
	}
}

func several[T any](k *kmlWriter, members []T, geometry func(T) orb.Geometry) {
	k.out.WriteString("<MultiGeometry>")
	for _, m := range members {
		k.shape(geometry(m))
	}
	k.out.WriteString("</MultiGeometry>")
}

func (k *kmlWriter) coordinates(name string, points []orb.Point) {
	k.out.WriteString("<" + name + "><coordinates>")
	for i, p := range points {
		if i > 0 {
			k.out.WriteByte(' ')
		}
		k.out.WriteString(degrees(p[0]) + "," + degrees(p[1]))
	}
	k.out.WriteString("</coordinates></" + name + ">")
}
