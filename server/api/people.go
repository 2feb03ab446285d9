package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// people answers GET /api/people: the people whom the asker may manage.
func (s *server) people(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	all, err := s.Store.People(c.Request().Context(), nil)
	if err != nil {
		return err
	}
	mine := []store.Person{}
	for _, p := range all {
		if who.MayManage(p) {
			mine = append(mine, p)
		}
	}
	return private(c, http.StatusOK, map[string]any{"people": mine})
}

// roles answers GET /api/roles.
func (s *server) roles(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	roles, err := s.Store.Roles(c.Request().Context())
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, map[string]any{"roles": roles})
}

// managed is who asks, and the person of the path, whom the asker may manage.
func (s *server) managed(c echo.Context) (*auth.Session, store.Person, error) {
	if err := only(c); err != nil {
		return nil, store.Person{}, err
	}
	who, err := s.session(c)
	if err != nil {
		return nil, store.Person{}, err
	}
	id, err := askedID(c)
	if err != nil {
		return nil, store.Person{}, err
	}
	p, err := s.Store.Person(c.Request().Context(), id)
	if err != nil {
		return nil, store.Person{}, err
	}
	return who, p, permitted(who, auth.PeopleManage, who.MayManage(p))
}

// person answers GET /api/people/{id}.
func (s *server) person(c echo.Context) error {
	_, p, err := s.managed(c)
	if err != nil {
		return err
	}
	return answerPerson(c, http.StatusOK, p)
}

func answerPerson(c echo.Context, status int, p store.Person) error {
	c.Response().Header().Set("ETag", `"`+strconv.Itoa(p.Version)+`"`)
	return private(c, status, p)
}

// peopleActor is who changes people, accounts and rights: under the name of the account, as lists of accounts have it.
func peopleActor(c echo.Context, who *auth.Session) store.Actor {
	actor := actorOf(c, who, "people")
	actor.Name = who.AccountName
	return actor
}

// askedGrant is a right in a body.
type askedGrant struct {
	Role   string     `json:"role"`
	AreaID *uuid.UUID `json:"area_id"`
}

// mayGive refuses a right that the asker may not give.
func (s *server) mayGive(who *auth.Session, g askedGrant) error {
	set, ok := s.Auth.Role(g.Role)
	if !ok {
		return badField("role", layer.Text{Zh: "没有这个角色", En: "there is no such role"})
	}
	return permitted(who, auth.PeopleManage, who.MayGive(set, g.AreaID))
}

// addPerson answers POST /api/people. The answer carries the temporary password, once.
func (s *server) addPerson(c echo.Context) error {
	who, err := s.session(c)
	if err != nil {
		return err
	}
	var body struct {
		Name        string       `json:"name"`
		Post        *string      `json:"post"`
		Phone       *string      `json:"phone"`
		AccountName string       `json:"account_name"`
		OIDCName    *string      `json:"oidc_name"`
		Grants      []askedGrant `json:"grants"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	n := store.NewPerson{Name: strings.TrimSpace(body.Name), Post: filled(body.Post), Phone: filled(body.Phone),
		AccountName: auth.AccountName(body.AccountName), OIDCName: filled(body.OIDCName), MustChange: true}
	if n.AccountName == "" {
		return badField("account_name", layer.Text{Zh: "必填", En: "is required"})
	}
	for _, g := range body.Grants {
		if err := s.mayGive(who, g); err != nil {
			return err
		}
		n.Grants = append(n.Grants, store.GrantedRole(g))
	}
	ctx := c.Request().Context()
	password, hash, err := s.Auth.NewTemporaryPassword(ctx)
	if err != nil {
		return err
	}
	n.PasswordHash = hash
	id, err := s.Store.AddPerson(ctx, peopleActor(c, who), n, s.Now())
	if err != nil {
		return err
	}
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return err
	}
	return private(c, http.StatusCreated, map[string]any{"person": p, "password": password})
}

// filled is a text without blanks around it, nil for an empty one.
func filled(text *string) *string {
	if text == nil || strings.TrimSpace(*text) == "" {
		return nil
	}
	trimmed := strings.TrimSpace(*text)
	return &trimmed
}

// askedVersion reads the version that a change begins from (If-Match).
func askedVersion(c echo.Context) (int, error) {
	header := c.Request().Header.Get("If-Match")
	if header == "" {
		return 0, &refusal{status: http.StatusPreconditionRequired, code: "version_missing", text: layer.Text{
			Zh: "请用 If-Match 说明修改所依据的版本", En: "say with If-Match which version the change begins from"}}
	}
	version, err := strconv.Atoi(strings.Trim(header, `"`))
	if err != nil || version < 1 {
		return 0, badField("If-Match", layer.Text{Zh: "应为版本号", En: "must be a version"})
	}
	return version, nil
}

// changePerson answers PATCH /api/people/{id}.
func (s *server) changePerson(c echo.Context) error {
	who, p, err := s.managed(c)
	if err != nil {
		return err
	}
	version, err := askedVersion(c)
	if err != nil {
		return err
	}
	var body struct {
		Name     *string `json:"name"`
		Post     *string `json:"post"`
		Phone    *string `json:"phone"`
		Disabled *bool   `json:"disabled"`
		OIDCName *string `json:"oidc_name"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if body.Name != nil {
		*body.Name = strings.TrimSpace(*body.Name)
	}
	ctx := c.Request().Context()
	if err := s.Store.ChangePerson(ctx, peopleActor(c, who), p.ID, version, store.PersonChange(body), s.Now()); err != nil {
		return err
	}
	return s.answerChanged(ctx, c, p.ID)
}

// answerChanged answers with the person as it is now; this server knows the new rights at once.
func (s *server) answerChanged(ctx context.Context, c echo.Context, id uuid.UUID) error {
	if err := s.Auth.Renew(ctx, s.Store.Pool()); err != nil {
		return err
	}
	p, err := s.Store.Person(ctx, id)
	if err != nil {
		return err
	}
	return answerPerson(c, http.StatusOK, p)
}

// removePerson answers DELETE /api/people/{id}.
func (s *server) removePerson(c echo.Context) error {
	who, p, err := s.managed(c)
	if err != nil {
		return err
	}
	version, err := askedVersion(c)
	if err != nil {
		return err
	}
	if err := s.Store.RemovePerson(c.Request().Context(), peopleActor(c, who), p.ID, version, s.Now()); err != nil {
		return err
	}
	return s.done(c)
}

// done answers a change of people that gives nothing back.
func (s *server) done(c echo.Context) error {
	if err := s.Auth.Renew(c.Request().Context(), s.Store.Pool()); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
