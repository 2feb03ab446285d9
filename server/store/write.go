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

// Write says who writes, and what is kept of that.
type Write struct {
	Actor      string    // the person's name, for the history and as confirmed_by
	Person     uuid.UUID // uuid.Nil for none
	Address    string    // of the client
	Key        uuid.UUID // made by the client: a repeat under the same key gets the first answer; uuid.Nil for none
	Request    [32]byte  // SHA-256 of what was asked, to tell a repeat from another request under the same key
	OccurredAt time.Time // when it happened, by the client's clock; zero means Now
	Now        time.Time
	// May tells whether the person has a permission on an area; nil is for a row in no area.
	May func(permission string, area *uuid.UUID) bool
}

// Permissions that writing asks for, beside that of the layer.
const (
	mayConfirm   = "layer.confirm"
	maySensitive = "sensitive.read"
)

// Written is what a write answers.
type Written struct {
	ID      uuid.UUID       `json:"id"`
	Version int             `json:"version"`
	AreaID  *uuid.UUID      `json:"area_id"`
	Feature json.RawMessage `json:"feature"` // the row with all its fields, sensitive ones too, and its lists; null when it is deleted
	Repeat  bool            `json:"-"`       // it was answered before and nothing was written now
}

// StaleError means that the row has another version than the writer has seen. Nothing was written.
type StaleError struct {
	Version   int
	AreaID    *uuid.UUID
	DeletedAt *time.Time
	Current   json.RawMessage // the row as Written.Feature has it; null when it is deleted
}

// Error gives the English sentence.
func (e *StaleError) Error() string { return ErrStale.Error() }

// Is makes a StaleError an ErrStale.
func (e *StaleError) Is(target error) bool { return target == ErrStale }

// DeniedError means that the person lacks a permission on the area of a row.
type DeniedError struct{ Permission string }

// Error gives the English sentence.
func (e *DeniedError) Error() string {
	return "the person has no permission " + e.Permission + " there"
}

// ErrKept means that rows of the layer are replaced whole by imports and not written one by one.
var ErrKept = errors.New("rows of this layer are replaced by imports only")

// confirming is the source of a write that changes neither place nor fields.
const confirming = "confirm"

// longestAhead is how far a client's clock may be ahead.
const longestAhead = 10 * time.Minute

// writing is one write on its way: a transaction, and who writes what.
type writing struct {
	Write
	tx      pgx.Tx
	store   *Store
	layer   *layer.Layer
	id      uuid.UUID
	columns columns
	entry   *layer.Entry // what a person wants the row to be; nil for other writes
	held    []Finding    // what the person has to accept, found before the row was written
}

// allowed refuses what the person may not do.
func (w *writing) allowed(permission string, area *uuid.UUID) error {
	if w.May != nil && !w.May(permission, area) {
		return &DeniedError{permission}
	}
	return nil
}

// may tells whether the person may write rows of the layer in an area.
func (w *writing) may(area *uuid.UUID) bool { return w.allowed(w.layer.RightToWrite(), area) == nil }

// write runs one write as one transaction: all of it or nothing. Two that wait for each other are tried again.
func (s *Store) write(ctx context.Context, l *layer.Layer, id uuid.UUID, how Write, source string, f func(context.Context, *writing) error) (Written, error) {
	if !l.History {
		return Written{}, ErrKept
	}
	if how.OccurredAt.IsZero() {
		how.OccurredAt = how.Now
	}
	if how.OccurredAt.After(how.Now.Add(longestAhead)) {
		return Written{}, &layer.EntryError{Faults: []layer.Fault{{Field: "occurred_at", Code: "out_of_range", Text: layer.Text{
			Zh: "时间在将来，请检查设备时钟", En: "lies in the future: check the clock of the device"}}}}
	}
	var out Written
	var err error
	for attempt := range attempts {
		if attempt > 0 {
			if err := pauseBefore(ctx, attempt); err != nil {
				return Written{}, fmt.Errorf("writing a row of %s: %w", l.Name, err)
			}
		}
		err = s.within(ctx, func(ctx context.Context) error {
			return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
				w := &writing{Write: how, tx: tx, store: s, layer: l, id: id, columns: s.columns[l.Name]}
				return w.run(ctx, source, f, &out)
			})
		})
		if !Collided(err) {
			break
		}
	}
	if err != nil {
		return Written{}, fmt.Errorf("writing a row of %s: %w", l.Name, refusedByDatabase(l, err))
	}
	return out, nil
}

// Collided tells whether the database gave up a transaction for another: the same again may succeed.
func Collided(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

func (w *writing) run(ctx context.Context, source string, f func(context.Context, *writing) error, out *Written) error {
	if err := w.sign(ctx, source); err != nil {
		return err
	}
	if answered, err := w.claim(ctx, out); answered || err != nil {
		return err
	}
	if err := f(ctx, w); err != nil {
		return err
	}
	if source != confirming {
		if err := w.sited(ctx); err != nil {
			return err
		}
	}
	var err error
	if *out, err = w.answer(ctx); err != nil {
		return err
	}
	return w.keep(ctx, *out)
}

// sign tells the database who writes, for the history.
func (w *writing) sign(ctx context.Context, source string) error {
	person, key := "", ""
	if w.Person != uuid.Nil {
		person = w.Person.String()
	}
	if w.Key != uuid.Nil {
		key = w.Key.String()
	}
	_, err := w.tx.Exec(ctx, `SELECT set_config('fourmaps.actor', $1, true), set_config('fourmaps.source', $2, true), set_config('fourmaps.person', $3, true),
		set_config('fourmaps.address', $4, true), set_config('fourmaps.occurred_at', $5, true), set_config('fourmaps.write', $6, true), set_config('fourmaps.parts_with_row', 'on', true)`,
		w.Actor, source, person, w.Address, w.OccurredAt.UTC().Format(time.RFC3339Nano), key)
	return err
}

// answer reads the row as it is now.
func (w *writing) answer(ctx context.Context) (Written, error) {
	out := Written{ID: w.id, Feature: json.RawMessage("null")}
	var deleted *time.Time
	err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT version, area_id, deleted_at FROM %s WHERE id = $1", w.layer.Name), w.id).Scan(&out.Version, &out.AreaID, &deleted)
	if err != nil || deleted != nil {
		return out, err
	}
	f, err := readFeature(ctx, w.tx, w.columns, w.id)
	out.Feature = f.JSON
	return out, err
}

// row is what writing needs to know of the row as it is stored, which is locked.
type row struct {
	Version     int
	AreaID      *uuid.UUID
	DeletedAt   *time.Time
	Geometry    []byte // EWKB
	Name        *string
	ConfirmedAt *time.Time
}

// lock reads the row and holds it until the end of the transaction. A person without the permission on its area is
// refused; so is one that has seen another version.
func (w *writing) lock(ctx context.Context, permission string, base int) (row, error) {
	r, err := w.look(ctx)
	if err != nil {
		return r, err
	}
	if err := w.allowed(permission, r.AreaID); err != nil {
		return r, err
	}
	if r.Version != base {
		return r, w.stale(ctx)
	}
	return r, nil
}

func (w *writing) look(ctx context.Context) (r row, err error) {
	err = w.tx.QueryRow(ctx, fmt.Sprintf("SELECT version, area_id, deleted_at, ST_AsEWKB(geom), name, confirmed_at FROM %s WHERE id = $1 FOR UPDATE", w.layer.Name), w.id).
		Scan(&r.Version, &r.AreaID, &r.DeletedAt, &r.Geometry, &r.Name, &r.ConfirmedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, ErrNotFound
	}
	return r, err
}

// stale tells what the row is now.
func (w *writing) stale(ctx context.Context) error {
	now, err := w.answer(ctx)
	if err != nil {
		return err
	}
	e := &StaleError{Version: now.Version, AreaID: now.AreaID, Current: now.Feature}
	if string(now.Feature) == "null" {
		if err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT deleted_at FROM %s WHERE id = $1", w.layer.Name), w.id).Scan(&e.DeletedAt); err != nil {
			return err
		}
	}
	return e
}

// alive refuses a row that is deleted.
func (w *writing) alive(ctx context.Context, r row) error {
	if r.DeletedAt != nil {
		return w.stale(ctx)
	}
	return nil
}
