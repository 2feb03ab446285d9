package files

import (
	"bytes"
	"encoding/binary"
)

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	markSOF0  = 0xc0 // to 0xcf: a frame, but for DHT, JPG and DAC
	markDHT   = 0xc4
	markJPG   = 0xc8
	markDAC   = 0xcc
	markRST0  = 0xd0
	markRST7  = 0xd7
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markDQT   = 0xdb
	markDRI   = 0xdd
	markAPP1  = 0xe1
	markAPP2  = 0xe2
	markAPP14 = 0xee // Adobe: which colours
)

// mostScans bounds the work of a progressive photo, whose every scan visits all pixels; encoders make about ten.
const mostScans = 64

// jpegReader walks over the segments of a JPEG file.
type jpegReader struct {
	picture
	data        []byte
	at          int
	scans       int
	progressive bool
	samples     int // per pixel, in halves
}

// jpegPicture reads a JPEG file up to its end. Of segments only those stay that pixels need: tables, frames, scans, the
// colour profile and Adobe's mark. EXIF, XMP, IPTC, comments, previews and what follows the end (the film of a "live"
// photo, with its own position) go.
func jpegPicture(data []byte) (picture, error) {
	r := jpegReader{data: data, at: 2}
	r.exif.orientation = 1
	r.clean = append(make([]byte, 0, len(data)), data[:2]...)
	for {
		mark, err := r.mark()
		if err != nil {
			return picture{}, err
		}
		if mark == markEOI {
			break
		}
		if err := r.segment(mark); err != nil {
			return picture{}, err
		}
	}
	if r.width == 0 || r.scans == 0 {
		return picture{}, damaged("JPEG: no image")
	}
	r.clean = append(r.clean, 0xff, markEOI)
	pixels := int64(r.width) * int64(r.height)
	r.memory = pixels * int64(r.samples) / 2
	if r.progressive {
		r.memory *= 5 // coefficients of four bytes, and the samples
	}
	return r.picture, nil
}

// mark reads the next marker; fill bytes may come before it.
func (r *jpegReader) mark() (byte, error) {
	for r.at+1 < len(r.data) && r.data[r.at] == 0xff {
		r.at++
		if mark := r.data[r.at]; mark != 0xff {
			r.at++
			return mark, nil
		}
	}
	return 0, damaged("JPEG: it breaks off")
}

// segment reads the segment after a marker and keeps it if pixels need it.
func (r *jpegReader) segment(mark byte) error {
	if r.at+2 > len(r.data) || mark == 0 || mark == 1 || mark >= markRST0 && mark <= markSOI {
		return damaged("JPEG: a mark in the wrong place")
	}
	size := int(binary.BigEndian.Uint16(r.data[r.at:]))
	if size < 2 || r.at+size > len(r.data) {
		return damaged("JPEG: it breaks off")
	}
	whole, body := r.data[r.at-2:r.at+size], r.data[r.at+2:r.at+size]
	r.at += size
	switch {
	case mark == markSOS:
		return r.scan(whole)
	case mark == markAPP1:
		if bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			r.exif = readEXIF(body)
		}
		return nil
	case mark == markAPP2:
		if bytes.HasPrefix(body, []byte("ICC_PROFILE\x00")) && profileBytes(r.icc)+len(whole) <= mostProfile {
			r.icc = append(r.icc, normalMark(mark, whole))
			r.keep(mark, whole)
		}
		return nil
	case mark == markDHT, mark == markDQT, mark == markDRI, mark == markDAC, mark == markAPP14 && bytes.HasPrefix(body, []byte("Adobe")):
		r.keep(mark, whole)
		return nil
	case mark >= markSOF0 && mark <= 0xcf && mark != markJPG:
		return r.frame(mark, whole, body)
	}
	return nil
}

func profileBytes(icc [][]byte) int {
	sum := 0
	for _, s := range icc {
		sum += len(s)
	}
	return sum
}

// normalMark copies a segment with its marker right before it.
func normalMark(mark byte, whole []byte) []byte {
	out := append([]byte{0xff, mark}, whole[2:]...)
	return out
}

func (r *jpegReader) keep(mark byte, whole []byte) {
	r.clean = append(append(r.clean, 0xff, mark), whole[2:]...)
}

func (r *jpegReader) frame(mark byte, whole, body []byte) error {
	if r.width != 0 || len(body) < 6 || len(body) < 6+3*int(body[5]) || mark > markSOF0+2 {
		return damaged("JPEG: a frame of a kind that cameras do not make")
	}
	r.height, r.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
	if r.width == 0 || r.height == 0 {
		return damaged("JPEG: without size")
	}
	r.progressive = mark == markSOF0+2
	r.samples = 2 * int(body[5])
	if body[5] == 3 && body[7]>>4 == 2 { // chroma of half the width: 4:2:2, and with half the height 4:2:0
		r.samples = 4
		if body[7]&15 == 2 {
			r.samples = 3
		}
	}
	r.keep(mark, whole)
	return nil
}

// scan copies a scan: its header and the coded data up to the next marker that is no restart.
func (r *jpegReader) scan(whole []byte) error {
	if r.scans++; r.scans > mostScans || r.width == 0 {
		return damaged("JPEG: too many scans")
	}
	from := r.at
	for {
		next := bytes.IndexByte(r.data[r.at:], 0xff)
		if next < 0 || r.at+next+1 >= len(r.data) {
			return damaged("JPEG: it breaks off")
		}
		r.at += next
		if mark := r.data[r.at+1]; mark != 0 && (mark < markRST0 || mark > markRST7) && mark != 0xff {
			break
		} else if mark == 0xff {
			r.at++
			continue
		}
		r.at += 2
	}
	r.keep(markSOS, whole)
	r.clean = append(r.clean, r.data[from:r.at]...)
	return nil
}
