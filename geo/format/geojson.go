package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"fourmaps/geo"
)

// maxFeatureBytes bounds what one feature may take, because it is decoded whole.
const maxFeatureBytes = 64 << 20

// geojsonSource reads a FeatureCollection, a single feature or geometry, or a sequence of any of them (RFC 8142, with
// or without record separators).
type geojsonSource struct {
	data    io.ReaderAt
	size    int64
	enc     encoding.Encoding
	limits  Limits
	columns []string
	index   map[string]int
	crs     geo.CRS
	notes   []Note
	walk    *featureWalk
	number  int
}

// openGeoJSON reads the file once to be sure that it is whole, and to learn its columns.
func openGeoJSON(r io.ReaderAt, size int64, o Options) (Source, error) {
	enc, note, err := detectEncoding(r, size, o.Encoding)
	if err != nil {
		return nil, err
	}
	s := &geojsonSource{data: r, size: size, enc: enc, limits: o.limits(), index: map[string]int{}, crs: geo.WGS84, notes: []Note{note}}
	s.rewind()
	features := 0
	for {
		raw, err := s.walk.next()
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
		s.learnColumns(raw)
		if err := s.limits.checkColumns(len(s.columns)); err != nil {
			return nil, err
		}
	}
	if features == 0 && !s.walk.collection {
		return nil, badInput("geojson_empty", "文件中没有 GeoJSON 要素", "there is no GeoJSON feature in the file")
	}
	if name := s.walk.crsName; name != "" && o.CRS == geo.Undeclared {
		if s.crs, err = geo.ParseCRS(name); err != nil {
			return nil, err
		}
	}
	s.rewind()
	return s, nil
}

func (s *geojsonSource) rewind() {
	text := transform.NewReader(io.NewSectionReader(s.data, 0, s.size), s.enc.NewDecoder())
	s.walk = newFeatureWalk(text)
	s.number = 0
}

// learnColumns adds property names in the order in which they first appear.
func (s *geojsonSource) learnColumns(raw json.RawMessage) {
	var f struct{ Properties json.RawMessage }
	if json.Unmarshal(raw, &f) != nil || len(f.Properties) == 0 || f.Properties[0] != '{' {
		return
	}
	d := json.NewDecoder(bytes.NewReader(f.Properties))
	d.Token()
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return
		}
		name := key.(string)
		if _, known := s.index[name]; !known {
			s.index[name] = len(s.columns)
			s.columns = append(s.columns, name)
		}
		var skip json.RawMessage
		if d.Decode(&skip) != nil {
			return
		}
	}
}

func (s *geojsonSource) Columns() []string { return s.columns }
func (s *geojsonSource) CRS() geo.CRS      { return s.crs }
func (s *geojsonSource) Notes() []Note     { return s.notes }
func (s *geojsonSource) Close() error      { return nil }

// Progress counts the bytes of the decoded text, which are about those of the file.
func (s *geojsonSource) Progress() (done, total int64) {
	return min(s.walk.json.InputOffset(), s.size), s.size
}

// Next gives the next feature.
func (s *geojsonSource) Next() (Row, error) {
	raw, err := s.walk.next()
	if err != nil {
		return Row{}, err
	}
	s.number++
	row := Row{Number: s.number, Cells: make([]any, len(s.columns))}
	if column, err := s.read(raw, &row); err != nil {
		row.Problem = problem(row.Number, column, err)
	}
	return row, nil
}

// read fills a row from a feature, or from a geometry that stands alone. With an error it names the property to blame.
func (s *geojsonSource) read(raw json.RawMessage, row *Row) (column string, err error) {
	var f struct {
		Type       string                     `json:"type"`
		ID         any                        `json:"id"`
		Properties map[string]json.RawMessage `json:"properties"`
		Geometry   json.RawMessage            `json:"geometry"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return "", because(badInput("feature_broken", "要素的结构不正确：成员的类型不对", "the feature is not built as it should be: a member is of a wrong type"), err)
	}
	if f.Type != "Feature" {
		f.Geometry = raw
	}
	switch id := f.ID.(type) {
	case string:
		row.ID = id
	case float64:
		row.ID = numberText(id)
	}
	for name, value := range f.Properties {
		cell, err := jsonCell(value)
		if err == nil {
			if t, text := cell.(string); text {
				err = s.limits.checkCell(len(t))
			}
		}
		if err != nil {
			return name, err
		}
		row.Cells[s.index[name]] = cell
	}
	if len(f.Geometry) == 0 || string(f.Geometry) == "null" {
		return "", nil
	}
	row.Geometry, err = decodeGeometry(f.Geometry, s.limits.Positions)
	return "", err
}

// jsonCell turns a property into a cell. Lists of plain values become one text with semicolons, anything deeper its
// JSON.
func jsonCell(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case json.Number:
		n, err := v.Float64()
		if err != nil || math.Abs(n) >= 1<<53 {
			return v.String(), nil // such as a long number of an identity card: digits, not a quantity
		}
		return n, nil
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			switch e := e.(type) {
			case string:
				parts[i] = e
			case json.Number:
				parts[i] = e.String()
			default:
				return string(raw), nil
			}
		}
		return strings.Join(parts, ";"), nil
	}
	return string(raw), nil
}

// featureWalk walks over the features of a JSON text without holding it all.
type featureWalk struct {
	json       *json.Decoder
	budget     *budgetReader
	inFeatures bool
	collection bool // a FeatureCollection was seen, even an empty one
	crsName    string
}

func newFeatureWalk(r io.Reader) *featureWalk {
	b := &budgetReader{r: r, left: maxFeatureBytes}
	return &featureWalk{json: json.NewDecoder(b), budget: b}
}

// next gives the raw text of the next feature or bare geometry, or io.EOF. Errors are *geo.InputError.
func (w *featureWalk) next() (json.RawMessage, error) {
	for {
		w.budget.left = maxFeatureBytes
		if w.inFeatures {
			if w.json.More() {
				var raw json.RawMessage
				if err := w.json.Decode(&raw); err != nil {
					return nil, w.broken(err)
				}
				return raw, nil
			}
			if _, err := w.json.Token(); err != nil {
				return nil, w.broken(err)
			}
			w.inFeatures = false
			if raw, err := w.members(nil); err != nil || raw != nil {
				return raw, err
			}
			continue
		}
		t, err := w.json.Token()
		if err == io.EOF {
			return nil, io.EOF
		}
		if err != nil {
			return nil, w.broken(err)
		}
		if t != json.Delim('{') {
			return nil, w.broken(errNoObject)
		}
		raw, err := w.members(map[string]json.RawMessage{})
		if err != nil || raw != nil {
			return raw, err
		}
	}
}

// members reads the members of a top-level object: up to the features of a collection, which next then walks over, or
// to the end. In the second case kept (unless nil) holds all members, and the object itself is the feature.
func (w *featureWalk) members(kept map[string]json.RawMessage) (json.RawMessage, error) {
	for w.json.More() {
		t, err := w.json.Token()
		if err != nil {
			return nil, w.broken(err)
		}
		key, _ := t.(string)
		if key == "features" {
			if t, err = w.json.Token(); err != nil {
				return nil, w.broken(err)
			}
			if t != json.Delim('[') {
				return nil, w.broken(errNoList)
			}
			w.inFeatures, w.collection = true, true
			return nil, nil
		}
		var value json.RawMessage
		if err := w.json.Decode(&value); err != nil {
			return nil, w.broken(err)
		}
		if key == "crs" {
			w.readCRS(value)
		}
		if kept != nil {
			kept[key] = value
		}
	}
	if _, err := w.json.Token(); err != nil {
		return nil, w.broken(err)
	}
	if kept == nil {
		return nil, nil
	}
	if string(kept["type"]) == `"FeatureCollection"` {
		w.collection = true
		return nil, nil
	}
	return json.Marshal(kept)
}

// readCRS takes the name out of the "crs" member that GeoJSON had before RFC 7946 and that GIS programs still write.
func (w *featureWalk) readCRS(raw json.RawMessage) {
	var c struct{ Properties struct{ Name string } }
	if json.Unmarshal(raw, &c) == nil {
		w.crsName = c.Properties.Name
	}
}

func (w *featureWalk) broken(err error) error {
	return brokenText("geojson_broken", "GeoJSON", w.json.InputOffset(), err)
}

// What a GeoJSON text may be that is JSON.
var (
	errNoObject = badInput("", "这里应是一个对象", "this is no object")
	errNoList   = badInput("", "features 不是列表", "features is no list")
)

// brokenText tells where a text ends early or is not written as its format wants, and where that is known why.
func brokenText(code, format string, at int64, err error) error {
	why := badInput("", "写法不符合格式", "it is not written as the format wants")
	var known *geo.InputError
	switch {
	case errors.As(err, &known):
		why = known
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF), strings.Contains(err.Error(), "unexpected EOF"):
		why = badInput("", "文件在此中断", "the file ends there")
	}
	return because(badInput(code, "%[1]s 在第 %[2]d 字节处有误：%[3]s", "the %[1]s is broken at byte %[2]d: %[4]s", format, at, why.Zh, why.En), err)
}

// budgetReader stops when more is read than may be held at once. Record separators become spaces.
type budgetReader struct {
	r    io.Reader
	left int
}

// Read reads within the budget.
func (b *budgetReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, badInput("feature_too_large", "一个要素超过 %d MiB", "one feature has more than %d MiB", maxFeatureBytes>>20)
	}
	n, err := b.r.Read(p)
	b.left -= n
	for i := range p[:n] {
		if p[i] == 0x1e {
			p[i] = ' '
		}
	}
	return n, err
}
