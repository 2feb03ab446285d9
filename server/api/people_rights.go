package api

import (
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// addGrant answers POST /api/people/{id}/grants.
func (s *server) addGrant(c echo.Context) error {
	who, p, err := s.managed(c)
	if err != nil {
		return err
	}
	var body askedGrant
	if err := readBody(c, &body); err != nil {
		return err
	}
	if err := s.mayGive(who, body); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if _, err := s.Store.AddGrant(ctx, peopleActor(c, who), p.ID, store.GrantedRole(body)); err != nil {
		return err
	}
	return s.answerChanged(ctx, c, p.ID)
}

// removeGrant answers DELETE /api/people/{id}/grants/{grant}.
func (s *server) removeGrant(c echo.Context) error {
	who, p, err := s.managed(c)
	if err != nil {
		return err
	}
	id, err := askedUUID(c, "grant")
	if err != nil {
		return err
	}
	for _, g := range p.Grants {
		if g.ID != id {
			continue
		}
		asked := askedGrant{Role: g.Role}
		if g.Area != nil {
			asked.AreaID = &g.Area.ID
		}
		if err := s.mayGive(who, asked); err != nil {
			return err
		}
	}
	ctx := c.Request().Context()
	if err := s.Store.RemoveGrant(ctx, peopleActor(c, who), p.ID, id); err != nil {
		return err
	}
	return s.answerChanged(ctx, c, p.ID)
}

// askedUUID reads an id of the path.
func askedUUID(c echo.Context, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(c.Param(name))
	if err != nil || len(c.Param(name)) != 36 {
		return uuid.Nil, badField(name, layer.Text{Zh: "不是 UUID", En: "is not a UUID"})
	}
	return id, nil
}

// resetPassword answers POST /api/people/{id}/password with a temporary password, once. All sessions of the person end.
func (s *server) resetPassword(c echo.Context) error {
	who, p, err := s.managed(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	password, hash, err := s.Auth.NewTemporaryPassword(ctx)
	if err != nil {
		return err
	}
	if err := s.Store.SetPassword(ctx, peopleActor(c, who), p.ID, hash, true, uuid.Nil, s.Now()); err != nil {
		return err
	}
	if err := s.Auth.Renew(ctx, s.Store.Pool()); err != nil {
		return err
	}
	return private(c, http.StatusOK, map[string]string{"password": password})
}

// shownSession is a session as administrators see it.
type shownSession struct {
	ID        uuid.UUID `json:"id"`
	Means     string    `json:"means"`
	Address   string    `json:"address"`
	Agent     string    `json:"agent"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// sessions answers GET /api/people/{id}/sessions.
func (s *server) sessions(c echo.Context) error {
	_, p, err := s.managed(c)
	if err != nil {
		return err
	}
	found, err := s.Store.SessionsOf(c.Request().Context(), p.ID, s.Now())
	if err != nil {
		return err
	}
	out := []shownSession{}
	for _, f := range found {
		out = append(out, shownSession{f.ID, f.Means, f.Address, f.Agent, f.CreatedAt, f.SeenAt, f.ExpiresAt})
	}
	return private(c, http.StatusOK, map[string]any{"sessions": out})
}

// endSessions answers DELETE /api/people/{id}/sessions: the person is signed out everywhere.
func (s *server) endSessions(c echo.Context) error {
	_, p, err := s.managed(c)
	if err != nil {
		return err
	}
	if err := s.Store.EndSessions(c.Request().Context(), p.ID, uuid.Nil); err != nil {
		return err
	}
	return s.done(c)
}

// endSession answers DELETE /api/people/{id}/sessions/{session}.
func (s *server) endSession(c echo.Context) error {
	_, p, err := s.managed(c)
	if err != nil {
		return err
	}
	id, err := askedUUID(c, "session")
	if err != nil {
		return err
	}
	if err := s.Store.EndSession(c.Request().Context(), p.ID, id); err != nil {
		return err
	}
	return s.done(c)
}
