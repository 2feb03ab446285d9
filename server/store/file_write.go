package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// NewFile is a file to be added to a row. Its content is stored already, under its sum.
type NewFile struct {
	ID          uuid.UUID // made by the client: a repeat of the same content is the same file
	Kind        string
	Name        string
	ContentType string
	Bytes       int64
	Width       int // of a photo, pixels; 0 for a document
	Height      int
	SHA256      [32]byte // of the content
	Sent        [32]byte // of what was sent
	TakenAt     *time.Time
	Position    *orb.Point // WGS 84
	Accept      []string   // codes of findings that the person has seen
}

// mayPhoto is the permission to add and delete files of rows in an area.
const mayPhoto = "photo.write"

// FarFromRowM is how far from its row a photo may be taken without a question, in metres: across a river or from the
// opposite slope is still the place.
const FarFromRowM = 200

const farFromRow = "far_from_row"

// ClaimBlob says that a content is about to be stored; from now on the sweep leaves it alone for a while. It waits for a
// sweep that is just removing the same content.
func (s *Store) ClaimBlob(ctx context.Context, sum [32]byte, bytes int64, now time.Time) error {
	err := s.within(ctx, func(ctx context.Context) error {
		_, err := s.pool.Exec(ctx, `INSERT INTO blob (sha256, bytes, used_at) VALUES ($1, $2, $3)
			ON CONFLICT (sha256) DO UPDATE SET used_at = greatest(blob.used_at, excluded.used_at)`, sum[:], bytes, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting a content: %w", err)
	}
	return nil
}

// AddFile adds a file to a row. A photo that was taken far away is held back with a *FindingsError until the person accepts
// it. repeat tells that it was there already.
func (s *Store) AddFile(ctx context.Context, l *layer.Layer, row uuid.UUID, n NewFile, how Write) (f File, repeat bool, err error) {
	err = s.filing(ctx, l, row, how, "file", func(ctx context.Context, w *writing) error {
		f, err = w.file(ctx, n.ID)
		if err == nil {
			repeat = true
			return w.sameFile(ctx, f, n)
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
		distance, err := w.distance(ctx, n.Position)
		if err != nil {
			return err
		}
		if err := tooFar(n, distance); err != nil {
			return err
		}
		if err := w.roomForFile(ctx); err != nil {
			return err
		}
		if err := w.insertFile(ctx, n, distance); err != nil {
			return err
		}
		f, err = w.file(ctx, n.ID)
		return err
	})
	if err != nil {
		return File{}, false, fmt.Errorf("adding a file: %w", err)
	}
	return f, repeat, nil
}

// filing runs one change of a row's files as one transaction. The row is held; it has to be there.
func (s *Store) filing(ctx context.Context, l *layer.Layer, row uuid.UUID, how Write, source string, f func(context.Context, *writing) error) error {
	if !l.History {
		return ErrKept
	}
	if how.OccurredAt.IsZero() {
		how.OccurredAt = how.Now
	}
	if how.OccurredAt.After(how.Now.Add(longestAhead)) {
		return &layer.EntryError{Faults: []layer.Fault{{Field: "occurred_at", Code: "out_of_range", Text: layer.Text{
			Zh: "时间在将来，请检查设备时钟", En: "lies in the future: check the clock of the device"}}}}
	}
	err := s.within(ctx, func(ctx context.Context) error {
		return pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			w := &writing{Write: how, tx: tx, store: s, layer: l, id: row, columns: s.columns[l.Name]}
			if err := w.sign(ctx, source); err != nil {
				return err
			}
			r, err := w.look(ctx)
			if err != nil {
				return err
			}
			if r.DeletedAt != nil {
				return ErrNotFound
			}
			if err := w.allowed(mayPhoto, r.AreaID); err != nil {
				return err
			}
			return f(ctx, w)
		})
	})
	return refusedFile(err)
}

// refusedFile turns what the database refuses of a file into what people are told.
func refusedFile(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.ConstraintName {
	case "file_pkey":
		return fileTaken()
	case "file_row_missing":
		return ErrNotFound
	case "file_name_length":
		return &layer.EntryError{Faults: []layer.Fault{{Field: "name", Code: "too_long", Text: layer.Text{Zh: "名称应为 1–200 个字符", En: "must have 1–200 characters"}}}}
	}
	return err
}

func fileTaken() error {
	return &ConflictError{layer.Text{Zh: "这个编号的文件已存在，内容不同", En: "there is another file with this id"}}
}

func (w *writing) file(ctx context.Context, id uuid.UUID) (File, error) {
	return readFile(ctx, w.tx, w.layer, w.id, id)
}

// sameFile refuses another content under the id of a file. What was deleted since stays deleted.
func (w *writing) sameFile(ctx context.Context, f File, n NewFile) error {
	var same bool
	if err := w.tx.QueryRow(ctx, `SELECT sent_sha256 = $2 FROM file WHERE id = $1`, f.ID, n.Sent[:]).Scan(&same); err != nil {
		return err
	}
	if !same {
		return fileTaken()
	}
	return nil
}

// distance is how far a position lies from the row, in metres on the ellipsoid; nil where one of them is not known.
func (w *writing) distance(ctx context.Context, from *orb.Point) (*float64, error) {
	if from == nil {
		return nil, nil
	}
	var d *float64
	err := w.tx.QueryRow(ctx, fmt.Sprintf(`SELECT ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint($2, $3), 4326)::geography) FROM %s WHERE id = $1`, w.layer.Name),
		w.id, from[0], from[1]).Scan(&d)
	return d, err
}

func tooFar(n NewFile, distance *float64) error {
	if distance == nil || *distance <= FarFromRowM {
		return nil
	}
	for _, code := range n.Accept {
		if code == farFromRow {
			return nil
		}
	}
	zh, en := fmt.Sprintf("%.0f 米", *distance), fmt.Sprintf("%.0f m", *distance)
	if *distance >= 1000 {
		zh, en = fmt.Sprintf("%.1f 公里", *distance/1000), fmt.Sprintf("%.1f km", *distance/1000)
	}
	return &FindingsError{[]Finding{{Code: farFromRow, Acceptable: true, Offers: []Offer{{Action: "accept", DistanceM: distance}}, Text: layer.Text{
		Zh: fmt.Sprintf("照片拍摄位置距此点 %s（超过 %d 米）：请确认照片属于此点", zh, FarFromRowM),
		En: fmt.Sprintf("the photo was taken %s from here (more than %d m): make sure that it belongs to this row", en, FarFromRowM)}}}}
}

// mostFiles is how many files a row has: they are listed all at once.
const mostFiles = 200

// roomForFile refuses one file too many. The row is held, so that two at once are counted one after the other.
func (w *writing) roomForFile(ctx context.Context) error {
	var n int
	err := w.tx.QueryRow(ctx, `SELECT count(*) FROM file WHERE layer = $1 AND row_id = $2 AND deleted_at IS NULL`, w.layer.Name, w.id).Scan(&n)
	if err != nil || n < mostFiles {
		return err
	}
	return &ConflictError{layer.Text{
		Zh: fmt.Sprintf("此点已有 %d 个文件，请先删除一些", mostFiles), En: fmt.Sprintf("it has %d files already: delete some first", mostFiles)}}
}

func (w *writing) insertFile(ctx context.Context, n NewFile, distance *float64) error {
	var place []byte
	if n.Position != nil {
		var err error
		if place, err = geo.EWKB(*n.Position); err != nil {
			return err
		}
	}
	var width, height *int
	if n.Width > 0 {
		width, height = &n.Width, &n.Height
	}
	_, err := w.tx.Exec(ctx, `
		INSERT INTO file (id, layer, row_id, kind, name, content_type, bytes, sha256, sent_sha256, width, height, taken_at, exif_position, distance_m, person_id, person_name, occurred_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, ST_GeomFromEWKB($13::bytea), $14, $15, $16, $17)`,
		n.ID, w.layer.Name, w.id, n.Kind, n.Name, n.ContentType, n.Bytes, n.SHA256[:], n.Sent[:], width, height, n.TakenAt, place, distance, nullable(w.Person), w.Actor, w.OccurredAt)
	return err
}

// DeleteFile marks a file as deleted; UndeleteFile takes the mark away, as long as the sweep has not removed it. What is so
// already stays so.
func (s *Store) DeleteFile(ctx context.Context, l *layer.Layer, row, id uuid.UUID, how Write) (File, error) {
	return s.markFile(ctx, l, row, id, how, "delete", `UPDATE file SET deleted_at = clock_timestamp() WHERE id = $1 AND deleted_at IS NULL`)
}

// UndeleteFile brings a deleted file back.
func (s *Store) UndeleteFile(ctx context.Context, l *layer.Layer, row, id uuid.UUID, how Write) (File, error) {
	return s.markFile(ctx, l, row, id, how, "undelete", `UPDATE file SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL`)
}

func (s *Store) markFile(ctx context.Context, l *layer.Layer, row, id uuid.UUID, how Write, source, sql string) (f File, err error) {
	err = s.filing(ctx, l, row, how, source, func(ctx context.Context, w *writing) error {
		if f, err = w.file(ctx, id); err != nil {
			return err
		}
		if source == "undelete" && f.DeletedAt != nil {
			if err := w.roomForFile(ctx); err != nil {
				return err
			}
		}
		if _, err := w.tx.Exec(ctx, sql, id); err != nil {
			return err
		}
		f, err = w.file(ctx, id)
		return err
	})
	if err != nil {
		return File{}, fmt.Errorf("marking a file: %w", err)
	}
	return f, nil
}
