package files

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// exif is what is read of a photo's EXIF before it is thrown away.
type exif struct {
	orientation int // 1 to 8, as EXIF 2.32 (4.6.4) has them; 1 is upright
	takenAt     *time.Time
	position    *orb.Point // WGS 84
}

// Tags of EXIF 2.32, and the types of their values.
const (
	tagOrientation  = 0x0112
	tagDateTime     = 0x0132
	tagExifIFD      = 0x8769
	tagGPSIFD       = 0x8825
	tagTaken        = 0x9003
	tagTakenOffset  = 0x9011
	tagLatitudeRef  = 0x0001
	tagLatitude     = 0x0002
	tagLongitudeRef = 0x0003
	tagLongitude    = 0x0004
	tagDatum        = 0x0012

	typeASCII    = 2
	typeShort    = 3
	typeLong     = 4
	typeRational = 5
)

const mostEntries = 1000 // of one directory

// tiff is a block of EXIF: a TIFF header and what its offsets count from.
type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// entry is one value of a directory, still as bytes.
type entry struct {
	kind, count int
	value       []byte
}

// readEXIF reads a TIFF block. What cannot be understood is left out: a photo is not refused for it.
func readEXIF(data []byte) exif {
	out := exif{orientation: 1}
	data = bytes.TrimPrefix(data, []byte("Exif\x00\x00"))
	if len(data) < 8 {
		return out
	}
	t := tiff{data: data}
	switch string(data[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return out
	}
	main := t.directory(int64(t.order.Uint32(data[4:])))
	if n, ok := t.number(main[tagOrientation]); ok && n >= 1 && n <= 8 {
		out.orientation = int(n)
	}
	if at, ok := t.number(main[tagExifIFD]); ok {
		taken := t.directory(at)
		out.takenAt = moment(text(taken[tagTaken]), text(taken[tagTakenOffset]))
	}
	if out.takenAt == nil {
		out.takenAt = moment(text(main[tagDateTime]), "")
	}
	if at, ok := t.number(main[tagGPSIFD]); ok {
		out.position = t.place(t.directory(at))
	}
	return out
}

// directory reads the values of one directory; those that lie outside the block are missing.
func (t tiff) directory(at int64) map[int]entry {
	out := map[int]entry{}
	if at < 8 || at+2 > int64(len(t.data)) {
		return out
	}
	n := int64(t.order.Uint16(t.data[at:]))
	if n > mostEntries || at+2+n*12 > int64(len(t.data)) {
		return out
	}
	for i := range n {
		b := t.data[at+2+i*12:][:12]
		e := entry{kind: int(t.order.Uint16(b[2:])), count: int(t.order.Uint32(b[4:]))}
		size := int64(e.count) * int64(map[int]int{1: 1, typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8}[e.kind])
		switch from := int64(t.order.Uint32(b[8:])); {
		case size <= 0:
			continue
		case size <= 4:
			e.value = b[8 : 8+size]
		case from+size <= int64(len(t.data)):
			e.value = t.data[from : from+size]
		default:
			continue
		}
		out[int(t.order.Uint16(b))] = e
	}
	return out
}

func (t tiff) number(e entry) (int64, bool) {
	switch {
	case e.kind == typeShort && len(e.value) >= 2:
		return int64(t.order.Uint16(e.value)), true
	case e.kind == typeLong && len(e.value) >= 4:
		return int64(t.order.Uint32(e.value)), true
	}
	return 0, false
}

func text(e entry) string {
	if e.kind != typeASCII {
		return ""
	}
	out, _, _ := strings.Cut(string(e.value), "\x00")
	return strings.TrimSpace(out)
}

// moment reads the time of a camera. Without a zone it is that of China.
func moment(when, offset string) *time.Time {
	at, err := time.Parse("2006:01:02 15:04:05-07:00", when+offset)
	if err != nil {
		at, err = time.ParseInLocation("2006:01:02 15:04:05", when, time.FixedZone("CST", 8*3600))
	}
	if err != nil || at.Year() < 1990 || at.Year() > 2200 { // a camera whose clock was never set
		return nil
	}
	at = at.UTC()
	return &at
}

// place reads the position. It is WGS 84 unless the photo says otherwise; of what cannot be converted nothing is said.
func (t tiff) place(gps map[int]entry) *orb.Point {
	lat, ok := t.degrees(gps[tagLatitude], text(gps[tagLatitudeRef]), "N", "S", 90)
	lon, also := t.degrees(gps[tagLongitude], text(gps[tagLongitudeRef]), "E", "W", 180)
	if !ok || !also || lat == 0 && lon == 0 {
		return nil
	}
	p := orb.Point{lon, lat}
	switch datum := strings.ToUpper(strings.NewReplacer("-", "", " ", "", "_", "").Replace(text(gps[tagDatum]))); {
	case datum == "", datum == "WGS84", datum == "CGCS2000":
	case strings.HasPrefix(datum, "GCJ"):
		converted, err := geo.ConvertGeometry(p, geo.GCJ02, geo.WGS84)
		if err != nil {
			return nil
		}
		p, ok = converted.(orb.Point)
		if !ok {
			return nil
		}
	default:
		return nil
	}
	return &p
}

// degrees reads degrees, minutes and seconds with their hemisphere.
func (t tiff) degrees(e entry, ref, plus, minus string, most float64) (float64, bool) {
	if e.kind != typeRational || len(e.value) < 8 || ref != plus && ref != minus {
		return 0, false
	}
	sum, unit := 0.0, 1.0
	for at := 0; at+8 <= len(e.value) && at < 24; at += 8 {
		above, below := t.order.Uint32(e.value[at:]), t.order.Uint32(e.value[at+4:])
		if below == 0 {
			if above != 0 {
				return 0, false
			}
			below = 1
		}
		sum += float64(above) / float64(below) * unit
		unit /= 60
	}
	if math.IsNaN(sum) || sum > most {
		return 0, false
	}
	if ref == minus {
		sum = -sum
	}
	return sum, true
}
