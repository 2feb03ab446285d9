package live

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// change is the data of the event "change".
type change struct {
	Seq     int64      `json:"seq"`
	Layer   string     `json:"layer"`
	ID      uuid.UUID  `json:"id"`
	FID     int64      `json:"fid"`
	Kind    string     `json:"kind"`
	Version int        `json:"version"`
	OldBox  []float64  `json:"old_bbox"`
	NewBox  []float64  `json:"new_bbox"`
	AreaID  *uuid.UUID `json:"area_id"`
}

// reload is the data of the event "reload": without a layer, everything.
type reload struct {
	Seq   int64     `json:"seq"`
	Layer string    `json:"layer,omitempty"`
	Box   []float64 `json:"bbox"` // null: everywhere
}

// encode writes changes as frames of the stream, with the rows as they are now. A row that cannot be read is left out
// of its frame: the screen asks for it.
func (f *Feed) encode(ctx context.Context, from store.Rower, changes []store.Change) []byte {
	rows := f.rows(ctx, from, changes)
	var out []byte
	for _, c := range changes {
		if c.Kind == "reload" {
			out = append(out, reloadFrame(c.Seq, c.Layer, c.NewBox)...)
			continue
		}
		data, err := json.Marshal(change{c.Seq, c.Layer, c.ID, c.FID, c.Kind, c.Version, c.OldBox, c.NewBox, c.AreaID})
		if err != nil {
			f.Log.Error("a change could not be told", "seq", c.Seq, "error", err)
			continue
		}
		if row := rows[c.ID]; row != nil && c.Kind != "delete" {
			data = append(data[:len(data)-1], `,"feature":`...)
			data = append(append(data, row...), '}')
		}
		out = fmt.Appendf(out, "id: %d\nevent: change\ndata: %s\n\n", c.Seq, data)
	}
	return out
}

// rows reads the changed rows, one query a layer, for all streams at once.
func (f *Feed) rows(ctx context.Context, from store.Rower, changes []store.Change) map[uuid.UUID][]byte {
	ids := map[string][]uuid.UUID{}
	for _, c := range changes {
		if c.Kind == "insert" || c.Kind == "update" {
			ids[c.Layer] = append(ids[c.Layer], c.ID)
		}
	}
	all := make(map[uuid.UUID][]byte, len(changes))
	for name, ids := range ids {
		l, ok := layer.ByName(name)
		if !ok {
			continue // a table of a newer program
		}
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		found, err := f.Store.PublicFeatures(ctx, from, l, ids)
		cancel()
		if err != nil {
			f.Log.Warn("changed rows are told without their content", "layer", name, "error", err)
			continue
		}
		for id, row := range found {
			all[id] = row
		}
	}
	return all
}

func reloadFrame(seq int64, layer string, box []float64) []byte {
	data, err := json.Marshal(reload{seq, layer, box})
	if err != nil {
		data = []byte("{}") // only infinite numbers cannot be written, and the database stores none
	}
	return fmt.Appendf(nil, "id: %d\nevent: reload\ndata: %s\n\n", seq, data)
}
