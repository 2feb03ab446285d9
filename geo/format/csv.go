package format

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/transform"

	"fourmaps/geo"
)

// csvSource reads a CSV file. All its cells are texts.
type csvSource struct {
	reader  *csv.Reader
	columns []string
	notes   []Note
	limits  Limits
	size    int64
	base    int // lines before the part that reader reads
	rows    int
}

func openCSV(r io.ReaderAt, size int64, o Options) (Source, error) {
	enc, note, err := detectEncoding(r, size, o.Encoding)
	if err != nil {
		return nil, err
	}
	text := bufio.NewReaderSize(transform.NewReader(io.NewSectionReader(r, 0, size), enc.NewDecoder()), 64<<10)
	s := &csvSource{notes: []Note{note}, limits: o.limits(), size: size}
	delimiter := o.Delimiter
	if head, _ := text.Peek(4096); strings.HasPrefix(strings.ToLower(strings.TrimPrefix(string(head), "\ufeff")), "sep=") {
		line, _ := text.ReadString('\n') // Excel's own way to name the delimiter
		s.base = 1
		if rest := strings.TrimPrefix(line, "\ufeff")[4:]; delimiter == 0 && strings.TrimRight(rest, "\r\n") != "" {
			delimiter = []rune(rest)[0]
		}
	}
	if delimiter == 0 {
		head, _ := text.Peek(32 << 10)
		delimiter = sniffDelimiter(string(head))
	}
	if delimiter == '"' || delimiter == '\r' || delimiter == '\n' || delimiter == 0xfffd {
		return nil, badInput("csv_delimiter", "分隔符无效", "the delimiter is not usable")
	}
	s.reader = csv.NewReader(text)
	s.reader.Comma = delimiter
	s.reader.FieldsPerRecord = -1
	if err := s.readHeader(o.HeaderRow); err != nil {
		return nil, err
	}
	return s, nil
}

// sniffDelimiter takes the sign that parts the first lines into most cells; signs inside quotes do not count.
func sniffDelimiter(head string) rune {
	best, most := ',', 0
	for _, d := range []rune{',', ';', '\t', '|'} {
		count, quoted := 0, false
		for _, c := range head {
			switch {
			case c == '"':
				quoted = !quoted
			case c == d && !quoted:
				count++
			}
			if c == '\n' && !quoted && count > 0 {
				break
			}
		}
		if count > most {
			best, most = d, count
		}
	}
	return best
}

// readHeader goes to the header row, or to the first row with at least two cells.
func (s *csvSource) readHeader(wanted int) error {
	for {
		record, err := s.reader.Read()
		if err == io.EOF {
			return headerMissing()
		}
		if err != nil {
			var syntax *csv.ParseError
			if errors.As(err, &syntax) {
				why := quotesFault(syntax)
				return because(badInput("csv_broken", "表头无法读取：%[1]s", "the header cannot be read: %[2]s", why.Zh, why.En), err)
			}
			return because(badInput("file_broken", "文件无法读取", "the file cannot be read"), err)
		}
		line := s.line()
		if err := s.limits.checkColumns(len(record)); err != nil {
			return err
		}
		if wanted > line {
			continue
		}
		if wanted == 0 && line < 20 && filled(texts(record)) < 2 {
			continue // a title above the table
		}
		for len(record) > 1 && strings.TrimSpace(record[len(record)-1]) == "" {
			record = record[:len(record)-1]
		}
		s.columns = uniqueNames(record)
		if line > 1 {
			s.notes = append(s.notes, headerNote(line, line))
		}
		return nil
	}
}

func headerMissing() error {
	return badInput("header_missing", "没有找到表头行；请用 --header-row 说明", "no header row was found; say which it is with --header-row")
}

func headerNote(first, last int) Note {
	n := badInput("", "表头在第 %d 行", "the header is row %d", first)
	if last > first {
		n = badInput("", "表头在第 %d–%d 行", "the header is rows %d–%d", first, last)
	}
	return Note{"header_row", n.Zh, n.En}
}

// line is where the record just read begins.
func (s *csvSource) line() int {
	line, _ := s.reader.FieldPos(0)
	return s.base + line
}

func texts(record []string) []any {
	cells := make([]any, len(record))
	for i, t := range record {
		if t != "" {
			cells[i] = Unguarded(t)
		}
	}
	return cells
}

func (s *csvSource) Columns() []string { return s.columns }
func (s *csvSource) CRS() geo.CRS      { return geo.Undeclared }
func (s *csvSource) Notes() []Note     { return s.notes }
func (s *csvSource) Close() error      { return nil }

// Progress counts the bytes of the decoded text, which are about those of the file.
func (s *csvSource) Progress() (done, total int64) {
	return min(s.reader.InputOffset(), s.size), s.size
}

// Next gives the next row. A row with broken quotes is a row with a problem.
func (s *csvSource) Next() (Row, error) {
	record, err := s.reader.Read()
	if err == io.EOF {
		return Row{}, io.EOF
	}
	s.rows++
	if err := s.limits.checkRows(s.rows); err != nil {
		return Row{}, err
	}
	var syntax *csv.ParseError
	if errors.As(err, &syntax) {
		row := Row{Number: s.base + syntax.StartLine}
		row.Problem = problem(row.Number, "", quotesFault(syntax))
		return row, nil
	}
	if err != nil {
		return Row{}, because(badInput("file_broken", "文件无法读取", "the file cannot be read"), err)
	}
	row := Row{Number: s.line(), Cells: texts(record)}
	row.Problem = fitCells(&row, s.columns, s.limits)
	return row, nil
}

// quotesFault says what is wrong with the quotes of a row.
func quotesFault(err *csv.ParseError) *geo.InputError {
	if errors.Is(err, csv.ErrBareQuote) {
		return badInput("csv_quotes", "引号不成对：没有用引号括起来的单元格中有引号", "the quotes do not match: there is a quote inside a cell that is not in quotes")
	}
	return badInput("csv_quotes", "引号不成对：引号没有结束，或结束后还有文字", "the quotes do not match: one does not end, or something follows its end")
}

// fitCells brings a row to the number of columns and checks its cells. Cells beyond the header that hold something
// are a problem: they show that the row has slipped.
func fitCells(row *Row, columns []string, l Limits) *Problem {
	for len(row.Cells) < len(columns) {
		row.Cells = append(row.Cells, nil)
	}
	extra := row.Cells[len(columns):]
	row.Cells = row.Cells[:len(columns)]
	if filled(extra) > 0 {
		return problem(row.Number, "", badInput("too_many_cells", "该行的单元格比表头多 %d 个", "the row has %d cells more than the header", len(extra)))
	}
	for i, c := range row.Cells {
		if t, text := c.(string); text {
			if err := l.checkCell(len(t)); err != nil {
				return problem(row.Number, columns[i], err)
			}
		}
	}
	return nil
}
