package export

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// shapefileWriter writes a zip file with a Shapefile for each kind of geometry that the rows have. Shapes and attributes
// wait in temporary files, because a Shapefile says at its beginning how long it is and how wide its columns are.
type shapefileWriter struct {
	*sheet
	to    io.Writer
	names []string // of the fields, the id first
	kinds [3]*shapes
	most  []int // by field: of how many pieces its longest text is, in all kinds, so that their tables are alike
	long  []int // by field: texts that take more than one piece
	// spaced counts texts that lose spaces, because a column holds none at its edges.
	spaced int
}

// The kinds of a Shapefile, with the word in its name.
const (
	points = iota
	lines
	polygons
)

var kindNames = [3]string{"point", "line", "polygon"}

func newShapefile(w io.Writer, s *sheet) (Writer, error) {
	short := format.ShortNames(s.Layer)
	names := []string{short["id"]}
	for _, f := range s.fields {
		names = append(names, short[f.Name])
	}
	return &shapefileWriter{sheet: s, to: w, names: names, most: make([]int, len(names)), long: make([]int, len(names))}, nil
}

// Write keeps a row. One without a place is a null shape among the points, or the first kind that there is.
func (z *shapefileWriter) Write(r Row) error {
	g, err := z.geometry(r)
	if err != nil {
		return fmt.Errorf("placing row %s: %w", r.ID, err)
	}
	kind := kindOf(g)
	if g == nil {
		for i := len(z.kinds) - 1; i >= 0; i-- {
			if z.kinds[i] != nil {
				kind = i
			}
		}
	}
	if z.kinds[kind] == nil {
		if z.kinds[kind], err = newShapes(kind, len(z.names)); err != nil {
			return err
		}
	}
	cells := make([]string, 0, len(z.names))
	cells = append(cells, r.ID.String())
	for i, f := range z.fields {
		text := attribute(f, r.Values[i])
		if n := len(pieces(text)); n > 1 {
			z.long[i+1]++
			z.most[i+1] = max(z.most[i+1], n)
			if strings.Contains(text, strings.Repeat(" ", mostTextBytes)) {
				z.spaced++
			}
		}
		cells = append(cells, text)
	}
	z.rows++
	return z.kinds[kind].add(g, cells)
}

func kindOf(g orb.Geometry) int {
	switch g.(type) {
	case orb.LineString, orb.MultiLineString:
		return lines
	case orb.Polygon, orb.MultiPolygon:
		return polygons
	}
	return points
}

// Close makes the zip file.
func (z *shapefileWriter) Close() (Report, error) {
	defer z.Abandon()
	if z.rows == 0 {
		var err error
		if z.kinds[points], err = newShapes(points, len(z.names)); err != nil {
			return Report{}, err
		}
	}
	z.addNotes()
	out := zip.NewWriter(z.to)
	for kind, s := range z.kinds {
		if s == nil {
			continue
		}
		if err := z.addTo(out, s, z.base(kind)); err != nil {
			return Report{}, fmt.Errorf("writing the Shapefile: %w", err)
		}
	}
	for name, text := range map[string]string{"字段 fields.csv": z.fieldTable(), "说明 README.txt": z.readme()} {
		if err := addText(out, name, "\ufeff"+text); err != nil {
			return Report{}, fmt.Errorf("writing %s: %w", name, err)
		}
	}
	if err := out.Close(); err != nil {
		return Report{}, fmt.Errorf("writing the Shapefile: %w", err)
	}
	return z.report(), nil
}

// base is the name of one Shapefile. A .prj cannot say GCJ-02 or BD-09, so the name does.
func (z *shapefileWriter) base(kind int) string {
	name := z.Layer.Name + "_" + kindNames[kind]
	switch z.CRS {
	case geo.GCJ02:
		name += "_GCJ02"
	case geo.BD09:
		name += "_BD09"
	}
	return name
}

func (z *shapefileWriter) addTo(out *zip.Writer, s *shapes, base string) error {
	if err := s.flush(); err != nil {
		return err
	}
	for _, part := range []struct {
		extension string
		write     func(io.Writer) error
	}{
		{".shp", s.writeShapes},
		{".shx", s.writeIndex},
		{".dbf", func(w io.Writer) error { return s.writeTable(w, z.columns(s)) }},
	} {
		w, err := out.Create(base + part.extension)
		if err == nil {
			err = part.write(w)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part.extension, err)
		}
	}
	if err := addText(out, base+".cpg", "UTF-8"); err != nil || !georeferenced(z.CRS) {
		return err
	}
	return addText(out, base+".prj", wkt(z.CRS))
}

// columns are those of the table of one Shapefile.
func (z *shapefileWriter) columns(s *shapes) []tableColumn {
	taken := map[string]bool{}
	for _, name := range z.names {
		taken[name] = true
	}
	var out []tableColumn
	for i, name := range z.names {
		f := layer.Field{Type: layer.String}
		if i > 0 {
			f = z.fields[i-1]
		}
		c := columnOf(f, s.widths[i])
		c.name, c.field = name, i
		if z.most[i] > 1 {
			c.width = mostTextBytes
		}
		out = append(out, c)
		for n := 2; n <= z.most[i]; n++ {
			c.name = format.ContinuedName(name, n, taken)
			taken[c.name] = true
			out = append(out, c)
		}
	}
	return out
}

func addText(out *zip.Writer, name, text string) error {
	w, err := out.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

func (z *shapefileWriter) addNotes() {
	for i, n := range z.long {
		if n > 0 {
			f := z.fields[i-1]
			z.note("text_parted", "“%[2]s”有 %[1]d 处超过 %[4]d 字节，分成 %[5]d 列存放，导入时会合为一格", "%[1]d texts of %[3]s are longer than %[4]d bytes and stand in %[5]d columns; an import joins them again", n, f.Label.Zh, f.Label.En, mostTextBytes, z.most[i])
		}
	}
	if z.spaced > 0 {
		z.note("text_cut", "有 %d 处文字中连续的空格超过 %d 个，未能全部保留", "%d texts have more than %d spaces in a row, of which some are lost", z.spaced, mostTextBytes)
	}
	several := 0
	for _, s := range z.kinds {
		if s != nil {
			several++
		}
	}
	if several > 1 {
		z.note("several_files", "点、线、面分别存放，共 %d 个 Shapefile；整个压缩包可以直接导入", "points, lines and areas are %d Shapefiles; the archive is imported as it is", several)
	}
}

// fieldTable is the sidecar that tells what the names of ten characters stand for.
func (z *shapefileWriter) fieldTable() string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"column", "field", "中文", "English"})
	for _, c := range z.columns(&shapes{widths: make([]int, len(z.names))}) {
		name, label := "id", idLabel
		if c.field > 0 {
			f := z.fields[c.field-1]
			name, label = f.Name, f.Label
		}
		_ = w.Write([]string{c.name, name, label.Zh, label.En})
	}
	w.Flush() // into memory: nothing can fail
	return b.String()
}

func (z *shapefileWriter) readme() string {
	lines := []string{heading(z.Layer.Label), systemNote(z.CRS), "字符编码 Character encoding: UTF-8"}
	for _, n := range z.notes {
		lines = append(lines, n.Zh, n.En)
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// Abandon removes the temporary files.
func (z *shapefileWriter) Abandon() {
	for i, s := range z.kinds {
		if s != nil {
			s.remove()
			z.kinds[i] = nil
		}
	}
}

// scratch is a temporary file.
func scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "fourmaps-export-*")
	if err != nil {
		return nil, fmt.Errorf("making a temporary file: %w", err)
	}
	return f, nil
}
