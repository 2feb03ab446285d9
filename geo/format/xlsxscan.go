package format

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// longestPiece is the longest tag or text that the quick scan of a sheet looks at, in bytes.
const longestPiece = 64 << 10

// quickScan is scanSheet for sheets as office programs write them, eight times as fast. It is false for all that it does
// not understand or finds wrong, which the decoder then judges.
func quickScan(r io.Reader) (scan *sheetScan, rows int, ok bool) {
	q := quick{sheetScan: newSheetScan(), from: bufio.NewReaderSize(r, longestPiece), names: map[string]string{}}
	for {
		text, err := q.from.ReadSlice('<')
		q.bytes += int64(len(text))
		if err == io.EOF {
			return q.sheetScan, q.rows, q.rooted && len(q.open) == 0 && len(bytes.TrimSpace(text)) == 0
		}
		if err != nil || !isPlainText(text[:len(text)-1]) || len(q.open) == 0 && len(bytes.TrimSpace(text)) > 1 {
			return nil, 0, false
		}
		first := q.bytes == 1
		tag, err := q.from.ReadSlice('>')
		q.bytes += int64(len(tag))
		if err != nil || !q.tag(tag[:len(tag)-1], first) {
			return nil, 0, false
		}
	}
}

// quick is a quick scan on its way.
type quick struct {
	*sheetScan
	from   *bufio.Reader
	names  map[string]string // of elements, each kept once
	open   []string          // elements
	rooted bool              // the outermost element has begun
	rows   int
	cells  int
	merged int
}

func (q *quick) tag(tag []byte, first bool) bool {
	switch {
	case len(tag) == 0 || tag[0] == '!':
		return false
	case tag[0] == '?':
		return first && (bytes.Equal(tag, []byte(`?xml version="1.0" encoding="UTF-8" standalone="yes"?`)) || bytes.Equal(tag, []byte(`?xml version="1.0" encoding="UTF-8"?`)))
	case tag[0] == '/':
		last := len(q.open) - 1
		if last < 0 || q.open[last] != string(tag[1:]) {
			return false
		}
		q.open = q.open[:last]
		return true
	}
	closed := tag[len(tag)-1] == '/'
	if closed {
		tag = tag[:len(tag)-1]
	}
	end := bytes.IndexByte(tag, ' ')
	if end < 0 {
		end = len(tag)
	}
	name, known := q.names[string(tag[:end])]
	if !known {
		if name = string(tag[:end]); !isPlainName(tag[:end]) || len(q.names) > 1000 {
			return false
		}
		q.names[name] = name
	}
	if len(q.open) == 0 && q.rooted {
		return false
	}
	q.rooted = true
	if !closed {
		q.open = append(q.open, name)
	}
	return q.element(name, tag[end:])
}

// element counts rows, cells and merged ranges; elements with a namespace prefix are left to the decoder.
func (q *quick) element(name string, attributes []byte) bool {
	number, ref, ok := placeOf(attributes)
	if !ok || bytes.IndexByte([]byte(name), ':') >= 0 {
		return false
	}
	switch name {
	case "row":
		q.rows++
		q.cells = 0
		if n, err := strconv.Atoi(string(number)); err == nil {
			q.last = n
		} else {
			q.last++
		}
	case "c":
		q.cells++
		q.widest = max(q.widest, q.cells)
	case "mergeCell":
		if q.merged++; q.merged > maxMerges {
			return false
		}
		q.addMerge(string(ref))
	}
	return true
}

// placeOf reads attributes such as ` r="12" s="3"` and gives those called r and ref.
func placeOf(attributes []byte) (r, ref []byte, ok bool) {
	for len(attributes) > 0 {
		equals := bytes.IndexByte(attributes, '=')
		if attributes[0] != ' ' || equals < 2 || equals+1 >= len(attributes) || attributes[equals+1] != '"' {
			return r, ref, len(bytes.Trim(attributes, " ")) == 0 // a blank before the end is as usual as none
		}
		name, rest := attributes[1:equals], attributes[equals+2:]
		end := bytes.IndexByte(rest, '"')
		if end < 0 || !isPlainName(name) || !isPlainText(rest[:end]) || bytes.IndexByte(rest[:end], '<') >= 0 {
			return nil, nil, false
		}
		switch local := name[bytes.LastIndexByte(name, ':')+1:]; {
		case string(local) == "r" && r == nil:
			r = rest[:end]
		case string(local) == "ref" && ref == nil:
			ref = rest[:end]
		}
		attributes = rest[end+1:]
	}
	return r, ref, true
}

// isPlainName tells whether a name is one in ASCII, with at most one prefix.
func isPlainName(name []byte) bool {
	colons := 0
	for i, c := range name {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_':
		case c == ':' && i > 0 && i < len(name)-1:
			if colons++; colons > 1 {
				return false
			}
		case i > 0 && name[i-1] != ':' && (c >= '0' && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return len(name) > 0
}

// isPlainText tells whether a text is whole: UTF-8, without signs that XML does not know, and with no escapes but the five.
func isPlainText(text []byte) bool {
	wide := false
	for i, c := range text {
		switch {
		case c < ' ' && c != '\t' && c != '\n' && c != '\r':
			return false
		case c >= utf8.RuneSelf:
			wide = true
		case c == '&' && !knownEscape(text[i:]), c == ']' && bytes.HasPrefix(text[i:], []byte("]]>")):
			return false
		}
	}
	return !wide || utf8.Valid(text) && !bytes.Contains(text, []byte("\ufffe")) && !bytes.Contains(text, []byte("\uffff"))
}

func knownEscape(text []byte) bool {
	for _, escape := range []string{"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"} {
		if bytes.HasPrefix(text, []byte(escape)) {
			return true
		}
	}
	return false
}
