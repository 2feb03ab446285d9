package tiles

import (
	"fmt"
	"strings"

	"fourmaps/geo/layer"
)

// groupsBelow is the zoom below which the rows of a clustered layer are always groups: symbols would cover each other,
// and neighbouring tiles would differ if each decided for itself.
const groupsBelow = 9

// maxRows is how many rows of a clustered layer one tile shows singly from groupsBelow on; more become groups.
const maxRows = 500

// The parameters of every statement; those for cells are there only when one of its parts groups rows.
const (
	envelope = "ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, 3857)" // the tile
	buffered = "ST_Expand(" + envelope + ", ($3::float8 - $1::float8) * 64 / 4096)"    // and its buffer
	reached  = "ST_Expand(" + envelope + ", ($3::float8 - $1::float8) / 16)"           // and the cells around it
	originX  = "$5::bigint"                                                            // of the tile, in units of unit_x
	originY  = "$6::bigint"
	cellLow  = "$7::bigint"
	cellHigh = "$8::bigint"
	cellRing = "$9::bigint[]"
)

// given uses the parameters of the box, which groups from kept cells do not need: the database refuses a parameter that
// nothing uses. It costs the plan nothing.
const given = "WITH given AS (SELECT $1::float8, $2::float8, $3::float8, $4::float8) "

// statement makes the SQL of one layer's part of a tile.
type statement struct {
	layer    *layer.Layer
	z        uint8
	where    string // the filter, over the alias r
	filtered bool
	columns  []string // of a row, over the alias r
	names    []string // what they are called in the tile
}

// part is a selection of one row: tile, the bytes of one MVT layer, and n, the number of its rows if there may be too
// many of them to be shown singly. The zero part is empty.
type part struct {
	sql   string
	cells bool // takes the parameters for cells
}

func newStatement(l *layer.Layer, z uint8) *statement {
	s := &statement{layer: l, z: z, where: "r.deleted_at IS NULL"}
	if int(z) >= l.MergeBelow {
		s.column("id", "r.id::text")
	}
	if int(z) >= l.NameZoom {
		s.column("name", "r.name")
		s.column("name_en", "r.name_en")
	}
	if l.ConfirmDays > 0 {
		s.column("confirmed_day", "floor(extract(epoch FROM r.confirmed_at) / 86400)::int")
	}
	for _, f := range l.Fields {
		if f.Tile && !f.Sensitive {
			s.column(f.Name, tileColumn(f))
		}
	}
	return s
}

func (s *statement) column(name, expression string) {
	s.names = append(s.names, name)
	s.columns = append(s.columns, expression)
}

// tileColumn turns a field into one of the few types that vector tiles know.
func tileColumn(f layer.Field) string {
	switch f.Type {
	case layer.Choices:
		return "array_to_string(r." + f.Name + ", ',')"
	case layer.Reference, layer.Date, layer.Time:
		return "r." + f.Name + "::text"
	default:
		return "r." + f.Name
	}
}

// part is what a tile asks first. A clustered layer may then turn out to have more than maxRows rows there: its groups
// are asked for instead.
func (s *statement) part() part {
	switch {
	case int(s.z) < s.layer.MinZoom:
		return part{}
	case s.layer.Cluster && s.z < groupsBelow:
		return s.groups()
	case s.layer.Cluster:
		return part{sql: s.encode(s.rows()+fmt.Sprintf(" LIMIT %d", maxRows+1), "count(*)")}
	case int(s.z) < s.layer.MergeBelow:
		return part{sql: s.encode(s.merged(), "0")}
	default:
		return part{sql: s.encode(s.rows(), "0")}
	}
}

// encode wraps a selection of features into one MVT layer. (OFFSET 0 keeps the planner from cutting each geometry twice.)
// The order is part of the answer: the same rows always give the same bytes, and so the same ETag.
func (s *statement) encode(features, count string) string {
	return fmt.Sprintf(`SELECT ST_AsMVT(q, '%s', 4096, 'geom', 'fid' ORDER BY q.fid, q.geom) FILTER (WHERE q.geom IS NOT NULL) AS tile, %s AS n FROM (%s OFFSET 0) q`,
		s.layer.Name, count, features)
}

// rows selects single rows.
func (s *statement) rows() string {
	return fmt.Sprintf(`SELECT r.fid, %s, %s AS geom FROM %s r WHERE %s AND r.geom_3857 && %s`,
		s.named(), s.geometry(), s.layer.Name, s.shown(), buffered)
}

func (s *statement) named() string {
	out := make([]string, len(s.names))
	for i, n := range s.names {
		out[i] = s.columns[i] + " AS " + n
	}
	return strings.Join(out, ", ")
}

// shown is the filter, and below each choice's own lowest zoom the choices that are left out. Areas of less than a
// pixel are left out too.
func (s *statement) shown() string {
	where := s.where
	for _, f := range s.layer.Fields {
		var late []string
		for _, o := range f.Choices {
			if int(s.z) < o.MinZoom {
				late = append(late, "'"+o.Value+"'")
			}
		}
		if len(late) > 0 {
			where += fmt.Sprintf(" AND r.%s NOT IN (%s)", f.Name, strings.Join(late, ", "))
		}
	}
	if s.layer.Accepts(layer.Polygon) && s.layer.Map == layer.Base && int(s.z) < s.layer.MaxZoom {
		where += fmt.Sprintf(" AND (ST_Dimension(r.geom_3857) < 2 OR greatest(ST_XMax(r.geom_3857) - ST_XMin(r.geom_3857), ST_YMax(r.geom_3857) - ST_YMin(r.geom_3857)) >= %g)", 2*pixel(s.z))
	}
	return where
}
