package files_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// corner is an image whose quarters are red, green, blue and white, in this order: upper left, upper right, lower left,
// lower right. It shows how it is turned.
func corner(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case y < h/2 && x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2 && x < w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func encodedPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// said is what a test's EXIF says.
type said struct {
	orientation int
	lon, lat    float64
	placed      bool
	taken       string
	offset      string
	datum       string
}

// tag is one value of a directory under construction.
type tag struct {
	id, kind, count int
	value           []byte
}

// block writes a TIFF block as cameras do, in either byte order.
func block(order binary.ByteOrder, s said) []byte {
	var out []byte
	put16 := func(n int) { out = append(out, 0, 0); order.PutUint16(out[len(out)-2:], uint16(n)) }
	put32 := func(n int) { out = append(out, 0, 0, 0, 0); order.PutUint32(out[len(out)-4:], uint32(n)) }
	directory := func(tags []tag) (at int) {
		var values []int
		for _, one := range tags {
			values = append(values, len(out))
			if len(one.value) > 4 {
				out = append(out, one.value...)
			}
		}
		at = len(out)
		put16(len(tags))
		for i, one := range tags {
			put16(one.id)
			put16(one.kind)
			put32(one.count)
			if len(one.value) > 4 {
				put32(values[i])
				continue
			}
			out = append(out, append(append([]byte{}, one.value...), make([]byte, 4-len(one.value))...)...)
		}
		put32(0)
		return at
	}
	ascii := func(id int, text string) tag { return tag{id, 2, len(text) + 1, append([]byte(text), 0)} }
	if order == binary.LittleEndian {
		out = append(out, "II*\x00"...)
	} else {
		out = append(out, "MM\x00*"...)
	}
	put32(0)
	long := func(id, n int) tag {
		b := make([]byte, 4)
		order.PutUint32(b, uint32(n))
		return tag{id, 4, 1, b}
	}
	var main []tag
	if s.orientation != 0 {
		b := make([]byte, 2)
		order.PutUint16(b, uint16(s.orientation))
		main = append(main, tag{0x0112, 3, 1, b})
	}
	if s.taken != "" {
		tags := []tag{ascii(0x9003, s.taken)}
		if s.offset != "" {
			tags = append(tags, ascii(0x9011, s.offset))
		}
		main = append(main, long(0x8769, directory(tags)))
	}
	if s.placed {
		degrees := func(id int, v float64) tag {
			b := make([]byte, 24)
			order.PutUint32(b, uint32(v))
			order.PutUint32(b[4:], 1)
			minutes := (v - float64(uint32(v))) * 60
			order.PutUint32(b[8:], uint32(minutes))
			order.PutUint32(b[12:], 1)
			order.PutUint32(b[16:], uint32((minutes-float64(uint32(minutes)))*60*1e6))
			order.PutUint32(b[20:], 1e6)
			return tag{id, 5, 3, b}
		}
		lonRef, latRef := "E", "N"
		if s.lon < 0 {
			lonRef, s.lon = "W", -s.lon
		}
		if s.lat < 0 {
			latRef, s.lat = "S", -s.lat
		}
		tags := []tag{ascii(1, latRef), degrees(2, s.lat), ascii(3, lonRef), degrees(4, s.lon)}
		if s.datum != "" {
			tags = append(tags, ascii(0x12, s.datum))
		}
		main = append(main, long(0x8825, directory(tags)))
	}
	main = append(main, ascii(0x0131, "GPSGPSGPS secret software"))
	at := directory(main)
	order.PutUint32(out[4:], uint32(at))
	return out
}

func segment(mark byte, body []byte) []byte {
	return append([]byte{0xff, mark, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// told puts EXIF, XMP, IPTC, a comment and what follows the end into a JPEG.
func told(photo []byte, exif []byte) []byte {
	out := append([]byte{}, photo[:2]...)
	out = append(out, segment(0xe1, append([]byte("Exif\x00\x00"), exif...))...)
	out = append(out, segment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>exif:GPSLatitude=25 secret</x:xmpmeta>"))...)
	out = append(out, segment(0xe2, []byte("ICC_PROFILE\x00\x01\x01a colour profile"))...)
	out = append(out, segment(0xe2, []byte("MPF\x00 secret preview"))...)
	out = append(out, segment(0xed, []byte("Photoshop 3.0\x00 secret IPTC"))...)
	out = append(out, segment(0xfe, []byte("secret comment"))...)
	out = append(out, photo[2:]...)
	return append(out, "ftypmp42 moov secret GPS+25.2+110.1/"...)
}

func chunk(name string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	out = append(append(out, name...), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// toldPNG puts EXIF and text into a PNG.
func toldPNG(photo []byte, exif []byte) []byte {
	out := append([]byte{}, photo[:33]...) // up to the end of IHDR
	out = append(out, chunk("eXIf", exif)...)
	out = append(out, chunk("tEXt", []byte("Comment\x00secret"))...)
	out = append(out, photo[33:]...)
	return append(out, "secret behind the end"...)
}

// archive is a ZIP archive with empty parts.
func archive(t testing.TB, parts ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range parts {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(part, "<xml/>")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
