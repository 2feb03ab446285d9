package geo

import (
	"fmt"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
)

// EWKB encodes a WGS 84 geometry for PostGIS, with SRID 4326. A nil geometry is nil: NULL in the database.
func EWKB(g orb.Geometry) ([]byte, error) {
	if g == nil {
		return nil, nil
	}
	b, err := ewkb.Marshal(g, int(WGS84))
	if err != nil {
		return nil, fmt.Errorf("encode %s as EWKB: %w", g.GeoJSONType(), err)
	}
	return b, nil
}

// DecodeEWKB decodes what PostGIS gives for a geometry column, and its SRID.
func DecodeEWKB(b []byte) (orb.Geometry, int, error) {
	g, srid, err := ewkb.Unmarshal(b)
	if err != nil {
		return nil, 0, fmt.Errorf("decode EWKB: %w", err)
	}
	return g, srid, nil
}
