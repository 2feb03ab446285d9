package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// File is a photo or a document of a row.
type File struct {
	ID          uuid.UUID  `json:"id"`
	Kind        string     `json:"kind"` // photo, document
	Name        string     `json:"name"`
	ContentType string     `json:"content_type"`
	Bytes       int64      `json:"bytes"`
	Width       *int       `json:"width"` // of a photo, pixels
	Height      *int       `json:"height"`
	TakenAt     *time.Time `json:"taken_at"`   // by the camera's clock
	Position    orb.Point  `json:"-"`          // WGS 84, from EXIF; DistanceM is null without one
	DistanceM   *float64   `json:"distance_m"` // from where the photo was taken to the row, when it was added
	PersonID    *uuid.UUID `json:"person_id"`
	PersonName  string     `json:"person_name"`
	OccurredAt  time.Time  `json:"occurred_at"`
	CreatedAt   time.Time  `json:"created_at"`
	DeletedAt   *time.Time `json:"deleted_at"`
	SHA256      [32]byte   `json:"-"` // of the content, which is its key
}

// Files are the files of a row that somebody may see.
type Files struct {
	Files  []File `json:"files"`
	Hidden int    `json:"hidden"` // how many more there are
}

const fileColumns = `id, kind, name, content_type, bytes, width, height, taken_at, ST_AsEWKB(exif_position), distance_m, person_id, person_name, occurred_at, created_at, deleted_at, sha256`

func (f *File) scan(place *[]byte, sum *[]byte) []any {
	return []any{&f.ID, &f.Kind, &f.Name, &f.ContentType, &f.Bytes, &f.Width, &f.Height, &f.TakenAt, place, &f.DistanceM, &f.PersonID, &f.PersonName, &f.OccurredAt, &f.CreatedAt, &f.DeletedAt, sum}
}

func (f *File) read(place, sum []byte) error {
	f.SHA256 = [32]byte(sum)
	if place == nil {
		return nil
	}
	g, _, err := geo.DecodeEWKB(place)
	if err != nil {
		return fmt.Errorf("reading the position of a photo: %w", err)
	}
	f.Position, _ = g.(orb.Point)
	return nil
}

// holder is what the right to see files depends on: the row's area, and whether its kind is guarded.
type holder struct {
	Area    *uuid.UUID
	Guarded bool
}

// sees tells whether somebody may see a kind of file. Photos are part of the maps, but for those of guarded sites;
// documents often name people and telephone numbers.
func (h holder) sees(kind string, sensitive func(area *uuid.UUID) bool) bool {
	return kind == "photo" && !h.Guarded || sensitive(h.Area)
}

// holding reads the row that has files; one that is deleted has none to show.
func holding(ctx context.Context, tx pgx.Tx, l *layer.Layer, row uuid.UUID) (holder, error) {
	return holderOf(ctx, tx, l, row, "deleted_at IS NULL")
}

// holderOf reads a row that has or had files, under a condition.
func holderOf(ctx context.Context, tx pgx.Tx, l *layer.Layer, row uuid.UUID, where string) (holder, error) {
	if !l.History {
		return holder{}, ErrNotFound
	}
	kind := "''"
	if l.SymbolField != "" {
		kind = "coalesce(" + l.SymbolField + "::text, '')"
	}
	var h holder
	var of string
	err := tx.QueryRow(ctx, fmt.Sprintf("SELECT area_id, %s FROM %s WHERE id = $1 AND %s", kind, l.Name, where), row).Scan(&h.Area, &of)
	if err != nil {
		return h, errNoRows(err)
	}
	h.Guarded = l.Guarded(of)
	return h, nil
}

// Files lists the files of a row, the newest first. sensitive tells whether the reader may see what is sensitive in an area.
func (s *Store) Files(ctx context.Context, l *layer.Layer, row uuid.UUID, sensitive func(area *uuid.UUID) bool) (Files, error) {
	out := Files{Files: []File{}}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		h, err := holding(ctx, tx, l, row)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+fileColumns+` FROM file WHERE layer = $1 AND row_id = $2 AND deleted_at IS NULL
			ORDER BY coalesce(taken_at, occurred_at) DESC, id DESC`, l.Name, row)
		if err != nil {
			return err
		}
		out.Hidden, err = h.list(rows, sensitive, nil, func(f File) { out.Files = append(out.Files, f) })
		return err
	})
	if err != nil {
		return Files{}, fmt.Errorf("listing the files of a row: %w", err)
	}
	return out, nil
}

// list takes the files that the reader may see, and counts the others. more is read from what follows the columns of a file.
func (h holder) list(rows pgx.Rows, sensitive func(area *uuid.UUID) bool, more []any, take func(File)) (hidden int, err error) {
	defer rows.Close()
	for rows.Next() {
		var f File
		var place, sum []byte
		if err := rows.Scan(append(f.scan(&place, &sum), more...)...); err != nil {
			return 0, err
		}
		if !h.sees(f.Kind, sensitive) {
			hidden++
			continue
		}
		if err := f.read(place, sum); err != nil {
			return 0, err
		}
		take(f)
	}
	return hidden, rows.Err()
}

// File reads one file of a row for its content. One that the reader may not see gives a *DeniedError, one that is deleted
// ErrNotFound.
func (s *Store) File(ctx context.Context, l *layer.Layer, row, id uuid.UUID, sensitive func(area *uuid.UUID) bool) (File, error) {
	var f File
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		h, err := holding(ctx, tx, l, row)
		if err != nil {
			return err
		}
		if f, err = readFile(ctx, tx, l, row, id); err != nil {
			return err
		}
		if f.DeletedAt != nil {
			return ErrNotFound
		}
		if !h.sees(f.Kind, sensitive) {
			return &DeniedError{maySensitive}
		}
		return nil
	})
	if err != nil {
		return File{}, fmt.Errorf("reading a file: %w", err)
	}
	return f, nil
}

func readFile(ctx context.Context, tx pgx.Tx, l *layer.Layer, row, id uuid.UUID) (f File, err error) {
	var place, sum []byte
	err = tx.QueryRow(ctx, `SELECT `+fileColumns+` FROM file WHERE id = $1 AND layer = $2 AND row_id = $3`, id, l.Name, row).Scan(f.scan(&place, &sum)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, ErrNotFound
	}
	if err != nil {
		return f, err
	}
	return f, f.read(place, sum)
}
