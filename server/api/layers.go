package api

import (
	"encoding/json"
	"fmt"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
)

// prepare makes the answers that do not change while the server runs.
func (s *server) prepare() error {
	s.oneLayer = make(map[string]*answer, len(layer.All))
	for _, l := range layer.All {
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("writing the declaration of %s: %w", l.Name, err)
		}
		s.oneLayer[l.Name] = newAnswer(typeJSON, body, body)
	}
	body, err := json.Marshal(map[string]any{"layers": layer.All})
	if err != nil {
		return fmt.Errorf("writing the declarations: %w", err)
	}
	s.allLayers = newAnswer(typeJSON, body, body)
	body, err = json.Marshal(s.describe())
	if err != nil {
		return fmt.Errorf("writing the OpenAPI description: %w", err)
	}
	s.openAPI = newAnswer(typeJSON, body, body)
	return nil
}

// layers answers GET /api/layers: the declarations.
func (s *server) layers(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	return s.allLayers.send(c, "no-cache")
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
	return found.send(c, "no-cache")
}

// openAPIDocument answers GET /api/openapi.json.
func (s *server) openAPIDocument(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	return s.openAPI.send(c, "no-cache")
}
