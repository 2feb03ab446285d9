package api

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
)

// peopleHistory answers GET /api/people/history: what was changed on people, accounts and rights. Who manages people of
// some areas only reads about those whom they may manage now; the past of others is not theirs.
func (s *server) peopleHistory(c echo.Context) error {
	if err := only(c, "limit", "before", "person"); err != nil {
		return err
	}
	limit, before, err := askedPage(c)
	if err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	person := uuid.Nil
	if text := c.QueryParam("person"); text != "" {
		if person, err = uuid.Parse(text); err != nil {
			return &layer.ParameterError{Parameter: "person", Code: "bad_value", Text: layer.Text{Zh: "不是 UUID", En: "is not a UUID"}}
		}
	}
	ctx := c.Request().Context()
	var mine []uuid.UUID
	if !who.Everywhere(auth.PeopleManage) {
		all, err := s.Store.People(ctx, nil)
		if err != nil {
			return err
		}
		mine = []uuid.UUID{}
		for _, p := range all {
			if who.MayManage(p) {
				mine = append(mine, p.ID)
			}
		}
	}
	events, err := s.Store.PeopleHistory(ctx, person, mine, before, limit)
	if err != nil {
		return err
	}
	next := int64(0)
	if len(events) == limit {
		next = events[limit-1].Seq
	}
	return private(c, http.StatusOK, map[string]any{"events": events, "next": next})
}
