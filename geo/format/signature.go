package format

import (
	"bytes"
	"fmt"
	"io"

	"golang.org/x/text/encoding/unicode"

	"fourmaps/geo"
)

// signatures are how files begin that hold no rows, whatever they are called.
var signatures = []struct{ begins, zh, en string }{
	{"%PDF", "PDF 文档", "a PDF document"}, {"%!PS", "PostScript 文档", "a PostScript document"}, {`{\rtf`, "RTF 文档", "an RTF document"},
	{"\x89PNG", "PNG 图片", "a PNG image"}, {"\xff\xd8\xff", "JPEG 照片", "a JPEG photo"}, {"GIF8", "GIF 图片", "a GIF image"},
	{"II*\x00", "TIFF 图片", "a TIFF image"}, {"MM\x00*", "TIFF 图片", "a TIFF image"},
	{"Rar!", "RAR 压缩包", "a RAR archive"}, {"7z\xbc\xaf", "7z 压缩包", "a 7z archive"}, {"\x1f\x8b", "gzip 压缩包", "a gzip archive"}, {"BZh", "bzip2 压缩包", "a bzip2 archive"}, {"\xfd7zXZ", "xz 压缩包", "an xz archive"},
	{"\x7fELF", "程序", "a program"}, {"\xcf\xfa\xed\xfe", "程序", "a program"}, {"\xca\xfe\xba\xbe", "程序", "a program"}, {"#!", "脚本", "a script"},
	{"OggS", "音频或视频", "a sound or a film"}, {"ID3", "音频", "a sound"}, {"PMTiles", "PMTiles 底图", "a PMTiles base map"},
}

// binarySignatures are too short to tell a file from text; they count where other bytes are no text either.
var binarySignatures = []struct{ begins, zh, en string }{
	{"MZ", "程序", "a program"}, {"BM", "BMP 图片", "a BMP image"}, {"RIFF", "图片、音频或视频", "an image, a sound or a film"},
}

// foreign says what a file is that holds no rows at all, by its content; nil if it may hold some.
func foreign(head []byte) error {
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.begins)) {
			return notImportable(s.zh, s.en)
		}
	}
	if len(head) >= 12 && string(head[4:8]) == "ftyp" {
		return notImportable("照片或视频", "a photo or a film")
	}
	if _, guessed := bareUTF16(head); guessed || !bytes.ContainsRune(head, 0) || hasBOM16(head) {
		return nil
	}
	for _, s := range binarySignatures {
		if bytes.HasPrefix(head, []byte(s.begins)) {
			return notImportable(s.zh, s.en)
		}
	}
	return nil
}

func notImportable(zh, en string) error {
	return badInput("format_unknown", "这是%[1]s，不能导入（可以导入 Excel .xlsx、CSV、GeoJSON、KML/KMZ、GeoPackage 和打包为 .zip 的 Shapefile）",
		"this is %[2]s, which cannot be imported (Excel .xlsx, CSV, GeoJSON, KML/KMZ, GeoPackage and a Shapefile in a .zip can)", zh, en)
}

// errBinary is for files whose bytes are no text and no kind that is known.
func errBinary() *geo.InputError {
	return badInput("file_binary", "文件内容不是文本，也不是可以导入的格式（可能是程序、图片，或已损坏）", "the file holds no text and is of no kind that can be imported (it may be a program or an image, or be damaged)")
}

// hasBOM16 tells whether a file says itself that it is UTF-16.
func hasBOM16(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
}

// bareUTF16 tells whether bytes look like UTF-16 that does not say so: digits, commas and line ends have a zero beside
// them, always on the same side.
func bareUTF16(head []byte) (order unicode.Endianness, ok bool) {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch {
	case zeros[1] >= 2 && zeros[0] == 0:
		return unicode.LittleEndian, true
	case zeros[0] >= 2 && zeros[1] == 0:
		return unicode.BigEndian, true
	}
	return unicode.LittleEndian, false
}

// refuseBinary refuses bytes that are no text and not UTF-16: with zeros anywhere, or many control characters at the beginning.
func refuseBinary(r io.ReaderAt, size int64) error {
	buffer := make([]byte, 64<<10)
	for offset := int64(0); offset < size; offset += int64(len(buffer)) {
		n, err := r.ReadAt(buffer, offset)
		if err != nil && err != io.EOF {
			return fmt.Errorf("read text: %w", err)
		}
		if bytes.IndexByte(buffer[:n], 0) >= 0 || offset == 0 && manyControls(buffer[:n]) {
			return errBinary()
		}
	}
	return nil
}

func manyControls(b []byte) bool {
	controls := 0
	for _, c := range b {
		if c < 0x20 && !bytes.ContainsRune([]byte("\t\n\v\f\r\x1a\x1b\x1e"), rune(c)) || c == 0x7f {
			controls++
		}
	}
	return controls*100 > len(b)
}
