package api

import "github.com/labstack/echo/v4"

// tile answers everything about tiles and basemaps; package tiles knows their addresses.
func (s *server) tile(c echo.Context) error {
	if s.Tiles == nil {
		return echo.ErrNotFound
	}
	return s.Tiles.Serve(c.Response(), c.Request())
}

// basemaps answers GET /api/basemaps: what may lie under the maps.
func (s *server) basemaps(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	if s.Tiles == nil || s.Tiles.Basemap == nil {
		return echo.ErrNotFound
	}
	return s.Tiles.Basemap.ServeChoices(c.Response(), c.Request())
}
