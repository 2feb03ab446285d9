package format

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// placemark is a feature of a KML file. A fault is about it alone; the file can be read further.
type placemark struct {
	id       string
	cells    []kmlCell
	geometry orb.Geometry
	fault    error
	left     int // positions that it may still have
}

type kmlCell struct {
	kmlColumn
	value string
}

// read takes a placemark up to its end. Its error means that the file cannot be read further.
func (p *placemark) read(d *xml.Decoder) error {
	return children(d, func(start xml.StartElement) error {
		switch name := start.Name.Local; name {
		case "name", "description", "address", "phoneNumber":
			text, err := innerText(d)
			p.add(kmlColumn{false, name}, text)
			return err
		case "ExtendedData":
			return p.extended(d)
		case "Model", "Track", "MultiTrack":
			p.fail(badInput("kml_geometry", "不支持 KML 的 %s", "the %s of KML is not supported", name))
			return d.Skip()
		default:
			g, err := p.shape(d, name, 0)
			if g != nil {
				p.geometry = g
			}
			return err
		}
	})
}

func (p *placemark) add(c kmlColumn, text string) {
	if text = strings.TrimSpace(text); text != "" {
		p.cells = append(p.cells, kmlCell{c, text})
	}
}

func (p *placemark) fail(err error) {
	if p.fault == nil {
		p.fault = err
	}
}

// extended takes <Data name="…"><value>…</value></Data> and <SchemaData><SimpleData name="…">…</SimpleData></SchemaData>.
func (p *placemark) extended(d *xml.Decoder) error {
	return children(d, func(start xml.StartElement) error {
		column := kmlColumn{true, attribute(start, "name")}
		switch start.Name.Local {
		case "Data":
			return children(d, func(part xml.StartElement) error {
				text, err := innerText(d)
				if part.Name.Local == "value" {
					p.add(column, text)
				}
				return err
			})
		case "SchemaData":
			return children(d, func(part xml.StartElement) error {
				text, err := innerText(d)
				if part.Name.Local == "SimpleData" {
					p.add(kmlColumn{true, attribute(part, "name")}, text)
				}
				return err
			})
		}
		return d.Skip()
	})
}

// shape reads a geometry; nil for an element that is none, which is skipped.
func (p *placemark) shape(d *xml.Decoder, name string, depth int) (orb.Geometry, error) {
	switch name {
	case "Point":
		at, err := p.coordinates(d)
		if len(at) != 1 {
			p.fail(brokenGeometry("一个点有 "+strconv.Itoa(len(at))+" 个坐标", "a point has "+strconv.Itoa(len(at))+" positions"))
			return nil, err
		}
		return at[0], err
	case "LineString":
		at, err := p.coordinates(d)
		return orb.LineString(at), err
	case "LinearRing":
		at, err := p.coordinates(d)
		return orb.LineString(at), err
	case "Polygon":
		return p.polygon(d)
	case "MultiGeometry":
		if depth > 4 {
			p.fail(brokenGeometry("集合嵌套过深", "collections lie inside collections"))
			return nil, d.Skip()
		}
		var members orb.Collection
		err := children(d, func(start xml.StartElement) error {
			g, err := p.shape(d, start.Name.Local, depth+1)
			if inner, nested := g.(orb.Collection); nested {
				members = append(members, inner...)
			} else if g != nil {
				members = append(members, g)
			}
			return err
		})
		if depth > 0 {
			return members, err
		}
		return gathered(members), err
	}
	return nil, d.Skip()
}

// polygon reads the outer boundary and the holes.
func (p *placemark) polygon(d *xml.Decoder) (orb.Geometry, error) {
	var outer, holes []orb.Ring
	err := children(d, func(start xml.StartElement) error {
		into := &outer
		switch start.Name.Local {
		case "outerBoundaryIs":
		case "innerBoundaryIs":
			into = &holes
		default:
			return d.Skip()
		}
		return children(d, func(ring xml.StartElement) error {
			if ring.Name.Local != "LinearRing" {
				return d.Skip()
			}
			at, err := p.coordinates(d)
			if n := len(at); n > 0 && at[0] != at[n-1] {
				at = append(at, at[0]) // careless programs leave rings open
			}
			*into = append(*into, at)
			return err
		})
	})
	if len(outer) != 1 {
		p.fail(brokenGeometry("一个面有 "+strconv.Itoa(len(outer))+" 条外边界", "a polygon has "+strconv.Itoa(len(outer))+" outer boundaries"))
		return nil, err
	}
	return orb.Polygon(append(outer, holes...)), err
}

// coordinates reads the positions of a geometry up to its end. The third number, the height, is left out.
func (p *placemark) coordinates(d *xml.Decoder) ([]orb.Point, error) {
	var at []orb.Point
	err := children(d, func(start xml.StartElement) error {
		if start.Name.Local != "coordinates" {
			return d.Skip()
		}
		text, err := innerText(d)
		if err != nil {
			return err
		}
		at, err = p.positions(text)
		if err != nil {
			p.fail(err)
		}
		return nil
	})
	return at, err
}

// aroundComma is what some programs write though the standard forbids it: "114.2, 22.6, 0".
var aroundComma = regexp.MustCompile(`\s*[,，]\s*`)

func (p *placemark) positions(text string) ([]orb.Point, error) {
	var at []orb.Point
	for tuple := range strings.FieldsSeq(aroundComma.ReplaceAllLiteralString(text, ",")) {
		if p.left--; p.left < 0 {
			return nil, badInput("too_many_positions", "几何的坐标点数超过上限", "the geometry has more positions than allowed")
		}
		lon, rest, _ := strings.Cut(tuple, ",")
		lat, _, _ := strings.Cut(rest, ",")
		x, err1 := strconv.ParseFloat(fold(lon), 64)
		y, err2 := strconv.ParseFloat(fold(lat), 64)
		if err1 != nil || err2 != nil || math.IsNaN(x+y) || math.IsInf(x+y, 0) {
			return nil, brokenGeometry("“"+clipText(tuple, 40)+"”不是坐标", strconv.Quote(clipText(tuple, 40))+" is no coordinate")
		}
		at = append(at, orb.Point{x, y})
	}
	return at, nil
}

// gathered makes members of one kind the multiple form of it.
func gathered(members orb.Collection) orb.Geometry {
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var polygons orb.MultiPolygon
	for _, m := range members {
		switch m := m.(type) {
		case orb.Point:
			points = append(points, m)
		case orb.LineString:
			lines = append(lines, m)
		case orb.Polygon:
			polygons = append(polygons, m)
		}
	}
	switch len(members) {
	case 0:
		return nil
	case 1:
		return members[0]
	case len(points):
		return points
	case len(lines):
		return lines
	case len(polygons):
		return polygons
	}
	return members
}

// children hands over each element below the one at hand, up to its end; f reads to the end of what it is given.
func children(d *xml.Decoder, f func(xml.StartElement) error) error {
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// innerText is the text of the element at hand and of all below it.
func innerText(d *xml.Decoder) (string, error) {
	var b strings.Builder
	for depth := 1; depth > 0; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			b.Write(t)
		}
	}
	return b.String(), nil
}
