package intake

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/google/uuid"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// references are the fields, among those that the file fills, that name other rows.
func (j *job) references() []layer.Field {
	var fields []layer.Field
	for _, column := range j.columns {
		if f, ok := j.Layer.Field(column); ok && f.Type == layer.Reference {
			fields = append(fields, f)
		}
	}
	return fields
}

// resolver puts ids in the place of what cells call other rows.
type resolver struct {
	*job
	fields  []layer.Field
	records []*format.Record                  // those that are still good
	stored  map[string]map[string][]uuid.UUID // by field and word: the stored rows that the word names
	points  map[string]map[string]uuid.UUID   // by field and key: where the records point in this round
	tree    *tree                             // nil unless the layer points to itself
}

// resolved reads all records and gives those whose references were found. A row that names nothing, or more than one, is
// left out; so is one that would lie above itself.
func (j *job) resolved(ctx context.Context, s *store.Store, fields []layer.Field, records iter.Seq2[*format.Record, error]) (iter.Seq2[*format.Record, error], error) {
	r := &resolver{job: j, fields: fields, stored: map[string]map[string][]uuid.UUID{}}
	for record, err := range records {
		if err != nil {
			return nil, wrap(j.Options, err)
		}
		r.records = append(r.records, record)
	}
	if err := r.look(ctx, s); err != nil {
		return nil, wrap(j.Options, err)
	}
	for r.round() { // each time a row is left out, others may have pointed to it
	}
	r.noteRaised()
	for _, record := range r.records {
		for _, f := range fields {
			delete(record.Values, f.Name)
			if id, ok := r.points[f.Name][record.Key]; ok {
				record.Values[f.Name] = id
			}
		}
	}
	return func(yield func(*format.Record, error) bool) {
		for _, record := range r.records {
			if !yield(record, nil) {
				return
			}
		}
	}, nil
}

// look asks the database what the words name.
func (r *resolver) look(ctx context.Context, s *store.Store) error {
	for _, f := range r.fields {
		target, ok := layer.ByName(f.Layer)
		if !ok {
			return fmt.Errorf("%s points to the unknown layer %s", f.Name, f.Layer)
		}
		found, err := s.FindRows(ctx, target, r.words(f, target))
		if err != nil {
			return err
		}
		r.stored[f.Name] = found
		if f.Layer != r.Layer.Name {
			continue
		}
		if r.tree == nil {
			if r.tree, err = newTree(ctx, s, r); err != nil {
				return err
			}
		}
		if r.tree.above[f.Name], err = s.Above(ctx, r.Layer, f); err != nil {
			return err
		}
	}
	return nil
}

// words are what the cells of a field call other rows, each in every spelling that is looked for.
func (r *resolver) words(f layer.Field, target *layer.Layer) []string {
	seen := map[string]bool{}
	for _, record := range r.records {
		if word, ok := record.Values[f.Name].(format.Reference); ok {
			for _, spelling := range spellings(target, string(word)) {
				seen[spelling] = true
			}
		}
	}
	words := make([]string, 0, len(seen))
	for word := range seen {
		words = append(words, word)
	}
	return words
}

// spellings are a word as it stands, in usual width, and, of an area's code, without padding.
func spellings(target *layer.Layer, word string) []string {
	folded := format.Fold(word)
	short, _ := code(target, folded).(string)
	return slices.Compact([]string{word, folded, short})
}

// round finds where the records point; it is true if some had to be left out.
func (r *resolver) round() bool {
	before := len(r.records)
	if r.tree != nil {
		r.tree.index(r.records)
	}
	r.points = map[string]map[string]uuid.UUID{}
	for _, f := range r.fields {
		r.points[f.Name] = map[string]uuid.UUID{}
	}
	r.keep(func(record *format.Record) *format.Problem {
		for _, f := range r.fields {
			word, named := record.Values[f.Name].(format.Reference)
			if !named && f.Layer == r.Layer.Name && record.Way != "" {
				if p := r.climb(record, f); p != nil {
					return p
				}
			}
			if named {
				id, p := r.find(record, f, string(word))
				if p != nil {
					return p
				}
				r.points[f.Name][record.Key] = id
			}
		}
		return nil
	})
	if r.tree != nil {
		r.tree.check()
	}
	return len(r.records) < before
}

// keep leaves out the records with which something is wrong.
func (r *resolver) keep(fault func(*format.Record) *format.Problem) {
	kept := make([]*format.Record, 0, len(r.records))
	for _, record := range r.records {
		p := fault(record)
		if p == nil {
			kept = append(kept, record)
			continue
		}
		r.refuse(record, *p)
	}
	r.records = kept
}

// find gives the one row that a word names: of the same file first, then of those that are stored.
func (r *resolver) find(record *format.Record, f layer.Field, word string) (uuid.UUID, *format.Problem) {
	within := r.tree != nil && f.Layer == r.Layer.Name
	if within {
		if ids := r.tree.named(word); len(ids) == 1 {
			return ids[0], nil
		} else if len(ids) > 1 {
			return uuid.Nil, unresolved(record, f, word, "reference_ambiguous")
		}
	}
	target, _ := layer.ByName(f.Layer)
	var ids []uuid.UUID
	for _, spelling := range spellings(target, word) {
		for _, id := range r.stored[f.Name][spelling] {
			// a row that the file brings is called as the file calls it, not as before
			if within && (r.tree.leaving[id] || r.tree.brought[id] && id.String() != spelling) || slices.Contains(ids, id) {
				continue
			}
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return uuid.Nil, unresolved(record, f, word, "reference_ambiguous")
	case r.left[format.Fold(word)]:
		return uuid.Nil, unresolved(record, f, word, "reference_rejected")
	}
	return uuid.Nil, unresolved(record, f, word, "reference_missing")
}

// unresolved says why a reference leads nowhere.
func unresolved(r *format.Record, f layer.Field, word, code string) *format.Problem {
	why := map[string]layer.Text{
		"reference_missing":   {Zh: "不存在，请先导入它", En: "does not exist: import it first"},
		"reference_ambiguous": {Zh: "有多个，请改用代码或编号", En: "names more than one row: use its code or key"},
		"reference_rejected":  {Zh: "在本文件中，但那一行未被接受", En: "is in this file, but its row is rejected"},
		"reference_circle":    {Zh: "最终又指回本行", En: "leads back to this row"},
		"reference_deep":      {Zh: fmt.Sprintf("之上已有 %d 级以上", deepest), En: fmt.Sprintf("has more than %d levels above it", deepest)},
	}[code]
	return &format.Problem{Row: r.Row, Column: f.Name, Code: code,
		Zh: "“" + f.Label.Zh + "”中的“" + word + "”" + why.Zh,
		En: fmt.Sprintf("%q for %s %s", word, f.Label.En, why.En)}
}
