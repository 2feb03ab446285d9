package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/server/store"
)

// healthy answers GET /healthz: the process answers.
func (s *server) healthy(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// readiness is the answer of GET /readyz.
type readiness struct {
	Ready  bool             `json:"ready"`
	Checks map[string]check `json:"checks"`
}

type check struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail,omitempty"` // what is broken
}

// ready answers GET /readyz: whether the server can do its work, or what is broken.
func (s *server) ready(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), 2*time.Second)
	defer cancel()
	out := readiness{Ready: true, Checks: map[string]check{}}
	set := func(name string, ok bool, detail string) {
		if ok {
			detail = ""
		}
		out.Checks[name] = check{ok, detail}
		out.Ready = out.Ready && ok
	}
	err := s.Store.Ping(ctx)
	set("database", err == nil, s.whyDown(err))
	set("feed", s.Feed.State().Connected, "changes are not heard; answers are right but not cached, and screens are not told")
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	if !out.Ready {
		c.Response().Header().Set(echo.HeaderRetryAfter, "2")
		return c.JSON(http.StatusServiceUnavailable, out)
	}
	return c.JSON(http.StatusOK, out)
}

// whyDown says in one sentence why the database does not answer. Who runs it knows best.
func (s *server) whyDown(err error) string {
	if s.Trouble != nil {
		if why := s.Trouble(); why != "" {
			return why
		}
	}
	return store.WhyUnavailable(err)
}
