package files

import (
	"bytes"
	"encoding/binary"
	"slices"

	"golang.org/x/image/webp"
)

// Flags of the chunk VP8X (RFC 9649, 2.7.1).
const (
	webpAnimated = 1 << 1
	webpXMP      = 1 << 2
	webpEXIF     = 1 << 3
	webpICC      = 1 << 5
)

// webpPicture reads a WebP file up to its end. Chunks of pixels stay.
func webpPicture(data []byte) (picture, error) {
	p := picture{exif: exif{orientation: 1}, clean: append(make([]byte, 0, len(data)), data[:12]...)}
	end := min(int64(len(data)), int64(binary.LittleEndian.Uint32(data[4:]))+8)
	flags, profile := -1, false
	for at := int64(12); at+8 <= end; {
		name, size := string(data[at:at+4]), int64(binary.LittleEndian.Uint32(data[at+4:]))
		padded := size + size&1
		if at+8+size > end {
			return picture{}, damaged("WebP: it breaks off")
		}
		whole, body := data[at:min(at+8+padded, end)], data[at+8:at+8+size]
		at += 8 + padded
		switch {
		case name == "VP8X" && size == 10 && flags < 0:
			flags = len(p.clean) + 8
		case name == "EXIF":
			p.exif = readEXIF(body)
		case name == "ANIM" || name == "ANMF":
			return picture{}, refuse("type_not_taken", "不支持动态图片", "animated images are not taken")
		}
		if name == "ICCP" && size <= mostProfile {
			profile = true
		}
		if slices.Contains([]string{"VP8 ", "VP8L", "VP8X", "ALPH"}, name) || name == "ICCP" && profile {
			p.clean = append(p.clean, whole...)
			if len(p.clean)&1 != 0 {
				p.clean = append(p.clean, 0)
			}
		}
	}
	if flags >= 0 {
		p.clean[flags] &^= webpXMP | webpEXIF | webpAnimated
		if !profile {
			p.clean[flags] &^= webpICC
		}
	}
	binary.LittleEndian.PutUint32(p.clean[4:], uint32(len(p.clean)-8))
	config, err := webp.DecodeConfig(bytes.NewReader(p.clean))
	if err != nil {
		return picture{}, damaged("WebP")
	}
	p.width, p.height = config.Width, config.Height
	p.memory = int64(config.Width) * int64(config.Height) * 6
	return p, nil
}
