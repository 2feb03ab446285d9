package api

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

// draftSummary is a draft in the list of drafts.
type draftSummary struct {
	ID        uuid.UUID          `json:"id"`
	State     string             `json:"state"`
	FileName  string             `json:"file_name"`
	FileBytes int64              `json:"file_bytes"`
	Layer     *string            `json:"layer"`
	Counts    *store.DraftCounts `json:"counts"`
	Work      *draftWork         `json:"work"`
	CreatedAt time.Time          `json:"created_at"`
	UpdatedAt time.Time          `json:"updated_at"`
	AppliedAt *time.Time         `json:"applied_at"`
	ExpiresAt time.Time          `json:"expires_at"`
}

// draftWork is what is being done for a draft, and how far it is.
type draftWork struct {
	Kind  string `json:"kind"` // check or apply
	Rows  int64  `json:"rows"` // read so far
	Done  int64  `json:"done"` // of total, in bytes
	Total int64  `json:"total"`
}

// draftAnswer is a draft with all that the screen needs to go on with it.
type draftAnswer struct {
	draftSummary
	Revision int                   `json:"revision"`
	Choices  json.RawMessage       `json:"choices"`
	About    json.RawMessage       `json:"about"`
	Fault    *store.DraftFault     `json:"fault"` // why the last check or import came to nothing
	Origins  []store.Origin        `json:"origins"`
	Mappings []store.ImportMapping `json:"mappings"` // saved ones that fit the file's columns, the best first
	// Findings are the open ones against siting rules about rows that were stored, and near them; counts.siting says how many.
	Findings []store.SitingFinding `json:"findings"`
}

func summaryOf(d store.Draft) draftSummary {
	out := draftSummary{ID: d.ID, State: d.State, FileName: d.FileName, FileBytes: d.FileBytes, Layer: d.Layer, Counts: d.Counts,
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt, AppliedAt: d.AppliedAt, ExpiresAt: d.UpdatedAt.Add(store.KeepDrafts)}
	if d.Work != nil {
		out.Work = &draftWork{*d.Work, d.RowsDone, min(d.Done, d.Total), d.Total}
	}
	return out
}

func (s *server) answerDraft(c echo.Context, status int, d store.Draft, who *auth.Session) error {
	out := draftAnswer{draftSummary: summaryOf(d), Revision: d.Revision, Choices: d.Choices, About: d.About, Fault: d.Fault, Origins: []store.Origin{}, Mappings: []store.ImportMapping{}, Findings: []store.SitingFinding{}}
	if d.Broken && out.Fault == nil {
		out.Fault = &store.DraftFault{Code: "interrupted", Text: layer.Text{Zh: "服务器在处理时停止了，什么都没有写入；请重新检查", En: "the server stopped in the middle of it, and nothing was written: check again"}}
	}
	ctx := c.Request().Context()
	if d.State == store.DraftApplied && d.Counts != nil && d.Counts.Siting != nil && d.Counts.Siting.Open > 0 {
		page, err := s.Store.SitingFindings(ctx, store.SitingQuery{State: "open", Draft: &d.ID, Limit: normalFindings})
		if err != nil {
			return err
		}
		out.Findings = page.Findings
	}
	if d.State != store.DraftApplied && d.Work == nil {
		var err error
		if out.Mappings, err = s.fittingMappings(c, d, who); err != nil {
			return err
		}
		if d.Layer != nil {
			if l, ok := layer.ByName(*d.Layer); ok {
				if out.Origins, err = s.Store.Origins(ctx, l); err != nil {
					return err
				}
			}
		}
	}
	return private(c, status, out)
}

// fittingMappings are the saved mappings whose columns the file has, the one with the most columns first.
func (s *server) fittingMappings(c echo.Context, d store.Draft, who *auth.Session) ([]store.ImportMapping, error) {
	var about intake.About
	if err := json.Unmarshal(d.About, &about); err != nil {
		return nil, fmt.Errorf("reading what a file says: %w", err)
	}
	all, err := s.Store.ImportMappings(c.Request().Context(), who.PersonID, func(area *uuid.UUID) bool { return who.On(auth.LayerImport, area) })
	if err != nil {
		return nil, err
	}
	fits := []store.ImportMapping{}
	for _, m := range all {
		missing := slices.ContainsFunc(m.Columns, func(name string) bool {
			return !slices.ContainsFunc(about.Columns, func(c intake.Column) bool { return c.Name == name })
		})
		if !missing && (d.Layer == nil || *d.Layer == m.Layer) {
			fits = append(fits, m)
		}
	}
	slices.SortStableFunc(fits, func(a, b store.ImportMapping) int { return len(b.Columns) - len(a.Columns) })
	return fits, nil
}
