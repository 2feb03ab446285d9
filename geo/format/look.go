package format

import (
	"io"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// Look is what a first glance at a file shows: its columns with the cells of the first rows.
type Look struct {
	Columns    []string
	Cells      [][]any        // by column, one for each row that could be read
	Geometries []orb.Geometry // of the same rows; empty for a table
	CRS        geo.CRS        // that the file declares
	Notes      []Note
	Rows       int  // read
	Whole      bool // there are no more
}

// LookAt reads the first rows of a source. A row that cannot be read is passed over: the check will name it.
func LookAt(source Source, rows int) (*Look, error) {
	l := &Look{Columns: source.Columns(), CRS: source.CRS(), Notes: source.Notes()}
	l.Cells = make([][]any, len(l.Columns))
	for l.Rows < rows {
		row, err := source.Next()
		if err == io.EOF {
			l.Whole = true
			break
		}
		if err != nil {
			return nil, err
		}
		if row.Problem != nil || row.Geometry == nil && filled(row.Cells) == 0 {
			continue
		}
		l.Rows++
		for i := range l.Columns {
			l.Cells[i] = append(l.Cells[i], row.Cells[i])
		}
		if row.Geometry != nil {
			l.Geometries = append(l.Geometries, row.Geometry)
		}
	}
	return l, nil
}

// Samples are the first different texts of a column, short.
func (l *Look) Samples(column, most int) []string {
	out := []string{}
	seen := map[string]bool{}
	for _, c := range l.Cells[column] {
		text := clipText(fold(cellText(c)), 60)
		if text == "" || seen[text] {
			continue
		}
		seen[text] = true
		if out = append(out, text); len(out) == most {
			break
		}
	}
	return out
}

// Positions gives the places of the rows as the file has them, by a mapping of columns to lon and lat or both, or the
// rows' own. What cannot be read is counted.
func (l *Look) Positions(m Mapping) (places []orb.Point, unread int) {
	at := map[string]int{}
	for i, c := range l.Columns {
		at[c] = i
	}
	p := &plan{lon: -1, lat: -1, pair: -1, key: -1}
	for _, pair := range m {
		if i, ok := at[pair.Column]; ok && pair.Field != toKey {
			p.place(pair.Field, i)
		}
	}
	if p.pair < 0 && (p.lon < 0 || p.lat < 0) {
		for _, g := range l.Geometries {
			places = append(places, g.Bound().Center())
		}
		return places, 0
	}
	for row := range l.Rows {
		place, ok := l.position(p, row)
		if ok {
			places = append(places, place)
		} else {
			unread++
		}
	}
	return places, unread
}

func (l *Look) position(p *plan, row int) (orb.Point, bool) {
	if p.pair >= 0 {
		a, b, ok := splitPair(fold(cellText(l.Cells[p.pair][row])))
		if p.latFirst {
			a, b = b, a
		}
		return orb.Point{a, b}, ok
	}
	lon, ok1 := parseCoordinate(cellText(l.Cells[p.lon][row]))
	lat, ok2 := parseCoordinate(cellText(l.Cells[p.lat][row]))
	return orb.Point{lon, lat}, ok1 && ok2 && (lon != 0 || lat != 0)
}
