package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

// answerWithin is for how long a request waits for the work that it began; the work goes on, and GET tells how far it is.
const answerWithin = 20 * time.Second

// checkImport answers POST /api/imports/{id}/check: the check is made again.
func (s *server) checkImport(c echo.Context) error {
	who, importer, d, err := s.draft(c)
	if err != nil {
		return err
	}
	if !complete(d) {
		return missingChoice(d)
	}
	if _, err := s.desk.Check(c.Request().Context(), d.ID, importer); err != nil {
		return err
	}
	if d, err = s.Store.Draft(c.Request().Context(), who.PersonID, d.ID); err != nil {
		return err
	}
	return s.answerDraft(c, http.StatusAccepted, d, who)
}

// missingChoice says what has to be said first.
func missingChoice(d store.Draft) error {
	var about intake.About
	if err := json.Unmarshal(d.About, &about); err != nil {
		return fmt.Errorf("reading what a file says: %w", err)
	}
	if about.Missing == nil {
		return refusalOfImport(store.ErrDraftState)
	}
	return &refusal{status: http.StatusUnprocessableEntity, code: about.Missing.Code, text: layer.Text{Zh: about.Missing.Zh, En: about.Missing.En}}
}

// applyImport answers POST /api/imports/{id}/apply: all that the check accepted is stored, or nothing. 412 says that
// there is another report than the one that was seen, or that rows changed after the check.
func (s *server) applyImport(c echo.Context) error {
	who, importer, d, err := s.draft(c)
	if err != nil {
		return err
	}
	var body struct {
		Revision   int  `json:"revision"` // of the draft whose report the person has seen
		RemoveGone bool `json:"remove_gone"`
		MoveAreas  bool `json:"move_areas"` // rows that go to another area may go there
	}
	if err := readBody(c, &body); err != nil {
		return err
	}
	if body.Revision != d.Revision {
		return store.ErrStale
	}
	// These counts are those of the revision, and Apply takes no other one: a check that ends from here on makes a new one.
	if d.Counts != nil && d.Counts.Moved > 0 && !body.MoveAreas {
		return movesUnconfirmed(d.Counts.Moved)
	}
	ctx := c.Request().Context()
	ended, err := s.desk.Apply(ctx, d.ID, importer, body.Revision, body.RemoveGone)
	if err != nil {
		return err
	}
	status := http.StatusOK
	select {
	case <-ended:
	case <-time.After(answerWithin):
		status = http.StatusAccepted
	case <-ctx.Done():
		return ctx.Err()
	}
	if d, err = s.Store.Draft(context.WithoutCancel(ctx), who.PersonID, d.ID); err != nil {
		return err
	}
	if status == http.StatusOK && d.Fault != nil {
		refused := &refusal{status: http.StatusConflict, code: d.Fault.Code, text: d.Fault.Text}
		switch d.Fault.Code {
		case "changed_meanwhile":
			refused.status = http.StatusPreconditionFailed
		case "internal":
			refused.status = http.StatusInternalServerError
		}
		return refused
	}
	return s.answerDraft(c, status, d, who)
}

// movesUnconfirmed asks for a confirmation of its own: the rows of one township leave it for another.
func movesUnconfirmed(n int64) error {
	return &refusal{status: http.StatusConflict, code: "moves_unconfirmed", text: layer.Text{
		Zh: fmt.Sprintf("有 %d 行将移到其他区划；请在报告中核对后确认移动", n), En: fmt.Sprintf("%d rows would move to another area: look at them in the report and confirm the move", n)}}
}

var outcomes = []string{store.RowNew, store.RowChanged, store.RowSame, store.RowRejected, store.RowGone}

func askedOutcome(c echo.Context) (string, error) {
	outcome := c.QueryParam("outcome")
	if outcome != "" && !slices.Contains(outcomes, outcome) {
		return "", &layer.ParameterError{Parameter: "outcome", Code: "bad_value", Text: layer.Text{
			Zh: "应为 " + strings.Join(outcomes, "、") + " 之一", En: "must be one of " + strings.Join(outcomes, ", ")}}
	}
	return outcome, nil
}

// importRows answers GET /api/imports/{id}/rows: a page of the report.
func (s *server) importRows(c echo.Context) error {
	_, _, d, err := s.draft(c, "outcome", "after", "limit")
	if err != nil {
		return err
	}
	outcome, err := askedOutcome(c)
	if err != nil {
		return err
	}
	after, err := askedNumber(c, "after", 0, 0, 1<<30)
	if err != nil {
		return err
	}
	limit, err := askedNumber(c, "limit", 100, 1, 1000)
	if err != nil {
		return err
	}
	rows, err := s.Store.DraftRows(c.Request().Context(), d.ID, outcome, after, limit)
	if err != nil {
		return err
	}
	if rows == nil {
		rows = []store.ReportRow{}
	}
	return private(c, http.StatusOK, map[string]any{"rows": rows, "state": d.State})
}

// mostPoints is how many points a map of an import shows.
const mostPoints = 5000

// importPoints answers GET /api/imports/{id}/points: the rows of the report on the map, as GeoJSON.
func (s *server) importPoints(c echo.Context) error {
	_, _, d, err := s.draft(c, "outcome")
	if err != nil {
		return err
	}
	outcome, err := askedOutcome(c)
	if err != nil {
		return err
	}
	points, err := s.Store.DraftPoints(c.Request().Context(), d.ID, outcome, mostPoints)
	if err != nil {
		return err
	}
	list := []any{}
	for _, p := range points {
		list = append(list, pointFeature(p.Ord, p.Lon, p.Lat, map[string]any{"outcome": p.Outcome, "name": p.Name}))
	}
	return private(c, http.StatusOK, map[string]any{"type": "FeatureCollection", "features": list})
}

func pointFeature(id int, lon, lat float64, properties map[string]any) map[string]any {
	return map[string]any{"type": "Feature", "id": id, "geometry": map[string]any{"type": "Point", "coordinates": [2]float64{lon, lat}}, "properties": properties}
}

// importPreview answers GET /api/imports/{id}/preview: where the first places of the file would lie in each coordinate
// system, and as GeoJSON in the one asked for.
func (s *server) importPreview(c echo.Context) error {
	_, _, d, err := s.draft(c, "crs", "swap")
	if err != nil {
		return err
	}
	swap := c.QueryParam("swap")
	if swap != "" && swap != "true" && swap != "false" {
		return &layer.ParameterError{Parameter: "swap", Code: "bad_value", Text: layer.Text{Zh: "应为 true 或 false", En: "must be true or false"}}
	}
	ctx := c.Request().Context()
	leave, err := s.roomToRead(ctx)
	if err != nil {
		return err
	}
	defer leave()
	file, size, err := s.Store.DraftFile(ctx, d.ID)
	if err != nil {
		return err
	}
	defer file.Close()
	territory, err := s.Store.Territory(ctx)
	if err != nil && !errors.Is(err, store.ErrNoAreas) {
		return err
	}
	p, err := intake.PreviewOf(d, file, size, territory, c.QueryParam("crs"), swap == "true")
	if err != nil {
		return refusedFile(err)
	}
	list := []any{}
	for i, at := range p.Places {
		list = append(list, pointFeature(i, at[0], at[1], map[string]any{}))
	}
	return private(c, http.StatusOK, map[string]any{"type": "FeatureCollection", "features": list, "systems": p.Systems, "read": p.Read, "unread": p.Unread})
}
