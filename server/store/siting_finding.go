package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
	"fourmaps/server/siting"
)

// SitingFinding is a row against a rule, as people see it.
type SitingFinding struct {
	ID         uuid.UUID       `json:"id"`
	Version    int             `json:"version"`
	RuleID     uuid.UUID       `json:"rule_id"`
	Layer      string          `json:"layer"`
	Row        NamedRow        `json:"row"`
	OtherLayer *string         `json:"other_layer"`
	Other      *NamedRow       `json:"other"` // null: the rule looks at the row alone, or it is gone
	Measured   float64         `json:"measured"`
	Required   float64         `json:"required"`
	State      string          `json:"state"` // open, waived, resolved
	FoundAt    time.Time       `json:"found_at"`
	ResolvedAt *time.Time      `json:"resolved_at"`
	Waiver     *SitingWaiver   `json:"waiver"`
	Area       *GrantedArea    `json:"area"` // in which the row lies
	Text       layer.Text      `json:"text"` // what is wrong, with numbers and citation
	Line       json.RawMessage `json:"line"` // from the row to the other one, GeoJSON; null without another one
}

// AreaID is the area in which the row lies, or lay; nil for none.
func (f SitingFinding) AreaID() *uuid.UUID {
	if f.Area == nil {
		return nil
	}
	return &f.Area.ID
}

// NamedRow is a row by its name and place.
type NamedRow struct {
	ID     uuid.UUID   `json:"id"`
	Name   string      `json:"name"`
	NameEn *string     `json:"name_en"`
	At     *[2]float64 `json:"at"` // longitude and latitude
}

// SitingWaiver is who let a finding pass, and why.
type SitingWaiver struct {
	Reason string     `json:"reason"`
	By     string     `json:"by"`
	At     time.Time  `json:"at"`
	Until  *time.Time `json:"until"`
}

// SitingQuery selects findings.
type SitingQuery struct {
	ID    *uuid.UUID
	State string     // "" for all
	Area  string     // code: it and everything below
	Layer string     // of the row
	Rule  *uuid.UUID // of one rule
	Row   *uuid.UUID // of one row, or near it
	Draft *uuid.UUID // of the rows that an import has stored, or near them
	After *uuid.UUID // the last of the page before
	Limit int
}

// SitingPage is a part of the findings, the newest first, and how many there are.
type SitingPage struct {
	Findings []SitingFinding  `json:"findings"`
	States   map[string]int64 `json:"states"` // how many in each state, under the same filters but that of the state
	Rules    map[string]int64 `json:"rules"`  // how many against each rule, under all filters but that of the rule
	Next     *uuid.UUID       `json:"next"`   // after which the next page begins
	rules    map[uuid.UUID]siting.Rule
}

// SitingFindings lists findings of rows that are there, or, of resolved ones, were.
func (s *Store) SitingFindings(ctx context.Context, q SitingQuery) (page SitingPage, err error) {
	err = s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		page, err = sitingFindings(ctx, tx, q)
		return err
	})
	if err != nil {
		return page, fmt.Errorf("listing siting findings: %w", err)
	}
	return page, nil
}

func sitingFindings(ctx context.Context, tx pgx.Tx, q SitingQuery) (SitingPage, error) {
	page := SitingPage{Findings: []SitingFinding{}, States: map[string]int64{"open": 0, "waived": 0, "resolved": 0}, Rules: map[string]int64{}, rules: map[uuid.UUID]siting.Rule{}}
	rules, err := readRules(ctx, tx, "")
	if err != nil {
		return page, err
	}
	for _, r := range rules {
		page.rules[r.ID] = r
	}
	if err := page.count(ctx, tx, q); err != nil {
		return page, err
	}
	where, args := q.where("state", "rule")
	args = append(args, q.Limit+1)
	after := ""
	if q.After != nil {
		args = append(args, *q.After)
		after = fmt.Sprintf(" AND (f.found_at, f.id) < (SELECT x.found_at, x.id FROM siting_finding x WHERE x.id = $%d::uuid)", len(args))
	}
	rows, err := tx.Query(ctx, fmt.Sprintf(`
		SELECT f.id, f.version, f.rule_id, f.layer, f.row_id, r.name, r.name_en, ST_X(r.anchor), ST_Y(r.anchor), f.other_layer, o.id, o.name, o.name_en, ST_X(o.anchor), ST_Y(o.anchor),
			f.measured, f.required, f.state, f.found_at, f.resolved_at, f.waive_reason, f.waived_by, f.waived_at, f.waived_until,
			a.id, a.code, a.name, a.name_en, ST_AsGeoJSON(ST_ShortestLine(r.geom, o.geom), 7)
		FROM (SELECT f.* FROM siting_finding f%[1]s WHERE %[2]s%[3]s ORDER BY f.found_at DESC, f.id DESC LIMIT $%[4]d) f
		LEFT JOIN LATERAL (%[5]s) r ON true LEFT JOIN LATERAL (%[6]s) o ON true LEFT JOIN area a ON a.id = r.area_id
		ORDER BY f.found_at DESC, f.id DESC`,
		q.join(), where, after, q.limitAt(args), anyRow("f.layer", "f.row_id"), anyRow("f.other_layer", "f.other_id")), args...)
	if err != nil {
		return page, err
	}
	if page.Findings, err = pgx.CollectRows(rows, page.scan); err != nil {
		return page, err
	}
	if len(page.Findings) > q.Limit {
		page.Findings = page.Findings[:q.Limit]
		page.Next = &page.Findings[q.Limit-1].ID
	}
	return page, nil
}

// limitAt is the number of the parameter with the limit.
func (q SitingQuery) limitAt(args []any) int {
	if q.After != nil {
		return len(args) - 1
	}
	return len(args)
}

// anyRow finds a row of whatever layer by the layer's name; only the branch of that layer is run.
func anyRow(layerOf, id string) string {
	var branches []string
	for _, l := range layer.All {
		branches = append(branches, fmt.Sprintf("SELECT t.id, coalesce(t.name, '') AS name, t.name_en, t.area_id, t.geom, t.anchor FROM %s t WHERE %s = '%s' AND t.id = %s", l.Name, layerOf, l.Name, id))
	}
	return strings.Join(branches, " UNION ALL ")
}

// join is needed where the row's area is asked for.
func (q SitingQuery) join() string {
	if q.Area == "" {
		return ""
	}
	return " JOIN LATERAL (" + anyRow("f.layer", "f.row_id") + ") placed ON true"
}

// where writes the filters; those of state and rule are left out for the counts that they divide.
func (q SitingQuery) where(with ...string) (string, []any) {
	parts, args := []string{"true"}, []any{}
	add := func(form string, value any) {
		args = append(args, value)
		parts = append(parts, fmt.Sprintf(form, len(args)))
	}
	asked := strings.Join(with, " ")
	if q.ID != nil {
		add("f.id = $%d::uuid", *q.ID)
	}
	if q.State != "" && strings.Contains(asked, "state") {
		add("f.state = $%d::text", q.State)
	}
	if q.Rule != nil && strings.Contains(asked, "rule") {
		add("f.rule_id = $%d::uuid", *q.Rule)
	}
	if q.Layer != "" {
		add("f.layer = $%d::text", q.Layer)
	}
	if q.Row != nil {
		add("(f.row_id = $%[1]d::uuid OR f.other_id = $%[1]d::uuid)", *q.Row) // each side has an index
	}
	if q.Draft != nil {
		add(ofImport("$%[1]d::uuid"), *q.Draft)
	}
	if q.Area != "" {
		add("placed.area_id IN (SELECT below.id FROM area above JOIN area below ON below.path @> ARRAY[above.id] WHERE above.code = $%d::text AND above.deleted_at IS NULL AND above.valid_to IS NULL)", q.Area)
	}
	return strings.Join(parts, " AND "), args
}

func (p *SitingPage) count(ctx context.Context, tx pgx.Tx, q SitingQuery) error {
	for _, c := range []struct {
		column string
		with   string
		into   map[string]int64
	}{{"state", "rule", p.States}, {"rule_id", "state", p.Rules}} {
		where, args := q.where(c.with)
		rows, err := tx.Query(ctx, fmt.Sprintf("SELECT f.%s::text, count(*) FROM siting_finding f%s WHERE %s GROUP BY 1", c.column, q.join(), where), args...)
		if err != nil {
			return err
		}
		var name string
		var n int64
		if _, err := pgx.ForEachRow(rows, []any{&name, &n}, func() error { c.into[name] = n; return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (p *SitingPage) scan(row pgx.CollectableRow) (f SitingFinding, err error) {
	var name, otherName, reason, by *string
	var otherNameEn *string
	var other, area *uuid.UUID
	var x, y, otherX, otherY *float64
	var at, until *time.Time
	var code, areaName, areaNameEn *string
	var line *string
	err = row.Scan(&f.ID, &f.Version, &f.RuleID, &f.Layer, &f.Row.ID, &name, &f.Row.NameEn, &x, &y, &f.OtherLayer, &other, &otherName, &otherNameEn, &otherX, &otherY,
		&f.Measured, &f.Required, &f.State, &f.FoundAt, &f.ResolvedAt, &reason, &by, &at, &until, &area, &code, &areaName, &areaNameEn, &line)
	if err != nil {
		return f, err
	}
	f.Row.At = place(x, y)
	if name != nil {
		f.Row.Name = *name
	}
	var called *layer.Text
	if other != nil && f.OtherLayer != nil {
		f.Other = &NamedRow{ID: *other, Name: *otherName, NameEn: otherNameEn, At: place(otherX, otherY)}
		text := f.Other.called(*f.OtherLayer)
		called = &text
	}
	if f.State == "waived" && reason != nil && by != nil && at != nil {
		f.Waiver = &SitingWaiver{*reason, *by, *at, until}
	}
	if area != nil {
		f.Area = &GrantedArea{*area, *code, *areaName, areaNameEn}
	}
	f.Line = json.RawMessage("null")
	if line != nil {
		f.Line = json.RawMessage(*line)
	}
	rule := p.rules[f.RuleID]
	rule.Number = f.Required
	f.Text = rule.Sentence(f.Measured, called)
	return f, nil
}

func place(x, y *float64) *[2]float64 {
	if x == nil || y == nil {
		return nil
	}
	return &[2]float64{*x, *y}
}

// called is what people call a row: by its name, or, without one, by its layer.
func (n NamedRow) called(of string) layer.Text {
	if n.Name == "" {
		if l, ok := layer.ByName(of); ok {
			return l.Label
		}
	}
	text := layer.Text{Zh: n.Name, En: n.Name}
	if n.NameEn != nil {
		text.En = *n.NameEn
	}
	return text
}
