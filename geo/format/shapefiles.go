package format

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"fourmaps/geo"
)

// maxShapefiles bounds how many Shapefiles of an archive are read as one table.
const maxShapefiles = 50

// shapefiles reads several Shapefiles of the same columns one after the other, as one table: a Shapefile holds one kind of
// geometry, so that a layer of points and lines is two. Rows are counted through.
type shapefiles struct {
	parts  []*shapefileSource
	orders [][]int // by part and column of the table: the column of the part
	notes  []Note
	at     int
	before int // rows of the parts before the one at hand
}

// joinShapefiles refuses Shapefiles that are no one table, and closes them then.
func joinShapefiles(names []string, parts []*shapefileSource, l Limits) (*shapefiles, error) {
	s := &shapefiles{parts: parts}
	rows := 0
	var zh, en []string
	for i, p := range parts {
		order, err := sameColumns(names[0], parts[0].Columns(), names[i], p.Columns())
		if err == nil && p.CRS() != parts[0].CRS() {
			err = badInput("shapefiles_differ", "压缩包内的 Shapefile“%[1]s”和“%[2]s”坐标系不同（%[3]s、%[4]s），请分别导入",
				"the Shapefiles %[1]q and %[2]q of the archive have different coordinate systems (%[3]s, %[4]s): import them one by one", base(names[0]), base(names[i]), parts[0].CRS(), p.CRS())
		}
		if err != nil {
			s.Close()
			return nil, err
		}
		s.orders = append(s.orders, order)
		zh = append(zh, fmt.Sprintf("%s 第 %d–%d 行", base(names[i]), rows+1, rows+p.table.records))
		en = append(en, fmt.Sprintf("%s rows %d–%d", base(names[i]), rows+1, rows+p.table.records))
		rows += p.table.records
	}
	if err := l.checkRows(rows); err != nil {
		s.Close()
		return nil, err
	}
	s.notes = append(slices.Clone(parts[0].Notes()), Note{"shapefiles", "作为一张表读取：" + strings.Join(zh, "，"), "read as one table: " + strings.Join(en, ", ")})
	return s, nil
}

func base(name string) string { return path.Base(name) }

// sameColumns tells where a Shapefile has the columns of another; one that has other columns is refused with their names.
func sameColumns(firstName string, first []string, name string, columns []string) ([]int, error) {
	order := make([]int, len(first))
	var missing, more []string
	for i, c := range first {
		if order[i] = slices.Index(columns, c); order[i] < 0 {
			missing = append(missing, c)
		}
	}
	for _, c := range columns {
		if !slices.Contains(first, c) {
			more = append(more, c)
		}
	}
	if len(missing)+len(more) == 0 {
		return order, nil
	}
	zh, en := "", ""
	if len(missing) > 0 {
		zh, en = "；只在“"+base(firstName)+"”中："+strings.Join(missing, "、"), "; only in "+base(firstName)+": "+strings.Join(missing, ", ")
	}
	if len(more) > 0 {
		zh, en = zh+"；只在“"+base(name)+"”中："+strings.Join(more, "、"), en+"; only in "+base(name)+": "+strings.Join(more, ", ")
	}
	return nil, badInput("shapefiles_differ", "压缩包内的 Shapefile“%[1]s”和“%[2]s”列不同，不能作为一张表读取，请分别导入%[3]s",
		"the Shapefiles %[1]q and %[2]q of the archive have different columns and are no one table: import them one by one%[4]s", base(firstName), base(name), zh, en)
}

func (s *shapefiles) Columns() []string { return s.parts[0].Columns() }
func (s *shapefiles) CRS() geo.CRS      { return s.parts[0].CRS() }
func (s *shapefiles) Notes() []Note     { return s.notes }

// Progress counts bytes of the shapes.
func (s *shapefiles) Progress() (done, total int64) {
	for _, p := range s.parts {
		d, t := p.Progress()
		done, total = done+d, total+t
	}
	return done, total
}

// Close closes all parts.
func (s *shapefiles) Close() error {
	var errs []error
	for _, p := range s.parts {
		errs = append(errs, p.Close())
	}
	return errors.Join(errs...)
}

// Next gives the next shape of all.
func (s *shapefiles) Next() (Row, error) {
	for s.at < len(s.parts) {
		row, err := s.parts[s.at].Next()
		if err == io.EOF {
			s.before += s.parts[s.at].number
			s.at++
			continue
		}
		if err != nil {
			return Row{}, err
		}
		row.Number += s.before
		if row.Problem != nil {
			row.Problem.Row = row.Number
		}
		cells := make([]any, len(row.Cells))
		for i, from := range s.orders[s.at] {
			cells[i] = row.Cells[from]
		}
		row.Cells = cells
		return row, nil
	}
	return Row{}, io.EOF
}
