package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// Headers that every answer carries, as ready values: a tile from the cache must not pay for making them.
var (
	valueNosniff  = []string{"nosniff"}
	valueReferrer = []string{"same-origin"}
	valuePolicy   = []string{"default-src 'self'; script-src 'self'; worker-src 'self'; style-src 'self' 'unsafe-inline'; " +
		"img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"}
)

const slow = time.Second // an answer that took longer is logged

// pathTile is the route of vector tiles.
const pathTile = "/tiles/:layers/:z/:x/:y"

// outer is the only middleware; it stands around every answer: host name, security headers, panics, errors, metrics, log.
func (s *server) outer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		started := time.Now()
		h := c.Response().Header()
		if c.Path() != pathTile { // a tile is no document, loads nothing and begins with a byte that is no script; each header costs it 3 % of its speed
			h["X-Content-Type-Options"] = valueNosniff
			h["Referrer-Policy"] = valueReferrer
			h["Content-Security-Policy"] = valuePolicy
			if s.strict != nil && s.proxies.secure(c.Request()) {
				h["Strict-Transport-Security"] = s.strict
			}
		}
		if err := s.guarded(next, c); err != nil {
			s.drainRefused(c)
			s.answerError(err, c)
		}
		took := time.Since(started)
		s.meters.observe(c.Path(), c.Response().Status, took)
		s.log(c, took)
		return nil
	}
}

// guarded answers if the host name is allowed, and turns a panic into an error.
func (s *server) guarded(next echo.HandlerFunc, c echo.Context) (err error) {
	r := c.Request()
	if !s.hosts.allow(r.Host) && c.Path() != "/healthz" && c.Path() != "/readyz" {
		return errHost
	}
	if err := s.guardOrigin(r); err != nil {
		return err
	}
	defer func() {
		if p := recover(); p != nil {
			if e, ok := p.(error); ok && errors.Is(e, http.ErrAbortHandler) {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return next(c)
}

// log writes the access log: everything at level debug, and at level info what failed or took long.
func (s *server) log(c echo.Context, took time.Duration) {
	level := slog.LevelDebug
	status := c.Response().Status
	if status >= 400 && status != statusClientLeft || (took > slow && c.Path() != pathEvents) {
		level = slog.LevelInfo
	}
	r := c.Request()
	if !s.Log.Enabled(r.Context(), level) {
		return
	}
	s.Log.Log(r.Context(), level, "request", "request_id", s.requestID(c), "method", r.Method, "path", cut(r.URL.Path),
		"query", loggedQuery(r.URL.RawQuery), "status", status, "bytes", c.Response().Size, "took", took)
}

const mostLogged = 200 // bytes of a path or a query: an address may have half a million

// harmless are the parameters whose values the log keeps.
var harmless = []string{"limit", "sort", "bbox", "area", "area_level", "lang", "last_event_id"}

// loggedQuery is what the log keeps of a query: the names, and the values of what is known to be harmless. People type
// names and telephone numbers of others into a search, tokens travel in addresses, and a log is read and kept by more
// than may see those.
func loggedQuery(raw string) string {
	parts := strings.Split(cut(raw), "&")
	for i, part := range parts {
		switch key, _, named := strings.Cut(part, "="); {
		case slices.Contains(harmless, key):
		case named:
			parts[i] = key + "=…"
		case part != "":
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "&")
}

func cut(text string) string {
	if len(text) <= mostLogged {
		return text
	}
	return strings.ToValidUTF8(text[:mostLogged], "") + "…"
}
