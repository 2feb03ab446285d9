package tiles

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// rasterSource is one source of raster tiles, as basemaps.json declares it.
type rasterSource struct {
	Name        string     `json:"name"`
	Label       layer.Text `json:"label"`
	URL         string     `json:"url"` // with {z} {x} {y}, and {s} and {key} if needed
	Servers     string     `json:"servers"`
	Attribution string     `json:"attribution"`
	MinZoom     int        `json:"min_zoom"`
	MaxZoom     int        `json:"max_zoom"`
	CRS         string     `json:"crs"`   // on what the tiles are drawn: WGS84, CGCS2000 or GCJ-02
	GCJ02       bool       `json:"gcj02"` // yes, it is GCJ-02: correct it

	shifted bool // tiles are in GCJ-02 and are to be corrected
	key     string
}

// rastersFile declares raster sources, in the basemap folder.
const rastersFile = "basemaps.json"

var rasterName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// readRasterSources reads the declarations. Sources that can be used come back also when others cannot; the error then
// says what is wrong with those.
func readRasterSources(folder string, environ func(string) string) ([]*rasterSource, error) {
	raw, err := os.ReadFile(filepath.Join(folder, rastersFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", rastersFile, err)
	}
	var declared struct{ Raster []*rasterSource }
	if err := json.Unmarshal(raw, &declared); err != nil {
		return nil, fmt.Errorf("reading %s: %w", rastersFile, err)
	}
	var good []*rasterSource
	var bad []error
	seen := map[string]bool{}
	for _, s := range declared.Raster {
		if err := s.prepare(environ); err != nil {
			bad = append(bad, fmt.Errorf("raster source %q: %w", s.Name, err))
		} else if seen[s.Name] {
			bad = append(bad, fmt.Errorf("raster source %q is declared twice", s.Name))
		} else {
			seen[s.Name] = true
			good = append(good, s)
		}
	}
	return good, errors.Join(bad...)
}

// prepare checks a declaration and takes its key from the environment.
func (s *rasterSource) prepare(environ func(string) string) error {
	if !rasterName.MatchString(s.Name) {
		return errors.New("its name must be lower-case letters, digits, - and _")
	}
	filled := strings.NewReplacer("{s}", "1", "{z}", "1", "{x}", "1", "{y}", "1", "{key}", "1").Replace(s.URL)
	if u, err := url.Parse(filled); err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return errors.New("its url must begin with http:// or https://")
	}
	for _, part := range []string{"{z}", "{x}", "{y}"} {
		if !strings.Contains(s.URL, part) {
			return fmt.Errorf("its url lacks %s", part)
		}
	}
	if strings.Contains(s.URL, "{s}") && s.Servers == "" {
		return errors.New("its url has {s}, but servers is empty")
	}
	if strings.Contains(s.URL, "{key}") {
		variable := "FOURMAPS_BASEMAP_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_")) + "_KEY"
		if s.key = environ(variable); s.key == "" {
			return fmt.Errorf("its key is missing: set %s", variable)
		}
	}
	if s.MaxZoom == 0 {
		s.MaxZoom = 18
	}
	if s.MinZoom < 0 || s.MaxZoom > MaxZoom || s.MinZoom > s.MaxZoom {
		return fmt.Errorf("its zooms must lie between 0 and %d", MaxZoom)
	}
	if s.Label.Zh == "" {
		s.Label = layer.Text{Zh: s.Name, En: s.Name}
	}
	return s.checkCRS()
}

// checkCRS refuses what would lie hundreds of metres off. The system is never guessed.
func (s *rasterSource) checkCRS() error {
	crs, err := geo.ParseCRS(s.CRS)
	if err != nil {
		return fmt.Errorf("its crs: %w", err)
	}
	switch crs {
	case geo.WGS84, geo.CGCS2000, geo.WebMercator:
		if s.GCJ02 {
			return fmt.Errorf("it says gcj02, but its crs is %s", crs)
		}
		return nil
	case geo.GCJ02:
		if !s.GCJ02 {
			return errors.New("it is GCJ-02 and would lie hundreds of metres off; say \"gcj02\": true to have it corrected")
		}
		s.shifted = true
		return nil
	default:
		return fmt.Errorf("its crs is %s; only tiles in Web Mercator on WGS 84, CGCS2000 or GCJ-02 can be shown", crs)
	}
}

// id tells sources apart, also from what stood under the same name before basemaps.json was changed.
func (s *rasterSource) id() string { return s.Name + " " + s.URL }

// address is where the source keeps a tile.
func (s *rasterSource) address(t ID) string {
	server := ""
	if s.Servers != "" {
		server = string(s.Servers[int(t.X+t.Y)%len(s.Servers)])
	}
	return strings.NewReplacer("{z}", fmt.Sprint(t.Z), "{x}", fmt.Sprint(t.X), "{y}", fmt.Sprint(t.Y),
		"{s}", server, "{key}", url.QueryEscape(s.key)).Replace(s.URL)
}

// rasterMaxAge is for how long a browser keeps a raster tile, in seconds: a day.
const rasterMaxAge = 86400

// rasterTile sends one tile of a raster source.
func (b *Basemap) rasterTile(w http.ResponseWriter, r *http.Request, path string) error {
	name, rest, _ := strings.Cut(path, "/")
	t, err := parseTriple(rest)
	if err != nil {
		return err
	}
	c := b.look()
	for _, f := range c.files {
		if f.name == name && f.kind != mvtTiles {
			return b.archiveTile(w, r, f, t)
		}
	}
	for _, s := range c.rasters {
		if s.Name != name {
			continue
		}
		if int(t.Z) < s.MinZoom || int(t.Z) > s.MaxZoom {
			return errNoRasterTile
		}
		image, err := b.rasters.tile(r.Context(), s, t)
		if err != nil {
			return err
		}
		NewAnswer(Content{Type: image.mediaType, Body: image.body, MaxAge: rasterMaxAge}).ServeHTTP(w, r)
		return nil
	}
	return notFound("no_such_basemap", "没有这个底图", "there is no such basemap")
}

// archiveTile sends one image of a .pmtiles file.
func (b *Basemap) archiveTile(w http.ResponseWriter, r *http.Request, f *archive, t ID) error {
	body, err := b.fromArchive(f, t)
	if err != nil {
		return err
	}
	_, mediaType := f.kind.image()
	NewAnswer(Content{Type: mediaType, Body: body}).ServeHTTP(w, r)
	return nil
}

// fromArchive reads a tile of a file, whose damage is told by name.
func (b *Basemap) fromArchive(f *archive, t ID) ([]byte, error) {
	body, err := f.tile(t)
	if err != nil {
		b.warnDamage(f, err)
		return nil, &Refusal{Status: http.StatusInternalServerError, Code: "basemap_damaged",
			Zh: "底图文件“" + f.name + "”已损坏，请重新拷贝", En: fmt.Sprintf("the basemap file %q is damaged: copy it again", f.name)}
	}
	if len(body) == 0 {
		return nil, errNoRasterTile
	}
	return body, nil
}

// warnDamage logs the first tile of a file that cannot be read.
func (b *Basemap) warnDamage(f *archive, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if state := f.name + f.tag; !b.damaged[state] {
		b.damaged[state] = true
		b.log.Warn("a file in the basemap folder is damaged", "file", f.name, "error", err)
	}
}

var errNoRasterTile = notFound("no_such_tile", "底图没有这个瓦片", "the basemap has no such tile")
