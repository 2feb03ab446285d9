package files

import (
	"encoding/binary"
	"slices"
)

const pngBegin = "\x89PNG\r\n\x1a\n"

// pngKept are the chunks that pixels and their colours need (PNG, third edition); text, times, EXIF and animations go.
var pngKept = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "pHYs", "bKGD"}

// pngPicture reads a PNG file up to its end.
func pngPicture(data []byte) (picture, error) {
	p := picture{exif: exif{orientation: 1}, clean: append(make([]byte, 0, len(data)), pngBegin...)}
	for at := len(pngBegin); ; {
		if at+12 > len(data) {
			return picture{}, damaged("PNG: it breaks off")
		}
		size := int64(binary.BigEndian.Uint32(data[at:]))
		if int64(at)+12+size > int64(len(data)) {
			return picture{}, damaged("PNG: it breaks off")
		}
		whole, name := data[at:at+12+int(size)], string(data[at+4:at+8])
		body := whole[8 : 8+size]
		at += len(whole)
		switch {
		case name == "IHDR" && size == 13 && p.width == 0:
			if err := p.pngHeader(body); err != nil {
				return picture{}, err
			}
		case p.width == 0:
			return picture{}, damaged("PNG: without size")
		case name == "eXIf":
			p.exif = readEXIF(body)
		}
		if slices.Contains(pngKept, name) || name == "iCCP" && size <= mostProfile {
			p.clean = append(p.clean, whole...)
		}
		if name == "IEND" {
			return p, nil
		}
	}
}

func (p *picture) pngHeader(body []byte) error {
	w, h := binary.BigEndian.Uint32(body), binary.BigEndian.Uint32(body[4:])
	if w == 0 || h == 0 || w > 1<<20 || h > 1<<20 {
		return refuse("too_many_pixels", "照片的尺寸过大（%d×%d）", "the photo has too many pixels (%d×%d)", w, h)
	}
	p.width, p.height = int(w), int(h)
	bytes := int64(4)
	if body[8] == 16 {
		bytes = 8
	}
	p.memory = int64(w) * int64(h) * bytes
	if body[12] != 0 {
		p.memory *= 2 // interlaced: a pass is decoded beside the image
	}
	return nil
}
