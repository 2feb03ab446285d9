package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"fourmaps/server/store/storetest"
	"fourmaps/tiles"
)

// withBasemaps runs a server whose basemap folder holds the files, and whose log is read.
func withBasemaps(t *testing.T, log *safeBuffer, files map[string][]byte) *running {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address := storetest.URL(t)
	logger := slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return startOver(t, address, withTiles(t, address), func(o *apiOptions) {
		o.Log = logger
		o.Tiles.Basemap = tiles.NewBasemap(storetest.Connect(t, address), folder, logger)
	})
}

type basemaps struct {
	Basemaps []struct {
		Name, Kind, URL string
		Tiles           []string
	}
}

// tianditu stands for the real one: WMTS with key-value pairs, and XYZ, both only for who has the key.
func tianditu(t *testing.T, key string, calls *atomic.Int32) *httptest.Server {
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 256, 256))); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		q := r.URL.Query()
		if q.Get("tk") != key {
			http.Error(w, "no rights for "+q.Get("tk"), http.StatusForbidden)
			return
		}
		wmts := r.URL.Path == "/img_w/wmts" && q.Get("SERVICE") == "WMTS" && q.Get("REQUEST") == "GetTile" && q.Get("LAYER") == "img" &&
			q.Get("TILEMATRIX") == "10" && q.Get("TILECOL") == "833" && q.Get("TILEROW") == "428"
		if !wmts && r.URL.Path != "/t3/10/833/428.png" {
			http.Error(w, "no such tile", http.StatusBadRequest)
			return
		}
		_, _ = w.Write(picture.Bytes())
	}))
	t.Cleanup(s.Close)
	return s
}

// TestRasterBasemapsThroughTheServer: the key comes from the environment and is in no answer and no log, whatever the
// source says.
func TestRasterBasemapsThroughTheServer(t *testing.T) {
	const key = "Key0123456789abcdef"
	t.Setenv("FOURMAPS_BASEMAP_TIANDITU_KEY", key)
	t.Setenv("FOURMAPS_BASEMAP_XYZ_KEY", key)
	t.Setenv("FOURMAPS_BASEMAP_WRONG_KEY", "Wrong"+key)
	t.Setenv("FOURMAPS_BASEMAP_DOWN_KEY", key)
	var calls atomic.Int32
	s := tianditu(t, key, &calls)
	const wmts = `/img_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=img&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}`
	var log safeBuffer
	r := withBasemaps(t, &log, map[string][]byte{"basemaps.json": fmt.Appendf(nil, `{"raster": [
		{"name": "tianditu", "url": "%[1]s%[2]s", "crs": "CGCS2000"},
		{"name": "xyz", "url": "%[1]s/t{s}/{z}/{x}/{y}.png?tk={key}", "servers": "3", "crs": "WGS84"},
		{"name": "wrong", "url": "%[1]s%[2]s", "crs": "CGCS2000"},
		{"name": "down", "url": "http://127.0.0.1:1/{z}/{x}/{y}?tk={key}", "crs": "CGCS2000"},
		{"name": "shifted", "url": "%[1]s/t3/{z}/{x}/{y}.png", "crs": "GCJ-02"},
		{"name": "keyless", "url": "%[1]s%[2]s", "crs": "CGCS2000"}]}`, s.URL, wmts)})
	var said strings.Builder
	see := func(path string) (int, http.Header, []byte) {
		status, h, body := r.get(path, "Accept-Language", "en")
		fmt.Fprintln(&said, status, h, string(body))
		return status, h, body
	}
	var list basemaps
	r.json("/api/basemaps", &list)
	see("/api/basemaps")
	var names []string
	for _, b := range list.Basemaps {
		names = append(names, b.Name)
	}
	if fmt.Sprint(names) != "[own tianditu xyz wrong down]" {
		t.Errorf("offered are %v", names)
	}
	for _, name := range []string{"tianditu", "xyz"} {
		for range 2 {
			if status, h, body := see("/tiles/raster/" + name + "/10/833/428"); status != 200 || h.Get("Content-Type") != "image/png" || len(body) == 0 {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}
	}
	if calls.Load() != 2 {
		t.Errorf("the sources were asked %d times for two tiles", calls.Load())
	}
	for name, why := range map[string]string{"wrong": "status 403", "down": "does not answer"} {
		status, h, body := see("/tiles/raster/" + name + "/10/833/428")
		if status != 502 || !strings.Contains(string(body), "basemap_unavailable") || !strings.Contains(string(body), why) || h.Get("Retry-After") == "" {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for _, name := range []string{"shifted", "keyless"} {
		if status, _, _ := see("/tiles/raster/" + name + "/10/833/428"); status != 404 {
			t.Errorf("%s, which may not be used: %d", name, status)
		}
	}
	see("/metrics")
	see("/api/installation")
	if strings.Contains(said.String(), key) || strings.Contains(said.String(), strings.TrimPrefix(s.URL, "http://")) {
		t.Error("an answer tells the key or the address of the source")
	}
	logged := log.String()
	if strings.Contains(logged, key) {
		t.Errorf("the log tells the key: %s", logged)
	}
	for _, word := range []string{"hundreds of metres", "FOURMAPS_BASEMAP_KEYLESS_KEY", "name=wrong", "name=down"} {
		if !strings.Contains(logged, word) {
			t.Errorf("the log does not say %s", word)
		}
	}
}

// TestRasterBasemapThatIsDownBlocksNothing: other requests are answered while tiles of a dead source are asked for.
func TestRasterBasemapThatIsDownBlocksNothing(t *testing.T) {
	t.Parallel() // it waits most of the time
	stay := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-stay:
		case <-r.Context().Done():
		}
	}))
	defer silent.Close()
	defer close(stay)
	var log safeBuffer
	r := withBasemaps(t, &log, map[string][]byte{"basemaps.json": fmt.Appendf(nil, `{"raster": [{"name": "silent", "url": "%s/{z}/{x}/{y}", "crs": "WGS84"}]}`, silent.URL)})
	var wait sync.WaitGroup
	for i := range 30 {
		wait.Go(func() {
			if status, _, body := r.get(fmt.Sprintf("/tiles/raster/silent/10/%d/1", i)); status != 502 {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	for range 10 {
		for _, path := range []string{"/api/layers", "/api/layers/place/features", "/tiles/place.json", "/api/basemaps", "/api/installation"} {
			if status, _, _ := r.get(path); status != 200 {
				t.Errorf("%s: %d", path, status)
			}
		}
	}
	wait.Wait()
}

// packed is a PMTiles file of version 3 with one leaf directory, written as its specification says, by other means than
// the program has. Tiles are in the order of their numbers.
func packed(kind, compression byte, numbers []uint64, bodies [][]byte) []byte {
	zip := func(plain []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = w.Write(plain)
		_ = w.Close()
		return out.Bytes()
	}
	var data []byte
	columns := make([][]byte, 4) // numbers, runs, lengths, offsets
	last := uint64(0)
	for i, n := range numbers {
		body := bodies[i]
		if compression == 2 {
			body = zip(body)
		}
		for c, v := range []uint64{n - last, 1, uint64(len(body)), uint64(len(data)) + 1} {
			columns[c] = binary.AppendUvarint(columns[c], v)
		}
		last = n
		data = append(data, body...)
	}
	leaf := zip(append(binary.AppendUvarint(nil, uint64(len(numbers))), bytes.Join(columns, nil)...))
	root := binary.AppendUvarint(nil, 1)
	for _, v := range []uint64{numbers[0], 0, uint64(len(leaf)), 1} {
		root = binary.AppendUvarint(root, v)
	}
	root = zip(root)
	metadata := zip([]byte(`{"name": "Town", "vector_layers": []}`))
	h := append([]byte("PMTiles\x03"), make([]byte, 119)...)
	at := uint64(len(h))
	for i, part := range [][]byte{root, metadata, leaf, data} {
		binary.LittleEndian.PutUint64(h[8+16*i:], at)
		binary.LittleEndian.PutUint64(h[16+16*i:], uint64(len(part)))
		at += uint64(len(part))
	}
	h[97], h[98], h[99], h[100], h[101] = 2, compression, kind, 0, 1
	return bytes.Join([][]byte{h, root, metadata, leaf, data}, nil)
}

// TestArchivesThroughTheServer: a vector file is read in ranges as the browser's reader does, relief as images; a broken
// file is named in the log, offered to nobody, and harms none of the others.
func TestArchivesThroughTheServer(t *testing.T) {
	vector := packed(1, 2, []uint64{0, 1, 3}, [][]byte{[]byte("world"), []byte("north-west"), []byte("south-east")})
	relief := packed(2, 1, []uint64{0, 4}, [][]byte{[]byte("low"), []byte("high")})
	var log safeBuffer
	r := withBasemaps(t, &log, map[string][]byte{"town.pmtiles": vector, "relief.pmtiles": relief, "broken.pmtiles": vector[:len(vector)-5], "photos.pmtiles": packed(3, 1, []uint64{0}, [][]byte{[]byte("photo")})})
	var list basemaps
	r.json("/api/basemaps", &list)
	if len(list.Basemaps) != 3 || list.Basemaps[1].Kind != "raster" || list.Basemaps[2].URL != "/tiles/file/town.pmtiles" {
		t.Fatalf("%+v", list)
	}
	bytesAt := func(offset, length uint64) []byte {
		status, h, body := r.get(list.Basemaps[2].URL, "Range", fmt.Sprintf("bytes=%d-%d", offset, offset+length-1))
		if status != 206 || h.Get("ETag") == "" || uint64(len(body)) != length || h.Get("Content-Encoding") != "" {
			t.Fatalf("%d bytes from %d: %d, %d bytes, %v", length, offset, status, len(body), h)
		}
		return body
	}
	part := func(body []byte, at int) (offset, length uint64) {
		return binary.LittleEndian.Uint64(body[at:]), binary.LittleEndian.Uint64(body[at+8:])
	}
	open := func(body []byte) string {
		plain, err := gunzip(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(plain)
	}
	header := bytesAt(0, 127)
	if text := open(bytesAt(part(header, 24))); !strings.Contains(text, "Town") {
		t.Errorf("the metadata are %s", text)
	}
	if leaf := open(bytesAt(part(header, 40))); leaf[:4] != "\x03\x00\x01\x02" {
		t.Errorf("the leaf directory begins with %q", leaf[:4])
	}
	start, _ := part(header, 56)
	if tile := open(bytesAt(start, uint64(len(vector))-start)); !strings.HasPrefix(tile, "world") {
		t.Errorf("the first tile is %s", tile)
	}

	var doc struct{ Tiles []string }
	r.json("/tiles/relief.json", &doc)
	if len(doc.Tiles) != 1 || !strings.HasSuffix(doc.Tiles[0], "/tiles/relief/{z}/{x}/{y}.png") {
		t.Errorf("%+v", doc)
	}
	var installed struct{ Relief bool }
	if r.json("/api/installation", &installed); !installed.Relief {
		t.Error("the installation does not tell of its relief")
	}
	for path, want := range map[string]struct {
		status    int
		body, typ string
	}{
		"/tiles/relief/0/0/0.png":            {200, "low", "image/png"},
		"/tiles/relief/1/1/0.png":            {200, "high", "image/png"},
		"/tiles/relief/1/1/1.png":            {404, "", "application/problem+json"},
		"/tiles/raster/photos.pmtiles/0/0/0": {200, "photo", "image/jpeg"},
		"/tiles/raster/photos.pmtiles/1/0/0": {404, "", "application/problem+json"},
		"/tiles/file/broken.pmtiles":         {404, "", "application/problem+json"},
		"/tiles/file/none.pmtiles":           {404, "", "application/problem+json"},
		"/tiles/place/1/0/0.mvt":             {204, "", ""},
	} {
		status, h, body := r.get(path)
		if status != want.status || h.Get("Content-Type") != want.typ || want.body != "" && string(body) != want.body {
			t.Errorf("%s: %d %s %.100q", path, status, h.Get("Content-Type"), body)
		}
	}
	if logged := log.String(); strings.Count(logged, "broken.pmtiles\" error") != 1 && !strings.Contains(logged, "file=broken.pmtiles error=\"it is cut off") {
		t.Errorf("the broken file is not named: %s", logged)
	}
}
