package api

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
)

// What a route asks of whoever uses it, beside the permissions.
const (
	anyone   auth.Permission = "anyone"    // no account: sign-in, health, the pages themselves
	signedIn auth.Permission = "signed_in" // any account
	scraper  auth.Permission = "scraper"   // installation.manage, or a program with the token of FOURMAPS_METRICS_TOKEN
)

// allowed lets through who may use a route. A permission has to be held on some area; whether it holds on that of a row,
// the handler asks.
func (s *server) allowed(access auth.Permission, next echo.HandlerFunc) echo.HandlerFunc {
	switch access {
	case anyone:
		return next
	case scraper:
		return s.scraped(next)
	}
	need := auth.SetOf(access)
	return func(c echo.Context) error {
		who, err := s.session(c)
		if err != nil {
			return err
		}
		if !who.Somewhere(need) || need == 0 && access != signedIn {
			return notPermitted(who, access)
		}
		if err := samePerson(c.Request(), who); err != nil {
			return err
		}
		return next(c)
	}
}

// headerPerson names the person whose entry a write is. What a phone has kept while there was no network is sent later, and
// somebody else may have signed in meanwhile, in another tab of the same browser.
const headerPerson = "Fourmaps-Person"

// samePerson refuses a write that says whose it is to a session of anybody else.
func samePerson(r *http.Request, who *auth.Session) error {
	named := r.Header[headerPerson]
	if len(named) == 0 || len(named) == 1 && strings.EqualFold(named[0], who.PersonID.String()) {
		return nil
	}
	return &refusal{status: http.StatusForbidden, code: "another_person", text: layer.Text{
		Zh: "现在登录的是另一个人", En: "somebody else is signed in now"}}
}

// scraped lets through programs that bring the token, and who manages the installation.
func (s *server) scraped(next echo.HandlerFunc) echo.HandlerFunc {
	managed := s.allowed(auth.InstallationManage, func(c echo.Context) error {
		who, err := s.session(c)
		if err != nil {
			return err
		}
		if err := permitted(who, auth.InstallationManage, who.On(auth.InstallationManage, nil)); err != nil {
			return err // the figures are those of the whole installation
		}
		return next(c)
	})
	return func(c echo.Context) error {
		brought, ok := strings.CutPrefix(c.Request().Header.Get(echo.HeaderAuthorization), "Bearer ")
		if ok && s.MetricsToken != "" && subtle.ConstantTimeCompare([]byte(brought), []byte(s.MetricsToken)) == 1 {
			return next(c)
		}
		return managed(c)
	}
}

// session is who asks, or the refusal for who is not signed in. A tile from the cache pays a look into a map for it.
func (s *server) session(c echo.Context) (*auth.Session, error) {
	r := c.Request()
	headers := r.Header["Cookie"]
	if len(headers) == 0 {
		return nil, errNotSignedIn
	}
	cookie := headers[0]
	if len(headers) > 1 {
		cookie = strings.Join(headers, "; ")
	}
	who := s.Auth.Known(cookie)
	if who == nil {
		var err error
		if who, err = s.Auth.Find(r.Context(), cookie); err != nil {
			return nil, err
		}
	}
	if who == nil {
		return nil, errNotSignedIn
	}
	if who.Demo && !s.Auth.DemoAnywhere && !s.proxies.local(r) {
		return nil, auth.ErrDemoAway
	}
	return who, nil
}

// permitted refuses who does not hold a permission on the area of a row (nil: a row in no area).
func permitted(who *auth.Session, name auth.Permission, on bool) error {
	if on {
		return nil
	}
	return notPermitted(who, name)
}

var errNotSignedIn = &refusal{status: http.StatusUnauthorized, code: "not_signed_in", text: layer.Text{
	Zh: "请先登录", En: "sign in first"}}

func notPermitted(who *auth.Session, name auth.Permission) error {
	if who.MustChange {
		return &refusal{status: http.StatusForbidden, code: "password_must_change", text: layer.Text{
			Zh: "请先修改管理员设置的临时密码", En: "change the temporary password that an administrator set first"}}
	}
	return &refusal{status: http.StatusForbidden, code: "not_permitted", text: layer.Text{
		Zh: fmt.Sprintf("您在此区域没有“%s”的权限", name.Label().Zh), En: fmt.Sprintf("you do not have this right here: %s", name.Label().En)}}
}

// guardOrigin refuses what changes something when a page from elsewhere sent it: the session's cookie goes along with
// its requests too.
func (s *server) guardOrigin(r *http.Request) error {
	if err := s.origins.Check(r); err != nil {
		return &refusal{status: http.StatusForbidden, code: "cross_origin", text: layer.Text{
			Zh: "请求来自其他网站，已拒绝", En: "the request comes from another site and is refused"}}
	}
	return nil
}
