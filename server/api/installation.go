package api

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/server/store"
)

const product = "One Network, Four Maps 一网四图"

// installation answers GET /api/installation: which district this is and how much is in it.
func (s *server) installation(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	found, err := s.Store.Installation(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, struct {
		Product string    `json:"product"`
		Version string    `json:"version"`
		Time    time.Time `json:"time"`
		store.Installation
	}{product, s.Version, s.Now().UTC(), found})
}
