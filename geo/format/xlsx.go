package format

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"fourmaps/geo"
)

// Limits of the parts of a workbook that are held in memory.
const (
	maxSharedStrings = 256 << 20 // bytes of XML
	maxWorkbookPart  = 16 << 20
)

// xlsxSource reads one sheet of a workbook, row by row. The reader is our own because excelize's row iterator ends
// without an error where the XML of a sheet is broken, so that rows would be lost in silence, and because it does not
// say which numbers are dates.
type xlsxSource struct {
	sheet   *sheetReader
	columns []string
	first   int // column of the sheet where the table begins
	notes   []Note
	limits  Limits
	held    *heldRow // read too early
	rows    int
	total   int64
}

type heldRow struct {
	number int
	cells  []any
}

// workbook is what is known of a workbook beside its sheets.
type workbook struct {
	archive  *archive
	strings  []string
	dates    []bool // by cell style: whether numbers are dates
	from1904 bool   // days are counted from 1904 and not from 1900
}

func openXLSX(r io.ReaderAt, size int64, o Options) (Source, error) {
	limits := o.limits()
	a, err := openArchive(r, size, limits)
	if err != nil {
		return nil, err
	}
	book := workbook{archive: a}
	name, sheetPath, others, err := book.findSheet(o.Sheet)
	if err != nil {
		return nil, err
	}
	if err := book.readStyles(); err != nil {
		return nil, err
	}
	if err := book.readStrings(limits); err != nil {
		return nil, err
	}
	scan, err := book.scanSheet(sheetPath, limits)
	if err != nil {
		return nil, err
	}
	s := &xlsxSource{limits: limits, total: scan.bytes}
	note := badInput("", "工作表：%s", "sheet: %s", name)
	if others != "" {
		note = badInput("", "工作表：%s（未读取：%s）", "sheet: %s (not read: %s)", name, others)
	}
	s.notes = append(s.notes, Note{"sheet", note.Zh, note.En})
	if s.sheet, err = book.openSheet(sheetPath, scan); err != nil {
		return nil, err
	}
	if err := s.readHeader(o.HeaderRow); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *xlsxSource) Columns() []string { return s.columns }
func (s *xlsxSource) CRS() geo.CRS      { return geo.Undeclared }
func (s *xlsxSource) Notes() []Note     { return s.notes }
func (s *xlsxSource) Close() error      { return s.sheet.close() }

// Progress counts unpacked bytes of the sheet.
func (s *xlsxSource) Progress() (done, total int64) { return s.sheet.xml.InputOffset(), s.total }

// Next gives the next row that the sheet holds.
func (s *xlsxSource) Next() (Row, error) {
	number, cells, err := s.next()
	if err != nil {
		return Row{}, err
	}
	s.rows++
	if err := s.limits.checkRows(s.rows); err != nil {
		return Row{}, err
	}
	row := Row{Number: number}
	if len(cells) > s.first {
		row.Cells = cells[s.first:]
	}
	row.Problem = fitCells(&row, s.columns, s.limits)
	return row, nil
}

func (s *xlsxSource) next() (int, []any, error) {
	if held := s.held; held != nil {
		s.held = nil
		return held.number, held.cells, nil
	}
	return s.sheet.next()
}

// findSheet finds the sheet asked for, or the first visible one, and names the other visible ones.
func (b *workbook) findSheet(wanted string) (name, sheetPath, others string, err error) {
	var book struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			// The strict form of the standard has another namespace.
			StrictID string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode("xl/workbook.xml", &book, true); err != nil {
		return "", "", "", err
	}
	b.from1904 = book.Properties.Date1904 == "1" || book.Properties.Date1904 == "true"
	var relations struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := b.decode("xl/_rels/workbook.xml.rels", &relations, true); err != nil {
		return "", "", "", err
	}
	var rest []string
	for _, sheet := range book.Sheets {
		take := wanted == "" && name == "" && sheet.State != "hidden" && sheet.State != "veryHidden" || wanted != "" && sheet.Name == wanted
		if !take {
			if sheet.State == "" || sheet.State == "visible" {
				rest = append(rest, sheet.Name)
			}
			continue
		}
		name = sheet.Name
		for _, r := range relations.List {
			if r.ID == sheet.ID+sheet.StrictID {
				sheetPath = path.Join("xl", r.Target)
				if strings.HasPrefix(r.Target, "/") {
					sheetPath = path.Clean(r.Target)[1:]
				}
			}
		}
	}
	switch {
	case wanted != "" && name == "":
		return "", "", "", badInput("sheet_missing", "没有名为“%s”的工作表（有：%s）", "there is no sheet %q (there are: %s)", wanted, strings.Join(rest, "、"))
	case name == "" || sheetPath == "" || b.archive.find(sheetPath) == nil:
		return "", "", "", badInput("file_broken", "工作簿中没有可读的工作表", "the workbook has no sheet that can be read")
	}
	return name, sheetPath, strings.Join(rest, "、"), nil
}

// decode reads a part of the workbook; one that is not required may be missing.
func (b *workbook) decode(name string, into any, required bool) error {
	f := b.archive.find(name)
	if f == nil {
		if required {
			return because(badInput("file_broken", "这不是 .xlsx 工作簿，或已损坏", "this is no .xlsx workbook, or a damaged one"), fmt.Errorf("no part %s", name))
		}
		return nil
	}
	data, err := b.archive.read(f, maxWorkbookPart)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(data, into); err != nil {
		return brokenXML(name, err)
	}
	return nil
}

func brokenXML(name string, err error) error {
	var known *geo.InputError
	if errors.As(err, &known) {
		return err
	}
	return because(badInput("file_broken", "工作簿已损坏：其中一部分无法读取", "the workbook is damaged: a part of it cannot be read"), fmt.Errorf("%s: %w", name, err))
}

// readStyles finds out which cell styles show numbers as dates.
func (b *workbook) readStyles() error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode("xl/styles.xml", &styles, false); err != nil {
		return err
	}
	custom := map[int]bool{}
	for _, f := range styles.Formats {
		custom[f.ID] = isDateFormat(f.Code)
	}
	for _, c := range styles.Cells {
		date, own := custom[c.Format]
		if !own {
			f := c.Format // the built-in date formats, with those of Chinese and Japanese Excel
			date = f >= 14 && f <= 22 || f >= 27 && f <= 36 || f >= 45 && f <= 47 || f >= 50 && f <= 58
		}
		b.dates = append(b.dates, date)
	}
	return nil
}

// isDateFormat tells whether a number format shows parts of a date or time outside quotes and brackets.
func isDateFormat(code string) bool {
	quoted, bracket, escaped := false, false, false
	for _, c := range code {
		switch {
		case escaped:
			escaped = false
		case c == '\\' || c == '_' || c == '*':
			escaped = true
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case bracket:
		case strings.ContainsRune("yYdDhHsS", c), c == 'm', c == 'M':
			return true
		case c == ';':
			return false // the part for negative numbers says nothing new
		}
	}
	return false
}

// readStrings reads the texts that cells share, without the phonetic readings of Japanese ones.
func (b *workbook) readStrings(l Limits) error {
	const name = "xl/sharedStrings.xml"
	f := b.archive.find(name)
	if f == nil {
		return nil
	}
	r, err := b.archive.open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(&capped{r, maxSharedStrings})
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return brokenXML(name, err)
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "si" {
			text, err := richText(d)
			if err != nil {
				return brokenXML(name, err)
			}
			b.strings = append(b.strings, text)
		}
	}
}

// richText joins the pieces of a text up to the end of its element.
func richText(d *xml.Decoder) (string, error) {
	var b strings.Builder
	depth, phonetic, text := 1, 0, false
	for depth > 0 {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			depth++
			if t.Name.Local == "rPh" {
				phonetic = depth
			}
			text = t.Name.Local == "t"
		case xml.EndElement:
			if phonetic == depth {
				phonetic = 0
			}
			depth--
			text = false
		case xml.CharData:
			if text && phonetic == 0 {
				b.Write(t)
			}
		}
	}
	return unescapeExcel(b.String()), nil
}

// unescapeExcel resolves _xHHHH_, which is how a workbook writes characters that XML cannot hold.
func unescapeExcel(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			b.WriteString(s)
			return b.String()
		}
		code, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' {
			b.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		b.WriteString(s[:i])
		if code >= 0x20 || code == '\n' || code == '\t' {
			b.WriteRune(rune(code))
		}
		s = s[i+7:]
	}
}

// capped stops reading a part that has to be held in memory.
type capped struct {
	r    io.Reader
	left int64
}

// Read reads up to the cap.
func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, unpacksTooLarge()
	}
	return n, err
}
