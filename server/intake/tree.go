package intake

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"fourmaps/geo/format"
	"fourmaps/server/store"
)

// deepest is how many rows may lie above one; the database refuses the whole import beyond it (refuse_command_cycle).
const deepest = 19

// tree is a layer that points to itself, such as the units of command: a row of the file may name another one, before or
// after it. So every row has its id before it is stored.
type tree struct {
	*resolver
	above   map[string]map[uuid.UUID]uuid.UUID // by field: where the stored rows point
	brought map[uuid.UUID]bool                 // rows that the file brings, in this round
	leaving map[uuid.UUID]bool                 // stored rows that this import removes
	byKey   map[string]uuid.UUID
	byName  map[string][]uuid.UUID
	byWay   map[string]uuid.UUID // through the level columns
	stored  map[string]uuid.UUID // by key: the rows of this origin
	raised  map[string]bool      // by key: rows that hang higher than the file says, because what lies between is no row
}

// newTree gives the rows of the file their ids: the stored one if a row came before.
func newTree(ctx context.Context, s *store.Store, r *resolver) (*tree, error) {
	stored, err := s.RowsOf(ctx, r.Layer, r.Options.Import.Origin)
	if err != nil {
		return nil, err
	}
	named, err := s.StandingRows(ctx, r.Layer, r.namedByID())
	if err != nil {
		return nil, err
	}
	r.ids = map[string]uuid.UUID{}
	for _, record := range r.records {
		id, came := stored[record.Key]
		if !came {
			if id, came = idIn(record.Key); came {
				came = named[id]
			}
		}
		if !came {
			if id, err = uuid.NewV7(); err != nil {
				return nil, fmt.Errorf("making the id of a row: %w", err)
			}
		}
		r.ids[record.Key] = id
	}
	r.columns = append(r.columns, "id")
	return &tree{resolver: r, above: map[string]map[uuid.UUID]uuid.UUID{}, leaving: r.leaving(stored), stored: stored}, nil
}

// namedByID are the ids that the file has for keys.
func (r *resolver) namedByID() []uuid.UUID {
	var ids []uuid.UUID
	for _, record := range r.records {
		if id, ok := idIn(record.Key); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// leaving are the stored rows of this origin that are no longer in the file, if they are to be removed.
func (j *job) leaving(stored map[string]uuid.UUID) map[uuid.UUID]bool {
	out := map[uuid.UUID]bool{}
	if !j.Options.Import.RemoveGone || j.missed.Unknown {
		return out
	}
	for key, id := range stored {
		_, here := j.rows[key]
		if _, byID := j.rows[id.String()]; !here && !byID {
			out[id] = true
		}
	}
	for _, key := range j.missed.Keys {
		delete(out, stored[key])
		if id, ok := idIn(key); ok {
			delete(out, id)
		}
	}
	return out
}

// index notes by what words the records are named.
func (t *tree) index(records []*format.Record) {
	t.brought, t.byKey, t.byName = map[uuid.UUID]bool{}, map[string]uuid.UUID{}, map[string][]uuid.UUID{}
	t.byWay, t.raised = map[string]uuid.UUID{}, map[string]bool{}
	for _, r := range records {
		id := t.ids[r.Key]
		t.brought[id] = true
		t.byKey[format.Fold(r.Key)] = id
		if _, taken := t.byWay[r.Way]; r.Way != "" && !taken {
			t.byWay[r.Way] = id
		}
		if name, ok := r.Values["name"].(string); ok {
			t.byName[format.Fold(name)] = append(t.byName[format.Fold(name)], id)
		}
	}
}

// named gives the rows of the file that a word names; a key goes before a name.
func (t *tree) named(word string) []uuid.UUID {
	word = format.Fold(word)
	if id, ok := t.byKey[word]; ok {
		return []uuid.UUID{id}
	}
	return t.byName[word]
}

// check leaves out records that lie above themselves or too deep.
func (t *tree) check() {
	for _, f := range t.fields {
		if f.Layer != t.Layer.Name {
			continue
		}
		up := t.steps(f.Name)
		ids := make([]uuid.UUID, len(t.records))
		for i, r := range t.records {
			ids[i] = t.ids[r.Key]
		}
		circle := onCircle(ids, up)
		t.keep(func(r *format.Record) *format.Problem {
			word, _ := r.Values[f.Name].(format.Reference)
			switch id := t.ids[r.Key]; {
			case circle[id]:
				return unresolved(r, f, string(word), "reference_circle")
			case depth(id, up) > deepest && !leadsTo(id, circle, up):
				return unresolved(r, f, string(word), "reference_deep")
			}
			return nil
		})
	}
}

// steps gives the way up from a row: as the file says, or else as it is stored.
func (t *tree) steps(field string) func(uuid.UUID) (uuid.UUID, bool) {
	next := map[uuid.UUID]uuid.UUID{}
	for key, id := range t.points[field] {
		next[t.ids[key]] = id
	}
	return func(id uuid.UUID) (uuid.UUID, bool) {
		if t.brought[id] {
			above, ok := next[id]
			return above, ok
		}
		above, ok := t.above[field][id]
		return above, ok
	}
}

// onCircle finds the rows from which the way up leads back to them. Each row is walked over once.
func onCircle(ids []uuid.UUID, up func(uuid.UUID) (uuid.UUID, bool)) map[uuid.UUID]bool {
	walked := map[uuid.UUID]int{} // the walk on which a row was met
	circle := map[uuid.UUID]bool{}
	for i, id := range ids {
		walk, more := i+1, true
		for more && walked[id] == 0 {
			walked[id] = walk
			id, more = up(id)
		}
		if !more || walked[id] != walk {
			continue
		}
		for !circle[id] {
			circle[id] = true
			id, _ = up(id)
		}
	}
	return circle
}

// depth counts the rows above one, up to one more than may be.
func depth(id uuid.UUID, up func(uuid.UUID) (uuid.UUID, bool)) int {
	n := 0
	for more := true; n <= deepest; n++ {
		if id, more = up(id); !more {
			break
		}
	}
	return n
}

// leadsTo tells whether the way up ends in a circle; what hangs below one is judged when the circle is gone.
func leadsTo(id uuid.UUID, circle map[uuid.UUID]bool, up func(uuid.UUID) (uuid.UUID, bool)) bool {
	for n, more := 0, true; more && n <= deepest; n++ {
		if circle[id] {
			return true
		}
		id, more = up(id)
	}
	return false
}
