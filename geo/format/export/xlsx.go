package export

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"fourmaps/geo/layer"
)

// xlsxWriter writes a workbook: a sheet of the rows, with typed cells and lists to choose from, a sheet for each list
// that belongs to rows, and a hidden one with the choices. Rows go to a temporary file; only the end makes the workbook.
type xlsxWriter struct {
	*sheet
	to      io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	styles  styles
	name    string        // of the sheet at hand
	row     int           // the last one written to it
	list    []layer.Field // of the list at hand
	choices int           // columns of the sheet of choices
	cut     int           // texts longer than a cell can hold
}

// styles of cells, by their number in the workbook.
type styles struct{ head, text, wrap, date, time, quiet int }

// mostCellUnits is what a cell of a workbook holds, in UTF-16 units.
const mostCellUnits = 32767

func newXLSX(w io.Writer, s *sheet) (Writer, error) {
	x := &xlsxWriter{sheet: s, to: w, file: excelize.NewFile(), name: sheetName(s.Layer.Label)}
	if err := x.begin(); err != nil {
		x.Abandon()
		return nil, fmt.Errorf("beginning the workbook: %w", err)
	}
	return x, nil
}

func (x *xlsxWriter) begin() error {
	if err := x.makeStyles(); err != nil {
		return err
	}
	if err := x.file.SetSheetName("Sheet1", x.name); err != nil {
		return err
	}
	lon, lat := placeHeadings(x.CRS)
	var columns []column
	for _, f := range x.fields {
		columns = append(columns, column{heading(f.Label), f})
	}
	place := layer.Field{Type: layer.Number}
	columns = append(columns, column{lon, place}, column{lat, place}, column{heading(idLabel), idField})
	if err := x.writeChoices(columns); err != nil {
		return err
	}
	return x.beginSheet(columns)
}

// idField is the column that tells which row it is.
var idField = layer.Field{Name: "id", Type: layer.String, MaxLength: 36, ReadOnly: true, Help: layer.Text{
	Zh: "请勿修改：再次导入时凭它找到原来的记录。新增的行请自编一个不重复的编号。",
	En: "Leave it as it is: an import finds the row by it. A new row needs a number of its own that no other has."}}

// column is a column of a sheet.
type column struct {
	heading string
	field   layer.Field
}

func (x *xlsxWriter) makeStyles() error {
	text, day, moment := "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	top := &excelize.Alignment{Vertical: "top"}
	for _, s := range []struct {
		into  *int
		style excelize.Style
	}{
		{&x.styles.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE7F0"}},
			Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, Border: []excelize.Border{{Type: "bottom", Color: "7F9DB9", Style: 1}}}},
		{&x.styles.text, excelize.Style{CustomNumFmt: &text, Alignment: top}},
		{&x.styles.wrap, excelize.Style{CustomNumFmt: &text, Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}}},
		{&x.styles.date, excelize.Style{CustomNumFmt: &day, Alignment: top}},
		{&x.styles.time, excelize.Style{CustomNumFmt: &moment, Alignment: top}},
		{&x.styles.quiet, excelize.Style{CustomNumFmt: &text, Font: &excelize.Font{Color: "808080"}, Alignment: top}},
	} {
		id, err := x.file.NewStyle(&s.style)
		if err != nil {
			return err
		}
		*s.into = id
	}
	return nil
}

// beginSheet writes the header of the sheet at hand; it and the first column stay in sight.
func (x *xlsxWriter) beginSheet(columns []column) (err error) {
	if x.stream, err = x.file.NewStreamWriter(x.name); err != nil {
		return err
	}
	if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	header := make([]any, len(columns))
	for i, c := range columns {
		header[i] = excelize.Cell{StyleID: x.styles.head, Value: c.heading}
		if err := x.stream.SetColWidth(i+1, i+1, width(c.field)); err != nil {
			return err
		}
	}
	x.row = 1
	return x.stream.SetRow("A1", header, excelize.RowOpts{Height: 36})
}

// width is that of a column, in characters.
func width(f layer.Field) float64 {
	switch f.Type {
	case layer.Date:
		return 12
	case layer.Time:
		return 20
	case layer.Integer, layer.Number, layer.Boolean:
		return 14
	case layer.Choice:
		return 16
	}
	return math.Max(16, math.Min(float64(f.MaxLength)/8+8, 48))
}

// Write writes a row.
func (x *xlsxWriter) Write(r Row) error {
	cells := make([]any, 0, len(x.fields)+3)
	for i, f := range x.fields {
		cells = append(cells, x.cell(f, r.Values[i]))
	}
	p, ok, err := x.point(r)
	if err != nil {
		return fmt.Errorf("placing row %s: %w", r.ID, err)
	}
	if ok {
		cells = append(cells, rounded(p[0]), rounded(p[1]))
	} else {
		cells = append(cells, nil, nil)
	}
	x.rows++
	return x.next(append(cells, x.id(r.ID)))
}

func (x *xlsxWriter) id(id uuid.UUID) any {
	return excelize.Cell{StyleID: x.styles.quiet, Value: id.String()}
}

func (x *xlsxWriter) next(cells []any) error {
	x.row++
	if x.row > excelize.TotalRows {
		return fmt.Errorf("a sheet holds no more than %d rows", excelize.TotalRows)
	}
	return x.stream.SetRow(fmt.Sprintf("A%d", x.row), cells)
}

// cell is a typed cell: numbers, dates and yes or no are what they are, all else is text.
func (x *xlsxWriter) cell(f layer.Field, v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case bool, int64:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case time.Time:
		if f.Type == layer.Date {
			return x.moment(f, v, x.styles.date)
		}
		return x.moment(f, v.In(x.Location), x.styles.time)
	}
	style := x.styles.text
	if f.MaxLength > 200 {
		style = x.styles.wrap
	}
	text := x.forPeople(f, v)
	if units := utf16.Encode([]rune(text)); len(units) > mostCellUnits {
		x.cut++
		text = strings.TrimSuffix(string(utf16.Decode(units[:mostCellUnits])), "\ufffd") // half of a rare character
	}
	return excelize.Cell{StyleID: style, Value: text}
}

// moment is a day and time as spreadsheets count: days since 1899-12-30 on the wall clock. Excel's calendar is wrong
// before March 1900; such a day goes as text.
func (x *xlsxWriter) moment(f layer.Field, t time.Time, style int) any {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	days := float64(wall.Unix()-time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()) / 86400
	if t.Year() > 9999 || days < 61 {
		return excelize.Cell{StyleID: x.styles.text, Value: x.forPeople(f, t)}
	}
	return excelize.Cell{StyleID: style, Value: days}
}

// List begins the sheet of a part.
func (x *xlsxWriter) List(p layer.Part) error {
	if err := x.stream.Flush(); err != nil {
		return fmt.Errorf("ending the sheet %s: %w", x.name, err)
	}
	x.name, x.list = sheetName(p.Label), x.ListFields(p)
	if _, err := x.file.NewSheet(x.name); err != nil {
		return fmt.Errorf("adding the sheet %s: %w", x.name, err)
	}
	columns := []column{{heading(x.Layer.Label), layer.Field{Type: layer.String, MaxLength: 200}}}
	for _, f := range x.list {
		columns = append(columns, column{heading(f.Label), f})
	}
	return x.beginSheet(append(columns, column{heading(idLabel), idField}))
}

// WriteLine writes a line of the list at hand.
func (x *xlsxWriter) WriteLine(name string, owner uuid.UUID, values []any) error {
	cells := []any{excelize.Cell{StyleID: x.styles.text, Value: tidy(name)}}
	for i, f := range x.list {
		cells = append(cells, x.cell(f, values[i]))
	}
	return x.next(append(cells, x.id(owner)))
}

// Close makes the workbook.
func (x *xlsxWriter) Close() (Report, error) {
	defer x.Abandon()
	if err := x.stream.Flush(); err != nil {
		return Report{}, fmt.Errorf("ending the sheet %s: %w", x.name, err)
	}
	if x.cut > 0 {
		x.note("text_cut", "有 %d 处文字超过单元格的上限，已截断", "%d texts are longer than a cell can hold and were cut", x.cut)
	}
	x.file.SetActiveSheet(0)
	if err := x.file.Write(x.to); err != nil {
		return Report{}, fmt.Errorf("writing the workbook: %w", err)
	}
	return x.report(), nil
}

// Abandon removes the temporary files.
func (x *xlsxWriter) Abandon() {
	if x.file != nil {
		_ = x.file.Close() // a file that stays is the system's to remove
		x.file = nil
	}
}

// sheetName is a label without the signs that names of sheets may not have.
func sheetName(label layer.Text) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, label.Zh+" "+label.En)
	return string([]rune(name)[:min(len([]rune(name)), 31)])
}
