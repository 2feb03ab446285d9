package api

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// signInOptions is the answer of GET /api/session: what the sign-in page needs to know.
type signInOptions struct {
	SignedIn      bool                `json:"signed_in"`
	OIDC          *string             `json:"oidc"`          // what the button for single sign-on says; null for none
	Administrator bool                `json:"administrator"` // there is somebody who manages people
	DemoAccounts  []store.DemoAccount `json:"demo_accounts"` // where they work; empty elsewhere
}

// signInOptions answers GET /api/session.
func (s *server) signInOptions(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	_, err := s.session(c)
	out := signInOptions{SignedIn: err == nil, DemoAccounts: []store.DemoAccount{}}
	if label := s.Auth.OIDCLabel(); label != "" {
		out.OIDC = &label
	}
	ctx := c.Request().Context()
	if out.Administrator, err = s.Store.HasAdministrator(ctx); err != nil {
		return err
	}
	if s.Auth.DemoAnywhere || s.proxies.local(c.Request()) {
		if out.DemoAccounts, err = s.Store.DemoAccounts(ctx); err != nil {
			return err
		}
	}
	return private(c, http.StatusOK, out)
}

// private answers what nobody may keep.
func private(c echo.Context, status int, v any) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(status, v)
}

// signIn answers POST /api/session.
func (s *server) signIn(c echo.Context) error {
	var body struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	value, who, err := s.Auth.SignIn(c.Request().Context(), body.Name, body.Password, s.client(c))
	if err != nil {
		return err
	}
	s.setCookie(c, value, who.Expires)
	return s.answerMe(c, who)
}

// client is where a sign-in comes from.
func (s *server) client(c echo.Context) auth.Client {
	return auth.Client{Address: c.RealIP(), Agent: c.Request().UserAgent(), Local: s.proxies.local(c.Request())}
}

// setCookie gives the browser its token. Lax: whoever follows a link to the map is signed in there; what changes
// something is guarded by its origin.
func (s *server) setCookie(c echo.Context, value string, until time.Time) {
	cookie := http.Cookie{Name: auth.CookieName, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.proxies.secure(c.Request()), MaxAge: int(until.Sub(s.Now()).Round(time.Second) / time.Second)}
	if value == "" {
		cookie.MaxAge = -1
	}
	c.SetCookie(&cookie)
}

// signOut answers DELETE /api/session. Who is not signed in is answered alike.
func (s *server) signOut(c echo.Context) error {
	who, err := s.session(c)
	if err == nil {
		if err := s.Auth.SignOut(c.Request().Context(), who); err != nil {
			return err
		}
	}
	s.setCookie(c, "", s.Now())
	return c.NoContent(http.StatusNoContent)
}

// me is the answer of GET /api/me: who is signed in, and what is permitted where.
type me struct {
	Person struct {
		ID   uuid.UUID `json:"id"`
		Name string    `json:"name"`
		Post string    `json:"post"`
	} `json:"person"`
	Account struct {
		Name        string `json:"name"`
		Demo        bool   `json:"demo"`
		MustChange  bool   `json:"must_change"`
		HasPassword bool   `json:"has_password"`
		Means       string `json:"means"`
	} `json:"account"`
	Permissions []heldPermission `json:"permissions"`
	ExpiresAt   time.Time        `json:"expires_at"`
}

// heldPermission is a permission and where it holds: everywhere, or on areas and all below them.
type heldPermission struct {
	Name       auth.Permission     `json:"name"`
	Everywhere bool                `json:"everywhere"`
	Areas      []store.GrantedArea `json:"areas"`
}

// me answers GET /api/me.
func (s *server) me(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	return s.answerMe(c, who)
}

func (s *server) answerMe(c echo.Context, who *auth.Session) error {
	var out me
	out.Person.ID, out.Person.Name, out.Person.Post = who.PersonID, who.PersonName, who.Post
	out.Account.Name, out.Account.Demo, out.Account.MustChange = who.AccountName, who.Demo, who.MustChange
	out.Account.HasPassword, out.Account.Means = who.HasPassword, who.Means
	out.ExpiresAt = who.Expires.UTC()
	var err error
	if out.Permissions, err = s.held(c.Request().Context(), who); err != nil {
		return err
	}
	return private(c, http.StatusOK, out)
}

func (s *server) held(ctx context.Context, who *auth.Session) ([]heldPermission, error) {
	var asked []uuid.UUID
	for _, name := range auth.Permissions {
		_, areas := who.Scope(name)
		asked = append(asked, areas...)
	}
	names, err := s.Store.AreasByID(ctx, asked)
	if err != nil {
		return nil, err
	}
	out := []heldPermission{}
	for _, name := range auth.Permissions {
		one := heldPermission{Name: name, Areas: []store.GrantedArea{}}
		var areas []uuid.UUID
		one.Everywhere, areas = who.Scope(name)
		for _, id := range areas {
			if area, ok := names[id]; ok {
				one.Areas = append(one.Areas, area)
			}
		}
		if one.Everywhere || len(one.Areas) > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// changePassword answers PUT /api/me/password. The other sessions of the account end.
func (s *server) changePassword(c echo.Context) error {
	who, err := s.session(c)
	if err != nil {
		return err
	}
	var body struct {
		Present string `json:"present"`
		Next    string `json:"next"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if who.Demo {
		return permitted(who, "demo", false)
	}
	if err := s.Auth.ChangePassword(c.Request().Context(), who, body.Present, body.Next, s.client(c)); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
