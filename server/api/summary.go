package api

import (
	"context"
	"encoding/json"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/tiles"
)

// summary answers GET /api/layers/{layer}/summary: counts under the same filters as the list.
func (s *server) summary(c echo.Context) error {
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	values, err := layer.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return err
	}
	filter, err := layer.ParseFilter(l, values, "area_level", "lang")
	if err != nil {
		return err
	}
	level, err := askedLevel(c)
	if err != nil {
		return err
	}
	now := s.Now().UTC()
	key := addressKey(c)
	if l.ConfirmDays > 0 {
		key += now.Format(" 2006-01-02T15:04") // rows become due without being changed
	}
	return s.cached(c, key, l, func(ctx context.Context) (tiles.Content, error) {
		counted, err := s.Store.Summary(ctx, filter, level, now)
		if err != nil {
			return tiles.Content{}, err
		}
		body, err := json.Marshal(counted)
		return stamped(typeJSON, body), err
	})
}

func askedLevel(c echo.Context) (string, error) {
	switch level := c.QueryParam("area_level"); level {
	case "":
		return "township", nil
	case "township", "village":
		return level, nil
	}
	return "", &layer.ParameterError{Parameter: "area_level", Code: "bad_value", Text: layer.Text{
		Zh: "应为 township 或 village", En: "must be township or village"}}
}
