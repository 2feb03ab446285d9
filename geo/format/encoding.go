package format

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// namedEncoding finds an encoding by the name that people or a .cpg file give it.
func namedEncoding(name string) (encoding.Encoding, error) {
	key := strings.ToLower(strings.TrimSpace(name))
	key = strings.TrimPrefix(strings.TrimPrefix(key, "cp"), "ansi ")
	switch strings.NewReplacer("-", "", "_", "", " ", "").Replace(key) {
	case "utf8", "65001":
		return utf.UTF8, nil
	case "936", "gbk", "gb2312", "gb18030", "oem936", "ms936", "gb", "ansi936":
		return simplifiedchinese.GB18030, nil
	case "950":
		key = "big5"
	case "932":
		key = "shift_jis"
	case "1252", "88591", "iso88591":
		key = "windows-1252"
	}
	e, err := htmlindex.Get(key)
	if err != nil {
		return nil, badInput("encoding_unknown", "不认识的字符编码“%s”（可用：utf-8、gb18030 等）", "unknown character encoding %q (utf-8, gb18030 and others are known)", name)
	}
	return e, nil
}

// detectEncoding finds how a text file is encoded by reading it whole: a byte-order mark, or valid UTF-8, or valid
// GB18030, which is what Excel writes in China. It says what it found; the operator may say otherwise.
func detectEncoding(r io.ReaderAt, size int64, declared string) (encoding.Encoding, Note, error) {
	note := func(name string) Note {
		return Note{"encoding", "字符编码：" + name, "character encoding: " + name}
	}
	if declared != "" {
		return declaredEncoding(r, size, declared)
	}
	switch head := firstBytes(r, 3); {
	case hasBOM16(head):
		e := utf.UTF16(utf.LittleEndian, utf.ExpectBOM)
		ok, err := decodes(io.NewSectionReader(r, 0, size), e)
		if err == nil && !ok {
			err = errBinary()
		}
		return e, note("UTF-16"), err
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return utf.UTF8BOM, note("UTF-8"), refuseBinary(r, size)
	}
	if order, guessed := bareUTF16(firstBytes(r, 4096)); guessed {
		e := utf.UTF16(order, utf.IgnoreBOM)
		if ok, err := decodes(io.NewSectionReader(r, 0, size), e); ok || err != nil {
			return e, note("UTF-16"), err
		}
	}
	if err := refuseBinary(r, size); err != nil {
		return nil, Note{}, err
	}
	ok, err := validUTF8(io.NewSectionReader(r, 0, size))
	if err != nil {
		return nil, Note{}, err
	}
	if ok {
		return utf.UTF8, note("UTF-8"), nil
	}
	if ok, err = decodes(io.NewSectionReader(r, 0, size), simplifiedchinese.GB18030); err != nil {
		return nil, Note{}, err
	}
	if ok {
		return simplifiedchinese.GB18030, note("GB18030"), nil
	}
	return nil, Note{}, badInput("encoding_unclear", "文件既不是 UTF-8 也不是 GB18030 编码，请用 --encoding 说明", "the file is neither UTF-8 nor GB18030; say its encoding with --encoding")
}

// declaredEncoding is the one that the operator names. Bytes that are no text in it are refused all the same.
func declaredEncoding(r io.ReaderAt, size int64, name string) (encoding.Encoding, Note, error) {
	e, err := namedEncoding(name)
	if err == nil && !strings.Contains(strings.ToLower(name), "16") {
		err = refuseBinary(r, size)
	}
	return e, Note{"encoding", "字符编码：" + name, "character encoding: " + name}, err
}

// firstBytes are so many of a file, or as many as there are.
func firstBytes(r io.ReaderAt, n int) []byte {
	head := make([]byte, n)
	read, _ := r.ReadAt(head, 0) // what cannot be read shows when the whole is read
	return head[:read]
}

func validUTF8(r io.Reader) (bool, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		c, size, err := b.ReadRune()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("read text: %w", err)
		}
		if c == utf8.RuneError && size == 1 || c == 0 {
			return false, nil
		}
	}
}

// decodes tells whether everything can be read in an encoding.
func decodes(r io.Reader, e encoding.Encoding) (bool, error) {
	b := bufio.NewReaderSize(transform.NewReader(r, e.NewDecoder()), 64<<10)
	for {
		c, _, err := b.ReadRune()
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, fmt.Errorf("read text: %w", err)
		}
		if c == utf8.RuneError || c == 0 {
			return false, nil
		}
	}
}

// garbled tells whether a text went through the wrong encoding before it came here, which only shows in what it says:
// question marks that were taken for GBK, or Chinese in UTF-8 that was taken for a western encoding.
func garbled(s string) bool {
	if strings.Contains(s, "锟斤拷") {
		return true
	}
	raw, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil || len(raw) == len(s) || !utf8.ValidString(raw) {
		return false
	}
	return strings.ContainsFunc(raw, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
