package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// pieceBytes is the size of the pieces in which a file is kept.
const pieceBytes = 1 << 20

// mostDrafts is how many drafts a person may have open.
const mostDrafts = 20

// ErrTooManyDrafts means that a person has so many open drafts that some have to be discarded first.
var ErrTooManyDrafts = errors.New("too many open import drafts")

// AddDraft keeps a file with what it says about itself, all or nothing.
func (s *Store) AddDraft(ctx context.Context, d Draft, file io.Reader) (Draft, error) {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		// two uploads at once are counted one after the other; the person's row stays free for sign-ins, rights and photos
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended('import_draft of ' || $1::text, 0))", d.PersonID); err != nil {
			return err
		}
		var open int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM import_draft WHERE person_id = $1 AND state <> 'applied'", d.PersonID).Scan(&open); err != nil {
			return err
		}
		if open >= mostDrafts {
			return ErrTooManyDrafts
		}
		if err := tx.QueryRow(ctx, "INSERT INTO import_draft (person_id, file_name, file_bytes, layer, choices, about) VALUES ($1, $2, $3, $4, $5, $6) RETURNING "+draftColumns,
			d.PersonID, d.FileName, d.FileBytes, d.Layer, d.Choices, d.About).Scan(d.into()...); err != nil {
			return err
		}
		piece := make([]byte, pieceBytes)
		for n := 0; ; n++ {
			size, err := io.ReadFull(file, piece)
			if size > 0 {
				if _, err := tx.Exec(ctx, "INSERT INTO import_file (draft_id, piece, bytes) VALUES ($1, $2, $3)", d.ID, n, piece[:size]); err != nil {
					return err
				}
			}
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	if err != nil {
		return d, fmt.Errorf("keeping an uploaded file: %w", err)
	}
	return d, nil
}

// DraftFile writes a draft's file to a place on disk that nobody else sees; whoever closes it is rid of it.
func (s *Store) DraftFile(ctx context.Context, id uuid.UUID) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "fourmaps-import-")
	if err != nil {
		return nil, 0, fmt.Errorf("making a file for an import: %w", err)
	}
	_ = os.Remove(file.Name()) // it lives as long as it is open
	size, err := s.copyDraftFile(ctx, id, file)
	if err != nil {
		file.Close()
		return nil, 0, fmt.Errorf("reading an uploaded file: %w", err)
	}
	return file, size, nil
}

func (s *Store) copyDraftFile(ctx context.Context, id uuid.UUID, to io.Writer) (size int64, err error) {
	for n := 0; ; n++ {
		var piece []byte
		err := s.pool.QueryRow(ctx, "SELECT bytes FROM import_file WHERE draft_id = $1 AND piece = $2", id, n).Scan(&piece)
		if errors.Is(err, pgx.ErrNoRows) && n > 0 {
			return size, nil
		}
		if errors.Is(err, pgx.ErrNoRows) {
			return 0, ErrNotFound
		}
		if err != nil {
			return 0, err
		}
		if _, err := to.Write(piece); err != nil {
			return 0, err
		}
		size += int64(len(piece))
	}
}

// BeginWork takes a draft for work, unless some server works on it. The id that it gives stands for that work: when
// another has begun or the choices have changed, its end changes nothing. Only the report that was seen is applied: of the
// revision seen, or else ErrStale; a check asks for none (0).
func (s *Store) BeginWork(ctx context.Context, person, id uuid.UUID, kind string, seen int) (work uuid.UUID, d Draft, err error) {
	from := []string{DraftUploaded, DraftChecked}
	var revision *int
	if kind == WorkApply {
		from, revision = []string{DraftChecked}, &seen
	}
	work, err = uuid.NewV7()
	if err != nil {
		return work, d, fmt.Errorf("making an id: %w", err)
	}
	err = s.within(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, `UPDATE import_draft SET work = $3, work_id = $4, beat_at = clock_timestamp(), rows_done = 0, done = 0, total = file_bytes, fault = NULL, updated_at = clock_timestamp()
			WHERE id = $1 AND person_id = $2 AND state = ANY ($5) AND revision = coalesce($6, revision) AND (work IS NULL OR beat_at <= clock_timestamp() - make_interval(secs => 15)) RETURNING `+draftColumns,
			id, person, kind, work, from, revision).Scan(d.into()...)
	})
	if !errors.Is(err, pgx.ErrNoRows) {
		if err != nil {
			err = fmt.Errorf("beginning the work on an import: %w", err)
		}
		return work, d, err
	}
	if d, err = s.Draft(ctx, person, id); err != nil {
		return work, d, err
	}
	if revision != nil && d.Revision != seen {
		return work, d, ErrStale
	}
	if d.Work != nil {
		return work, d, ErrDraftBusy
	}
	return work, d, ErrDraftState
}

// Beat says that a work goes on and how far it is; alive is false when nobody wants it any more.
func (s *Store) Beat(ctx context.Context, id, work uuid.UUID, rows, done, total int64) (alive bool, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		updated, err := s.pool.Exec(ctx, "UPDATE import_draft SET beat_at = clock_timestamp(), rows_done = $3, done = $4, total = $5 WHERE id = $1 AND work_id = $2", id, work, rows, done, total)
		alive = updated.RowsAffected() == 1
		return err
	})
	if err != nil {
		return true, fmt.Errorf("noting how far an import is: %w", err)
	}
	return alive, nil
}

// DraftRow is what became of one row in the report of a check.
type DraftRow struct {
	Outcome
	Row      int // in the file; 0 for a row that is gone
	Problems []RowProblem
}

// RowProblem is why a row, or a cell of it, cannot be taken.
type RowProblem struct {
	Column string `json:"column"`
	Code   string `json:"code"`
	Zh     string `json:"zh"`
	En     string `json:"en"`
}

// EndCheck keeps the report of a check, unless nobody wants it any more, and gives the revision that it makes: counts and
// rows of a revision never change.
func (s *Store) EndCheck(ctx context.Context, id, work uuid.UUID, counts DraftCounts, digest [32]byte, rows iter.Seq[DraftRow]) (revision int, err error) {
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('statement_timeout', '0', true)"); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `UPDATE import_draft SET state = 'checked', revision = revision + 1, counts = $3, digest = $4, checked_at = clock_timestamp(), updated_at = clock_timestamp(), rows_done = $5, done = total,
			work = NULL, work_id = NULL, beat_at = NULL, fault = NULL WHERE id = $1 AND work_id = $2 RETURNING revision`, id, work, counts, digest[:], counts.Read).Scan(&revision)
		if errors.Is(err, pgx.ErrNoRows) {
			return ErrStale
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM import_row WHERE draft_id = $1", id); err != nil {
			return err
		}
		return copyDraftRows(ctx, tx, id, rows)
	})
	if err != nil {
		return 0, fmt.Errorf("keeping the report of an import: %w", err)
	}
	return revision, nil
}

// DraftEnd is the draft that an import applies.
type DraftEnd struct {
	ID, Work uuid.UUID
	// Counts is asked when all is known, as the last thing: an error, such as ErrStale where the rows are no longer as the
	// check found them, leaves no trace of the import.
	Counts func(Imported) (DraftCounts, error)
}

// endDraft ends a draft in the transaction of its import; its file is needed no longer.
func endDraft(ctx context.Context, tx pgx.Tx, d DraftEnd, counts DraftCounts) error {
	id := d.ID
	done, err := tx.Exec(ctx, `UPDATE import_draft SET state = 'applied', counts = $3, applied_at = now(), updated_at = clock_timestamp(), work = NULL, work_id = NULL, beat_at = NULL, done = total
		WHERE id = $1 AND work_id = $2 AND state = 'checked'`, id, d.Work, counts)
	if err != nil {
		return fmt.Errorf("ending an import: %w", err)
	}
	if done.RowsAffected() == 0 {
		return ErrStale
	}
	if _, err := tx.Exec(ctx, "DELETE FROM import_file WHERE draft_id = $1", id); err != nil {
		return fmt.Errorf("removing an imported file: %w", err)
	}
	return nil
}

// EndWork says why a work came to nothing. A draft whose rows are no longer as its check found them has to be checked again.
func (s *Store) EndWork(ctx context.Context, id, work uuid.UUID, fault DraftFault, doubt bool) error {
	_, err := s.pool.Exec(ctx, `UPDATE import_draft SET work = NULL, work_id = NULL, beat_at = NULL, fault = $3, updated_at = clock_timestamp(),
		state = CASE WHEN $4 THEN 'uploaded' ELSE state END WHERE id = $1 AND work_id = $2`, id, work, fault, doubt)
	if err != nil {
		return fmt.Errorf("noting why an import came to nothing: %w", err)
	}
	return nil
}
