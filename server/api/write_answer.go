package api

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// wrote answers a write: the row as it is now, or why it is not written. Both only tell what the person may see.
func (s *server) wrote(c echo.Context, w writeRequest, status int, done store.Written, err error) error {
	var stale *store.StaleError
	var denied *store.DeniedError
	switch {
	case errors.As(err, &stale):
		stale.Current = seenBy(w.who, w.layer, stale.AreaID, stale.Current)
		return err
	case errors.As(err, &denied):
		return notPermitted(w.who, auth.Permission(denied.Permission))
	case err != nil:
		return err
	}
	h := c.Response().Header()
	h.Set("ETag", fmt.Sprintf(`"%d"`, done.Version))
	h.Set(echo.HeaderCacheControl, "no-store")
	if done.Repeat {
		h.Set("Idempotency-Replayed", "true")
	}
	if string(done.Feature) == "null" {
		return c.JSON(status, deletedRow{done.ID, done.Version, true})
	}
	return c.Blob(status, typeGeoJSON, seenBy(w.who, w.layer, done.AreaID, done.Feature))
}

// deletedRow is the answer of a deletion; with its version the row can be brought back.
type deletedRow struct {
	ID      uuid.UUID `json:"id"`
	Version int       `json:"version"`
	Deleted bool      `json:"deleted"`
}

// seenBy leaves the sensitive fields out of a row for who may not see them in its area.
func seenBy(who *auth.Session, l *layer.Layer, area *uuid.UUID, feature json.RawMessage) json.RawMessage {
	if string(feature) == "null" || who.On(auth.SensitiveRead, area) {
		return feature
	}
	return withoutSensitive(l, feature)
}

// withoutSensitive leaves the sensitive fields of a row and of its lists out.
func withoutSensitive(l *layer.Layer, feature json.RawMessage) json.RawMessage {
	var f struct {
		Type       string                     `json:"type"`
		ID         json.RawMessage            `json:"id"`
		Geometry   json.RawMessage            `json:"geometry"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if json.Unmarshal(feature, &f) != nil {
		return json.RawMessage("null") // our own writing; better nothing than too much
	}
	drop(f.Properties, l.Fields)
	for _, p := range l.Parts {
		var lines []map[string]json.RawMessage
		if json.Unmarshal(f.Properties[p.Name], &lines) != nil {
			delete(f.Properties, p.Name)
			continue
		}
		for _, line := range lines {
			drop(line, p.Fields)
		}
		text, err := json.Marshal(lines)
		if err != nil {
			return json.RawMessage("null")
		}
		f.Properties[p.Name] = text
	}
	text, err := json.Marshal(f)
	if err != nil {
		return json.RawMessage("null")
	}
	return text
}

func drop(values map[string]json.RawMessage, fields []layer.Field) {
	for _, f := range fields {
		if f.Sensitive {
			delete(values, f.Name)
		}
	}
}
