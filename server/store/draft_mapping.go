package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/geo/layer"
)

// ImportMapping is a set of choices under a name, for the next file with the same columns.
type ImportMapping struct {
	ID         uuid.UUID       `json:"id"`
	PersonID   *uuid.UUID      `json:"-"`
	AreaID     *uuid.UUID      `json:"area_id"`    // whose people share it; null: the person's own
	Everywhere bool            `json:"everywhere"` // shared by all
	Layer      string          `json:"layer"`
	Name       string          `json:"name"`
	Columns    []string        `json:"columns"`
	Choices    json.RawMessage `json:"choices"`
	CreatedAt  time.Time       `json:"created_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	Mine       bool            `json:"mine"`
}

const mappingColumns = "m.id, m.person_id, m.area_id, m.everywhere, m.layer, m.name, m.columns, m.choices, m.created_at, m.updated_at, m.person_id IS NOT DISTINCT FROM $1"

func (m *ImportMapping) into() []any {
	return []any{&m.ID, &m.PersonID, &m.AreaID, &m.Everywhere, &m.Layer, &m.Name, &m.Columns, &m.Choices, &m.CreatedAt, &m.UpdatedAt, &m.Mine}
}

// ImportMappings lists the mappings that a person may use: the person's own, and those shared in an area in which the person imports.
func (s *Store) ImportMappings(ctx context.Context, person uuid.UUID, may func(area *uuid.UUID) bool) (list []ImportMapping, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		list = []ImportMapping{}
		var m ImportMapping
		return s.each(ctx, "SELECT "+mappingColumns+" FROM import_mapping m WHERE m.person_id = $1 OR m.everywhere OR m.area_id IS NOT NULL ORDER BY m.name, m.id", []any{person}, m.into(), func() {
			if m.Mine || m.Everywhere || m.AreaID != nil && may(m.AreaID) {
				list = append(list, m)
			}
			m = ImportMapping{}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing saved mappings: %w", err)
	}
	return list, nil
}

// mostMappings is how many mappings of a layer a person may keep: each is offered with every file, and nobody finds one
// among more.
const mostMappings = 50

// mapping changes mappings of a person, one change after the other, in the name of who does it.
func (s *Store) mapping(ctx context.Context, who Actor, f func(context.Context, pgx.Tx) error) error {
	return s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if err := who.sign(ctx, tx); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "SELECT 1 FROM person WHERE id = $1 FOR UPDATE", who.Person); err != nil {
				return err
			}
			return f(ctx, tx)
		})
	})
}

// SaveImportMapping keeps a mapping under its name; a person's own of the same layer and name is replaced.
func (s *Store) SaveImportMapping(ctx context.Context, who Actor, m ImportMapping) (ImportMapping, error) {
	err := s.mapping(ctx, who, func(ctx context.Context, tx pgx.Tx) error {
		var others int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM import_mapping WHERE person_id = $1 AND layer = $2 AND name <> $3", m.PersonID, m.Layer, m.Name).Scan(&others); err != nil {
			return err
		}
		if others >= mostMappings {
			return &ConflictError{layer.Text{Zh: fmt.Sprintf("每个图层最多保存 %d 个对应方案，请先删除不用的", mostMappings), En: fmt.Sprintf("%d mappings of a layer are the most that can be kept: delete one first", mostMappings)}}
		}
		return tx.QueryRow(ctx, `INSERT INTO import_mapping AS m (person_id, area_id, everywhere, layer, name, columns, choices) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT ON CONSTRAINT import_mapping_taken DO UPDATE SET area_id = $2, everywhere = $3, columns = $6, choices = $7, updated_at = clock_timestamp() RETURNING `+mappingColumns,
			m.PersonID, m.AreaID, m.Everywhere, m.Layer, m.Name, m.Columns, m.Choices).Scan(m.into()...)
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.ConstraintName == "import_mapping_area_id_fkey" {
		return m, &layer.EntryError{Faults: []layer.Fault{{Field: "area_id", Code: "no_such_row", Text: layer.Text{Zh: "没有这个区划", En: "there is no such area"}}}}
	}
	if err != nil {
		return m, fmt.Errorf("saving a mapping: %w", err)
	}
	return m, nil
}

// RenameImportMapping gives a person's own mapping another name.
func (s *Store) RenameImportMapping(ctx context.Context, who Actor, id uuid.UUID, name string) (m ImportMapping, err error) {
	err = s.mapping(ctx, who, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, "UPDATE import_mapping m SET name = $3, updated_at = clock_timestamp() WHERE m.id = $2 AND m.person_id = $1 RETURNING "+mappingColumns, who.Person, id, name).Scan(m.into()...)
	})
	var pg *pgconn.PgError
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return m, ErrNotFound
	case errors.As(err, &pg) && pg.ConstraintName == "import_mapping_taken":
		return m, &ConflictError{layer.Text{Zh: "已有同名的对应方案", En: "there is a mapping of that name already"}}
	case err != nil:
		return m, fmt.Errorf("renaming a mapping: %w", err)
	}
	return m, nil
}

// DropImportMapping deletes a person's own mapping.
func (s *Store) DropImportMapping(ctx context.Context, who Actor, id uuid.UUID) error {
	err := s.mapping(ctx, who, func(ctx context.Context, tx pgx.Tx) error {
		done, err := tx.Exec(ctx, "DELETE FROM import_mapping WHERE id = $1 AND person_id = $2", id, who.Person)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("deleting a mapping: %w", err)
	}
	return nil
}
