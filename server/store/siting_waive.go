package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// Waiving is what is asked about a finding: a reason, and until when; or, without a reason, that the waiver is taken back.
type Waiving struct {
	Reason string
	Until  *time.Time
	Person uuid.UUID
	// May tells whether the person has the permission on the area of the row; nil is for a row in no area.
	May func(area *uuid.UUID) bool
}

// WaiveSiting lets an open finding pass, or takes the waiver back, where the finding still has the version given.
func (s *Store) WaiveSiting(ctx context.Context, actor Actor, id uuid.UUID, version int, w Waiving, now time.Time) (f SitingFinding, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		return s.acting(ctx, actor, func(tx pgx.Tx) error {
			f, err = waive(ctx, tx, actor, id, version, w, now)
			return err
		})
	})
	if err != nil {
		return f, fmt.Errorf("waiving a siting finding: %w", err)
	}
	return f, nil
}

func waive(ctx context.Context, tx pgx.Tx, actor Actor, id uuid.UUID, version int, w Waiving, now time.Time) (SitingFinding, error) {
	if _, err := tx.Exec(ctx, lockFindings); err != nil {
		return SitingFinding{}, err
	}
	if _, err := tx.Exec(ctx, `SELECT FROM siting_finding WHERE id = $1 FOR UPDATE`, id); err != nil {
		return SitingFinding{}, err
	}
	one := SitingQuery{ID: &id, Limit: 1}
	page, err := sitingFindings(ctx, tx, one)
	if err != nil {
		return SitingFinding{}, err
	}
	if len(page.Findings) == 0 {
		return SitingFinding{}, ErrNotFound
	}
	f := page.Findings[0]
	if !w.May(f.AreaID()) {
		return f, &DeniedError{mayWaive}
	}
	if f.Version != version {
		return f, ErrStale
	}
	if w.Until != nil && !w.Until.After(now) {
		return f, &layer.EntryError{Faults: []layer.Fault{{Field: "until", Code: "out_of_range", Text: layer.Text{Zh: "应在将来", En: "must lie in the future"}}}}
	}
	switch {
	case f.State == "resolved":
		return f, &ConflictError{layer.Text{Zh: "问题已消除，不需要豁免", En: "it is resolved: there is nothing to waive"}}
	case w.Reason == "" && f.State != "waived":
		return f, &ConflictError{layer.Text{Zh: "没有可以收回的豁免", En: "there is no waiver to take back"}}
	case w.Reason == "":
		_, err = tx.Exec(ctx, `UPDATE siting_finding SET state = 'open' WHERE id = $1`, id)
	default:
		_, err = tx.Exec(ctx, `UPDATE siting_finding SET state = 'waived', waive_reason = $2, waived_by = $3, waived_person = $4, waived_at = $5, waived_until = $6, waived_measured = measured, waived_required = required WHERE id = $1`,
			id, w.Reason, actor.Name, nullable(w.Person), now, w.Until)
	}
	if err != nil {
		return f, err
	}
	if page, err = sitingFindings(ctx, tx, one); err != nil {
		return f, err
	}
	return page.Findings[0], nil
}

// SitingEvent is one change of a rule or a finding.
type SitingEvent struct {
	Seq    int64           `json:"seq"`
	Kind   string          `json:"kind"` // insert, update, delete
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"`
	Source string          `json:"source"` // entry, check, siting, import …
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// SitingHistory is what became of a rule ("siting_rule") or a finding ("siting_finding"), the newest first, at most 500 events.
func (s *Store) SitingHistory(ctx context.Context, subject string, id uuid.UUID) ([]SitingEvent, error) {
	events := []SitingEvent{}
	var e SitingEvent
	err := s.within(ctx, func(ctx context.Context) error {
		return s.each(ctx, `SELECT seq, kind, at, actor, source, coalesce(before, 'null'), coalesce(after, 'null') FROM siting_history WHERE subject = $1 AND id = $2 ORDER BY seq DESC LIMIT 500`,
			[]any{subject, id}, []any{&e.Seq, &e.Kind, &e.At, &e.Actor, &e.Source, &e.Before, &e.After}, func() { events = append(events, e); e = SitingEvent{} })
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", subject, err)
	}
	return events, nil
}
