package export

import (
	"encoding/binary"
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"fourmaps/geo"
)

// geometryBlob is a geometry as a GeoPackage has it (clause 2.1.3): a header with the system and, unless it is a point,
// the box, and then the geometry in WKB. A row without a place has none.
func geometryBlob(g orb.Geometry, crs geo.CRS) (any, error) {
	if g == nil {
		return nil, nil
	}
	flags := byte(1) // little-endian, no box
	_, isPoint := g.(orb.Point)
	if !isPoint {
		flags |= 1 << 1 // min x, max x, min y, max y
	}
	out := binary.LittleEndian.AppendUint32([]byte{'G', 'P', 0, flags}, uint32(crs))
	if b := g.Bound(); !isPoint {
		for _, v := range []float64{b.Min[0], b.Max[0], b.Min[1], b.Max[1]} {
			out = appendFloat(out, v)
		}
	}
	body, err := wkb.Marshal(g, binary.LittleEndian)
	if err != nil {
		return nil, fmt.Errorf("encode %s as WKB: %w", g.GeoJSONType(), err)
	}
	return append(out, body...), nil
}
