package tiles

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// archive is a PMTiles file, version 3 of the format.
type archive struct {
	path, name         string
	title, attribution string
	changed            time.Time
	tag                string // its ETag
	bound              orb.Bound
	minZoom, maxZoom   uint8
	root, leaves, data section
	internal           compression // of directories and metadata
	packing            compression // of tiles
	kind               tileKind
}

type section struct{ offset, length uint64 }

type compression uint8

// Compressions of PMTiles; 0 is unknown.
const (
	plainBytes compression = iota + 1
	gzipBytes
	brotliBytes
	zstdBytes
)

// tileKind is what the tiles of an archive are.
type tileKind uint8

// Kinds of tiles of PMTiles; 0 is unknown.
const (
	mvtTiles tileKind = iota + 1
	pngTiles
	jpgTiles
	webpTiles
	avifTiles
)

// image gives the ending and the media type of image tiles, "" for others.
func (k tileKind) image() (ending, mediaType string) {
	switch k {
	case pngTiles:
		return "png", "image/png"
	case jpgTiles:
		return "jpg", "image/jpeg"
	case webpTiles:
		return "webp", "image/webp"
	case avifTiles:
		return "avif", "image/avif"
	}
	return "", ""
}

const (
	archiveHeader = 127     // bytes
	largestPart   = 8 << 20 // bytes of a directory, of metadata or of one tile, unpacked
)

// openArchive reads what is needed to list the file and to find tiles in it.
func openArchive(path string) (*archive, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a basemap file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("opening a basemap file: %w", err)
	}
	var h [archiveHeader]byte
	if _, err := io.ReadFull(file, h[:]); err != nil {
		return nil, errors.New("it is shorter than the header of a PMTiles file")
	}
	if string(h[:7]) != "PMTiles" {
		return nil, errors.New("it is no PMTiles file")
	}
	if h[7] != 3 {
		return nil, fmt.Errorf("it is of version %d of PMTiles; only version 3 is understood", h[7])
	}
	number := func(at int) uint64 { return binary.LittleEndian.Uint64(h[at:]) }
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(h[at:]))) / 1e7 }
	a := &archive{
		path: path, name: filepath.Base(path), changed: info.ModTime(),
		tag:  fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()),
		root: section{number(8), number(16)}, leaves: section{number(40), number(48)}, data: section{number(56), number(64)},
		internal: compression(h[97]), packing: compression(h[98]), kind: tileKind(h[99]), minZoom: h[100], maxZoom: h[101],
		bound: orb.Bound{Min: orb.Point{degrees(102), degrees(106)}, Max: orb.Point{degrees(110), degrees(114)}},
	}
	a.title = strings.TrimSuffix(a.name, ".pmtiles")
	for _, s := range []section{a.root, a.data} {
		if s.offset+s.length > uint64(info.Size()) || s.offset+s.length < s.offset {
			return nil, errors.New("it is cut off: its header promises more bytes than there are")
		}
	}
	var metadata struct{ Name, Attribution string }
	if raw, err := a.part(file, section{number(24), number(32)}); err == nil && json.Unmarshal(raw, &metadata) == nil {
		if metadata.Name != "" {
			a.title = metadata.Name
		}
		a.attribution = metadata.Attribution
	}
	return a, nil
}

// part reads and unpacks a directory or the metadata.
func (a *archive) part(file io.ReaderAt, s section) ([]byte, error) {
	if s.length > largestPart {
		return nil, errors.New("a part of the PMTiles file is too large")
	}
	packed := make([]byte, s.length)
	if _, err := file.ReadAt(packed, int64(s.offset)); err != nil {
		return nil, fmt.Errorf("reading a PMTiles file: %w", err)
	}
	return unpack(packed, a.internal)
}

// unpack gives the plain bytes of a part of a PMTiles file.
func unpack(packed []byte, how compression) ([]byte, error) {
	var r io.Reader = bytes.NewReader(packed)
	switch how {
	case plainBytes:
	case gzipBytes:
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("unpacking a PMTiles file: %w", err)
		}
		r = z
	case brotliBytes:
		r = brotli.NewReader(r)
	case zstdBytes:
		z, err := zstd.NewReader(r, zstd.WithDecoderMaxMemory(4*largestPart))
		if err != nil {
			return nil, fmt.Errorf("unpacking a PMTiles file: %w", err)
		}
		defer z.Close()
		r = z
	default:
		return nil, fmt.Errorf("the PMTiles file is compressed in a way that is not known (%d)", how)
	}
	out, err := io.ReadAll(io.LimitReader(r, largestPart+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking a PMTiles file: %w", err)
	}
	if len(out) > largestPart {
		return nil, errors.New("a part of the PMTiles file is too large")
	}
	return out, nil
}

// tile reads one tile and unpacks it, nil where there is none.
func (a *archive) tile(t ID) ([]byte, error) {
	file, err := os.Open(a.path)
	if err != nil {
		return nil, fmt.Errorf("opening a basemap file: %w", err)
	}
	defer file.Close()
	id := hilbertID(t)
	at := a.root
	for range 4 { // the root and at most three levels of leaves
		raw, err := a.part(file, at)
		if err != nil {
			return nil, err
		}
		e, err := findInDirectory(raw, id)
		if err != nil || e == nil {
			return nil, err
		}
		if e.run > 0 {
			if e.length > largestPart || e.offset+e.length > a.data.length {
				return nil, errors.New("the PMTiles file is damaged: a tile lies outside it")
			}
			body := make([]byte, e.length)
			if _, err := file.ReadAt(body, int64(a.data.offset+e.offset)); err != nil {
				return nil, fmt.Errorf("reading a tile of a PMTiles file: %w", err)
			}
			if a.packing <= plainBytes { // some writers leave it unknown
				return body, nil
			}
			return unpack(body, a.packing)
		}
		at = section{a.leaves.offset + e.offset, e.length}
	}
	return nil, errors.New("the PMTiles file is damaged: its directories lie too deep")
}

// directoryEntry is a run of equal tiles, or with run 0 a leaf directory.
type directoryEntry struct{ id, run, length, offset uint64 }

// findInDirectory gives the entry that holds a tile, nil if none does.
func findInDirectory(raw []byte, id uint64) (*directoryEntry, error) {
	errBroken := errors.New("the PMTiles file is damaged: a directory cannot be read")
	next := func() uint64 {
		v, n := binary.Uvarint(raw)
		if n <= 0 {
			raw = nil
			return 0
		}
		raw = raw[n:]
		return v
	}
	n := next()
	if n > uint64(len(raw)) {
		return nil, errBroken
	}
	entries := make([]directoryEntry, n)
	last := uint64(0)
	for i := range entries {
		last += next()
		entries[i].id = last
	}
	for i := range entries {
		entries[i].run = next()
	}
	for i := range entries {
		entries[i].length = next()
	}
	for i := range entries {
		if raw == nil {
			return nil, errBroken
		}
		v := next()
		if v == 0 && i > 0 {
			entries[i].offset = entries[i-1].offset + entries[i-1].length
		} else {
			entries[i].offset = v - 1
		}
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; e.id <= id {
			if e.run == 0 || id-e.id < e.run {
				return &e, nil
			}
			return nil, nil
		}
	}
	return nil, nil
}

// hilbertID numbers a tile as PMTiles does: along the Hilbert curve, after all tiles of lower zooms.
func hilbertID(t ID) uint64 {
	return (uint64(1)<<(2*t.Z)-1)/3 + geo.Hilbert(t.Z, t.X, t.Y)
}
