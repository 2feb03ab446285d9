package export

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"fourmaps/geo/format"
)

// csvWriter writes CSV (RFC 4180). Text that a spreadsheet would take for a formula is guarded (format.Guarded).
type csvWriter struct {
	*sheet
	out *bufio.Writer
	end func() error
}

func newCSV(w io.Writer, s *sheet) (Writer, error) {
	c := &csvWriter{sheet: s, end: func() error { return nil }}
	if s.GB18030 {
		encoded := transform.NewWriter(w, simplifiedchinese.GB18030.NewEncoder())
		w, c.end = encoded, encoded.Close
	}
	c.out = bufio.NewWriterSize(w, 64<<10)
	if !s.GB18030 {
		c.out.WriteString("\ufeff") // without the mark Excel takes UTF-8 for the local encoding
	}
	lon, lat := placeHeadings(s.CRS)
	header := make([]string, 0, len(s.fields)+3)
	for _, f := range s.fields {
		header = append(header, heading(f.Label))
	}
	return c, c.record(append(header, lon, lat, heading(idLabel)))
}

// Write writes a row.
func (c *csvWriter) Write(r Row) error {
	cells := make([]string, 0, len(c.fields)+3)
	for i, f := range c.fields {
		text := c.forPeople(f, r.Values[i])
		if _, isText := r.Values[i].(string); isText {
			text = format.Guarded(text)
		}
		cells = append(cells, text)
	}
	p, ok, err := c.point(r)
	if err != nil {
		return fmt.Errorf("placing row %s: %w", r.ID, err)
	}
	lon, lat := "", ""
	if ok {
		lon, lat = degrees(p[0]), degrees(p[1])
	}
	c.rows++
	return c.record(append(cells, lon, lat, r.ID.String()))
}

// record writes a line. Whatever might pass for a delimiter is in quotes.
func (c *csvWriter) record(cells []string) error {
	for i, cell := range cells {
		if i > 0 {
			c.out.WriteByte(',')
		}
		if strings.ContainsAny(cell, ",;\t|\"\n") || cell != strings.TrimSpace(cell) {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		c.out.WriteString(cell)
	}
	_, err := c.out.WriteString("\r\n") // the first error stays with the writer
	return err
}

// Close ends the file.
func (c *csvWriter) Close() (Report, error) {
	err := c.out.Flush()
	if e := c.end(); err == nil {
		err = e
	}
	return c.report(), err
}

// Abandon has nothing to let go of.
func (c *csvWriter) Abandon() {}
