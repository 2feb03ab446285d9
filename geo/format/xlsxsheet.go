package format

import (
	"encoding/xml"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The edges of a sheet by the standard, and how many merged ranges are looked at.
const (
	lastSheetRow    = 1_048_576
	lastSheetColumn = 16_384
	maxMerges       = 200_000
)

// merge is a range of cells in one column that share the value of the first; only columns are filled down, which is
// how ledgers group their rows.
type merge struct{ from, to int } // rows

// maxHeaderRows bounds a header whose cells are merged.
const maxHeaderRows = 5

// sheetScan is what a first pass over a sheet finds.
type sheetScan struct {
	bytes  int64
	merges map[int][]merge // by column
	across map[int][]merge // by row: columns of ranges that lie within maxHeaderRows rows
	last   int             // row
	widest int             // cells of a row
}

// scanSheet reads a sheet once to be sure that it is whole, and to find its merged cells, which stand at its end.
func (b *workbook) scanSheet(name string, l Limits) (*sheetScan, error) {
	r, err := b.archive.open(b.archive.find(name))
	if err != nil {
		return nil, err
	}
	scan, rows, ok := quickScan(r)
	r.Close()
	if !ok {
		if r, err = b.archive.open(b.archive.find(name)); err != nil {
			return nil, err
		}
		defer r.Close()
		if scan, rows, err = slowScan(name, r); err != nil {
			return nil, err
		}
	}
	for _, ranges := range scan.merges {
		slices.SortFunc(ranges, func(a, b merge) int { return a.from - b.from })
	}
	return scan, l.checkRows(rows - 1)
}

func newSheetScan() *sheetScan {
	return &sheetScan{merges: map[int][]merge{}, across: map[int][]merge{}}
}

// slowScan scans a sheet by the decoder, which knows all of XML and says what is wrong.
func slowScan(name string, r io.Reader) (*sheetScan, int, error) {
	scan := newSheetScan()
	d := xml.NewDecoder(r)
	rows, cells, merges := 0, 0, 0
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, 0, brokenXML(name, err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "row":
			rows++
			cells = 0
			if n, err := strconv.Atoi(attribute(start, "r")); err == nil {
				scan.last = n
			} else {
				scan.last++
			}
		case "c":
			cells++
			scan.widest = max(scan.widest, cells)
		case "mergeCell":
			if merges++; merges > maxMerges {
				return nil, 0, badInput("too_many_merges", "合并单元格过多", "there are too many merged cells")
			}
			scan.addMerge(attribute(start, "ref"))
		}
	}
	scan.bytes = d.InputOffset()
	return scan, rows, nil
}

func (s *sheetScan) addMerge(ref string) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return
	}
	c1, r1, ok1 := cellPlace(from)
	c2, r2, ok2 := cellPlace(to)
	switch {
	case !ok1 || !ok2:
	case c1 == c2 && r1 < r2:
		s.merges[c1] = append(s.merges[c1], merge{r1, r2})
	case c1 < c2 && r1 <= r2 && r2-r1 < maxHeaderRows:
		s.across[r1] = append(s.across[r1], merge{c1, c2})
	}
}

// cellPlace reads a reference such as "AB12": column from 0, row from 1.
func cellPlace(ref string) (column, row int, ok bool) {
	i := 0
	for i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z' && i < 4 {
		column = column*26 + int(ref[i]-'A') + 1
		i++
	}
	row, err := strconv.Atoi(ref[i:])
	return column - 1, row, i > 0 && err == nil && column <= lastSheetColumn && row >= 1 && row <= lastSheetRow
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// sheetReader reads the rows of a sheet.
type sheetReader struct {
	book    *workbook
	name    string
	part    io.ReadCloser
	xml     *xml.Decoder
	merges  map[int][]merge
	across  map[int][]merge
	held    map[int]any // by column: the value of the merged range at hand
	row     int
	lastRow int
	widest  int
}

func (b *workbook) openSheet(name string, scan *sheetScan) (*sheetReader, error) {
	r, err := b.archive.open(b.archive.find(name))
	if err != nil {
		return nil, err
	}
	return &sheetReader{book: b, name: name, part: r, xml: xml.NewDecoder(r), merges: scan.merges, across: scan.across, held: map[int]any{}, lastRow: scan.last, widest: scan.widest}, nil
}

func (s *sheetReader) close() error { return s.part.Close() }

// next gives the number and cells of the next row that is in the sheet, or io.EOF.
func (s *sheetReader) next() (int, []any, error) {
	for {
		t, err := s.xml.Token()
		if err == io.EOF {
			return 0, nil, io.EOF
		}
		if err != nil {
			return 0, nil, brokenXML(s.name, err)
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		number := s.row + 1
		if r := attribute(start, "r"); r != "" {
			if number, err = strconv.Atoi(r); err != nil || number <= s.row || number > lastSheetRow {
				return 0, nil, badInput("file_broken", "工作表的行号“%.20s”有误", "the sheet has a wrong row number %.20q", r)
			}
		}
		s.row = number
		cells, err := s.cells()
		if err != nil {
			return 0, nil, brokenXML(s.name, err)
		}
		return number, s.fill(cells), nil
	}
}

// cells reads the cells up to the end of the row.
func (s *sheetReader) cells() ([]any, error) {
	var cells []any
	for {
		t, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return cells, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := s.xml.Skip(); err != nil {
					return nil, err
				}
				continue
			}
			column := len(cells)
			if ref := attribute(t, "r"); ref != "" {
				c, _, ok := cellPlace(ref)
				if !ok || c < len(cells) {
					return nil, badInput("file_broken", "工作表的单元格位置“%.20s”有误", "the sheet has a wrong cell reference %.20q", ref)
				}
				column = c
			}
			value, err := s.cell(t)
			if err != nil {
				return nil, err
			}
			if value == nil {
				continue
			}
			for len(cells) < column {
				cells = append(cells, nil)
			}
			cells = append(cells, value)
		}
	}
}

// cell reads the value of a cell up to its end.
func (s *sheetReader) cell(start xml.StartElement) (any, error) {
	var value strings.Builder
	var inline string
	depth := 0
	inValue := false
	for {
		t, err := s.xml.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local == "is" {
				if inline, err = richText(s.xml); err != nil {
					return nil, err
				}
				continue
			}
			depth++
			inValue = t.Name.Local == "v"
		case xml.CharData:
			if inValue {
				value.Write(t)
			}
		case xml.EndElement:
			if depth == 0 {
				return s.value(attribute(start, "t"), attribute(start, "s"), value.String(), inline)
			}
			depth--
			inValue = false
		}
	}
}

// value makes a cell of what the sheet says about its type and style.
func (s *sheetReader) value(kind, style, value, inline string) (any, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(s.book.strings) {
			return nil, badInput("file_broken", "工作表引用了不存在的文本 %.20s", "the sheet refers to a text %.20q that does not exist", value)
		}
		return textOrNil(s.book.strings[i]), nil
	case "inlineStr":
		return textOrNil(inline), nil
	case "str":
		return textOrNil(unescapeExcel(value)), nil
	case "b":
		return value == "1" || value == "true", nil
	case "e":
		return CellError(value), nil
	case "d":
		if t, err := time.Parse("2006-01-02T15:04:05", strings.TrimSuffix(value, "Z")); err == nil {
			return Moment(t), nil
		}
		return textOrNil(value), nil
	}
	if value == "" {
		return nil, nil
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return textOrNil(value), nil
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.book.dates) && s.book.dates[i] {
		if t, ok := excelTime(n, s.book.from1904); ok {
			return Moment(t), nil
		}
	}
	return n, nil
}

func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// excelTime turns a serial number into a date and time. Excel believes that 1900 was a leap year, so days before
// March 1900 are not taken for dates at all.
func excelTime(serial float64, from1904 bool) (time.Time, bool) {
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	first := 61.0
	if from1904 {
		epoch, first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC), 0
	}
	if serial < first || serial >= 2_958_466 { // the day after 9999
		return time.Time{}, false
	}
	days := math.Floor(serial)
	seconds := math.Round((serial - days) * 86400)
	return epoch.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second), true
}

// fill puts the value of a merged range into its lower cells, if the row has anything else in it.
func (s *sheetReader) fill(cells []any) []any {
	empty := filled(cells) == 0
	for column, ranges := range s.merges {
		for len(ranges) > 0 && ranges[0].to < s.row {
			ranges = ranges[1:]
			delete(s.held, column)
		}
		s.merges[column] = ranges
		if len(ranges) == 0 || s.row < ranges[0].from {
			continue
		}
		if s.row == ranges[0].from {
			if column < len(cells) {
				s.held[column] = cells[column]
			}
			continue
		}
		if empty || s.held[column] == nil {
			continue
		}
		for len(cells) <= column {
			cells = append(cells, nil)
		}
		if cells[column] == nil {
			cells[column] = s.held[column]
		}
	}
	return cells
}
