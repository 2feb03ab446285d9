package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// Event is one version of a row in its history: who made it, when, from where, and what it changed.
type Event struct {
	Seq        int64        `json:"seq"`
	Version    int          `json:"version"`
	Kind       string       `json:"kind"` // insert, update, delete, undelete
	At         time.Time    `json:"at"`   // when it was recorded
	OccurredAt *time.Time   `json:"occurred_at"`
	Actor      string       `json:"actor"`
	PersonID   *uuid.UUID   `json:"person_id"`
	Address    *string      `json:"address"` // of the client
	Source     string       `json:"source"`  // entry, confirm, delete, undelete, restore, import, sql …
	Changes    []Difference `json:"changes"`
	Parts      []PartEvent  `json:"parts"`
}

// Difference is a field before and after. A field that the reader may not see has neither.
type Difference struct {
	Field  string          `json:"field"` // a field of the declaration, or geometry, source_crs, source_x, source_y
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
	Hidden bool            `json:"hidden,omitempty"`
}

// PartEvent is a line of a list that came, changed or went with a version of its row.
type PartEvent struct {
	Part    string       `json:"part"`
	ID      uuid.UUID    `json:"id"`
	Kind    string       `json:"kind"` // insert, update, delete
	Changes []Difference `json:"changes"`
}

// HistoryPage is a part of a row's history, newest first.
type HistoryPage struct {
	Events []Event `json:"events"`
	Next   int64   `json:"next"` // seq before which the next page begins; 0 at the end
}

// AreaOf gives the area of a row, also of a deleted one; nil for none. An unknown row gives ErrNotFound.
func (s *Store) AreaOf(ctx context.Context, l *layer.Layer, id uuid.UUID) (area *uuid.UUID, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, fmt.Sprintf("SELECT area_id FROM %s WHERE id = $1", l.Name), id).Scan(&area)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading the area of a row: %w", err)
	}
	return area, nil
}

// History reads a row's history before number before (0: from the newest). sensitive says whether sensitive fields are
// told.
func (s *Store) History(ctx context.Context, l *layer.Layer, id uuid.UUID, before int64, limit int, sensitive bool) (HistoryPage, error) {
	page := HistoryPage{Events: []Event{}}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if err := readEvents(ctx, tx, l, id, before, limit, sensitive, &page); err != nil {
			return err
		}
		return readPartEvents(ctx, tx, l, id, sensitive, &page)
	})
	if err != nil {
		return HistoryPage{}, fmt.Errorf("reading the history of a row: %w", err)
	}
	return page, nil
}

func readEvents(ctx context.Context, tx pgx.Tx, l *layer.Layer, id uuid.UUID, before int64, limit int, sensitive bool, page *HistoryPage) error {
	rows, err := tx.Query(ctx, `
		SELECT seq, version, kind, at, occurred_at, actor, person_id, address, source, before, after
		FROM history WHERE layer = $1 AND id = $2 AND ($3::bigint = 0 OR seq < $3) ORDER BY seq DESC LIMIT $4`, l.Name, id, before, limit+1)
	if err != nil {
		return err
	}
	fields := recordedFields(l)
	var e Event
	var was, is []byte
	_, err = pgx.ForEachRow(rows, []any{&e.Seq, &e.Version, &e.Kind, &e.At, &e.OccurredAt, &e.Actor, &e.PersonID, &e.Address, &e.Source, &was, &is}, func() (err error) {
		if len(page.Events) == limit {
			page.Next = page.Events[limit-1].Seq
			return nil
		}
		one := e
		one.Parts = []PartEvent{}
		old, now, err := images(was, is)
		if err != nil {
			return err
		}
		if one.Kind == "update" && given(old["deleted_at"]) && !given(now["deleted_at"]) {
			one.Kind = "undelete"
		}
		if one.Changes, err = differences(fields, old, now, sensitive); err != nil {
			return err
		}
		page.Events = append(page.Events, one)
		e, was, is = Event{}, nil, nil
		return nil
	})
	return err
}

func readPartEvents(ctx context.Context, tx pgx.Tx, l *layer.Layer, id uuid.UUID, sensitive bool, page *HistoryPage) error {
	at := map[int]int{}
	var versions []int
	for i, e := range page.Events {
		at[e.Version] = i
		versions = append(versions, e.Version)
	}
	rows, err := tx.Query(ctx, `SELECT layer, id, kind, owner_version, before, after FROM history WHERE owner_id = $1 AND owner_version = ANY ($2) ORDER BY seq`, id, versions)
	if err != nil {
		return err
	}
	var e PartEvent
	var version int
	var was, is []byte
	_, err = pgx.ForEachRow(rows, []any{&e.Part, &e.ID, &e.Kind, &version, &was, &is}, func() error {
		one := e
		p, known := l.Part(e.Part)
		if !known {
			return nil
		}
		old, now, err := images(was, is)
		if err != nil {
			return err
		}
		if one.Changes, err = differences(p.Fields, old, now, sensitive); err != nil {
			return err
		}
		i := at[version]
		page.Events[i].Parts = append(page.Events[i].Parts, one)
		was, is = nil, nil
		return nil
	})
	return err
}

type image map[string]json.RawMessage

func images(was, is []byte) (old, now image, err error) {
	for text, into := range map[*[]byte]*image{&was: &old, &is: &now} {
		if *text == nil {
			continue
		}
		if err := json.Unmarshal(*text, into); err != nil {
			return nil, nil, fmt.Errorf("reading an image of a row: %w", err)
		}
	}
	return old, now, nil
}

func given(v json.RawMessage) bool { return v != nil && string(v) != "null" }

// recordedFields are what the history of a row tells, in the order of forms; the place comes first.
func recordedFields(l *layer.Layer) []layer.Field {
	fields := []layer.Field{{Name: "geom"}, {Name: "source_crs"}, {Name: "source_x"}, {Name: "source_y"}}
	for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
		if !f.ReadOnly {
			fields = append(fields, f)
		}
	}
	return fields
}

// differences lists the fields that differ. Of a row that came or went these are the fields with a value.
func differences(fields []layer.Field, old, now image, sensitive bool) ([]Difference, error) {
	out := []Difference{}
	for _, f := range fields {
		d := Difference{Field: f.Name, Before: orNull(old[f.Name]), After: orNull(now[f.Name])}
		same, err := alike(d.Before, d.After)
		if err != nil {
			return nil, err
		}
		if same {
			continue
		}
		if f.Name == "geom" {
			d.Field, d.Before, d.After = "geometry", plainGeometry(d.Before), plainGeometry(d.After)
		}
		if f.Sensitive && !sensitive {
			d.Before, d.After, d.Hidden = json.RawMessage("null"), json.RawMessage("null"), true
		}
		out = append(out, d)
	}
	return out, nil
}

// plainGeometry leaves out the member crs, which PostGIS writes into jsonb and GeoJSON no longer knows.
func plainGeometry(g json.RawMessage) json.RawMessage {
	var plain struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if json.Unmarshal(g, &plain) != nil || plain.Type == "" {
		return json.RawMessage("null")
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return json.RawMessage("null") // what was read can be written
	}
	return text
}

func orNull(v json.RawMessage) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	return v
}

// alike compares two values of jsonb, which writes equal values alike.
func alike(a, b json.RawMessage) (bool, error) {
	var x, y bytes.Buffer
	if err := json.Compact(&x, a); err != nil {
		return false, fmt.Errorf("reading an image of a row: %w", err)
	}
	if err := json.Compact(&y, b); err != nil {
		return false, fmt.Errorf("reading an image of a row: %w", err)
	}
	return bytes.Equal(x.Bytes(), y.Bytes()), nil
}
