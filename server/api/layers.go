package api

import (
	"encoding/json"
	"fmt"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/tiles"
)

// prepare makes the answers that do not change while the server runs.
func (s *server) prepare() error {
	s.oneLayer = make(map[string]*tiles.Answer, len(layer.All))
	for _, l := range layer.All {
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("writing the declaration of %s: %w", l.Name, err)
		}
		s.oneLayer[l.Name] = tiles.NewAnswer(tiles.Content{Type: typeJSON, Body: body})
	}
	body, err := json.Marshal(map[string]any{"layers": layer.All, "standing": layer.Standing})
	if err != nil {
		return fmt.Errorf("writing the declarations: %w", err)
	}
	s.allLayers = tiles.NewAnswer(tiles.Content{Type: typeJSON, Body: body})
	if body, err = Description(s.Version); err != nil {
		return err
	}
	s.openAPI = tiles.NewAnswer(tiles.Content{Type: typeJSON, Body: body})
	return nil
}

// layers answers GET /api/layers: the declarations.
func (s *server) layers(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	return send(c, s.allLayers)
}

// layer answers GET /api/layers/{layer}: one declaration.
func (s *server) layer(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	found, ok := s.oneLayer[c.Param("layer")]
	if !ok {
		return unknownLayer()
	}
	return send(c, found)
}

// openAPIDocument answers GET /api/openapi.json.
func (s *server) openAPIDocument(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	return send(c, s.openAPI)
}
