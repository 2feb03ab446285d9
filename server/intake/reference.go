package intake

import (
	"context"
	"fmt"
	"iter"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// pointing tells whether rows of the file name rows of other layers.
func (j *job) pointing() bool {
	for _, column := range j.columns {
		if f, ok := j.Layer.Field(column); ok && f.Type == layer.Reference {
			return true
		}
	}
	return false
}

// resolved puts ids in the place of what cells call other rows. A row that names nothing, or more than one, is left out.
func (j *job) resolved(ctx context.Context, s *store.Store, records iter.Seq2[*format.Record, error]) (iter.Seq2[*format.Record, error], error) {
	var all []*format.Record
	for record, err := range records {
		if err != nil {
			return nil, wrap(j.Options, err)
		}
		all = append(all, record)
	}
	for _, column := range j.columns {
		f, ok := j.Layer.Field(column)
		if !ok || f.Type != layer.Reference {
			continue
		}
		target, ok := layer.ByName(f.Layer)
		if !ok {
			return nil, wrap(j.Options, fmt.Errorf("%s points to the unknown layer %s", column, f.Layer))
		}
		found, err := s.FindRows(ctx, target, wordsOf(all, column))
		if err != nil {
			return nil, wrap(j.Options, err)
		}
		all = j.replace(all, f, found)
	}
	return func(yield func(*format.Record, error) bool) {
		for _, record := range all {
			if !yield(record, nil) {
				return
			}
		}
	}, nil
}

func wordsOf(records []*format.Record, column string) []string {
	seen := map[string]bool{}
	var words []string
	for _, r := range records {
		if word, ok := r.Values[column].(format.Reference); ok && !seen[string(word)] {
			seen[string(word)] = true
			words = append(words, string(word))
		}
	}
	return words
}

// replace keeps the records whose reference was found once.
func (j *job) replace(records []*format.Record, f layer.Field, found map[string]store.Found) []*format.Record {
	kept := records[:0]
	for _, r := range records {
		word, ok := r.Values[f.Name].(format.Reference)
		if !ok {
			kept = append(kept, r)
			continue
		}
		row := found[string(word)]
		if row.Count == 1 {
			r.Values[f.Name] = row.ID
			kept = append(kept, r)
			continue
		}
		j.refuse(r, dangling(r, f, string(word), row.Count))
	}
	return kept
}

func dangling(r *format.Record, f layer.Field, word string, count int) format.Problem {
	p := format.Problem{Row: r.Row, Column: f.Name}
	if count == 0 {
		p.Code = "reference_missing"
		p.Zh = "“" + f.Label.Zh + "”中的“" + word + "”不存在,请先导入它"
		p.En = "there is no " + word + " for " + f.Label.En + ": import it first"
		return p
	}
	p.Code = "reference_ambiguous"
	p.Zh = "“" + f.Label.Zh + "”中的“" + word + "”有多个,请改用代码或编号"
	p.En = "more than one row is called " + word + " for " + f.Label.En + ": use its code or key"
	return p
}
