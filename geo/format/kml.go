package format

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"fourmaps/geo"
)

// kmlSource reads the placemarks of a KML file, or of the one in a KMZ archive, one by one. KML knows no coordinate
// system but WGS 84.
type kmlSource struct {
	open    func() (io.ReadCloser, error) // the text from its beginning
	columns []string
	index   map[kmlColumn]int
	limits  Limits
	notes   []Note
	total   int64
	number  int
	part    io.ReadCloser
	walk    *kmlWalk
}

// kmlColumn is what fills a column: an element of the placemark, or a piece of its extended data, which may be called
// the same.
type kmlColumn struct {
	extended bool
	name     string
}

func openKML(r io.ReaderAt, size int64, o Options) (Source, error) {
	return newKML(func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil }, o)
}

// openKMZ takes doc.kml, or else the first KML of the archive, as the standard says.
func openKMZ(r io.ReaderAt, size int64, o Options) (Source, error) {
	a, err := openArchive(r, size, o.limits())
	if err != nil {
		return nil, err
	}
	doc := a.find("doc.kml")
	for _, f := range a.zip.File {
		if doc == nil && strings.EqualFold(path.Ext(f.Name), ".kml") && !strings.HasPrefix(f.Name, "__MACOSX") {
			doc = f
		}
	}
	if doc == nil {
		return nil, badInput("kml_missing", "压缩包内没有 .kml 文件", "there is no .kml file in the archive")
	}
	return newKML(func() (io.ReadCloser, error) { return a.open(doc) }, o)
}

// newKML reads the file once to be sure that it is whole, and to learn its columns.
func newKML(open func() (io.ReadCloser, error), o Options) (*kmlSource, error) {
	s := &kmlSource{open: open, index: map[kmlColumn]int{}, limits: o.limits()}
	if err := s.rewind(); err != nil {
		return nil, err
	}
	defer s.part.Close()
	var names []string
	features := 0
	for {
		p, err := s.walk.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		features++
		if err := s.limits.checkRows(features); err != nil {
			return nil, err
		}
		for _, cell := range p.cells {
			if _, known := s.index[cell.kmlColumn]; !known {
				s.index[cell.kmlColumn] = len(names)
				names = append(names, cell.name)
			}
		}
		if err := s.limits.checkColumns(len(names)); err != nil {
			return nil, err
		}
	}
	if features == 0 && !s.walk.isKML {
		return nil, badInput("kml_empty", "文件中没有 KML 地标", "there is no KML placemark in the file")
	}
	s.columns, s.total = uniqueNames(names), s.walk.xml.InputOffset()
	if len(s.walk.unread) > 0 {
		note := badInput("", "未读取：%s", "not read: %s", strings.Join(s.walk.unread, ", "))
		s.notes = append(s.notes, Note{"not_read", note.Zh, note.En})
	}
	return s, s.rewind()
}

func (s *kmlSource) rewind() (err error) {
	if s.part != nil {
		s.part.Close()
	}
	if s.part, err = s.open(); err != nil {
		return err
	}
	s.walk, s.number = newKMLWalk(s.part, s.limits), 0
	return nil
}

func (s *kmlSource) Columns() []string { return s.columns }
func (s *kmlSource) CRS() geo.CRS      { return geo.WGS84 }
func (s *kmlSource) Notes() []Note     { return s.notes }
func (s *kmlSource) Close() error      { return s.part.Close() }

// Progress counts bytes of the text.
func (s *kmlSource) Progress() (done, total int64) {
	return min(s.walk.xml.InputOffset(), s.total), s.total
}

// Next gives the next placemark.
func (s *kmlSource) Next() (Row, error) {
	p, err := s.walk.next()
	if err != nil {
		return Row{}, err
	}
	s.number++
	row := Row{Number: s.number, ID: p.id, Cells: make([]any, len(s.columns)), Geometry: p.geometry}
	if p.fault != nil {
		row.Problem = problem(row.Number, "", p.fault)
		return row, nil
	}
	for _, cell := range p.cells {
		i := s.index[cell.kmlColumn]
		if before, twice := row.Cells[i].(string); twice && before != cell.value {
			cell.value = before + ";" + cell.value // as a list of GeoJSON
		}
		row.Cells[i] = textOrNil(cell.value)
	}
	row.Problem = fitCells(&row, s.columns, s.limits)
	return row, nil
}

// kmlUnread are elements that hold features which are no placemarks; a report names them.
var kmlUnread = []string{"NetworkLink", "GroundOverlay", "PhotoOverlay", "ScreenOverlay", "Tour"}

// kmlWalk walks over the placemarks of a text without holding it all.
type kmlWalk struct {
	xml    *xml.Decoder
	budget *budgetReader
	limits Limits
	isKML  bool
	unread []string
}

func newKMLWalk(r io.Reader, l Limits) *kmlWalk {
	r = transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder())) // UTF-16 says so by its mark
	b := &budgetReader{r: bufio.NewReaderSize(r, 64<<10), left: maxFeatureBytes}
	w := &kmlWalk{xml: xml.NewDecoder(b), budget: b, limits: l}
	w.xml.Entity = xml.HTMLEntity // descriptions are full of &nbsp;
	w.xml.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		if strings.HasPrefix(strings.ToLower(name), "utf-16") {
			return r, nil // else the name could not have been read
		}
		e, err := namedEncoding(name)
		if err != nil {
			return nil, err
		}
		if e == unicode.UTF8 {
			e = encoding.Nop // the decoder checks it itself
		}
		return e.NewDecoder().Reader(r), nil
	}
	return w
}

// next gives the next placemark, or io.EOF. Errors are *geo.InputError.
func (w *kmlWalk) next() (*placemark, error) {
	for {
		w.budget.left = maxFeatureBytes
		t, err := w.xml.Token()
		if err == io.EOF {
			return nil, io.EOF
		}
		if err != nil {
			return nil, w.broken(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := start.Name.Local; {
		case name == "kml":
			w.isKML = true
		case name == "Placemark":
			p := &placemark{id: attribute(start, "id"), left: w.limits.Positions}
			if err := p.read(w.xml); err != nil {
				return nil, w.broken(err)
			}
			return p, nil
		case slices.Contains(kmlUnread, name):
			if !slices.Contains(w.unread, name) {
				w.unread = append(w.unread, name)
			}
			if err := w.xml.Skip(); err != nil {
				return nil, w.broken(err)
			}
		}
	}
}

func (w *kmlWalk) broken(err error) error {
	var known *geo.InputError
	if errors.As(err, &known) && known.Code != "feature_too_large" {
		return err
	}
	return brokenText("kml_broken", "KML", w.xml.InputOffset(), err)
}
