package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ErrKeyReused means that the key of a write belongs to another write: another request, or another person's.
var ErrKeyReused = errors.New("the key belongs to another write")

// claim takes the key of the write, waiting for a write under the same key that is still on its way. If that one was
// done, its answer is given and nothing else happens.
func (w *writing) claim(ctx context.Context, out *Written) (answered bool, err error) {
	if w.Key == uuid.Nil {
		return false, nil
	}
	done, err := w.tx.Exec(ctx, `INSERT INTO write_done (key, person_id, request) VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING`, w.Key, nullable(w.Person), w.Request[:])
	if err != nil || done.RowsAffected() == 1 {
		return false, err
	}
	var person *uuid.UUID
	var request, answer []byte
	err = w.tx.QueryRow(ctx, `SELECT person_id, request, answer FROM write_done WHERE key = $1`, w.Key).Scan(&person, &request, &answer)
	if err != nil {
		return false, err
	}
	if [32]byte(request) != w.Request || (person == nil) != (w.Person == uuid.Nil) || person != nil && *person != w.Person {
		return false, ErrKeyReused
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return false, fmt.Errorf("reading the first answer: %w", err)
	}
	out.Repeat = true
	return true, nil
}

// keep stores the answer for repeats, in the transaction of the write.
func (w *writing) keep(ctx context.Context, answer Written) error {
	if w.Key == uuid.Nil {
		return nil
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	_, err = w.tx.Exec(ctx, `UPDATE write_done SET answer = $2::text::jsonb WHERE key = $1`, w.Key, string(text))
	return err
}

func nullable(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// DropWritesBefore forgets the answers to writes that are older: a repeat of them would be a write of its own.
func (s *Store) DropWritesBefore(ctx context.Context, t time.Time) (int64, error) {
	done, err := s.pool.Exec(ctx, `DELETE FROM write_done WHERE at < $1`, t)
	if err != nil {
		return 0, fmt.Errorf("removing old answers: %w", err)
	}
	return done.RowsAffected(), nil
}
