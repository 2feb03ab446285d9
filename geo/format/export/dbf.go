package export

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// mostTextBytes is what a column of dBASE holds, in bytes.
const mostTextBytes = 254

// attribute is a value as the table of a Shapefile has it.
func attribute(f layer.Field, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return "T"
		}
		return "F"
	case float64:
		text := forMachines(f, v)
		if len(text) > 24 {
			text = strconv.FormatFloat(v, 'g', -1, 64)
		}
		return text
	case time.Time:
		if f.Type == layer.Date {
			return v.Format("20060102")
		}
	}
	return forMachines(f, v)
}

// pieces parts a text into what columns hold: between characters, and not beside a space, since those at the edges of a
// column are none of its text. Only a run of spaces as long as a column loses some.
func pieces(text string) []string {
	var out []string
	for len(text) > mostTextBytes {
		end := mostTextBytes
		for end > 0 && (!utf8.RuneStart(text[end]) || text[end-1] == ' ' || text[end] == ' ') {
			end--
		}
		if end == 0 {
			for end = mostTextBytes; !utf8.RuneStart(text[end]); {
				end--
			}
		}
		out, text = append(out, text[:end]), text[end:]
	}
	return append(out, text)
}

// tableColumn is a column of the table: a whole field, or a piece of a long text.
type tableColumn struct {
	name            string
	field           int // of the raw attributes
	kind            byte
	width, decimals int
}

// columnOf is the column of a field; a text is as wide as the longest.
func columnOf(f layer.Field, longest int) tableColumn {
	switch f.Type {
	case layer.Integer:
		return tableColumn{kind: 'N', width: 18}
	case layer.Number:
		return tableColumn{kind: 'N', width: 24, decimals: 15}
	case layer.Boolean:
		return tableColumn{kind: 'L', width: 1}
	case layer.Date:
		return tableColumn{kind: 'D', width: 8}
	}
	return tableColumn{kind: 'C', width: min(max(1, longest), mostTextBytes)}
}

// What the head of a dBASE file can say: the bytes of a record in two bytes, and the columns that programs expect.
const (
	mostRecordBytes = 65535
	mostColumns     = 255
)

// writeTable writes the .dbf.
func (s *shapes) writeTable(w io.Writer, columns []tableColumn) error {
	out := bufio.NewWriterSize(w, 64<<10)
	record := 1
	var described []byte
	for _, c := range columns {
		record += c.width
		column := make([]byte, 32)
		copy(column[:10], c.name)
		column[11], column[16], column[17] = c.kind, byte(c.width), byte(c.decimals)
		described = append(described, column...)
	}
	if record > mostRecordBytes || len(columns) > mostColumns {
		return &geo.InputError{Code: "too_long_for_format", Zh: "有的文字太长，Shapefile 放不下；请改用 Excel 或 GeoPackage 导出", En: "texts are too long for a Shapefile: export a workbook or a GeoPackage instead"}
	}
	head := make([]byte, 32)
	head[0], head[1], head[2], head[3] = 3, 126, 1, 1 // dBASE III; the date of the last change is nobody's business
	binary.LittleEndian.PutUint32(head[4:], uint32(len(s.lengths)))
	binary.LittleEndian.PutUint16(head[8:], uint16(32+len(described)+1))
	binary.LittleEndian.PutUint16(head[10:], uint16(record))
	out.Write(head)
	out.Write(described)
	out.WriteByte('\r')
	if err := s.copyRecords(out, columns); err != nil {
		return err
	}
	out.WriteByte(0x1a)
	return out.Flush()
}

// copyRecords fills the raw attributes up to the width of their columns: numbers on the right, all else on the left.
func (s *shapes) copyRecords(out *bufio.Writer, columns []tableColumn) error {
	if _, err := s.raw.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(s.raw, 64<<10)
	var text []byte
	var rest []string
	for range s.lengths {
		out.WriteByte(' ')
		field := -1
		for _, c := range columns {
			if c.field != field {
				field = c.field
				n, err := binary.ReadUvarint(in)
				if err != nil {
					return fmt.Errorf("reading attributes again: %w", err)
				}
				text = slices.Grow(text[:0], int(n))[:n]
				if _, err := io.ReadFull(in, text); err != nil {
					return fmt.Errorf("reading attributes again: %w", err)
				}
				rest = pieces(string(text))
			}
			piece := ""
			if len(rest) > 0 {
				piece, rest = rest[0], rest[1:]
			}
			if c.kind == 'N' {
				fill(out, c.width-len(piece))
			}
			out.WriteString(piece)
			if c.kind != 'N' {
				fill(out, c.width-len(piece))
			}
		}
	}
	return nil // errors stay with the writer until flush
}

func fill(out *bufio.Writer, n int) {
	for range n {
		out.WriteByte(' ')
	}
}
