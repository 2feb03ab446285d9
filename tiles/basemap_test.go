package tiles

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

func (w *world) put(name string, content []byte) {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.Basemap.folder, name), content, 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.Basemap.read = w.Basemap.read.Add(-lookAgain)
}

func (w *world) choices() []Choice {
	w.t.Helper()
	rec := httptest.NewRecorder()
	if err := w.Basemap.ServeChoices(rec, httptest.NewRequest(http.MethodGet, "/api/basemaps", nil)); err != nil {
		w.t.Fatal(err)
	}
	var list struct{ Basemaps []Choice }
	if err := json.Unmarshal(rec.Body.Bytes(), &list); err != nil {
		w.t.Fatal(err)
	}
	return list.Basemaps
}

func TestReliefFromTheDatabase(t *testing.T) {
	w := deafWorld(t)
	for _, target := range []string{"/tiles/relief.json", "/tiles/relief/10/833/428.png"} {
		if rec := w.get(target); rec.Code != http.StatusNotFound {
			t.Errorf("without relief %s: %d", target, rec.Code)
		}
	}
	if w.Basemap.HasRelief(t.Context()) {
		t.Error("there is relief where there is none")
	}
	w.exec(`INSERT INTO relief_tile (z, x, y, origin, png) VALUES (9, 416, 214, 'demo', 'low'), (10, 833, 428, 'demo', 'high'), (10, 834, 428, 'demo', 'next')`)
	w.Basemap.asked = w.Basemap.asked.Add(-lookAgain)
	if !w.Basemap.HasRelief(t.Context()) {
		t.Error("there is no relief where there is some")
	}
	rec := w.get("/tiles/relief/10/833/428.png")
	if rec.Code != 200 || rec.Body.String() != "high" || rec.Header().Get("Content-Type") != "image/png" || !strings.HasPrefix(rec.Header().Get("Cache-Control"), "private, max-age=") {
		t.Errorf("%d %q %v", rec.Code, rec.Body, rec.Header())
	}
	var doc TileJSON
	if err := json.Unmarshal(w.get("/tiles/relief.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	b := ID{10, 833, 428}.Bound().Union(ID{10, 834, 428}.Bound())
	if doc.Encoding != "mapbox" || doc.MinZoom != 9 || doc.MaxZoom != 10 || math.Abs(doc.Bounds[2]-b.Max[0]) > 1e-6 || math.Abs(doc.Bounds[1]-b.Min[1]) > 1e-6 {
		t.Errorf("%+v", doc)
	}
	for target, status := range map[string]int{"/tiles/relief/10/0/0.png": 404, "/tiles/relief/30/0/0.png": 404, "/tiles/relief/x/0/0.png": 400, "/tiles/relief/10/0/0.jpg": 404} {
		if rec := w.get(target); rec.Code != status {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
}

func TestDroppedInFilesAreListedAndServedInRanges(t *testing.T) {
	w := deafWorld(t)
	file := archiveFile{kind: mvtTiles, metadata: `{"name": "Town", "attribution": "someone"}`, tiles: map[ID]string{{3, 6, 3}: "tile"}}.bytes()
	w.put("town.pmtiles", file)
	w.put("broken.pmtiles", file[:100])
	w.put("other.pmtiles", []byte(strings.Repeat("no archive ", 30)))
	w.put("cut.pmtiles", file[:len(file)-1])
	w.put("relief.pmtiles", archiveFile{kind: pngTiles, tiles: map[ID]string{{10, 833, 428}: "high", {9, 416, 214}: "low"}}.bytes())
	list := w.choices()
	if len(list) != 2 || list[0].Kind != "own" {
		t.Fatalf("%+v", list)
	}
	if c := list[1]; c.Name != "town.pmtiles" || c.Kind != "pmtiles" || c.Label.En != "Town" || c.Attribution != "someone" || c.MinZoom != 3 || c.MaxZoom != 3 || c.URL != "/tiles/file/town.pmtiles" {
		t.Errorf("%+v", c)
	}
	rec := w.get("/tiles/file/town.pmtiles", "Range", "bytes=0-6")
	if rec.Code != http.StatusPartialContent || rec.Body.String() != "PMTiles" || rec.Header().Get("ETag") == "" || rec.Header().Get("Content-Encoding") != "" {
		t.Errorf("%d %q %v", rec.Code, rec.Body, rec.Header())
	}
	if rec := w.get("/tiles/file/town.pmtiles"); !bytes.Equal(rec.Body.Bytes(), file) {
		t.Error("the whole file is not the file")
	}
	for _, target := range []string{"/tiles/file/broken.pmtiles", "/tiles/file/..%2Ftown.pmtiles", "/tiles/file/relief.pmtiles", "/tiles/file/", "/tiles/file/basemaps.json"} {
		if rec := w.get(target); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	if rec := w.get("/tiles/relief/10/833/428.png"); rec.Body.String() != "high" {
		t.Errorf("relief from the file: %d %q", rec.Code, rec.Body)
	}
	if rec := w.get("/tiles/relief/10/1/1.png"); rec.Code != http.StatusNotFound {
		t.Errorf("a tile that the file lacks: %d", rec.Code)
	}
	if rec := w.get("/tiles/relief.json"); !strings.Contains(rec.Body.String(), `"minzoom":9`) {
		t.Errorf("relief.json: %s", rec.Body)
	}
}

// upstream is a raster source whose tiles tell by their colours where they lie: a window of 4 × 4 tiles from the given
// one on has red growing to the east and green growing to the south, by one for four pixels.
func upstream(t testing.TB, from ID, calls *atomic.Int32) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		if r.URL.Query().Get("tk") != "secret-key" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		id, err := parseTriple(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		img := image.NewNRGBA(image.Rect(0, 0, 256, 256))
		for y := range 256 {
			for x := range 256 {
				px, py := (int(id.X)-int(from.X))*256+x, (int(id.Y)-int(from.Y))*256+y
				img.SetNRGBA(x, y, color.NRGBA{uint8(min(max(px/4, 0), 255)), uint8(min(max(py/4, 0), 255)), 7, 255})
			}
		}
		_ = png.Encode(w, img)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestRasterSourceKeepsItsKeyAndIsAskedOnce(t *testing.T) {
	w := deafWorld(t)
	var calls atomic.Int32
	id := around(113, 28, 15)
	s := upstream(t, id, &calls)
	w.Basemap.environ = func(name string) string {
		return map[string]string{"FOURMAPS_BASEMAP_SKY_MAP_KEY": "secret-key"}[name]
	}
	w.put(rastersFile, []byte(`{"raster": [
		{"name": "sky-map", "label": {"zh": "影像", "en": "Imagery"}, "url": "`+s.URL+`/{z}/{x}/{y}?tk={key}", "crs": "CGCS2000", "attribution": "Sky", "max_zoom": 17},
		{"name": "dead", "url": "http://127.0.0.1:1/{z}/{x}/{y}?tk={key}", "crs": "WGS84"}]}`))
	list := w.choices()
	if len(list) != 2 || list[1].Name != "sky-map" || list[1].Tiles[0] != "/tiles/raster/sky-map/{z}/{x}/{y}" || list[1].MaxZoom != 17 {
		t.Fatalf("%+v", list)
	}
	target := strings.Replace(strings.TrimSuffix(path(id, "raster/sky-map"), ".mvt"), "//", "/", 1)
	for range 3 {
		rec := w.get(target)
		if rec.Code != 200 || rec.Header().Get("Content-Type") != "image/png" {
			t.Fatalf("%d %v", rec.Code, rec.Header())
		}
	}
	if calls.Load() != 1 {
		t.Errorf("the source was asked %d times", calls.Load())
	}
	for target, status := range map[string]int{"/tiles/raster/sky-map/18/0/0": 404, "/tiles/raster/other/1/0/0": 404, "/tiles/raster/sky-map/x/0/0": 400} {
		if rec := w.get(target); rec.Code != status {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	w.Basemap.environ = func(string) string { return "wrong-secret" }
	w.put("touched", nil)
	for _, target := range []string{"/tiles/raster/sky-map/3/1/1", "/tiles/raster/dead/3/1/1"} {
		rec := w.get(target)
		if rec.Code != http.StatusBadGateway || strings.Contains(rec.Header().Get("Test-Error"), "secret") || strings.Contains(rec.Header().Get("Test-Error"), "127.0.0.1") {
			t.Errorf("%s: %d %s", target, rec.Code, rec.Header().Get("Test-Error"))
		}
	}
}

func TestSourceThatAnswersNonsense(t *testing.T) {
	w := deafWorld(t)
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/1/"):
			_, _ = rw.Write([]byte("<html>sign in</html>"))
		case strings.HasPrefix(r.URL.Path, "/2/"):
			_, _ = rw.Write(append([]byte("\x89PNG\x0d\x0a\x1a\x0a"), make([]byte, largestRaster)...))
		case strings.HasPrefix(r.URL.Path, "/3/"):
			http.Redirect(rw, r, "http://127.0.0.1:1/", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/4/"):
			rw.WriteHeader(http.StatusNotFound)
		default:
			_, _ = rw.Write([]byte("\x89PNG\x0d\x0a\x1a\x0a broken"))
		}
	}))
	defer s.Close()
	w.put(rastersFile, []byte(`{"raster": [{"name": "bad", "url": "`+s.URL+`/{z}/{x}/{y}", "crs": "WGS84"}, {"name": "shifted", "url": "`+s.URL+`/{z}/{x}/{y}", "crs": "GCJ-02", "gcj02": true}]}`))
	for target, status := range map[string]int{"bad/1/0/0": 502, "bad/2/0/0": 502, "bad/3/0/0": 502, "bad/4/0/0": 404, "shifted/1/0/0": 502, "shifted/4/0/0": 404, "shifted/5/0/0": 502} {
		if rec := w.get("/tiles/raster/" + target); rec.Code != status {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
}

func TestShiftedSourceIsCorrected(t *testing.T) {
	w := deafWorld(t)
	var calls atomic.Int32
	id := around(113.02, 28.02, 15)
	window := ID{id.Z, id.X - 1, id.Y - 1}
	s := upstream(t, window, &calls)
	w.put(rastersFile, []byte(`{"raster": [{"name": "shifted", "url": "`+s.URL+`/{z}/{x}/{y}?tk=secret-key", "crs": "火星坐标", "gcj02": true}]}`))
	rec := w.get(strings.TrimSuffix(path(id, "raster/shifted"), ".mvt"))
	if rec.Code != 200 {
		t.Fatal(rec.Code, rec.Header())
	}
	img, _, err := image.Decode(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	n := float64(uint32(1) << id.Z)
	for _, at := range []image.Point{{0, 0}, {255, 255}, {128, 128}, {10, 240}, {200, 30}} {
		// the place on the ground of the pixel, and where the GCJ-02 source draws it
		ground := orb.Point{(float64(id.X)+(float64(at.X)+0.5)/256)/n*360 - 180, latitude((float64(id.Y) + (float64(at.Y)+0.5)/256) / n)}
		drawn, err := geo.FromWGS84(ground, geo.GCJ02)
		if err != nil {
			t.Fatal(err)
		}
		x, y := square(drawn)
		wantR, wantG := (x*n-float64(window.X))*256/4, (y*n-float64(window.Y))*256/4
		r, g, _, _ := img.At(at.X, at.Y).RGBA()
		if math.Abs(float64(r>>8)+0.5-wantR) > 2 || math.Abs(float64(g>>8)+0.5-wantG) > 2 {
			t.Errorf("pixel %v shows %d, %d; drawn there is %.1f, %.1f", at, r>>8, g>>8, wantR, wantG)
		}
	}
	if c := calls.Load(); c < 2 || c > 4 {
		t.Errorf("the source was asked for %d tiles", c)
	}
	abroad := w.get(strings.TrimSuffix(path(around(2, 48, 15), "raster/shifted"), ".mvt"))
	if abroad.Code != 200 || calls.Load() > 5 {
		t.Errorf("outside China: %d, %d calls", abroad.Code, calls.Load())
	}
}

func TestDeclarationsOfRasterSources(t *testing.T) {
	folder := t.TempDir()
	for declaration, complaint := range map[string]string{
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "WGS84"}`:                               "",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "EPSG:4490", "max_zoom": 12}`:           "",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "gcj02", "gcj02": true}`:                "",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "gcj02"}`:                               "hundreds of metres",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "wgs84", "gcj02": true}`:                "it says gcj02",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}"}`:                                               "no coordinate system",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "bd09"}`:                                "BD-09",
		`{"name": "A!", "url": "https://x/{z}/{x}/{y}", "crs": "wgs84"}`:                              "its name",
		`{"name": "a", "url": "file:///etc/passwd{z}{x}{y}", "crs": "wgs84"}`:                         "http",
		`{"name": "a", "url": "https://x/{z}/{x}", "crs": "wgs84"}`:                                   "{y}",
		`{"name": "a", "url": "https://x{s}/{z}/{x}/{y}", "crs": "wgs84"}`:                            "servers",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}?k={key}", "crs": "wgs84"}`:                       "FOURMAPS_BASEMAP_A_KEY",
		`{"name": "a", "url": "https://x/{z}/{x}/{y}", "crs": "wgs84", "min_zoom": 9, "max_zoom": 3}`: "zooms",
	} {
		if err := os.WriteFile(filepath.Join(folder, rastersFile), []byte(`{"raster": [`+declaration+`]}`), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := readRasterSources(folder, func(string) string { return "" })
		if complaint == "" && (err != nil || len(list) != 1) || complaint != "" && (err == nil || len(list) != 0 || !strings.Contains(err.Error(), complaint)) {
			t.Errorf("%s: %v", declaration, err)
		}
	}
	if _, err := readRasterSources(t.TempDir(), os.Getenv); err != nil {
		t.Errorf("without a file: %v", err)
	}
}
