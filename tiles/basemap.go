package tiles

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
)

// Basemap is what lies under the layers: relief, .pmtiles files that were dropped into the installation's folder, and
// raster sources that a file there declares. docs/interfaces.md describes the folder.
type Basemap struct {
	pool    *pgxpool.Pool
	folder  string
	environ func(string) string
	log     *slog.Logger
	rasters rasterFetcher

	mu      sync.Mutex
	read    time.Time // when the folder was last looked at
	catalog catalog
	asked   time.Time         // when the database was last asked for relief
	stored  bool              // what it said
	told    map[string]string // warnings by file: each is logged once
	damaged map[string]bool   // files whose tiles could not be read, by name and state
}

// catalog is what the folder holds.
type catalog struct {
	files   []*archive
	rasters []*rasterSource
	relief  *archive // relief.pmtiles
}

// lookAgain is for how long the folder is not looked at again.
const lookAgain = 3 * time.Second

// reliefFile is the name of the archive whose elevation tiles take the place of the database's.
const reliefFile = "relief.pmtiles"

// NewBasemap makes a basemap over the installation's basemap folder, which need not exist. Nothing is read or asked for yet.
func NewBasemap(pool *pgxpool.Pool, folder string, log *slog.Logger) *Basemap {
	return &Basemap{pool: pool, folder: folder, environ: os.Getenv, log: log, rasters: newRasterFetcher(log), told: map[string]string{}, damaged: map[string]bool{}}
}

// Choice is one basemap that a map may show.
type Choice struct {
	Name        string     `json:"name"`
	Kind        string     `json:"kind"` // own, pmtiles or raster
	Label       layer.Text `json:"label"`
	URL         string     `json:"url,omitempty"`   // of a .pmtiles file with vector tiles
	Tiles       []string   `json:"tiles,omitempty"` // of raster tiles
	Attribution string     `json:"attribution"`
	MinZoom     int        `json:"min_zoom"`
	MaxZoom     int        `json:"max_zoom"`
}

// Choices lists the basemaps, our own first. Addresses are paths on this server; no key of a source is in them.
func (b *Basemap) Choices() []Choice {
	out := []Choice{{Name: "own", Kind: "own", Label: layer.Text{Zh: "本地底图", En: "Own basemap"}, MaxZoom: MaxZoom}}
	c := b.look()
	for _, f := range c.files {
		choice := Choice{Name: f.name, Kind: "pmtiles", Label: layer.Text{Zh: f.title, En: f.title},
			Attribution: f.attribution, MinZoom: int(f.minZoom), MaxZoom: int(f.maxZoom)}
		if f.kind == mvtTiles {
			choice.URL = Prefix + "file/" + url.PathEscape(f.name)
		} else {
			choice.Kind, choice.Tiles = "raster", []string{Prefix + "raster/" + url.PathEscape(f.name) + "/{z}/{x}/{y}"}
		}
		out = append(out, choice)
	}
	for _, r := range c.rasters {
		out = append(out, Choice{Name: r.Name, Kind: "raster", Label: r.Label, Tiles: []string{Prefix + "raster/" + r.Name + "/{z}/{x}/{y}"},
			Attribution: r.Attribution, MinZoom: r.MinZoom, MaxZoom: r.MaxZoom})
	}
	return out
}

// ServeChoices answers with {"basemaps": […]}.
func (b *Basemap) ServeChoices(w http.ResponseWriter, r *http.Request) error {
	return sendJSON(w, r, map[string][]Choice{"basemaps": b.Choices()})
}

// serve answers what belongs to the basemap below Prefix; handled is false for other paths.
func (b *Basemap) serve(w http.ResponseWriter, r *http.Request, path string) (handled bool, err error) {
	kind, rest, _ := strings.Cut(path, "/")
	var answer func(http.ResponseWriter, *http.Request, string) error
	switch {
	case path == "relief.json":
		answer = b.reliefTileJSON
	case kind == "relief":
		answer = b.reliefTile
	case kind == "file":
		answer = b.file
	case kind == "raster":
		answer = b.rasterTile
	default:
		return false, nil
	}
	if err := onlyLang(r, noParameter); err != nil {
		return true, err
	}
	return true, answer(w, r, rest)
}

// look reads the folder, at most every few seconds.
func (b *Basemap) look() catalog {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.read.IsZero() && time.Since(b.read) < lookAgain {
		return b.catalog
	}
	b.read = time.Now()
	var c catalog
	wrong := map[string]string{}
	paths, _ := filepath.Glob(filepath.Join(escapeGlob(b.folder), "*.pmtiles")) // the pattern is a right one
	slices.Sort(paths)
	for _, p := range paths {
		if err := c.add(p); err != nil {
			wrong[p] = err.Error()
		}
	}
	var err error
	if c.rasters, err = readRasterSources(b.folder, b.environ); err != nil {
		wrong[filepath.Join(b.folder, rastersFile)] = err.Error()
	}
	b.warn(wrong)
	b.catalog = c
	return c
}

// add takes an archive into the catalog.
func (c *catalog) add(path string) error {
	a, err := openArchive(path)
	if err != nil {
		return err
	}
	ending, _ := a.kind.image()
	switch {
	case a.name != reliefFile && (a.kind == mvtTiles || ending != ""):
		c.files = append(c.files, a)
	case a.name == reliefFile && ending != "":
		c.relief = a
	case a.name == reliefFile:
		return errors.New("its tiles are no images: elevation is read from png, webp or jpg tiles")
	default:
		return fmt.Errorf("its tiles are of a kind that cannot be shown (%d)", a.kind)
	}
	return nil
}

// warn logs what is wrong with files of the folder, once for each state of a file. The caller holds the lock.
func (b *Basemap) warn(wrong map[string]string) {
	for path, complaint := range wrong {
		state := complaint
		if info, err := os.Stat(path); err == nil {
			state = fmt.Sprintf("%s %d %d", complaint, info.ModTime().UnixNano(), info.Size())
		}
		if b.told[path] != state {
			b.log.Warn("a file in the basemap folder cannot be used", "file", filepath.Base(path), "error", complaint)
		}
		wrong[path] = state
	}
	b.told = wrong
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// file serves an archive in ranges.
func (b *Basemap) file(w http.ResponseWriter, r *http.Request, name string) error {
	for _, f := range b.look().files {
		if f.name != name {
			continue
		}
		file, err := os.Open(f.path)
		if err != nil {
			return notFound("no_such_file", "没有这个底图文件", "there is no such basemap file")
		}
		defer file.Close()
		h := w.Header()
		h["Cache-Control"] = valueNoCache
		h["Etag"] = []string{f.tag}
		h["Content-Type"] = []string{"application/vnd.pmtiles"}
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour)) // a whole file takes long; where it cannot be set there is none
		http.ServeContent(w, r, "", f.changed, file)
		return nil
	}
	return notFound("no_such_file", "没有这个底图文件", "there is no such basemap file")
}

// withTimeout bounds what one request asks of the database.
func withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, queryTimeout)
}
