package intake

import (
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo/format"
	"fourmaps/server/store"
)

// What is kept of files between their check and their import, for all drafts together.
const (
	keptBytes = 32 << 20 // as far as they can be counted
	keptFor   = 10 * time.Minute
)

// rowReader reads the rows of a file one by one.
type rowReader interface {
	Next() (*format.Record, []format.Problem, error)
	Report() format.Report
}

// readRow is a row as it was read.
type readRow struct {
	record   *format.Record
	problems []format.Problem
}

// reading is all that was read of a file.
type reading struct {
	columns  []string
	expected *orb.Bound // outside which rows were rejected
	rows     []readRow
	report   format.Report
	bytes    int
}

// recorder keeps what is read, as long as it is little: points, and texts as people write them.
type recorder struct {
	rowReader
	kept *reading
	done func(*reading)
}

// Next reads a row.
func (r *recorder) Next() (*format.Record, []format.Problem, error) {
	record, problems, err := r.rowReader.Next()
	switch {
	case r.kept == nil:
	case err == io.EOF:
		r.kept.report = r.Report()
		r.done(r.kept)
	case err != nil || !r.kept.add(record, problems):
		r.kept = nil
	}
	return record, problems, err
}

// add keeps a row; it is false for one that would be too much.
func (k *reading) add(record *format.Record, problems []format.Problem) bool {
	for _, g := range []orb.Geometry{record.Geometry, record.Original} {
		if _, point := g.(orb.Point); g != nil && !point {
			return false
		}
	}
	k.bytes += 300 + 100*len(record.Values) + 200*len(problems)
	for _, v := range record.Values {
		if text, ok := v.(string); ok {
			k.bytes += len(text)
		}
	}
	own := *record
	own.Values = maps.Clone(record.Values) // whoever works with the record changes them
	k.rows = append(k.rows, readRow{&own, problems})
	return k.bytes <= keptBytes
}

// replay gives what was read once more.
type replay struct {
	*reading
	next int
}

// Next gives the next row.
func (r *replay) Next() (*format.Record, []format.Problem, error) {
	if r.next == len(r.rows) {
		return nil, nil, io.EOF
	}
	row := r.rows[r.next]
	r.rows[r.next] = readRow{} // it is needed no longer
	r.next++
	return row.record, row.problems, nil
}

// Report gives what became of the rows.
func (r *replay) Report() format.Report { return r.report }

// shelf holds what checks have read for the imports that follow. What it does not hold is read again.
type shelf struct {
	mu   sync.Mutex
	kept []shelved // the oldest first
}

type shelved struct {
	draft    uuid.UUID
	revision int
	what     *reading
	forget   *time.Timer // holds on to nothing of it once stopped
}

// put keeps a reading of a draft; older ones make room, and after some time it goes.
func (s *shelf) put(d store.Draft, what *reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(d.ID)
	bytes := what.bytes
	for _, other := range s.kept {
		bytes += other.what.bytes
	}
	for len(s.kept) > 0 && bytes > keptBytes {
		bytes -= s.kept[0].what.bytes
		s.drop(s.kept[0].draft)
	}
	draft := d.ID
	s.kept = append(s.kept, shelved{draft, d.Revision, what, time.AfterFunc(keptFor, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.drop(draft)
	})})
}

// take gives the reading of a draft, once; nil if there is none for its choices and for what is expected of rows now.
func (s *shelf) take(d store.Draft, expected *orb.Bound) *reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.kept {
		if k.draft != d.ID || k.revision != d.Revision {
			continue
		}
		s.drop(d.ID)
		if was := k.what.expected; (was == nil) == (expected == nil) && (was == nil || *was == *expected) {
			return k.what
		}
		return nil
	}
	return nil
}

// drop forgets the reading of a draft, of which there is one at most.
func (s *shelf) drop(draft uuid.UUID) {
	s.kept = slices.DeleteFunc(s.kept, func(k shelved) bool {
		if k.draft == draft {
			k.forget.Stop()
		}
		return k.draft == draft
	})
}
