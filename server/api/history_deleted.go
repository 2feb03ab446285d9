package api

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// deletedRows answers GET /api/layers/{layer}/deleted: what can be brought back, where the person reads the history.
func (s *server) deletedRows(c echo.Context) error {
	if err := only(c, "limit", "before"); err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	limit, err := askedNumber(c, "limit", normalHistory, 1, mostHistory)
	if err != nil {
		return err
	}
	after, err := s.askedDeletedPlace(c)
	if err != nil {
		return err
	}
	everywhere, within := who.Scope(auth.HistoryRead)
	if everywhere {
		within = nil
	} else if within == nil {
		within = []uuid.UUID{}
	}
	rows, err := s.Store.Deleted(c.Request().Context(), l, within, after, limit)
	if err != nil {
		return err
	}
	next := ""
	if len(rows) == limit {
		last := rows[limit-1]
		next = fmt.Sprintf("%s,%s", last.DeletedAt.UTC().Format(time.RFC3339Nano), last.ID)
	}
	return private(c, http.StatusOK, map[string]any{"rows": rows, "next": next})
}

// askedDeletedPlace reads where the page before ended.
func (s *server) askedDeletedPlace(c echo.Context) (store.DeletedPlace, error) {
	text := c.QueryParam("before")
	if text == "" {
		return store.DeletedPlace{At: s.Now().AddDate(1, 0, 0)}, nil
	}
	moment, id, _ := strings.Cut(text, ",")
	at, err := time.Parse(time.RFC3339Nano, moment)
	last, wrong := uuid.Parse(id)
	if err != nil || wrong != nil || at.Year() < 1 {
		return store.DeletedPlace{}, &layer.ParameterError{Parameter: "before", Code: "bad_value", Text: layer.Text{Zh: "应为上一页的 next", En: "must be next of the page before"}}
	}
	return store.DeletedPlace{At: at, ID: last}, nil
}
