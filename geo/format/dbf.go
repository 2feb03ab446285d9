package format

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// dbfField is a column of a dBASE table.
type dbfField struct {
	kind  byte // C text, N and F number, D date, L yes or no, I integer, O double
	width int
}

// dbfReader reads the attribute table of a Shapefile.
type dbfReader struct {
	data     io.ReaderAt
	fields   []dbfField
	names    []string // of columns, decoded once the encoding is known
	columns  []int    // by field: its column; a text too long for one field goes on in the next ones
	raw      [][]byte // names as they stand
	records  int
	start    int64
	width    int
	language string // encoding that the language byte names; "" for none
	decoder  *encoding.Decoder
	reader   *bufio.Reader
	read     int
}

func openDBF(r io.ReaderAt, size int64) (*dbfReader, error) {
	broken := badInput("shapefile_broken", ".dbf 文件不完整或已损坏", "the .dbf file is truncated or damaged")
	var head [32]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, broken
	}
	t := &dbfReader{
		data:    r,
		records: int(binary.LittleEndian.Uint32(head[4:])),
		start:   int64(binary.LittleEndian.Uint16(head[8:])),
		width:   int(binary.LittleEndian.Uint16(head[10:])),
	}
	switch head[29] { // those that mean Chinese; the others are mostly set by habit
	case 0x4d, 0x7a:
		t.language = "gbk"
	case 0x78, 0x4f:
		t.language = "big5"
	}
	if t.start < 33 || t.width < 1 || t.start+int64(t.records)*int64(t.width) > size {
		return nil, broken
	}
	fields := make([]byte, t.start-32)
	if _, err := r.ReadAt(fields, 32); err != nil {
		return nil, broken
	}
	sum := 1
	for ; len(fields) >= 32 && fields[0] != 0x0d; fields = fields[32:] {
		name, _, _ := bytes.Cut(fields[:11], []byte{0})
		f := dbfField{kind: fields[11], width: int(fields[16])}
		if f.kind == 'C' {
			f.width += int(fields[17]) << 8 // long texts keep the rest of their width here
		}
		if sum += f.width; f.width == 0 || sum > t.width {
			return nil, broken
		}
		t.fields, t.raw = append(t.fields, f), append(t.raw, bytes.TrimSpace(name))
	}
	if len(t.fields) == 0 {
		return nil, broken
	}
	t.rewind()
	return t, nil
}

func (t *dbfReader) rewind() {
	t.reader = bufio.NewReaderSize(io.NewSectionReader(t.data, t.start, int64(t.records)*int64(t.width)), 256<<10)
	t.read = 0
}

// scanText tells whether all texts are ASCII, and if not whether they are UTF-8.
func (t *dbfReader) scanText() (ascii, isUTF8 bool, err error) {
	ascii, isUTF8 = true, true
	look := func(b []byte) {
		for _, c := range b {
			if c >= 0x80 {
				ascii = false
			}
		}
		if !utf8.Valid(wholeRunes(b)) {
			isUTF8 = false
		}
	}
	for _, n := range t.raw {
		look(n)
	}
	record := make([]byte, t.width)
	for range t.records {
		if _, err := io.ReadFull(t.reader, record); err != nil {
			return false, false, badInput("shapefile_broken", ".dbf 文件不完整", "the .dbf file is truncated")
		}
		at := 1
		for _, f := range t.fields {
			if f.kind == 'C' {
				look(bytes.TrimRight(record[at:at+f.width], " \x00"))
			}
			at += f.width
		}
	}
	t.rewind()
	return ascii, isUTF8, nil
}

// wholeRunes cuts off a character that did not fit into the width of its field.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= 3 && i <= len(b); i++ {
		if c := b[len(b)-i]; utf8.RuneStart(c) {
			if c >= 0xc0 && !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			return b
		}
	}
	return b
}

// text decodes bytes of the table.
func (t *dbfReader) text(b []byte) string {
	out, err := t.decoder.Bytes(b)
	if err != nil {
		return string(b)
	}
	return strings.TrimRight(strings.TrimSuffix(string(out), "\ufffd"), " \x00") // a half character at the edge of the field
}

// decodeNames decodes the column names once the encoding is known.
func (t *dbfReader) decodeNames() {
	var names []string
	t.columns = make([]int, len(t.raw))
	for i, n := range t.raw {
		name := t.text(n)
		if i == 0 || t.fields[i].kind != 'C' || t.fields[i-1].kind != 'C' || !continues(names[len(names)-1], name) {
			names = append(names, name)
		}
		t.columns[i] = len(names) - 1
	}
	t.names = uniqueNames(names)
}

// next gives the cells of the next record, and whether it is marked as deleted.
func (t *dbfReader) next() (cells []any, deleted bool, err error) {
	if t.read >= t.records {
		return nil, false, io.EOF
	}
	record := make([]byte, t.width)
	if _, err := io.ReadFull(t.reader, record); err != nil {
		return nil, false, badInput("shapefile_broken", ".dbf 文件不完整", "the .dbf file is truncated")
	}
	t.read++
	cells = make([]any, len(t.names))
	at := 1
	for i, f := range t.fields {
		cell, column := t.cell(f, record[at:at+f.width]), t.columns[i]
		if before, more := cells[column].(string); more && cell != nil {
			cell = before + cellText(cell)
		}
		if cell != nil {
			cells[column] = cell
		}
		at += f.width
	}
	return cells, record[0] == '*', nil
}

func (t *dbfReader) cell(f dbfField, b []byte) any {
	switch f.kind {
	case 'I':
		if len(b) == 4 {
			return float64(int32(binary.LittleEndian.Uint32(b)))
		}
	case 'O':
		if len(b) == 8 {
			if v := math.Float64frombits(binary.LittleEndian.Uint64(b)); !math.IsNaN(v) && !math.IsInf(v, 0) {
				return v
			}
		}
		return nil
	}
	trimmed := bytes.Trim(b, " \x00")
	switch f.kind {
	case 'N', 'F':
		s := string(trimmed)
		if s == "" || strings.Trim(s, "*") == "" { // stars mean that the number did not fit
			return nil
		}
		if v, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) && (math.Abs(v) < 1<<53 || strings.ContainsAny(s, "eE.")) {
			return v
		}
		return s
	case 'D':
		if d, err := time.Parse("20060102", string(trimmed)); err == nil {
			return Moment(d)
		}
		if strings.Trim(string(trimmed), "0") == "" {
			return nil
		}
	case 'L':
		switch string(trimmed) {
		case "T", "t", "Y", "y":
			return true
		case "F", "f", "N", "n":
			return false
		}
		return nil
	}
	if len(trimmed) == 0 {
		return nil
	}
	return textOrNil(t.text(trimmed))
}
