package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"fourmaps/server/auth"
	"fourmaps/server/jobs"
)

// deletedFiles answers GET /api/layers/{layer}/features/{id}/files/deleted to who may bring them back.
func (s *server) deletedFiles(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	area, err := s.Store.AreaOf(c.Request().Context(), r.layer, r.row)
	if err != nil {
		return err
	}
	if err := permitted(r.who, auth.PhotoWrite, r.who.On(auth.PhotoWrite, area)); err != nil {
		return err
	}
	list, err := s.Store.DeletedFiles(c.Request().Context(), r.layer, r.row, jobs.KeepDeletedFiles, r.sensitive)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, list)
}

// fileHistory answers GET /api/layers/{layer}/features/{id}/files/history: who added, deleted and brought back which file.
func (s *server) fileHistory(c echo.Context) error {
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
	page, err := s.Store.FileHistory(c.Request().Context(), l, id, before, limit, sensitive)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, page)
}
