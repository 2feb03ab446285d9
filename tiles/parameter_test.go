package tiles

import (
	"strings"
	"testing"
)

// TestLangIsKnownEverywhereAndNothingElse: every address takes the language of its messages, and refuses what it does
// not know.
func TestLangIsKnownEverywhereAndNothingElse(t *testing.T) {
	w := deafWorld(t)
	w.exec(`INSERT INTO relief_tile (z, x, y, origin, png) VALUES (9, 416, 214, 'demo', 'low')`)
	w.put("town.pmtiles", archiveFile{kind: mvtTiles, tiles: map[ID]string{{3, 6, 3}: "tile"}}.bytes())
	w.put("photo.pmtiles", archiveFile{kind: pngTiles, tiles: map[ID]string{{3, 6, 3}: "tile"}}.bytes())
	for target, status := range map[string]int{
		"/tiles/place/1/0/0.mvt":              204,
		"/tiles/place/1/0/0.mvt?kind=hamlet":  204,
		"/tiles/place,road/1/0/0.mvt":         204,
		"/tiles/place.json":                   200,
		"/tiles/place,road.json":              200,
		"/tiles/relief.json":                  200,
		"/tiles/relief/9/416/214.png":         200,
		"/tiles/file/town.pmtiles":            200,
		"/tiles/raster/photo.pmtiles/3/6/3":   200,
		"/tiles/raster/nothing/3/6/3":         404,
		"/tiles/nothing/1/0/0.mvt":            404,
		"/tiles/raster/photo.pmtiles/3/6/300": 404,
		"/tiles/place/01/0/0.mvt":             400, // one tile has one address
		"/tiles/place/1/00/0.mvt":             400,
		"/tiles/relief/09/416/214.png":        400,
	} {
		with := target + "?"
		if strings.Contains(target, "?") {
			with = target + "&"
		}
		for parameter, want := range map[string]int{"lang=en": status, "lang=zh": status, "lang=": status, "lang=fr": 400, "nonsense=1": 400, "nonsense=": 400, "lang=en&tk=1": 400, "lang=%zz": 400} {
			if want == 400 && status == 404 {
				continue // which of the two is told first does not matter
			}
			if rec := w.get(with + parameter); rec.Code != want {
				t.Errorf("%s: %d (%s), want %d", with+parameter, rec.Code, rec.Header().Get("Test-Error"), want)
			}
		}
	}
}

// TestLangSharesTheKeptTile: the language says nothing about a tile, so it is made and kept once.
func TestLangSharesTheKeptTile(t *testing.T) {
	w := newWorld(t)
	w.site("one", 113, 28)
	w.settle()
	target := path(around(113, 28, 12), "material_site")
	eventually(t, "it is kept", func() bool { w.get(target); return w.Cache.Get(target) != nil })
	w.Source = nil // asking it would panic
	if rec := w.get(target + "?lang=en"); rec.Code != 200 {
		t.Errorf("%d %s", rec.Code, rec.Header().Get("Test-Error"))
	}
}
