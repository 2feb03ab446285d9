package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// headerKey carries the key that a client makes for a write: a repeat under the same key gets the first answer.
const headerKey = "Idempotency-Key"

// writeProblem is what the answer of a write that was refused has beside the members of every problem.
type writeProblem struct {
	Findings  []store.Finding `json:"findings,omitempty"`   // needs_decision: what has to be decided
	Version   int             `json:"version,omitempty"`    // changed_meanwhile: the version that the row has now
	DeletedAt *time.Time      `json:"deleted_at,omitempty"` // and when it was deleted
	Current   json.RawMessage `json:"current,omitempty"`    // and the row as it is now; null when it is deleted
}

// refusalOfWrite decides what is told of an error about a write; nil when it is none.
func refusalOfWrite(err error) *refusal {
	var entry *layer.EntryError
	var held *store.FindingsError
	var stale *store.StaleError
	switch {
	case errors.As(err, &entry):
		return refusalOfEntry(entry)
	case errors.As(err, &held):
		return &refusal{status: http.StatusUnprocessableEntity, code: "needs_decision", more: writeProblem{Findings: held.Findings},
			text: layer.Text{Zh: "请核对后再保存", En: "look at this before it is saved"}}
	case errors.As(err, &stale):
		return &refusal{status: http.StatusPreconditionFailed, code: "changed_meanwhile",
			more: writeProblem{Version: stale.Version, DeletedAt: stale.DeletedAt, Current: stale.Current},
			text: layer.Text{Zh: "内容已被他人修改", En: "somebody else has changed it meanwhile"}}
	case errors.Is(err, store.ErrKeyReused):
		return &refusal{status: http.StatusUnprocessableEntity, code: "key_reused", parameter: headerKey,
			text: layer.Text{Zh: "这个编号已用于另一次保存", En: "belongs to another write"}}
	case errors.Is(err, store.ErrKept):
		return &refusal{status: http.StatusMethodNotAllowed, code: "imported_only",
			text: layer.Text{Zh: "底图图层只能整体导入，不能逐条编辑", En: "rows of this layer are replaced by imports and cannot be written one by one"}}
	}
	return nil
}

// refusalOfEntry tells every fault of an entry.
func refusalOfEntry(e *layer.EntryError) *refusal {
	refused := &refusal{status: http.StatusUnprocessableEntity, code: "invalid_entry", text: layer.Text{
		Zh: fmt.Sprintf("有 %d 处需要更正", len(e.Faults)), En: fmt.Sprintf("%d things have to be corrected", len(e.Faults))}, faults: e.Faults}
	if first := e.Faults[0]; first.Code == "bad_json" {
		refused.status, refused.code, refused.text, refused.faults = http.StatusBadRequest, "bad_body", first.Text, nil
	}
	return refused
}
