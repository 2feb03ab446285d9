package api

import (
	"encoding/base64"
	"encoding/json"

	"github.com/cespare/xxhash/v2"
	"github.com/google/uuid"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// cursor is the place where a page ended, as it travels: only its maker can make sense of it, and only for the same
// question.
type cursor struct {
	Question uint64    `json:"q"` // what the filter and the sort were
	Key      *string   `json:"k"`
	ID       uuid.UUID `json:"i"`
}

// question sums up what a cursor belongs to.
func question(q store.List) uint64 {
	order := "+"
	if q.Sort.Descending {
		order = "-"
	}
	return xxhash.Sum64String(q.Filter.Layer.Name + "?" + q.Filter.Key() + "&" + order + q.Sort.Field.Name)
}

func writeCursor(q store.List, at store.Place) string {
	text, err := json.Marshal(cursor{question(q), at.Key, at.ID})
	if err != nil {
		return "" // numbers and strings can always be written
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readCursor(text string, q store.List) (*store.Place, error) {
	if text == "" {
		return nil, nil
	}
	var at cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &at) != nil || at.Question != question(q) {
		return nil, &layer.ParameterError{Parameter: "cursor", Code: "bad_cursor", Text: layer.Text{
			Zh: "游标无效，或属于另一组条件；请从第一页开始", En: "is not a cursor of this question; begin at the first page"}}
	}
	return &store.Place{Key: at.Key, ID: at.ID}, nil
}
