package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/data/demo"
	"fourmaps/geo/layer"
)

// LoadDemo brings the demonstration district in, all of it or nothing, in the place of the one that is there. Ages in it
// become times before now. progress, if not nil, hears how many rows of a layer went so far.
func (s *Store) LoadDemo(ctx context.Context, d *demo.District, now time.Time, progress func(layer string, done int)) error {
	how := Import{Origin: demo.Origin, Actor: "fourmaps demo"}
	err := s.importing(ctx, how, "demo", func(tx pgx.Tx) error {
		if err := deleteDemo(ctx, tx); err != nil {
			return err
		}
		for _, table := range d.Tables(now) {
			if _, err := CopyRows(ctx, tx, table.Name, table.Columns, table.Rows, named(progress, table.Name)); err != nil {
				return err
			}
		}
		_, err := CopyRows(ctx, tx, "relief_tile", []string{"z", "x", "y", "origin", "png"}, reliefRows(d), named(progress, "relief"))
		return err
	})
	if err != nil {
		return fmt.Errorf("loading the demonstration district: %w", explain(err))
	}
	return nil
}

func reliefRows(d *demo.District) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for tile, err := range d.Relief() {
			if !yield([]any{tile.Z, tile.X, tile.Y, demo.Origin, tile.PNG}, err) || err != nil {
				return
			}
		}
	}
}

func named(progress func(string, int), name string) func(int) {
	if progress == nil {
		return nil
	}
	return func(done int) { progress(name, done) }
}

// RemoveDemo takes the demonstration district out again. Rows of other origins stay; those that lay in its areas get the
// area in which they lie without it, or none.
func (s *Store) RemoveDemo(ctx context.Context) error {
	how := Import{Origin: demo.Origin, Actor: "fourmaps demo"}
	err := s.importing(ctx, how, "demo", func(tx pgx.Tx) error {
		if err := deleteDemo(ctx, tx); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `SELECT assign_areas()`)
		return err
	})
	if err != nil {
		return fmt.Errorf("removing the demonstration district: %w", err)
	}
	return nil
}

func deleteDemo(ctx context.Context, tx pgx.Tx) error {
	if err := untieFromDemo(ctx, tx); err != nil {
		return err
	}
	for _, name := range deletionOrder() {
		if _, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE origin = $1", name), demo.Origin); err != nil {
			return fmt.Errorf("removing rows of %s: %w", name, err)
		}
	}
	return nil
}

// untieFromDemo lets rows of other origins point to no row of the demonstration.
func untieFromDemo(ctx context.Context, tx pgx.Tx) error {
	statements := []string{
		`UPDATE area SET parent_id = NULL WHERE origin <> $1 AND parent_id IN (SELECT id FROM area WHERE origin = $1)`,
		`UPDATE command_unit SET parent_id = NULL WHERE origin <> $1 AND parent_id IN (SELECT id FROM command_unit WHERE origin = $1)`,
	}
	for _, name := range deletionOrder() {
		if name != layer.Area.Name && name != "relief_tile" {
			statements = append(statements, fmt.Sprintf(`UPDATE %s SET area_id = NULL WHERE origin <> $1 AND area_id IN (SELECT id FROM area WHERE origin = $1)`, name))
		}
	}
	for _, statement := range statements {
		if _, err := tx.Exec(ctx, statement, demo.Origin); err != nil {
			return fmt.Errorf("untying rows (%.60s): %w", strings.TrimSpace(statement), err)
		}
	}
	return nil
}

// deletionOrder lists the tables with rows of the demonstration; areas come last because all others point to them.
func deletionOrder() []string {
	names := []string{"relief_tile"}
	for _, l := range layer.All {
		if l.Name != layer.Area.Name {
			names = append(names, l.Name)
		}
	}
	return append(names, layer.Area.Name)
}
