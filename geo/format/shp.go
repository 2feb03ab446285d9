package format

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// Shape types of the ESRI white paper (1998). Those with Z or M add 10 or 20; heights and measures are left out.
const (
	shpNull       = 0
	shpPoint      = 1
	shpLine       = 3
	shpPolygon    = 5
	shpMultiPoint = 8
	shpMultiPatch = 31
)

// shpReader reads the shapes of a .shp file in their order.
type shpReader struct {
	r         *bufio.Reader
	size      int64
	offset    int64
	positions int
	lost      bool // the next record cannot be found any more
}

func openShp(r io.ReaderAt, size int64, positions int) (*shpReader, error) {
	var head [100]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, badInput("shapefile_broken", ".shp 文件不完整", "the .shp file is truncated")
	}
	if binary.BigEndian.Uint32(head[:]) != 9994 || binary.LittleEndian.Uint32(head[28:]) != 1000 {
		return nil, badInput("shapefile_broken", ".shp 文件头不正确", "the .shp file does not begin as one")
	}
	declared := int64(binary.BigEndian.Uint32(head[24:])) * 2
	if declared > size {
		return nil, badInput("shapefile_broken", ".shp 文件不完整：缺少 %d 字节（应有 %d 字节）", "the .shp file is truncated: %d bytes of %d are missing", declared-size, declared)
	}
	if t := binary.LittleEndian.Uint32(head[32:]); t == shpMultiPatch {
		return nil, badInput("shapefile_multipatch", "不支持三维面片（MultiPatch）", "MultiPatch shapes are not supported")
	}
	s := &shpReader{size: max(declared, 100), offset: 100, positions: positions}
	s.r = bufio.NewReaderSize(io.NewSectionReader(r, 100, s.size-100), 256<<10)
	return s, nil
}

// next gives the next shape, nil for a null shape, or io.EOF.
func (s *shpReader) next() (orb.Geometry, error) {
	if s.offset >= s.size {
		return nil, io.EOF
	}
	var head [8]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return nil, s.broken("记录头不完整", "a record header")
	}
	length := int64(binary.BigEndian.Uint32(head[4:])) * 2
	if length < 4 || length > s.size-s.offset-8 {
		return nil, s.broken("记录长度有误", "a record length")
	}
	if length > int64(s.positions)*40+1<<20 {
		s.offset += 8 + length
		if _, err := s.r.Discard(int(length)); err != nil {
			return nil, s.broken("记录不完整", "a record")
		}
		return nil, badInput("too_many_positions", "几何的坐标点数超过上限", "the geometry has more positions than allowed")
	}
	record := make([]byte, length)
	if _, err := io.ReadFull(s.r, record); err != nil {
		return nil, s.broken("记录不完整", "a record")
	}
	s.offset += 8 + length
	return decodeShape(record)
}

// broken says that the file cannot be read further.
func (s *shpReader) broken(zh, en string) error {
	s.lost = true
	return badInput("shapefile_broken", ".shp 文件在第 %[1]d 字节处损坏（%[2]s）", "the .shp file is damaged at byte %[1]d (%[3]s)", s.offset, zh, en)
}

func decodeShape(b []byte) (orb.Geometry, error) {
	kind := binary.LittleEndian.Uint32(b)
	b = b[4:]
	if kind > 30 || kind == shpNull {
		if kind == shpNull {
			return nil, nil
		}
		return nil, shapeProblem("不认识的类型", "unknown type")
	}
	switch kind % 10 {
	case shpPoint:
		if len(b) < 16 {
			return nil, shapeProblem("点没有坐标", "a point without coordinates")
		}
		return shpPointAt(b), nil
	case shpMultiPoint:
		if len(b) < 36 {
			return nil, shapeProblem("记录太短", "too short")
		}
		n := int(binary.LittleEndian.Uint32(b[32:]))
		points, err := shpPoints(b[36:], n)
		return orb.MultiPoint(points), err
	case shpLine, shpPolygon:
		parts, err := shpParts(b)
		if err != nil {
			return nil, err
		}
		if kind%10 == shpLine {
			return shpLines(parts), nil
		}
		return shpPolygons(parts)
	}
	return nil, shapeProblem("不认识的类型", "unknown type")
}

func shapeProblem(zh, en string) error {
	return badInput("geometry_broken", "几何无法读取：%[1]s", "the shape cannot be read: %[2]s", zh, en)
}

func shpPointAt(b []byte) orb.Point {
	return orb.Point{math.Float64frombits(binary.LittleEndian.Uint64(b)), math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))}
}

func shpPoints(b []byte, n int) ([]orb.Point, error) {
	if n < 0 || n > len(b)/16 {
		return nil, shapeProblem("点数少于声明的个数", "fewer points than it says")
	}
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = shpPointAt(b[16*i:])
	}
	return out, nil
}

// shpParts reads the box, the starts of the parts and the points, and cuts the points into parts.
func shpParts(b []byte) ([][]orb.Point, error) {
	if len(b) < 40 {
		return nil, shapeProblem("记录太短", "too short")
	}
	n, total := int(binary.LittleEndian.Uint32(b[32:])), int(binary.LittleEndian.Uint32(b[36:]))
	if n < 0 || n > (len(b)-40)/4 {
		return nil, shapeProblem("部分少于声明的个数", "fewer parts than it says")
	}
	points, err := shpPoints(b[40+4*n:], total)
	if err != nil {
		return nil, err
	}
	parts := make([][]orb.Point, 0, n)
	start := 0
	for i := range n {
		end := total
		if i+1 < n {
			end = int(binary.LittleEndian.Uint32(b[40+4*(i+1):]))
		}
		if first := int(binary.LittleEndian.Uint32(b[40+4*i:])); first != start || end < start || end > total {
			return nil, shapeProblem("各部分没有首尾相接", "parts that do not follow each other")
		}
		parts = append(parts, points[start:end:end])
		start = end
	}
	return parts, nil
}

func shpLines(parts [][]orb.Point) orb.Geometry {
	lines := make(orb.MultiLineString, 0, len(parts))
	for _, p := range parts {
		lines = append(lines, orb.LineString(p))
	}
	if len(lines) == 1 {
		return lines[0]
	}
	return lines
}

// shpPolygons puts rings together: clockwise rings are outer ones, each other ring is a hole of the smallest outer
// ring around it. A hole that lies in none, as careless programs write them, is an outer ring of its own.
func shpPolygons(parts [][]orb.Point) (orb.Geometry, error) {
	var outers orb.MultiPolygon
	var holes []orb.Ring
	for _, p := range parts {
		r := orb.Ring(p)
		if len(r) > 0 && r[0] != r[len(r)-1] {
			r = append(r, r[0])
		}
		if len(r) < 4 {
			return nil, shapeProblem("有的环少于四个点", "a ring with fewer than four points")
		}
		if r.Orientation() == orb.CCW {
			holes = append(holes, r)
		} else {
			r.Reverse() // RFC 7946 wants outer rings counter-clockwise
			outers = append(outers, orb.Polygon{r})
		}
	}
	if len(parts)*len(outers) > 10_000_000 {
		return nil, shapeProblem("环过多", "too many rings")
	}
	shells := len(outers)
	for _, h := range holes {
		best, bestArea := -1, math.Inf(1)
		for i := range shells {
			shell := outers[i][0]
			if a := math.Abs(planar.Area(shell)); a < bestArea && shell.Bound().Contains(h[0]) && holds(shell, h) {
				best, bestArea = i, a
			}
		}
		if best < 0 {
			outers = append(outers, orb.Polygon{h})
			continue
		}
		h.Reverse()
		outers[best] = append(outers[best], h)
	}
	switch len(outers) {
	case 0:
		return nil, nil
	case 1:
		return outers[0], nil
	}
	return outers, nil
}

// holds tells whether a hole lies in a shell, by most of a few of its vertices, because the two may touch.
func holds(shell, hole orb.Ring) bool {
	step := max(1, len(hole)/5)
	in, asked := 0, 0
	for i := 0; i < len(hole)-1; i += step {
		asked++
		if planar.RingContains(shell, hole[i]) {
			in++
		}
	}
	return 2*in > asked
}
