package tiles

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// TileJSON is a TileJSON 3.0 document.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Tiles        []string      `json:"tiles"`
	Scheme       string        `json:"scheme"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       []float64     `json:"bounds,omitempty"` // WGS 84; absent when there is nothing
	Center       []float64     `json:"center,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers,omitempty"`
	Encoding     string        `json:"encoding,omitempty"` // of elevation tiles
}

// VectorLayer says what one layer of the vector tiles holds.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

func (h *Handler) tileJSON(w http.ResponseWriter, r *http.Request, names string) error {
	a, err := parseLayers(names)
	if err != nil {
		return err
	}
	if err := onlyLang(r, noParameter); err != nil {
		return err
	}
	doc := describe(a.layers)
	doc.Tiles = []string{origin(r) + Prefix + a.names + "/{z}/{x}/{y}.mvt"}
	bound, err := h.bound(r.Context(), a.layers)
	if err != nil {
		return err
	}
	if bound != nil {
		doc.Bounds = []float64{geo.Round7(bound.Min[0]), geo.Round7(bound.Min[1]), geo.Round7(bound.Max[0]), geo.Round7(bound.Max[1])}
		c := bound.Center()
		doc.Center = []float64{geo.Round7(c[0]), geo.Round7(c[1]), float64(doc.MinZoom)}
	}
	return sendJSON(w, r, doc)
}

// describe writes what the declarations say.
func describe(layers []*layer.Layer) TileJSON {
	doc := TileJSON{TileJSON: "3.0.0", Name: joined(layers), Scheme: "xyz", MinZoom: MaxZoom}
	for _, l := range layers {
		v := VectorLayer{ID: l.Name, Description: l.Label.Zh + " " + l.Label.En, MinZoom: l.MinZoom, MaxZoom: l.MaxZoom,
			Fields: map[string]string{"id": "String: UUID", "name": "String", "name_en": "String"}}
		if l.MergeBelow > l.MinZoom {
			v.Fields["id"] = fmt.Sprintf("String: UUID; from zoom %d, below it rows alike are one feature", l.MergeBelow)
		}
		if l.NameZoom > l.MinZoom {
			v.Fields["name"] = fmt.Sprintf("String; from zoom %d", l.NameZoom)
			v.Fields["name_en"] = v.Fields["name"]
		}
		if l.Cluster {
			v.Fields["point_count"] = "Number: rows in the group that this feature stands for; absent on single rows"
		}
		if l.ConfirmDays > 0 {
			v.Fields["confirmed_day"] = "Number: days from 1970-01-01 (UTC) to the last confirmation; absent where there is none"
		}
		for _, f := range l.Fields {
			if f.Tile && !f.Sensitive {
				v.Fields[f.Name] = tileType(f.Type)
			}
		}
		doc.VectorLayers = append(doc.VectorLayers, v)
		doc.MinZoom, doc.MaxZoom = min(doc.MinZoom, l.MinZoom), max(doc.MaxZoom, l.MaxZoom)
	}
	return doc
}

func tileType(t layer.Type) string {
	switch t {
	case layer.Integer, layer.Number:
		return "Number"
	case layer.Boolean:
		return "Boolean"
	case layer.Choices:
		return "String: values with commas between them"
	default:
		return "String"
	}
}

// bound gives the box of all rows of the layers, nil when there are none. It is remembered until one of them changes.
func (h *Handler) bound(ctx context.Context, layers []*layer.Layer) (*orb.Bound, error) {
	var whole *orb.Bound
	for _, l := range layers {
		a, err := h.Cache.Do(ctx, "bounds "+l.Name, Everywhere(l.Name), func(ctx context.Context) (Content, error) {
			b, err := h.Source.Bound(ctx, l)
			if err != nil || b == nil {
				return Content{}, err
			}
			body, err := json.Marshal(b)
			return Content{Body: body}, err
		})
		if err != nil {
			return nil, err
		}
		if a.Empty() {
			continue
		}
		var b orb.Bound
		if err := json.Unmarshal(a.body, &b); err != nil {
			return nil, fmt.Errorf("reading the bounds of %s: %w", l.Name, err)
		}
		if whole != nil {
			b = b.Union(*whole)
		}
		whole = &b
	}
	return whole, nil
}

// Bound gives the box of all rows of a layer in WGS 84 degrees, or nil when there are none.
func (s *Source) Bound(ctx context.Context, l *layer.Layer) (*orb.Bound, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limit+grace)
	defer cancel()
	var b orb.Bound
	sql := fmt.Sprintf(`SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(geom) AS e FROM %s WHERE deleted_at IS NULL) x WHERE e IS NOT NULL`, l.Name)
	err := s.pool.QueryRow(ctx, sql).Scan(&b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding the bounds of %s: %w", l.Name, err)
	}
	return &b, nil
}

// origin is the scheme and host by which the client reached the server.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

func sendJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	NewAnswer(Content{Type: "application/json", Body: body}).ServeHTTP(w, r)
	return nil
}
