package export

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"os"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// shapes is one Shapefile on its way: records of shapes and raw attributes in temporary files, and what its headers say.
type shapes struct {
	kind    int
	shp     *os.File
	raw     *os.File // attributes: for each a length and its bytes
	shpOut  *bufio.Writer
	rawOut  *bufio.Writer
	lengths []int32 // of records, in 16-bit words
	size    int64   // of all records, in bytes
	bound   orb.Bound
	placed  bool
	widths  []int // by field: the longest attribute, in bytes
}

func newShapes(kind, columns int) (*shapes, error) {
	s := &shapes{kind: kind, widths: make([]int, columns)}
	var err error
	if s.shp, err = scratch(); err != nil {
		return nil, err
	}
	if s.raw, err = scratch(); err != nil {
		s.remove()
		return nil, err
	}
	s.shpOut, s.rawOut = bufio.NewWriterSize(s.shp, 64<<10), bufio.NewWriterSize(s.raw, 64<<10)
	return s, nil
}

func (s *shapes) remove() {
	for _, f := range []*os.File{s.shp, s.raw} {
		if f != nil {
			_ = f.Close()
			_ = os.Remove(f.Name()) // a file that stays is the system's to remove
		}
	}
}

func (s *shapes) flush() error {
	if err := s.shpOut.Flush(); err != nil {
		return err
	}
	return s.rawOut.Flush()
}

// add keeps a record.
func (s *shapes) add(g orb.Geometry, cells []string) error {
	content := shape(g)
	head := binary.BigEndian.AppendUint32(nil, uint32(len(s.lengths)+1))
	head = binary.BigEndian.AppendUint32(head, uint32(len(content)/2))
	s.lengths, s.size = append(s.lengths, int32(len(content)/2)), s.size+int64(8+len(content))
	s.shpOut.Write(head)
	s.shpOut.Write(content)
	if g != nil {
		if !s.placed {
			s.bound, s.placed = g.Bound(), true
		}
		s.bound = s.bound.Union(g.Bound())
	}
	for i, cell := range cells {
		s.widths[i] = max(s.widths[i], len(cell))
		s.rawOut.Write(binary.AppendUvarint(nil, uint64(len(cell))))
		s.rawOut.WriteString(cell)
	}
	return nil // errors stay with the writers until flush
}

// shapeTypes are those of the ESRI white paper, by kind.
var shapeTypes = [3]uint32{1, 3, 5}

// header is that of .shp and .shx.
func (s *shapes) header(bytes int64) []byte {
	h := make([]byte, 100)
	binary.BigEndian.PutUint32(h, 9994)
	binary.BigEndian.PutUint32(h[24:], uint32(bytes/2))
	binary.LittleEndian.PutUint32(h[28:], 1000)
	binary.LittleEndian.PutUint32(h[32:], shapeTypes[s.kind])
	for i, v := range []float64{s.bound.Min[0], s.bound.Min[1], s.bound.Max[0], s.bound.Max[1]} {
		binary.LittleEndian.PutUint64(h[36+8*i:], math.Float64bits(v))
	}
	return h
}

func (s *shapes) writeShapes(w io.Writer) error {
	if _, err := w.Write(s.header(100 + s.size)); err != nil {
		return err
	}
	if _, err := s.shp.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.Copy(w, s.shp)
	return err
}

func (s *shapes) writeIndex(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.Write(s.header(100 + 8*int64(len(s.lengths))))
	offset := int32(50)
	for _, length := range s.lengths {
		out.Write(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(offset)), uint32(length)))
		offset += 4 + length
	}
	return out.Flush()
}

// shape is the content of a record. Outer rings go clockwise, holes the other way.
func shape(g orb.Geometry) []byte {
	switch g := g.(type) {
	case orb.Point:
		return appendFloat(appendFloat(binary.LittleEndian.AppendUint32(nil, 1), g[0]), g[1])
	case orb.LineString:
		return parts(3, g.Bound(), [][]orb.Point{g})
	case orb.MultiLineString:
		var all [][]orb.Point
		for _, l := range g {
			all = append(all, l)
		}
		return parts(3, g.Bound(), all)
	case orb.Polygon:
		return parts(5, g.Bound(), clockwise(g))
	case orb.MultiPolygon:
		var all [][]orb.Point
		for _, p := range g {
			all = append(all, clockwise(p)...)
		}
		return parts(5, g.Bound(), all)
	}
	return make([]byte, 4) // a null shape
}

// clockwise gives the rings of a polygon turned round from the right-hand rule.
func clockwise(p orb.Polygon) [][]orb.Point {
	var out [][]orb.Point
	if wound, ok := geo.Wound(p).(orb.Polygon); ok {
		for _, r := range wound {
			r.Reverse()
			out = append(out, r)
		}
	}
	return out
}

func parts(kind uint32, b orb.Bound, all [][]orb.Point) []byte {
	out := binary.LittleEndian.AppendUint32(nil, kind)
	for _, v := range []float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]} {
		out = appendFloat(out, v)
	}
	total := 0
	for _, p := range all {
		total += len(p)
	}
	out = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(out, uint32(len(all))), uint32(total))
	first := 0
	for _, p := range all {
		out = binary.LittleEndian.AppendUint32(out, uint32(first))
		first += len(p)
	}
	for _, p := range all {
		for _, v := range p {
			out = appendFloat(appendFloat(out, v[0]), v[1])
		}
	}
	return out
}

func appendFloat(dst []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
}
