package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// mostDays is the longest confirmation period, as the database has it.
const mostDays = 3650

// periods answers GET /api/confirmation-periods: for how many days a confirmation holds.
func (s *server) periods(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	all, err := s.Store.Periods(c.Request().Context())
	if err != nil {
		return err
	}
	return answerPeriods(c, all)
}

func answerPeriods(c echo.Context, all store.Periods) error {
	c.Response().Header().Set("ETag", fmt.Sprintf(`"%d"`, all.Version))
	return private(c, http.StatusOK, all)
}

// changePeriod answers PATCH /api/confirmation-periods: one period is set, or with days null a kind's own is taken away.
func (s *server) changePeriod(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, err := s.managing(c)
	if err != nil {
		return err
	}
	version, err := askedVersion(c)
	if err != nil {
		return err
	}
	var body struct {
		Layer string `json:"layer"`
		Kind  string `json:"kind"`
		Days  *int   `json:"days"`
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	change := store.PeriodChange(body)
	if err := checkPeriod(change); err != nil {
		return err
	}
	all, err := s.Store.ChangePeriod(c.Request().Context(), actorOf(c, who, "settings"), int64(version), change)
	if err != nil {
		return err
	}
	return answerPeriods(c, all)
}

// managing is who asks, if that person manages the whole installation.
func (s *server) managing(c echo.Context) (*auth.Session, error) {
	who, err := s.session(c)
	if err != nil {
		return nil, err
	}
	return who, permitted(who, auth.InstallationManage, who.Everywhere(auth.InstallationManage))
}

// actorOf is who changes something by which part of the program (people, siting, settings), for its history.
func actorOf(c echo.Context, who *auth.Session, source string) store.Actor {
	return store.Actor{Name: who.PersonName, Source: source, Person: who.PersonID, Address: c.RealIP()}
}

// checkPeriod refuses a period of what is not confirmed.
func checkPeriod(p store.PeriodChange) error {
	l, ok := layer.ByName(p.Layer)
	if !ok || l.ConfirmDays == 0 {
		return badField("layer", layer.Text{Zh: "此图层的记录不需核实", En: "rows of this layer are not confirmed"})
	}
	kinds, _ := l.Field(l.SymbolField)
	if p.Kind != "" && !slices.ContainsFunc(kinds.Choices, func(o layer.Option) bool { return o.Value == p.Kind }) {
		return badField("kind", layer.Text{Zh: "此图层没有这个类别", En: "the layer has no such kind"})
	}
	if p.Days == nil && p.Kind == "" {
		return badField("days", layer.Text{Zh: "图层的周期不能删除，可设为 0（不需核实）", En: "a layer's own period cannot be taken away; 0 means that nobody need confirm"})
	}
	if p.Days != nil && (*p.Days < 0 || *p.Days > mostDays) {
		return badField("days", layer.Text{Zh: fmt.Sprintf("应为 0–%d 的整数", mostDays), En: fmt.Sprintf("must be a whole number, 0–%d", mostDays)})
	}
	return nil
}

// periodHistory answers GET /api/confirmation-periods/history.
func (s *server) periodHistory(c echo.Context) error {
	if err := only(c, "limit", "before"); err != nil {
		return err
	}
	limit, before, err := askedPage(c)
	if err != nil {
		return err
	}
	if _, err := s.managing(c); err != nil {
		return err
	}
	events, err := s.Store.PeriodHistory(c.Request().Context(), before, limit)
	if err != nil {
		return err
	}
	next := int64(0)
	if len(events) == limit {
		next = events[limit-1].Seq
	}
	return private(c, http.StatusOK, map[string]any{"events": events, "next": next})
}

// takenFiles answers GET /api/exports: who took which rows away as a file.
func (s *server) takenFiles(c echo.Context) error {
	if err := only(c, "limit", "before"); err != nil {
		return err
	}
	limit, err := askedNumber(c, "limit", normalHistory, 1, mostHistory)
	if err != nil {
		return err
	}
	if _, err := s.managing(c); err != nil {
		return err
	}
	before := uuid.Nil
	if text := c.QueryParam("before"); text != "" {
		if before, err = uuid.Parse(text); err != nil {
			return &layer.ParameterError{Parameter: "before", Code: "bad_value", Text: layer.Text{Zh: "应为上一页的 next", En: "must be next of the page before"}}
		}
	}
	files, err := s.Store.TakenFiles(c.Request().Context(), before, limit)
	if err != nil {
		return err
	}
	next := ""
	if len(files) == limit {
		next = files[limit-1].ID.String()
	}
	return private(c, http.StatusOK, map[string]any{"exports": files, "next": next})
}
