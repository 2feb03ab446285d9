package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// PeopleEvent is one change of a person, an account or a right.
type PeopleEvent struct {
	Seq        int64           `json:"seq"`
	Subject    string          `json:"subject"` // person, account, person_grant
	Kind       string          `json:"kind"`    // insert, update, delete
	At         time.Time       `json:"at"`
	Actor      string          `json:"actor"`
	Source     string          `json:"source"`
	PersonID   *uuid.UUID      `json:"person_id"`
	PersonName *string         `json:"person_name"` // as it is now, or was last
	Role       *string         `json:"role"`        // of a right
	Area       *GrantedArea    `json:"area"`        // of a right; null for the whole installation
	Changes    []PeopleChanged `json:"changes"`     // of an update
}

// PeopleChanged is a field before and after.
type PeopleChanged struct {
	Field  string          `json:"field"`
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// PeopleHistory lists changes of people before number before (0: from the newest), newest first: of one person (uuid.Nil
// for all). only are the people of whom one may read; nil for everybody.
func (s *Store) PeopleHistory(ctx context.Context, person uuid.UUID, only []uuid.UUID, before int64, limit int) ([]PeopleEvent, error) {
	events := []PeopleEvent{}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT h.seq, h.subject, h.kind, h.at, h.actor, h.source, h.person, p.name, h.image ->> 'role', a.id, a.code, a.name, a.name_en,
				(SELECT coalesce(json_agg(json_build_object('field', k.key, 'before', h.before -> k.key, 'after', h.after -> k.key) ORDER BY k.key), '[]')
				 FROM jsonb_object_keys(h.before) AS k(key) WHERE h.kind = 'update' AND h.before -> k.key IS DISTINCT FROM h.after -> k.key)
			FROM (SELECT *, coalesce(after, before) AS image, CASE subject WHEN 'person' THEN id ELSE (coalesce(after, before) ->> 'person_id')::uuid END AS person FROM people_history) h
			LEFT JOIN LATERAL (SELECT coalesce(q.after, q.before) ->> 'name' AS name FROM people_history q WHERE q.subject = 'person' AND q.id = h.person ORDER BY q.seq DESC LIMIT 1) p ON true
			LEFT JOIN area a ON a.id = (h.image ->> 'area_id')::uuid
			WHERE ($1 = 0 OR h.seq < $1) AND ($2 = '00000000-0000-0000-0000-000000000000'::uuid OR h.person = $2) AND ($3::uuid[] IS NULL OR h.person = ANY ($3))
			ORDER BY h.seq DESC LIMIT $4`, before, person, only, limit)
		if err != nil {
			return err
		}
		events, err = pgx.AppendRows(events, rows, scanPeopleEvent)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of people: %w", err)
	}
	return events, nil
}

func scanPeopleEvent(row pgx.CollectableRow) (e PeopleEvent, err error) {
	var id *uuid.UUID
	var code, name, nameEn *string
	if err = row.Scan(&e.Seq, &e.Subject, &e.Kind, &e.At, &e.Actor, &e.Source, &e.PersonID, &e.PersonName, &e.Role, &id, &code, &name, &nameEn, &e.Changes); err != nil {
		return e, err
	}
	if id != nil && code != nil && name != nil {
		e.Area = &GrantedArea{ID: *id, Code: *code, Name: *name, NameEn: nameEn}
	}
	return e, nil
}
