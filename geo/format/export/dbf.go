package export

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"fourmaps/geo/layer"
)

// mostTextBytes is what a column of dBASE holds, in bytes.
const mostTextBytes = 254

// attribute is a value as the table of a Shapefile has it, and whether it had to be cut.
func attribute(f layer.Field, v any) (text string, cut bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return "T", false
		}
		return "F", false
	case float64:
		if text = forMachines(f, v); len(text) > 24 {
			text = strconv.FormatFloat(v, 'g', -1, 64)
		}
		return text, false
	case time.Time:
		if f.Type == layer.Date {
			return v.Format("20060102"), false
		}
	}
	if text = forMachines(f, v); len(text) <= mostTextBytes {
		return text, false
	}
	end := mostTextBytes
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], true
}

// tableColumn is the type of a column and its width where the type decides it; 0 leaves it to the longest text.
func tableColumn(f layer.Field) (kind byte, width, decimals int) {
	switch f.Type {
	case layer.Integer:
		return 'N', 18, 0
	case layer.Number:
		return 'N', 24, 15
	case layer.Boolean:
		return 'L', 1, 0
	case layer.Date:
		return 'D', 8, 0
	}
	return 'C', 0, 0
}

// writeTable writes the .dbf: the id and the fields.
func (s *shapes) writeTable(w io.Writer, names []string, fields []layer.Field) error {
	out := bufio.NewWriterSize(w, 64<<10)
	kinds, record := make([]byte, len(names)), 1
	var columns []byte
	for i, name := range names {
		f := layer.Field{Type: layer.String}
		if i > 0 {
			f = fields[i-1]
		}
		kind, width, decimals := tableColumn(f)
		if kind != 'C' {
			s.widths[i] = width
		}
		kinds[i], s.widths[i] = kind, max(1, s.widths[i])
		record += s.widths[i]
		column := make([]byte, 32)
		copy(column[:10], name)
		column[11], column[16], column[17] = kind, byte(s.widths[i]), byte(decimals)
		columns = append(columns, column...)
	}
	head := make([]byte, 32)
	head[0], head[1], head[2], head[3] = 3, 126, 1, 1 // dBASE III; the date of the last change is nobody's business
	binary.LittleEndian.PutUint32(head[4:], uint32(len(s.lengths)))
	binary.LittleEndian.PutUint16(head[8:], uint16(32+len(columns)+1))
	binary.LittleEndian.PutUint16(head[10:], uint16(record))
	out.Write(head)
	out.Write(columns)
	out.WriteByte('\r')
	if err := s.copyRecords(out, kinds); err != nil {
		return err
	}
	out.WriteByte(0x1a)
	return out.Flush()
}

// copyRecords fills the raw attributes up to the width of their columns: numbers on the right, all else on the left.
func (s *shapes) copyRecords(out *bufio.Writer, kinds []byte) error {
	if _, err := s.raw.Seek(0, io.SeekStart); err != nil {
		return err
	}
	in := bufio.NewReaderSize(s.raw, 64<<10)
	for range s.lengths {
		out.WriteByte(' ')
		for i, width := range s.widths {
			n, err := binary.ReadUvarint(in)
			if err != nil {
				return fmt.Errorf("reading attributes again: %w", err)
			}
			gap := width - int(n)
			if kinds[i] == 'N' {
				fill(out, gap)
			}
			if _, err := io.CopyN(out, in, int64(n)); err != nil {
				return fmt.Errorf("reading attributes again: %w", err)
			}
			if kinds[i] != 'N' {
				fill(out, gap)
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
