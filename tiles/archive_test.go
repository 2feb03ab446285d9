package tiles

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// archiveFile is a PMTiles file of version 3 to be written for a test.
type archiveFile struct {
	metadata string // {} if empty
	kind     tileKind
	internal compression // gzip if 0
	packing  compression // none if 0
	leafSize int         // tiles of a leaf directory; 0 is all
	depth    int         // levels of directories that only lead to the next, between root and leaves
	tiles    map[ID]string
}

// pack compresses as the header says.
func (c compression) pack(plain []byte) []byte {
	switch c {
	case gzipBytes:
		return gzipOf(plain)
	case brotliBytes:
		return brotliOf(plain)
	case zstdBytes:
		w, _ := zstd.NewWriter(nil)
		return w.EncodeAll(plain, nil)
	}
	return plain
}

func directory(entries []directoryEntry, how compression) []byte {
	out := binary.AppendUvarint(nil, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		out = binary.AppendUvarint(out, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		out = binary.AppendUvarint(out, e.run)
	}
	for _, e := range entries {
		out = binary.AppendUvarint(out, e.length)
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+entries[i-1].length {
			out = append(out, 0) // right behind the one before
			continue
		}
		out = binary.AppendUvarint(out, e.offset+1)
	}
	return how.pack(out)
}

// bytes writes the file: neighbours on the curve that are equal are one run, and equal tiles are stored once.
func (f archiveFile) bytes() []byte {
	internal, packing := cmp.Or(f.internal, gzipBytes), cmp.Or(f.packing, plainBytes)
	ids := make([]ID, 0, len(f.tiles))
	for id := range f.tiles {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int { return cmp.Compare(hilbertID(a), hilbertID(b)) })
	var data, leaves []byte
	var entries []directoryEntry
	stored := map[string]directoryEntry{}
	lowest, highest := uint8(MaxZoom), uint8(0)
	for _, id := range ids {
		lowest, highest = min(lowest, id.Z), max(highest, id.Z)
		number, body := hilbertID(id), f.tiles[id]
		e, known := stored[body]
		if n := len(entries) - 1; known && n >= 0 && entries[n].offset == e.offset && entries[n].id+entries[n].run == number {
			entries[n].run++
			continue
		}
		if !known {
			packed := packing.pack([]byte(body))
			e = directoryEntry{run: 1, length: uint64(len(packed)), offset: uint64(len(data))}
			data = append(data, packed...)
			stored[body] = e
		}
		e.id = number
		entries = append(entries, e)
	}
	below := func(groups [][]directoryEntry) (up []directoryEntry) {
		for _, group := range groups {
			written := directory(group, internal)
			up = append(up, directoryEntry{group[0].id, 0, uint64(len(written)), uint64(len(leaves))})
			leaves = append(leaves, written...)
		}
		return up
	}
	size := cmp.Or(f.leafSize, max(1, len(entries)))
	top := below(slices.Collect(slices.Chunk(entries, size)))
	for range f.depth {
		top = below([][]directoryEntry{top})
	}
	root := directory(top, internal)
	metadata := internal.pack([]byte(cmp.Or(f.metadata, "{}")))
	h := make([]byte, archiveHeader)
	copy(h, "PMTiles\x03")
	at := uint64(archiveHeader)
	for i, part := range [][]byte{root, metadata, leaves, data} {
		binary.LittleEndian.PutUint64(h[8+16*i:], at)
		binary.LittleEndian.PutUint64(h[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	h[97], h[98], h[99], h[100], h[101] = byte(internal), byte(packing), byte(f.kind), lowest, highest
	for i, v := range []float64{112.5, 27.5, 113.5, 28.5} {
		binary.LittleEndian.PutUint32(h[102+4*i:], uint32(int32(v*1e7)))
	}
	return bytes.Join([][]byte{h, root, metadata, leaves, data}, nil)
}

func TestTileNumbersOfPMTiles(t *testing.T) {
	for id, want := range map[ID]uint64{{0, 0, 0}: 0, {1, 0, 0}: 1, {1, 0, 1}: 2, {1, 1, 1}: 3, {1, 1, 0}: 4, {2, 0, 0}: 5, {12, 3423, 1763}: 19078479} {
		if got := hilbertID(id); got != want {
			t.Errorf("%v is %d, want %d", id, got, want)
		}
	}
}

// TestArchivesOfEveryShape reads every tile back, and none where there is none.
func TestArchivesOfEveryShape(t *testing.T) {
	tiles := map[ID]string{{0, 0, 0}: "sea", {1, 0, 0}: "sea", {1, 0, 1}: "sea", {1, 1, 1}: "land", {2, 3, 3}: "sea", {9, 416, 214}: strings.Repeat("hill ", 1000)}
	for x := range uint32(40) {
		tiles[ID{10, 800 + x, 428}] = strings.Repeat("m", int(x)+1)
	}
	for name, f := range map[string]archiveFile{
		"one leaf":              {},
		"leaves of three":       {leafSize: 3},
		"two levels":            {leafSize: 5, depth: 1},
		"directories as brotli": {internal: brotliBytes},
		"directories as zstd":   {internal: zstdBytes, leafSize: 7},
		"directories as is":     {internal: plainBytes},
		"tiles as gzip":         {packing: gzipBytes},
		"tiles as brotli":       {packing: brotliBytes, leafSize: 4},
	} {
		f.kind, f.tiles = pngTiles, tiles
		path := filepath.Join(t.TempDir(), "a.pmtiles")
		if err := os.WriteFile(path, f.bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := openArchive(path)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for id, want := range tiles {
			if got, err := a.tile(id); err != nil || string(got) != want {
				t.Errorf("%s: tile %v is %.20q, %v", name, id, got, err)
			}
		}
		for _, id := range []ID{{1, 1, 0}, {2, 0, 0}, {10, 799, 428}, {10, 840, 428}, {12, 0, 0}} {
			if got, err := a.tile(id); err != nil || got != nil {
				t.Errorf("%s: tile %v, which is not there, is %.20q, %v", name, id, got, err)
			}
		}
	}
	deep := filepath.Join(t.TempDir(), "deep.pmtiles")
	if err := os.WriteFile(deep, archiveFile{kind: pngTiles, depth: 5, tiles: tiles}.bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := openArchive(deep)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.tile(ID{0, 0, 0}); err == nil || !strings.Contains(err.Error(), "too deep") {
		t.Errorf("directories without end: %v", err)
	}
}

// TestReliefIsSentAsWhatItIs: the header of the file says of what kind its images are.
func TestReliefIsSentAsWhatItIs(t *testing.T) {
	w := deafWorld(t)
	for kind, want := range map[tileKind][2]string{pngTiles: {"png", "image/png"}, jpgTiles: {"jpg", "image/jpeg"}, webpTiles: {"webp", "image/webp"}} {
		w.put("relief.pmtiles", archiveFile{kind: kind, packing: gzipBytes, tiles: map[ID]string{{10, 833, 428}: "elevation"}}.bytes())
		var doc TileJSON
		if err := json.Unmarshal(w.get("/tiles/relief.json").Body.Bytes(), &doc); err != nil {
			t.Fatal(err)
		}
		if doc.Tiles[0] != "http://maps.example/tiles/relief/{z}/{x}/{y}."+want[0] || doc.MinZoom != 10 || doc.Bounds[0] != 112.5 {
			t.Errorf("%+v", doc)
		}
		rec := w.get("/tiles/relief/10/833/428." + want[0])
		if rec.Code != 200 || rec.Body.String() != "elevation" || rec.Header().Get("Content-Type") != want[1] || rec.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %d %q %v", want[0], rec.Code, rec.Body, rec.Header())
		}
		for _, target := range []string{"/tiles/relief/10/833/428.avif", "/tiles/relief/10/833/428", "/tiles/relief/10/834/428." + want[0]} {
			if rec := w.get(target); rec.Code != 404 {
				t.Errorf("%s: %d", target, rec.Code)
			}
		}
		if !w.Basemap.HasRelief(t.Context()) {
			t.Error("there is relief, and it is not told")
		}
	}
	w.put("relief.pmtiles", archiveFile{kind: mvtTiles, tiles: map[ID]string{{10, 833, 428}: "no image"}}.bytes())
	if rec := w.get("/tiles/relief/10/833/428.png"); rec.Code != 404 {
		t.Errorf("relief of vector tiles: %d", rec.Code)
	}
}

// TestFilesOfImagesAreRasterBasemaps: a map cannot draw them as vector tiles, so they are offered as what they are.
func TestFilesOfImagesAreRasterBasemaps(t *testing.T) {
	w := deafWorld(t)
	const name = "县城 100%#1.pmtiles"
	file := archiveFile{kind: jpgTiles, tiles: map[ID]string{{3, 6, 3}: "photo"}}.bytes()
	w.put(name, file)
	w.put("vector.pmtiles", archiveFile{kind: mvtTiles, tiles: map[ID]string{{3, 6, 3}: "vector"}}.bytes())
	w.put("odd.pmtiles", archiveFile{kind: 9, tiles: map[ID]string{{3, 6, 3}: "?"}}.bytes())
	list := w.choices()
	if len(list) != 3 || list[1].Kind != "pmtiles" || list[2].Kind != "raster" || list[2].URL != "" || list[2].Name != name {
		t.Fatalf("%+v", list)
	}
	target := strings.NewReplacer("{z}", "3", "{x}", "6", "{y}", "3").Replace(list[2].Tiles[0])
	rec := w.get(target)
	if rec.Code != 200 || rec.Body.String() != "photo" || rec.Header().Get("Content-Type") != "image/jpeg" {
		t.Errorf("%s: %d %q", target, rec.Code, rec.Body)
	}
	for target, status := range map[string]int{
		strings.Replace(target, "/3/6/3", "/3/6/4", 1): 404, strings.Replace(target, "/3/6/3", "/3/x/4", 1): 400,
		"/tiles/raster/vector.pmtiles/3/6/3": 404,
	} {
		if rec := w.get(target); rec.Code != status {
			t.Errorf("%s: %d, want %d", target, rec.Code, status)
		}
	}
	w.put(name, damaged(file))
	if rec := w.get(target); rec.Code != 500 || !strings.Contains(rec.Header().Get("Test-Error"), "damaged") {
		t.Errorf("a damaged file: %d %s", rec.Code, rec.Header().Get("Test-Error"))
	}
}

// damaged has a leaf directory that cannot be unpacked.
func damaged(file []byte) []byte {
	out := bytes.Clone(file)
	leaf := binary.LittleEndian.Uint64(out[40:])
	copy(out[leaf:], "damaged")
	return out
}

// TestWrongFilesAreNamedOnce: what is wrong with a file is logged when it is first seen so, not every few seconds.
func TestWrongFilesAreNamedOnce(t *testing.T) {
	w := deafWorld(t)
	var log bytes.Buffer
	w.Basemap.log = slog.New(slog.NewTextHandler(&log, nil))
	times := func(word string) int {
		log.Reset()
		for range 3 {
			w.put("touched", nil) // the folder is looked at again
			w.choices()
		}
		return strings.Count(log.String(), word)
	}
	w.put(rastersFile, []byte(`{"raster": [`))
	w.put("cut.pmtiles", archiveFile{kind: mvtTiles, tiles: map[ID]string{{3, 6, 3}: "tile"}}.bytes()[:150])
	w.put("vector.pmtiles", nil)
	if n := times("level=WARN"); n != 3 {
		t.Errorf("three wrong files were named %d times: %s", n, log.String())
	}
	if n := times("level=WARN"); n != 0 {
		t.Errorf("files that are wrong as before were named %d times", n)
	}
	w.put(rastersFile, []byte(`{"raster": [{"name": "a", "url": "ftp://x"}]}`))
	if n := times("basemaps.json"); n != 1 {
		t.Errorf("a file that is wrong in another way was named %d times", n)
	}
	w.put(rastersFile, []byte(`{"raster": []}`))
	if n := times("level=WARN"); n != 0 {
		t.Errorf("a right file was named %d times", n)
	}
	w.put(rastersFile, []byte(`{"raster": [`))
	if n := times("level=WARN"); n != 1 {
		t.Errorf("a file that became wrong again was named %d times", n)
	}
}

func FuzzArchive(f *testing.F) {
	f.Add(archiveFile{kind: pngTiles, tiles: map[ID]string{{1, 0, 0}: "a", {3, 2, 1}: "b"}}.bytes())
	f.Add(archiveFile{kind: mvtTiles, packing: gzipBytes, leafSize: 1, depth: 1, tiles: map[ID]string{{1, 0, 0}: "a", {3, 2, 1}: "b"}}.bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(t.TempDir(), "f.pmtiles")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		a, err := openArchive(path)
		if err != nil {
			return
		}
		for _, id := range []ID{{0, 0, 0}, {1, 0, 0}, {3, 2, 1}} {
			_, _ = a.tile(id) // must neither panic nor take all memory
		}
	})
}
