package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// TakenFile is one file of rows that somebody took away.
type TakenFile struct {
	ID        uuid.UUID `json:"id"`
	At        time.Time `json:"at"`
	Actor     string    `json:"actor"`
	Address   string    `json:"address"`
	Layer     string    `json:"layer"`
	Asked     string    `json:"asked"` // the filter as the address had it
	Format    string    `json:"format"`
	Rows      int       `json:"rows"`
	Sensitive bool      `json:"sensitive"` // with what only some may see
}

// NoteExport writes down that a file goes out. Its actor and address are those of the actor.
func (s *Store) NoteExport(ctx context.Context, by Actor, f TakenFile) error {
	err := s.within(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `INSERT INTO layer_export (actor, person_id, address, layer, asked, format, rows, sensitive) VALUES ($1, nullif($2, '00000000-0000-0000-0000-000000000000'::uuid), $3, $4, $5, $6, $7, $8)`,
			by.Name, by.Person, by.Address, f.Layer, f.Asked, f.Format, f.Rows, f.Sensitive)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down an export: %w", err)
	}
	return nil
}

// TakenFiles lists files that went out before one of them (uuid.Nil: from the newest), newest first.
func (s *Store) TakenFiles(ctx context.Context, before uuid.UUID, limit int) ([]TakenFile, error) {
	files := []TakenFile{}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, at, actor, address, layer, asked, format, rows, sensitive FROM layer_export
			WHERE $1 = '00000000-0000-0000-0000-000000000000'::uuid OR id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
		if err != nil {
			return err
		}
		files, err = pgx.AppendRows(files, rows, pgx.RowToStructByPos[TakenFile])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing exports: %w", err)
	}
	return files, nil
}
