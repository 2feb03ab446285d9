package intake

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// Importer is the person who imports, and what that person may do.
type Importer struct {
	Person  uuid.UUID
	Name    string
	Address string // of the client
	// May tells whether the person has a permission on an area; nil is for rows in no area.
	May func(permission string, area *uuid.UUID) bool
}

// MayImport tells whether the person may import rows of a layer at all.
func (i Importer) MayImport(l *layer.Layer) bool {
	return l.WriteRight == "" || i.May(l.WriteRight, nil)
}

// report gathers what becomes of every row.
type report struct {
	rows   []store.DraftRow
	layer  *layer.Layer
	who    Importer
	lineOf func(key string) int
}

// heard keeps what becomes of a row that is taken, or is gone. Fields that the person may not see are named without values.
func (r *report) heard(o store.Outcome) error {
	row := store.DraftRow{Outcome: o}
	if o.What != store.RowGone {
		row.Row = r.lineOf(o.Key)
	}
	before := o.AreaID // where it lies as long as nothing is written
	if o.Moved {
		before = o.FromArea
	}
	for i, c := range o.Changes {
		if f, _ := r.layer.Field(c.Field); f.Sensitive && !r.who.May("sensitive.read", before) {
			row.Changes[i].Before = json.RawMessage("null")
		}
	}
	r.rows = append(r.rows, row)
	return nil
}

func (r *report) left(line int, key, name string, problems []format.Problem) {
	row := store.DraftRow{Row: line, Outcome: store.Outcome{What: store.RowRejected, Key: clipped(key, 200), Name: clipped(name, 200)}}
	for _, p := range problems {
		bad, _ := Told(&geo.InputError{Code: p.Code, Zh: p.Zh, En: p.En})
		row.Problems = append(row.Problems, store.RowProblem{Column: p.Column, Code: p.Code, Zh: bad.Zh, En: bad.En})
	}
	r.rows = append(r.rows, row)
}

func clipped(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// sorted puts the rows in the order of the file, those that are gone last.
func (r *report) sorted() []store.DraftRow {
	line := func(row store.DraftRow) int {
		if row.What == store.RowGone {
			return int(^uint(0) >> 1)
		}
		return row.Row
	}
	slices.SortStableFunc(r.rows, func(a, b store.DraftRow) int {
		return cmp.Or(cmp.Compare(line(a), line(b)), cmp.Compare(a.Key, b.Key))
	})
	return r.rows
}

// digest stands for all that the report says.
func (r *report) digest() [32]byte {
	h := sha256.New()
	w := json.NewEncoder(h)
	for _, row := range r.sorted() {
		_ = w.Encode(row) // a hash takes everything
	}
	return [32]byte(h.Sum(nil))
}

// counts of a report: read = new + changed + same + rejected.
func counted(done Report, notes []format.Note) store.DraftCounts {
	c := store.DraftCounts{Read: int64(done.Read), New: done.Stored.New, Changed: done.Stored.Changed, Moved: done.Stored.Moved, Same: done.Stored.Same, Rejected: int64(done.Rejected),
		Gone: done.Stored.Gone, Removed: done.Stored.Removed, Blank: int64(done.Blank), Notes: []store.DraftNote{}}
	for _, n := range notes {
		if n.Code == "key_unknown" {
			c.Unsure = true
		}
		c.Notes = append(c.Notes, store.DraftNote{Code: n.Code, Text: layer.Text{Zh: n.Zh, En: n.En}})
	}
	return c
}

// faultOf says what a person is told of an error; known is false for one that is ours.
func faultOf(err error) (fault store.DraftFault, known bool) {
	var sentences interface {
		Sentences() (chinese, english string)
	}
	if bad, ok := Told(err); ok {
		return store.DraftFault{Code: bad.Code, Text: layer.Text{Zh: bad.Zh, En: bad.En}}, true
	}
	switch {
	case errors.Is(err, store.ErrStale):
		return store.DraftFault{Code: "changed_meanwhile", Text: layer.Text{Zh: "检查之后数据有变动，什么都没有写入；请重新检查", En: "rows changed after the check, and nothing was written: check again"}}, true
	case errors.As(err, &sentences):
		zh, en := sentences.Sentences()
		return store.DraftFault{Code: "conflict", Text: layer.Text{Zh: zh, En: en}}, true
	case errors.Is(err, context.Canceled):
		return store.DraftFault{Code: "interrupted", Text: layer.Text{Zh: "已中断，什么都没有写入；可以重新检查", En: "interrupted, and nothing was written: it can be checked again"}}, true
	}
	return store.DraftFault{Code: "internal", Text: layer.Text{Zh: "服务器内部错误，什么都没有写入", En: "an internal error; nothing was written"}}, false
}

// errNoLayer cannot happen to a draft whose choices were looked at.
var errNoLayer = errors.New("the draft has no layer")

// options makes the options of an import out of a draft.
func options(d store.Draft, file io.ReaderAt, size int64) (o Options, c Choices, err error) {
	var about About
	if err = errors.Join(json.Unmarshal(d.Choices, &c), json.Unmarshal(d.About, &about)); err != nil {
		return o, c, fmt.Errorf("reading the choices of an import: %w", err)
	}
	o = Options{File: "upload" + about.Kind, Data: file, Size: size}
	o.Import.Origin = c.Origin
	if o.Format, err = c.format(); err != nil {
		return o, c, err
	}
	if o.Ingest, err = c.ingest(o.Format); err != nil {
		return o, c, err
	}
	if d.Layer != nil {
		o.Layer, _ = layer.ByName(*d.Layer)
	}
	if o.Layer == nil {
		return o, c, errNoLayer
	}
	return o, c, nil
}
