package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/tiles"
)

// freshness answers GET /api/freshness: how many rows of each layer are confirmed, due and never confirmed, by area.
func (s *server) freshness(c echo.Context) error {
	if err := only(c, "area", "area_level"); err != nil {
		return err
	}
	level, err := askedLevel(c)
	if err != nil {
		return err
	}
	filters, err := confirmedLayers(c, "")
	if err != nil {
		return err
	}
	now := s.Now().UTC()
	key := addressKey(c) + now.Format(" 2006-01-02T15:04") // rows become due without being changed
	names := []string{layer.Area.Name}
	for _, f := range filters {
		names = append(names, f.Layer.Name)
	}
	a, err := s.cache.Do(c.Request().Context(), key, tiles.Everywhere(names...), func(ctx context.Context) (tiles.Content, error) {
		counted, err := s.Store.Freshness(ctx, filters, level)
		if err != nil {
			return tiles.Content{}, err
		}
		body, err := json.Marshal(struct {
			Layers []store.LayerFreshness `json:"layers"`
			At     time.Time              `json:"timeStamp"`
		}{counted, now})
		return stamped(typeJSON, body), err
	})
	if err != nil {
		return err
	}
	return send(c, a)
}

// confirmedLayers makes a filter of the area asked for over each layer whose rows are confirmed, or those asked for.
func confirmedLayers(c echo.Context, due string) ([]layer.Filter, error) {
	asked, err := askedNames(c)
	if err != nil {
		return nil, err
	}
	var out []layer.Filter
	for _, l := range layer.All {
		if l.ConfirmDays == 0 || len(asked) > 0 && !asked[l.Name] {
			continue
		}
		f, err := layer.ParseFilter(l, url.Values{"area": {c.QueryParam("area")}, "due": {due}})
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func askedNames(c echo.Context) (map[string]bool, error) {
	asked := map[string]bool{}
	for name := range strings.SplitSeq(c.QueryParam("layers"), ",") {
		if name == "" {
			continue
		}
		if l, ok := layer.ByName(name); !ok || l.ConfirmDays == 0 {
			return nil, &layer.ParameterError{Parameter: "layers", Code: "bad_value", Text: layer.Text{
				Zh: fmt.Sprintf("图层“%.40s”没有核实周期", name), En: fmt.Sprintf("rows of %.40q are not confirmed", name)}}
		}
		asked[name] = true
	}
	return asked, nil
}

// due answers GET /api/due: what is due, in walking order. It is made anew each time, since it depends on where one stands.
func (s *server) due(c echo.Context) error {
	if err := only(c, "area", "from", "layers"); err != nil {
		return err
	}
	from, err := askedPlace(c)
	if err != nil {
		return err
	}
	filters, err := confirmedLayers(c, "true")
	if err != nil {
		return err
	}
	walk, err := s.Store.Due(c.Request().Context(), filters, from, s.Now().UTC())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, typeGeoJSON, walked(walk))
}

// askedPlace reads from=longitude,latitude; nil for none.
func askedPlace(c echo.Context) (*orb.Point, error) {
	text := c.QueryParam("from")
	if text == "" {
		return nil, nil
	}
	lng, lat, _ := strings.Cut(text, ",")
	x, errX := strconv.ParseFloat(strings.TrimSpace(lng), 64)
	y, errY := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	p := orb.Point{x, y}
	if errX != nil || errY != nil || geo.CheckValid(p) != nil {
		return nil, &layer.ParameterError{Parameter: "from", Code: "bad_value", Text: layer.Text{
			Zh: "应为 经度,纬度（WGS 84）", En: "must be longitude,latitude (WGS 84)"}}
	}
	return &p, nil
}

// walked writes a walk as a FeatureCollection. Each feature says its layer and the metres from the one before.
func walked(w store.Walk) []byte {
	out := []byte(store.CollectionStart)
	n := 0
	for _, stop := range w.Stops {
		if stop.JSON == nil { // gone meanwhile
			continue
		}
		if n > 0 {
			out = append(out, ',')
		}
		n++
		leg := "null"
		if stop.LegM != nil {
			leg = strconv.FormatFloat(*stop.LegM, 'f', 1, 64)
		}
		out = append(out, stop.JSON[:len(stop.JSON)-1]...)
		out = fmt.Appendf(out, `,"layer":%q,"leg_m":%s}`, stop.Layer.Name, leg)
	}
	return fmt.Appendf(out, `],"numberMatched":%d,"numberReturned":%d,"timeStamp":%q}`, w.Matched, n, w.At.Format(time.RFC3339Nano))
}
