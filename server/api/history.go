package api

import (
	"net/http"
	"strconv"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// How many versions one page of a history has.
const (
	normalHistory = 50
	mostHistory   = 200
)

// history answers GET /api/layers/{layer}/features/{id}/history: who made which version, newest first.
func (s *server) history(c echo.Context) error {
	if err := only(c, "limit", "before"); err != nil {
		return err
	}
	l, id, sensitive, err := s.recorded(c)
	if err != nil {
		return err
	}
	limit, before, err := askedPage(c)
	if err != nil {
		return err
	}
	page, err := s.Store.History(c.Request().Context(), l, id, before, limit, sensitive)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, page)
}

// askedPage reads limit and before of a history that is numbered; before is 0 for the newest.
func askedPage(c echo.Context) (limit int, before int64, err error) {
	if limit, err = askedNumber(c, "limit", normalHistory, 1, mostHistory); err != nil {
		return 0, 0, err
	}
	text := c.QueryParam("before")
	if text == "" {
		return limit, 0, nil
	}
	if before, err = strconv.ParseInt(text, 10, 64); err != nil || before < 1 {
		return 0, 0, &layer.ParameterError{Parameter: "before", Code: "bad_value", Text: layer.Text{Zh: "应为上一页的 next", En: "must be next of the page before"}}
	}
	return limit, before, nil
}

// version answers GET /api/layers/{layer}/features/{id}/versions/{version}: the row as it was then.
func (s *server) version(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	l, id, sensitive, err := s.recorded(c)
	if err != nil {
		return err
	}
	version, err := strconv.Atoi(c.Param("version"))
	if err != nil || version < 1 {
		return store.ErrNotFound
	}
	row, err := s.Store.Version(c.Request().Context(), l, id, version, sensitive)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, typeGeoJSON, row)
}

// recorded is the row whose history is asked for, deleted or not, and whether its sensitive fields may be told.
func (s *server) recorded(c echo.Context) (l *layer.Layer, id uuid.UUID, sensitive bool, err error) {
	who, err := s.session(c)
	if err != nil {
		return nil, id, false, err
	}
	if l, err = askedLayer(c); err != nil {
		return nil, id, false, err
	}
	if id, err = askedID(c); err != nil {
		return nil, id, false, err
	}
	area, err := s.Store.AreaOf(c.Request().Context(), l, id)
	if err == nil {
		err = permitted(who, auth.HistoryRead, who.On(auth.HistoryRead, area))
	}
	if err != nil {
		return nil, id, false, err
	}
	return l, id, who.On(auth.SensitiveRead, area), nil
}
