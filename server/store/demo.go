package store

import (
	"context"
	"fmt"
	"iter"
	"slices"
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
		if _, err := deleteDemo(ctx, tx); err != nil {
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
// area in which they lie without it, or none. It tells whether there was anything to take out.
func (s *Store) RemoveDemo(ctx context.Context) (found bool, err error) {
	how := Import{Origin: demo.Origin, Actor: "fourmaps demo"}
	err = s.importing(ctx, how, "demo", func(tx pgx.Tx) error {
		rows, err := deleteDemo(ctx, tx)
		if found = rows > 0; err != nil || !found {
			return err
		}
		_, err = tx.Exec(ctx, `SELECT assign_areas()`)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("removing the demonstration district: %w", err)
	}
	return found, nil
}

// deleteDemo tells how many rows it removed.
func deleteDemo(ctx context.Context, tx pgx.Tx) (rows int64, err error) {
	if rows, err = deleteDemoPeople(ctx, tx); err != nil {
		return 0, fmt.Errorf("removing the people: %w", err)
	}
	if err := untieFromDemo(ctx, tx); err != nil {
		return 0, err
	}
	for _, name := range deletionOrder() {
		done, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE origin = $1", name), demo.Origin)
		if err != nil {
			return 0, fmt.Errorf("removing rows of %s: %w", name, err)
		}
		rows += done.RowsAffected()
	}
	return rows, nil
}

// untieFromDemo lets rows of other origins point to no row of the demonstration: every declared reference is cut.
func untieFromDemo(ctx context.Context, tx pgx.Tx) error {
	for _, l := range layer.All {
		for _, f := range append(slices.Clone(l.Fields), layer.Standing...) {
			if f.Type != layer.Reference || l == &layer.Area && f.Name == "area_id" { // an area's own is itself
				continue
			}
			_, err := tx.Exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET %[2]s = NULL WHERE origin <> $1 AND %[2]s IN (SELECT id FROM %[3]s WHERE origin = $1)`,
				l.Name, f.Name, f.Layer), demo.Origin)
			if err != nil {
				return fmt.Errorf("untying %s of %s: %w", f.Name, l.Name, err)
			}
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
