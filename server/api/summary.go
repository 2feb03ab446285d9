package api

import (
	"bytes"
	"encoding/json"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
)

// summary answers GET /api/layers/{layer}/summary: counts under the same filters as the list.
func (s *server) summary(c echo.Context) error {
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	filter, err := layer.ParseFilter(l, c.QueryParams(), "area_level", "lang")
	if err != nil {
		return err
	}
	level, err := askedLevel(c)
	if err != nil {
		return err
	}
	counted, err := s.Store.Summary(c.Request().Context(), filter, level, s.Now().UTC())
	if err != nil {
		return err
	}
	body, err := json.Marshal(counted)
	if err != nil {
		return err
	}
	// timeStamp is the last member; the ETag follows from the others
	content := body[:bytes.LastIndex(body, []byte(`,"timeStamp":`))]
	return newAnswer(typeJSON, body, content).send(c, "no-cache")
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
