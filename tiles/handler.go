package tiles

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"fourmaps/geo/layer"
)

// Prefix is where the tiles are; a Handler answers GET and HEAD for everything below it.
const Prefix = "/tiles/"

// vectorTile is the media type of vector tiles.
const vectorTile = "application/vnd.mapbox-vector-tile"

// Handler answers requests for tiles and TileJSON documents.
type Handler struct {
	Source  *Source
	Cache   *Cache
	Basemap *Basemap // nil for none
}

// Serve answers a request below Prefix. Its error is a *Refusal or a *layer.ParameterError where the client is to blame;
// nothing has been written then.
//
//	/tiles/{layers}/{z}/{x}/{y}.mvt       one layer or several with commas; filters of the layer when there is one
//	/tiles/{layers}.json                  TileJSON 3.0
//	/tiles/relief/{z}/{x}/{y}.png         and the rest of the basemap
func (h *Handler) Serve(w http.ResponseWriter, r *http.Request) error {
	if r.URL.RawQuery == "" {
		if a := h.Cache.Get(r.URL.Path); a != nil { // the way of nearly all requests
			a.ServeHTTP(w, r)
			return nil
		}
	}
	path, ok := strings.CutPrefix(r.URL.Path, Prefix)
	if !ok {
		return errNoSuchPath
	}
	if tile, ok := strings.CutSuffix(path, ".mvt"); ok && strings.Count(tile, "/") == 3 {
		return h.tile(w, r, tile)
	}
	if h.Basemap != nil {
		if handled, err := h.Basemap.serve(w, r, path); handled {
			return err
		}
	}
	if names, ok := strings.CutSuffix(path, ".json"); ok && !strings.Contains(names, "/") {
		return h.tileJSON(w, r, names)
	}
	return errNoSuchPath
}

var errNoSuchPath = notFound("no_such_address", "没有这个地址", "there is nothing at this address")

func (h *Handler) tile(w http.ResponseWriter, r *http.Request, path string) error {
	a, err := parseTilePath(path)
	if err != nil {
		return err
	}
	if r.URL.RawQuery != "" {
		f, err := parseFilter(a, r)
		if err != nil {
			return err
		}
		if !f.Empty() {
			return h.filtered(w, r, f, a.tile)
		}
	}
	key := fmt.Sprintf("%s%s/%d/%d/%d.mvt", Prefix, a.names, a.tile.Z, a.tile.X, a.tile.Y)
	answer, err := h.Cache.Do(r.Context(), key, ofTile(a.tile, a.layers), func(ctx context.Context) (Content, error) {
		body, err := h.Source.Tile(ctx, a.layers, a.tile)
		return Content{Type: vectorTile, Body: body}, err
	})
	if err != nil {
		return err
	}
	answer.ServeHTTP(w, r)
	return nil
}

// parseFilter reads the filter of a tile of one layer; several layers have no parameters in common.
func parseFilter(a address, r *http.Request) (layer.Filter, error) {
	if len(a.layers) > 1 {
		return layer.Filter{}, onlyLang(r, layer.Text{Zh: "多图层瓦片不能筛选：请一次只取一个图层", En: "tiles of several layers take no filter: ask for one layer at a time"})
	}
	values, err := layer.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return layer.Filter{}, err
	}
	if err := checkLang(values); err != nil {
		return layer.Filter{}, err
	}
	return layer.ParseFilter(a.layers[0], values, langParameter)
}

// filtered answers straight from the database: there are too many filters to keep their tiles.
func (h *Handler) filtered(w http.ResponseWriter, r *http.Request, f layer.Filter, t ID) error {
	body, err := h.Source.Filtered(r.Context(), f, t)
	if err != nil {
		return err
	}
	NewAnswer(Content{Type: vectorTile, Body: body}).ServeHTTP(w, r)
	return nil
}
