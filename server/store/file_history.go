package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"fourmaps/geo/layer"
)

// DeletedFile is a file that can be brought back, by whom it was deleted, and until when it is kept.
type DeletedFile struct {
	File
	DeletedBy *string   `json:"deleted_by"`
	KeptUntil time.Time `json:"kept_until"`
}

// DeletedFiles are the deleted files of a row that somebody may see, the last deleted first.
type DeletedFiles struct {
	Files  []DeletedFile `json:"files"`
	Hidden int           `json:"hidden"` // how many more there are
}

// DeletedFiles lists the files of a row that can be brought back. keep is for how long the sweep leaves them.
func (s *Store) DeletedFiles(ctx context.Context, l *layer.Layer, row uuid.UUID, keep time.Duration, sensitive func(area *uuid.UUID) bool) (DeletedFiles, error) {
	out := DeletedFiles{Files: []DeletedFile{}}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		h, err := holding(ctx, tx, l, row)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `SELECT `+fileColumns+`, (SELECT h.actor FROM history h WHERE h.layer = 'file' AND h.id = file.id AND h.kind = 'delete' ORDER BY h.seq DESC LIMIT 1)
			FROM file WHERE layer = $1 AND row_id = $2 AND deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC LIMIT $3`, l.Name, row, mostFiles)
		if err != nil {
			return err
		}
		var by *string
		out.Hidden, err = h.list(rows, sensitive, []any{&by}, func(f File) {
			out.Files = append(out.Files, DeletedFile{f, by, f.DeletedAt.Add(keep)})
		})
		return err
	})
	if err != nil {
		return DeletedFiles{}, fmt.Errorf("listing the deleted files of a row: %w", err)
	}
	return out, nil
}

// FileEvent is one thing that happened to a file of a row.
type FileEvent struct {
	Seq        int64      `json:"seq"`
	Kind       string     `json:"kind"` // add, delete, undelete, forget: the sweep removed what was deleted long ago
	At         time.Time  `json:"at"`   // when it was recorded
	OccurredAt *time.Time `json:"occurred_at"`
	Actor      string     `json:"actor"`
	PersonID   *uuid.UUID `json:"person_id"`
	Address    *string    `json:"address"` // of the client
	File       EventFile  `json:"file"`
}

// EventFile is the file of an event. One that the reader may not see has neither name nor size.
type EventFile struct {
	ID     uuid.UUID `json:"id"`
	Kind   string    `json:"kind"` // photo, document
	Name   *string   `json:"name"`
	Bytes  *int64    `json:"bytes"`
	Hidden bool      `json:"hidden"`
}

// FileHistoryPage is a part of the history of a row's files, newest first.
type FileHistoryPage struct {
	Events []FileEvent `json:"events"`
	Next   int64       `json:"next"` // seq before which the next page begins; 0 at the end
}

// FileHistory reads what happened to the files of a row, deleted or not, before number before (0: from the newest).
func (s *Store) FileHistory(ctx context.Context, l *layer.Layer, row uuid.UUID, before int64, limit int, sensitive bool) (FileHistoryPage, error) {
	page := FileHistoryPage{Events: []FileEvent{}}
	err := s.reading(ctx, func(ctx context.Context, tx pgx.Tx) error {
		h, err := holderOf(ctx, tx, l, row, "true")
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT seq, kind, at, occurred_at, actor, person_id, address, id, before, after
			FROM history WHERE layer = 'file' AND owner_id = $1 AND ($2::bigint = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`, row, before, limit+1)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if len(page.Events) == limit {
				page.Next = page.Events[limit-1].Seq
				break
			}
			var e FileEvent
			var was, is []byte
			if err := rows.Scan(&e.Seq, &e.Kind, &e.At, &e.OccurredAt, &e.Actor, &e.PersonID, &e.Address, &e.File.ID, &was, &is); err != nil {
				return err
			}
			if err := e.read(was, is, func(kind string) bool { return h.sees(kind, func(*uuid.UUID) bool { return sensitive }) }); err != nil {
				return err
			}
			page.Events = append(page.Events, e)
		}
		return rows.Err()
	})
	if err != nil {
		return FileHistoryPage{}, fmt.Errorf("reading the history of a row's files: %w", err)
	}
	return page, nil
}

// read tells from the images of a file before and after what happened to it.
func (e *FileEvent) read(was, is []byte, sees func(kind string) bool) error {
	image := is
	switch {
	case e.Kind == "insert":
		e.Kind = "add"
	case is == nil:
		e.Kind, image = "forget", was
	case e.Kind == "update":
		e.Kind = "undelete" // a file never changes but for that
	}
	var f struct {
		Kind, Name string
		Bytes      int64
	}
	if err := json.Unmarshal(image, &f); err != nil {
		return fmt.Errorf("reading an image of a file: %w", err)
	}
	e.File.Kind = f.Kind
	if !sees(f.Kind) {
		e.File.Hidden = true
		return nil
	}
	e.File.Name, e.File.Bytes = &f.Name, &f.Bytes
	return nil
}
