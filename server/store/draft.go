package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// The states of an import draft; which step leads where says the table import_draft_step.
const (
	DraftUploaded = "uploaded"
	DraftChecked  = "checked"
	DraftApplied  = "applied"
)

// KeepDrafts is for how long a draft that nobody touches is kept.
const KeepDrafts = 14 * 24 * time.Hour

// Kinds of work that is done for a draft.
const (
	WorkCheck = "check"
	WorkApply = "apply"
)

// Draft is a file that a person brought, and what the person says about it.
type Draft struct {
	ID        uuid.UUID
	PersonID  uuid.UUID
	State     string
	Revision  int // raised by every choice and by the end of every check: a report belongs to one
	FileName  string
	FileBytes int64
	Layer     *string
	Choices   json.RawMessage
	About     json.RawMessage
	Counts    *DraftCounts
	Digest    []byte
	Fault     *DraftFault
	Work      *string
	RowsDone  int64
	Done      int64
	Total     int64
	CheckedAt *time.Time
	AppliedAt *time.Time
	CreatedAt time.Time
	UpdatedAt time.Time
	// Broken is true when a server ended in the middle of work for the draft: it can be checked again.
	Broken bool
}

// DraftCounts is what became of the rows: Read = New + Changed + Same + Rejected.
type DraftCounts struct {
	Read     int64 `json:"read"`
	New      int64 `json:"new"`
	Changed  int64 `json:"changed"`
	Moved    int64 `json:"moved"` // of the changed ones: to another area
	Same     int64 `json:"same"`
	Rejected int64 `json:"rejected"`
	Gone     int64 `json:"gone"`    // stored, no longer in the file
	Removed  int64 `json:"removed"` // of those, deleted
	Blank    int64 `json:"blank"`   // rows with nothing in them
	// Unsure: the key of some rejected row is unknown, so no row can be said to be gone.
	Unsure bool        `json:"unsure"`
	Notes  []DraftNote `json:"notes"`
	// Siting is what the siting rules say of the rows that were stored; null until they are looked at, after the import.
	Siting *DraftSiting `json:"siting"`
}

// DraftNote is something that people should know about how the file was understood.
type DraftNote struct {
	Code string `json:"code"`
	layer.Text
}

// DraftFault is why a check or an import came to nothing.
type DraftFault struct {
	Code string `json:"code"`
	layer.Text
}

// ErrDraftBusy means that work is being done for the draft already.
var ErrDraftBusy = errors.New("work is being done for this draft")

// ErrDraftState means that the draft is in a state in which this cannot be done.
var ErrDraftState = errors.New("the draft is in another state")

const draftColumns = `id, person_id, state, revision, file_name, file_bytes, layer, choices, about, counts, digest, fault,
	CASE WHEN beat_at > clock_timestamp() - make_interval(secs => 15) THEN work END, rows_done, done, total, checked_at, applied_at, created_at, updated_at,
	work IS NOT NULL AND beat_at <= clock_timestamp() - make_interval(secs => 15)`

func (d *Draft) into() []any {
	return []any{&d.ID, &d.PersonID, &d.State, &d.Revision, &d.FileName, &d.FileBytes, &d.Layer, &d.Choices, &d.About, &d.Counts, &d.Digest, &d.Fault,
		&d.Work, &d.RowsDone, &d.Done, &d.Total, &d.CheckedAt, &d.AppliedAt, &d.CreatedAt, &d.UpdatedAt, &d.Broken}
}

// Draft gives a person's draft.
func (s *Store) Draft(ctx context.Context, person, id uuid.UUID) (d Draft, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		return s.pool.QueryRow(ctx, "SELECT "+draftColumns+" FROM import_draft WHERE id = $1 AND person_id = $2", id, person).Scan(d.into()...)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return d, ErrNotFound
	}
	if err != nil {
		return d, fmt.Errorf("reading an import draft: %w", err)
	}
	return d, nil
}

// Drafts lists a person's drafts, the last touched first.
func (s *Store) Drafts(ctx context.Context, person uuid.UUID) (drafts []Draft, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		var d Draft
		drafts = drafts[:0]
		return s.each(ctx, "SELECT "+draftColumns+" FROM import_draft WHERE person_id = $1 ORDER BY updated_at DESC, id", []any{person}, d.into(), func() {
			drafts = append(drafts, d)
			d = Draft{}
		})
	})
	if err != nil {
		return nil, fmt.Errorf("listing import drafts: %w", err)
	}
	return drafts, nil
}

// ChooseDraft keeps what a person says about a file, and what the file says under those choices. What was checked before
// is no longer true; work that is under way for it comes to nothing.
func (s *Store) ChooseDraft(ctx context.Context, d Draft) (Draft, error) {
	err := s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			err := tx.QueryRow(ctx, `UPDATE import_draft SET state = 'uploaded', revision = revision + 1, layer = $4, choices = $5, about = $6, counts = NULL, digest = NULL, fault = NULL,
				work = NULL, work_id = NULL, beat_at = NULL, checked_at = NULL, updated_at = clock_timestamp()
				WHERE id = $1 AND person_id = $2 AND revision = $3 AND state <> 'applied' RETURNING `+draftColumns,
				d.ID, d.PersonID, d.Revision, d.Layer, d.Choices, d.About).Scan(d.into()...)
			if errors.Is(err, pgx.ErrNoRows) {
				return ErrStale
			}
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "DELETE FROM import_row WHERE draft_id = $1", d.ID)
			return err
		})
	})
	if err != nil {
		return d, fmt.Errorf("keeping the choices of an import: %w", err)
	}
	return d, nil
}

// DiscardDraft deletes a person's draft with its file.
func (s *Store) DiscardDraft(ctx context.Context, person, id uuid.UUID) error {
	err := s.within(ctx, func(ctx context.Context) error {
		done, err := s.pool.Exec(ctx, "DELETE FROM import_draft WHERE id = $1 AND person_id = $2", id, person)
		if err == nil && done.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("discarding an import draft: %w", err)
	}
	return nil
}

// DropDraftsBefore deletes drafts that nobody touched since.
func (s *Store) DropDraftsBefore(ctx context.Context, moment time.Time) (int64, error) {
	done, err := s.pool.Exec(ctx, "DELETE FROM import_draft WHERE updated_at < $1", moment)
	if err != nil {
		return 0, fmt.Errorf("removing old import drafts: %w", err)
	}
	return done.RowsAffected(), nil
}

// Origins counts the rows of a layer by where they came from, the last changed first: a new edition of a ledger takes
// the origin of the one before.
func (s *Store) Origins(ctx context.Context, l *layer.Layer) (list []Origin, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		var o Origin
		list = []Origin{}
		return s.each(ctx, fmt.Sprintf("SELECT origin, count(*) FROM %s WHERE deleted_at IS NULL AND origin NOT IN ('entry', 'demo') GROUP BY origin ORDER BY max(updated_at) DESC LIMIT 50", l.Name),
			nil, []any{&o.Name, &o.Rows}, func() { list = append(list, o) })
	})
	if err != nil {
		return nil, fmt.Errorf("listing the origins of %s: %w", l.Name, err)
	}
	return list, nil
}

// Origin is where rows of a layer came from.
type Origin struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
}
