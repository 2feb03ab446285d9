package intake

import (
	"fmt"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// climb finds the row above one by its way through the level columns: the nearest that the file brings, or that came under
// its way before. Without any, the row is a top.
func (r *resolver) climb(record *format.Record, f layer.Field) *format.Problem {
	for n, way := range record.Above {
		id, ok := r.tree.byWay[way]
		if !ok {
			if r.leftWays[way] {
				return unresolved(record, f, way, "reference_rejected")
			}
			id, ok = r.tree.stored[way]
			ok = ok && !r.tree.leaving[id] && !r.tree.brought[id]
		}
		if ok {
			r.points[f.Name][record.Key] = id
			r.tree.raised[record.Key] = n > 0
			return nil
		}
	}
	r.tree.raised[record.Key] = len(record.Above) > 0
	return nil
}

// noteRaised says how many rows hang higher than their level columns say, because what lies between is no row.
func (r *resolver) noteRaised() {
	if r.tree == nil {
		return
	}
	n := 0
	for _, record := range r.records {
		if r.tree.raised[record.Key] {
			n++
		}
	}
	if n > 0 {
		r.notes = append(r.notes, format.Note{Code: "levels_missing",
			Zh: fmt.Sprintf("%d 行的直接上级不在文件中，挂在更上一级", n), En: fmt.Sprintf("%d rows hang higher, since the unit right above them is no row of the file", n)})
	}
}
