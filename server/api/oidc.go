package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"fourmaps/server/auth"
)

const (
	pathOIDC       = "/api/session/oidc"
	pathOIDCReturn = "/api/session/oidc/return"
	oidcCookie     = "fourmaps_oidc"
	oidcMinutes    = 10 // for which a sign-in at the issuer may take
)

// startOIDC answers GET /api/session/oidc: it sends the browser to the issuer.
func (s *server) startOIDC(c echo.Context) error {
	if err := only(c, "next"); err != nil {
		return err
	}
	address, pending, err := s.Auth.StartOIDC(c.Request().Context(), s.returnAddress(c), safePath(c.QueryParam("next")))
	if err != nil {
		return err
	}
	kept, err := json.Marshal(pending)
	if err != nil {
		return err
	}
	s.setOIDCCookie(c, base64.RawURLEncoding.EncodeToString(kept), oidcMinutes*60)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Redirect(http.StatusFound, address)
}

func (s *server) setOIDCCookie(c echo.Context, value string, seconds int) {
	c.SetCookie(&http.Cookie{Name: oidcCookie, Value: value, Path: pathOIDC, HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.proxies.secure(c.Request()), MaxAge: seconds})
}

// returnAddress is where the issuer sends browsers back to; the host name is one of those allowed.
func (s *server) returnAddress(c echo.Context) string {
	scheme := "http"
	if s.proxies.secure(c.Request()) {
		scheme = "https"
	}
	return scheme + "://" + c.Request().Host + pathOIDCReturn
}

// safePath is a path of our own pages: an address of elsewhere would make the sign-in a trap.
func safePath(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.Contains(text, `\`) {
		return "/"
	}
	return text
}

// finishOIDC answers GET /api/session/oidc/return: the browser comes back from the issuer with a code. A failure is
// told by the sign-in page.
func (s *server) finishOIDC(c echo.Context) error {
	var pending auth.Pending
	if cookie, err := c.Cookie(oidcCookie); err == nil {
		if kept, err := base64.RawURLEncoding.DecodeString(cookie.Value); err == nil {
			_ = json.Unmarshal(kept, &pending) // what cannot be read has no state, and is refused
		}
	}
	s.setOIDCCookie(c, "", -1)
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	value, who, err := s.Auth.FinishOIDC(c.Request().Context(), s.returnAddress(c), pending, c.QueryParam("state"), c.QueryParam("code"), s.client(c))
	if err != nil {
		code := refusalOf(err).code
		s.Log.Info("sign-in by OIDC refused", "request_id", s.requestID(c), "code", code, "error", err)
		return c.Redirect(http.StatusSeeOther, "/?"+url.Values{"sign_in": {code}}.Encode())
	}
	s.setCookie(c, value, who.Expires)
	return c.Redirect(http.StatusSeeOther, safePath(pending.Next))
}
