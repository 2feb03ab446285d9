package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/siting"
	"fourmaps/server/store"
)

// sitingRules answers GET /api/siting/rules.
func (s *server) sitingRules(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	rules, err := s.Store.SitingRules(c.Request().Context())
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, map[string]any{"rules": rules})
}

// readRule reads a rule from a body, over what is there already.
func readRule(c echo.Context, r *siting.Rule) error {
	id, version := r.ID, r.Version
	if err := readBody(c, r); err != nil {
		return err
	}
	r.ID, r.Version = id, version
	for _, text := range []**string{&r.NearLayer, &r.NearWidth, &r.Field, &r.WithinLayer, &r.ValidFrom, &r.ValidTo} {
		*text = filled(*text)
	}
	for _, text := range []*string{&r.Code, &r.Name.Zh, &r.Name.En, &r.Document.Zh, &r.Document.En, &r.Article.Zh, &r.Article.En} {
		*text = strings.TrimSpace(*text)
	}
	return nil
}

// addSitingRule answers POST /api/siting/rules.
func (s *server) addSitingRule(c echo.Context) error {
	who, err := s.everywhere(c, auth.InstallationManage)
	if err != nil {
		return err
	}
	r := siting.Rule{Unit: "m", Order: 1000, Active: true}
	if err := readRule(c, &r); err != nil {
		return err
	}
	if r, err = s.Store.AddSitingRule(c.Request().Context(), actorOf(c, who, "siting"), r); err != nil {
		return err
	}
	return answerRule(c, http.StatusCreated, r)
}

// changeSitingRule answers PATCH /api/siting/rules/{id}; what is left out stays, null clears.
func (s *server) changeSitingRule(c echo.Context) error {
	who, err := s.everywhere(c, auth.InstallationManage)
	if err != nil {
		return err
	}
	id, err := askedID(c)
	if err != nil {
		return err
	}
	version, err := askedVersion(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	rules, err := s.Store.SitingRules(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(rules, func(r siting.Rule) bool { return r.ID == id })
	if i < 0 {
		return store.ErrNotFound
	}
	if err := readRule(c, &rules[i]); err != nil {
		return err
	}
	r, err := s.Store.ChangeSitingRule(ctx, actorOf(c, who, "siting"), id, version, rules[i])
	if err != nil {
		return err
	}
	return answerRule(c, http.StatusOK, r)
}

func answerRule(c echo.Context, status int, r siting.Rule) error {
	c.Response().Header().Set("ETag", fmt.Sprintf(`"%d"`, r.Version))
	return private(c, status, r)
}

// everywhere is who asks, with a permission on the whole installation: rules hold for all areas.
func (s *server) everywhere(c echo.Context, need auth.Permission) (*auth.Session, error) {
	if err := only(c); err != nil {
		return nil, err
	}
	who, err := s.session(c)
	if err != nil {
		return nil, err
	}
	return who, permitted(who, need, who.On(need, nil))
}

const (
	normalFindings = 100
	mostFindings   = 500
)

// sitingFindings answers GET /api/siting/findings.
func (s *server) sitingFindings(c echo.Context) error {
	if err := only(c, "state", "area", "layer", "rule", "row", "after", "limit"); err != nil {
		return err
	}
	q := store.SitingQuery{State: c.QueryParam("state"), Area: c.QueryParam("area"), Layer: c.QueryParam("layer")}
	if q.State != "" && !slices.Contains([]string{"open", "waived", "resolved"}, q.State) {
		return &layer.ParameterError{Parameter: "state", Code: "bad_value", Text: layer.Text{Zh: "应为 open、waived 或 resolved", En: "must be open, waived or resolved"}}
	}
	if q.Layer != "" {
		if _, ok := layer.ByName(q.Layer); !ok {
			return &layer.ParameterError{Parameter: "layer", Code: "bad_value", Text: layer.Text{Zh: "没有这个图层", En: "there is no such layer"}}
		}
	}
	if q.Area != "" {
		if _, err := layer.ParseFilter(&layer.Area, map[string][]string{"area": {q.Area}}); err != nil {
			return err
		}
	}
	for name, into := range map[string]**uuid.UUID{"rule": &q.Rule, "row": &q.Row, "after": &q.After} {
		text := c.QueryParam(name)
		if text == "" {
			continue
		}
		id, err := uuid.Parse(text)
		if err != nil || len(text) != 36 {
			return &layer.ParameterError{Parameter: name, Code: "bad_value", Text: layer.Text{Zh: "不是 UUID", En: "is not a UUID"}}
		}
		*into = &id
	}
	var err error
	if q.Limit, err = askedNumber(c, "limit", normalFindings, 1, mostFindings); err != nil {
		return err
	}
	page, err := s.Store.SitingFindings(c.Request().Context(), q)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, page)
}

// waiveSiting answers POST /api/siting/findings/{id}/waive.
func (s *server) waiveSiting(c echo.Context) error {
	var body struct {
		Reason string     `json:"reason"`
		Until  *time.Time `json:"until"`
	}
	return s.decideSiting(c, func() (store.Waiving, error) {
		if err := readBody(c, &body); err != nil {
			return store.Waiving{}, err
		}
		reason := strings.TrimSpace(body.Reason)
		if n := len([]rune(reason)); n == 0 || n > layer.MaxReason || strings.ContainsRune(reason, 0) {
			return store.Waiving{}, badField("reason", layer.Text{Zh: "请填写理由，最多 1000 个字符", En: "is required: say why, in at most 1000 characters"})
		}
		return store.Waiving{Reason: reason, Until: body.Until}, nil
	})
}

// unwaiveSiting answers DELETE /api/siting/findings/{id}/waive: the waiver is taken back.
func (s *server) unwaiveSiting(c echo.Context) error {
	return s.decideSiting(c, func() (store.Waiving, error) { return store.Waiving{}, nil })
}

func (s *server) decideSiting(c echo.Context, read func() (store.Waiving, error)) error {
	if err := only(c); err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	id, err := askedID(c)
	if err != nil {
		return err
	}
	version, err := askedVersion(c)
	if err != nil {
		return err
	}
	w, err := read()
	if err != nil {
		return err
	}
	w.Person = who.PersonID
	w.May = func(area *uuid.UUID) bool { return who.On(auth.SitingWaive, area) }
	f, err := s.Store.WaiveSiting(c.Request().Context(), actorOf(c, who, "siting"), id, version, w, s.Now())
	var denied *store.DeniedError
	if errors.As(err, &denied) {
		return notPermitted(who, auth.SitingWaive)
	}
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", fmt.Sprintf(`"%d"`, f.Version))
	return private(c, http.StatusOK, f)
}

// sitingRuleHistory answers GET /api/siting/rules/{id}/history. Rules hold for all areas, and so does their past.
func (s *server) sitingRuleHistory(c echo.Context) error {
	return s.sitingHistory(c, "siting_rule", func(ctx context.Context, id uuid.UUID) error {
		rules, err := s.Store.SitingRules(ctx)
		if err == nil && !slices.ContainsFunc(rules, func(r siting.Rule) bool { return r.ID == id }) {
			err = store.ErrNotFound
		}
		return err
	})
}

// sitingFindingHistory answers GET /api/siting/findings/{id}/history to who may read that of the row.
func (s *server) sitingFindingHistory(c echo.Context) error {
	return s.sitingHistory(c, "siting_finding", func(ctx context.Context, id uuid.UUID) error {
		who, err := s.session(c)
		if err != nil {
			return err
		}
		page, err := s.Store.SitingFindings(ctx, store.SitingQuery{ID: &id, Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Findings) == 0 {
			return store.ErrNotFound
		}
		return permitted(who, auth.HistoryRead, who.On(auth.HistoryRead, page.Findings[0].AreaID()))
	})
}

// sitingHistory tells what became of a rule or a finding, to who may know.
func (s *server) sitingHistory(c echo.Context, subject string, may func(context.Context, uuid.UUID) error) error {
	if err := only(c); err != nil {
		return err
	}
	id, err := askedID(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := may(ctx, id); err != nil {
		return err
	}
	events, err := s.Store.SitingHistory(ctx, subject, id)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, map[string]any{"events": events})
}

// shownChecks is what is told of checks: the last ones, whether one runs now, and which it is.
type shownChecks struct {
	Checks  []store.SitingCheck `json:"checks"`
	Running bool                `json:"running"`
}

// sitingChecks answers GET /api/siting/checks: when all rows were last checked, and what came out.
func (s *server) sitingChecks(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	return s.answerChecks(c, http.StatusOK)
}

func (s *server) answerChecks(c echo.Context, status int) error {
	checks, running, err := s.Store.LastSitingChecks(c.Request().Context(), 10)
	if err != nil {
		return err
	}
	return private(c, status, shownChecks{checks, running})
}

const (
	waitForCheck = 15 * time.Second // then the answer is that it runs
	mostForCheck = 10 * time.Minute
)

// checkSiting answers POST /api/siting/checks: all rows are checked by all rules, whoever has asked for it goes on waiting
// or not. 202 says that it still runs.
func (s *server) checkSiting(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	by := actorOf(c, who, "siting")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), mostForCheck)
	ended := make(chan error, 1)
	go func() {
		defer cancel()
		_, _, err := s.Store.CheckSiting(ctx, &by, time.Time{})
		if err != nil && !errors.Is(err, store.ErrChecking) {
			s.Log.Warn("the sites were not checked", "error", err)
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		if err != nil {
			return err
		}
		return s.answerChecks(c, http.StatusOK)
	case <-time.After(waitForCheck):
		return s.answerChecks(c, http.StatusAccepted)
	}
}
