package files

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"fourmaps/geo/layer"
)

// Media types that are taken.
const (
	typeJPEG = "image/jpeg"
	typePNG  = "image/png"
	typeWebP = "image/webp"
	typePDF  = "application/pdf"
	typeZip  = "application/zip" // looked into: DOCX, XLSX or PPTX
)

// headBytes is how much of a file the first look sees.
const headBytes = 512

// taken says what files may be, for refusals.
const (
	takenZh = "可以上传 JPEG、PNG、WebP 照片和 PDF、DOCX、XLSX、PPTX 文件"
	takenEn = "JPEG, PNG and WebP photos and PDF, DOCX, XLSX and PPTX documents are taken"
)

// kindOf finds out what a file is from its first bytes, whatever it is called.
func kindOf(head []byte) (Kind, string, error) {
	has := func(at int, text string) bool { return len(head) >= at && bytes.HasPrefix(head[at:], []byte(text)) }
	switch {
	case has(0, "\xff\xd8\xff"):
		return Photo, typeJPEG, nil
	case has(0, pngBegin):
		return Photo, typePNG, nil
	case has(0, "RIFF") && has(8, "WEBP"):
		return Photo, typeWebP, nil
	case has(0, "%PDF-"):
		return Document, typePDF, nil
	case has(0, "PK\x03\x04"):
		return Document, typeZip, nil
	}
	return "", "", notTaken(head, has)
}

// notTaken says what a file is that is not taken, where that is known.
func notTaken(head []byte, has func(int, string) bool) error {
	told := func(zh, en string) error {
		return &Refused{"type_not_taken", layer.Text{Zh: zh + "；" + takenZh, En: en + "; " + takenEn}}
	}
	brand := ""
	if has(4, "ftyp") && len(head) >= 12 {
		brand = string(head[8:12])
	}
	switch brand {
	case "heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "avif", "avis":
		return refuse("type_not_taken", "不支持 HEIC/AVIF 照片：请在手机“设置 → 相机 → 格式”中选择“兼容性最佳”（JPEG），或先转换为 JPEG",
			"HEIC and AVIF photos are not taken: choose JPEG in the camera's settings (iPhone: Camera → Formats → Most Compatible), or convert the photo")
	}
	if len(head) == 0 {
		return refuse("type_not_taken", "文件是空的", "the file is empty")
	}
	for _, one := range []struct{ begins, zh, en string }{
		{"GIF8", "GIF 图片", "GIF images"}, {"BM", "BMP 图片", "BMP images"}, {"II*\x00", "TIFF 图片", "TIFF images"}, {"MM\x00*", "TIFF 图片", "TIFF images"},
		{"\xd0\xcf\x11\xe0", "旧版或加密的 Office 文件", "Office documents of before 2007, or encrypted ones,"}, {"MZ", "程序", "programs"}, {"\x7fELF", "程序", "programs"}, {"#!", "脚本", "scripts"},
	} {
		if has(0, one.begins) {
			return told("不支持"+one.zh, one.en+" are not taken")
		}
	}
	if brand != "" {
		return told("不支持视频", "videos are not taken")
	}
	if text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")); bytes.HasPrefix(text, []byte("<")) {
		return told("这是网页、SVG 或 XML，不是照片", "this is a web page, SVG or XML and no photo")
	}
	if readable(head) {
		return told("这是文本或脚本", "this is text or a script")
	}
	return told("无法识别文件内容", "it cannot be told what this file is")
}

// readable tells whether bytes look like text; the last character may be cut.
func readable(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n <= 1 {
			return len(head) < utf8.UTFMax
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		head = head[n:]
	}
	return true
}

// Ending is the usual end of a name for a media type.
func Ending(mediaType string) string {
	switch mediaType {
	case typeJPEG:
		return ".jpg"
	case typePNG:
		return ".png"
	case typeWebP:
		return ".webp"
	case typePDF:
		return ".pdf"
	}
	for _, o := range office {
		if o.mediaType == mediaType {
			return o.ending
		}
	}
	return ""
}

// tooLarge refuses a file by its size.
func tooLarge(kind Kind, most int64) error {
	size := fmt.Sprintf("%d MB", most>>20)
	if kind == Photo {
		return refuse("too_large", "照片超过 %s", "the photo has more than %s", size)
	}
	return refuse("too_large", "文件超过 %s", "the document has more than %s", size)
}
