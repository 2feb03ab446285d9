package api

import (
	"bytes"
	"context"
	"strings"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/tiles"
)

// Media types of answers.
const (
	typeJSON    = "application/json"
	typeGeoJSON = "application/geo+json"
)

// send writes a ready answer, compressed as the client likes, or 304 when the client has it already.
func send(c echo.Context, a *tiles.Answer) error {
	a.ServeHTTP(c.Response(), c.Request())
	return nil
}

// cached answers from the cache, or makes the answer and keeps it until a row of the layer, or an area, changes. key is
// the address and what else the answer depends on.
func (s *server) cached(c echo.Context, key string, l *layer.Layer, fill func(context.Context) (tiles.Content, error)) error {
	a, err := s.cache.Do(c.Request().Context(), key, tiles.Everywhere(l.Name, layer.Area.Name), fill)
	if err != nil {
		return err
	}
	return send(c, a)
}

// stamped is content that ends with a timeStamp: its ETag comes from the rest, so that a client which has the same rows
// is told so, whether the answer was kept or made again.
func stamped(mediaType string, body []byte) tiles.Content {
	c := tiles.Content{Type: mediaType, Body: body}
	if i := bytes.LastIndex(body, []byte(`,"timeStamp":`)); i >= 0 {
		c.Moment = len(body) - i
	}
	return c
}

// addressKey is the key of an answer that depends on nothing but its address.
func addressKey(c echo.Context) string {
	u := c.Request().URL
	var key strings.Builder
	key.Grow(len(u.Path) + 1 + len(u.RawQuery))
	key.WriteString(u.Path)
	key.WriteByte('?')
	key.WriteString(u.RawQuery)
	return key.String()
}
