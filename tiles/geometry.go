package tiles

import (
	"fmt"
	"strings"
)

// The zooms that the stored simplified copies serve (migration 7).
const (
	lastLowZoom = 8
	lastMidZoom = 11
)

// geometry is the expression that cuts a row's geometry to the tile and brings it into tile units.
func (s *statement) geometry() string {
	if !s.layer.Cluster {
		return cut(s.simplified())
	}
	if len(s.layer.Geometry) == 1 {
		return cut("r.geom_3857")
	}
	// of the four maps, what is too small to be drawn is still there, as a point
	return fmt.Sprintf("CASE ST_Dimension(r.geom_3857) WHEN 0 THEN %[1]s ELSE coalesce(%[1]s, %[2]s) END", cut("r.geom_3857"), cut("ST_Transform(r.anchor, 3857)"))
}

func cut(geometry string) string {
	return fmt.Sprintf("ST_AsMVTGeom(%s, %s, %d, %d, true)", geometry, envelope, extent, buffer)
}

// simplified picks the copy for the zoom and coarsens it to the layer's part of a pixel: points of areas on a grid, so that borders
// that two areas share stay shared; lines by leaving out points, so that ends stay joined.
func (s *statement) simplified() string {
	if s.layer.Bands == 0 || s.z > lastMidZoom {
		return "r.geom_3857"
	}
	column := "r.geom_mid"
	if s.z <= lastLowZoom {
		column = "r.geom_low"
	}
	if s.z == lastMidZoom || s.z == lastLowZoom {
		return column // made for just this zoom
	}
	coarse := pixel(s.z) * s.layer.Bands
	return fmt.Sprintf("CASE ST_Dimension(%[1]s) WHEN 0 THEN %[1]s WHEN 1 THEN ST_Simplify(%[1]s, %[2]g, true) ELSE ST_Simplify(ST_SnapToGrid(%[1]s, %[3]g), 0) END", column, coarse/2, coarse)
}

// merged selects one feature for all rows that are alike in every field of the tile: at low zooms the single rows of a
// road are not told apart, and their ids would be most of the tile.
func (s *statement) merged() string {
	inner := fmt.Sprintf(`SELECT r.fid, %s, %s AS g FROM %s r WHERE %s AND r.geom_3857 && %s`,
		s.named(), s.geometry(), s.layer.Name, s.shown(), buffered)
	names := strings.Join(s.names, ", ")
	whole := "CASE ST_Dimension(m.g) WHEN 0 THEN ST_CollectionExtract(ST_Collect(m.g ORDER BY m.fid), 1) WHEN 1 THEN ST_LineMerge(ST_CollectionExtract(ST_Collect(m.g ORDER BY m.fid), 2)) ELSE ST_CollectionExtract(ST_Collect(m.g ORDER BY m.fid), 3) END"
	return fmt.Sprintf(`SELECT min(m.fid) AS fid, %s, %s AS geom FROM (%s) m WHERE m.g IS NOT NULL GROUP BY %s, ST_Dimension(m.g)`,
		names, whole, inner, names)
}

// groups selects the groups of a clustered layer: points in the middle of their rows with point_count and without id; a
// group of one is the row itself.
func (s *statement) groups() part {
	cells := s.countedCells()
	if _, stored := cellsOf(ID{Z: s.z}); stored && !s.filtered {
		cells = s.storedCells()
	}
	unit := float64(int64(1) << (worldBits - int(s.z)))
	at := func(value, origin string) string {
		return fmt.Sprintf("floor((%s - %s) / %g)", value, origin, unit/extent)
	}
	x, y := at("cell.x", originX), at("cell.y", originY)
	features := fmt.Sprintf(`SELECT r.fid, %s, CASE WHEN cell.n > 1 THEN cell.n END AS point_count, ST_MakePoint(%s, %s) AS geom
		FROM (%s) cell LEFT JOIN %s r ON r.fid = CASE WHEN cell.n = 1 THEN cell.fid END
		WHERE %s BETWEEN %d AND %d AND %s BETWEEN %d AND %d`,
		s.named(), x, y, cells, s.layer.Name, x, -buffer, extent+buffer, y, -buffer, extent+buffer)
	return part{sql: s.encode(features, "0"), cells: true}
}

// storedCells reads the groups that the database keeps.
func (s *statement) storedCells() string {
	c, _ := cellsOf(ID{Z: s.z})
	return fmt.Sprintf(`SELECT sum(k.n)::bigint AS n, sum(k.fids)::bigint AS fid, sum(k.xs)::float8 / sum(k.n)::float8 AS x, sum(k.ys)::float8 / sum(k.n)::float8 AS y
		FROM (SELECT * FROM %[1]s_cell WHERE cell BETWEEN %[2]s AND %[3]s UNION ALL SELECT * FROM %[1]s_cell WHERE cell = ANY (%[4]s)) k
		GROUP BY k.cell >> %[5]d`,
		s.layer.Name, cellLow, cellHigh, cellRing, c.shift)
}

// countedCells groups the rows while asking: for filters and for deep zooms.
func (s *statement) countedCells() string {
	shift := worldBits - gridBits - int(s.z)
	return fmt.Sprintf(`SELECT count(*) AS n, min(u.fid) AS fid, sum(u.x)::float8 / count(*) AS x, sum(u.y)::float8 / count(*) AS y
		FROM (SELECT r.fid, unit_x(r.anchor) AS x, unit_y(r.anchor) AS y FROM %[1]s r
			WHERE %[2]s AND r.geom_3857 && %[3]s OFFSET 0) u
		WHERE u.x >> %[4]d BETWEEN (%[5]s >> %[4]d) - 1 AND (%[5]s >> %[4]d) + %[7]d
			AND u.y >> %[4]d BETWEEN (%[6]s >> %[4]d) - 1 AND (%[6]s >> %[4]d) + %[7]d
		GROUP BY u.x >> %[4]d, u.y >> %[4]d`,
		s.layer.Name, s.where, reached, shift, originX, originY, 1<<gridBits)
}
