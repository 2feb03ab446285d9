package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// writeRequest is what every write of a row brings.
type writeRequest struct {
	layer *layer.Layer
	id    uuid.UUID // uuid.Nil for a new row
	base  int       // the version that the person has seen; 0 for a new row
	who   *auth.Session
	body  []byte
	how   store.Write
}

// createFeature answers POST /api/layers/{layer}/features.
func (s *server) createFeature(c echo.Context) error {
	w, err := s.writeRequest(c, true)
	if err != nil {
		return err
	}
	e, err := layer.ParseEntry(w.layer, w.body, true)
	if err != nil {
		return err
	}
	done, err := s.Store.Create(c.Request().Context(), e, w.how)
	if err == nil {
		c.Response().Header().Set(echo.HeaderLocation, fmt.Sprintf("/api/layers/%s/features/%s", w.layer.Name, done.ID))
	}
	return s.wrote(c, w, http.StatusCreated, done, err)
}

// patchFeature answers PATCH /api/layers/{layer}/features/{id}.
func (s *server) patchFeature(c echo.Context) error {
	w, err := s.writeRequest(c, false)
	if err != nil {
		return err
	}
	e, err := layer.ParseEntry(w.layer, w.body, false)
	if err != nil {
		return err
	}
	if e.ID != uuid.Nil && e.ID != w.id {
		return &layer.EntryError{Faults: []layer.Fault{{Field: "id", Code: "read_only", Text: layer.Text{Zh: "与地址中的编号不符", En: "is another than that of the address"}}}}
	}
	done, err := s.Store.Patch(c.Request().Context(), w.id, w.base, e, w.how)
	return s.wrote(c, w, http.StatusOK, done, err)
}

// deleteFeature answers DELETE /api/layers/{layer}/features/{id}.
func (s *server) deleteFeature(c echo.Context) error { return s.comeOrGo(c, s.Store.Delete) }

// undeleteFeature answers POST /api/layers/{layer}/features/{id}/undelete.
func (s *server) undeleteFeature(c echo.Context) error { return s.comeOrGo(c, s.Store.Undelete) }

// comeOrGo deletes a row or brings it back: nothing is asked but when it happened.
func (s *server) comeOrGo(c echo.Context, do func(context.Context, *layer.Layer, uuid.UUID, int, store.Write) (store.Written, error)) error {
	w, err := s.writeRequest(c, false)
	if err != nil {
		return err
	}
	var body struct{ occurred }
	if err := w.read(&body); err != nil {
		return err
	}
	w.how.OccurredAt = body.OccurredAt
	done, err := do(c.Request().Context(), w.layer, w.id, w.base, w.how)
	return s.wrote(c, w, http.StatusOK, done, err)
}

// restoreFeature answers POST /api/layers/{layer}/features/{id}/restore.
func (s *server) restoreFeature(c echo.Context) error {
	w, err := s.writeRequest(c, false)
	if err != nil {
		return err
	}
	var body struct {
		occurred
		Version int `json:"version"`
	}
	if err := w.read(&body); err != nil {
		return err
	}
	if body.Version < 1 {
		return badField("version", layer.Text{Zh: "应为要恢复到的版本号", En: "must be the version to go back to"})
	}
	w.how.OccurredAt = body.OccurredAt
	done, err := s.Store.Restore(c.Request().Context(), w.layer, w.id, w.base, body.Version, w.how)
	return s.wrote(c, w, http.StatusOK, done, err)
}

// confirmFeature answers POST /api/layers/{layer}/features/{id}/confirm.
func (s *server) confirmFeature(c echo.Context) error {
	w, err := s.writeRequest(c, false)
	if err != nil {
		return err
	}
	var body struct {
		occurred
		AccuracyM *float64 `json:"position_accuracy_m"`
	}
	if err := w.read(&body); err != nil {
		return err
	}
	if body.AccuracyM != nil && (*body.AccuracyM < 0 || *body.AccuracyM > 100_000) {
		return badField("position_accuracy_m", layer.Text{Zh: "应为 0–100000 米", En: "must be 0–100000 metres"})
	}
	w.how.OccurredAt = body.OccurredAt
	done, err := s.Store.Confirm(c.Request().Context(), w.layer, w.id, w.base, store.Confirmation{AccuracyM: body.AccuracyM}, w.how)
	return s.wrote(c, w, http.StatusOK, done, err)
}

// occurred is when something happened, by the client's clock and its measured offset.
type occurred struct {
	OccurredAt time.Time `json:"occurred_at"`
}

// writeRequest reads who asks for what.
func (s *server) writeRequest(c echo.Context, creates bool) (w writeRequest, err error) {
	if err = only(c); err != nil {
		return w, err
	}
	if w.who, err = s.session(c); err != nil {
		return w, err
	}
	if w.layer, err = askedLayer(c); err != nil {
		return w, err
	}
	if !creates {
		if w.id, err = askedID(c); err != nil {
			return w, err
		}
		if w.base, err = seenVersion(c); err != nil {
			return w, err
		}
	}
	if w.body, err = readEntry(c); err != nil {
		return w, err
	}
	w.how, err = s.writer(c, w)
	return w, err
}

// seenVersion reads If-Match: the version of a row as its ETag names it, also that of who does not see all of the row.
func seenVersion(c echo.Context) (int, error) {
	h := c.Request().Header
	if tag := h.Get("If-Match"); tag != "" {
		h.Set("If-Match", strings.Replace(tag, `-masked"`, `"`, 1))
	}
	return askedVersion(c)
}

// writer says who writes, and under which key.
func (s *server) writer(c echo.Context, w writeRequest) (store.Write, error) {
	r := c.Request()
	how := store.Write{Actor: w.who.PersonName, Person: w.who.PersonID, Address: c.RealIP(), Now: s.Now(),
		May: func(permission string, area *uuid.UUID) bool { return w.who.On(auth.Permission(permission), area) }}
	if text := r.Header.Get(headerKey); text != "" {
		key, err := uuid.Parse(text)
		if err != nil || key == uuid.Nil {
			return how, &refusal{status: http.StatusBadRequest, code: "bad_value", parameter: headerKey, text: layer.Text{Zh: "应为 UUID", En: "must be a UUID"}}
		}
		how.Key = key
	}
	how.Request = sha256.Sum256(fmt.Appendf(nil, "%s %s %d\n%s", r.Method, r.URL.Path, w.base, w.body))
	return how, nil
}

// entryTypes are the media types of what people enter.
var entryTypes = []string{typeJSON, typeGeoJSON, "application/merge-patch+json"}

// readEntry reads a body whole; one that has something in it says that it is JSON.
func readEntry(c echo.Context) ([]byte, error) {
	r := c.Request()
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, layer.MaxEntryBytes))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &refusal{status: http.StatusRequestEntityTooLarge, code: "too_large", text: layer.Text{Zh: "内容超过 1 MB", En: "the body has more than 1 MB"}}
	case err != nil:
		return nil, &refusal{status: http.StatusBadRequest, code: "bad_body", text: layer.Text{Zh: "内容没有传完", En: "the body did not come whole"}}
	case len(body) == 0:
		return body, nil
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || !slices.Contains(entryTypes, kind) {
		return nil, &refusal{status: http.StatusUnsupportedMediaType, code: "not_json", text: layer.Text{
			Zh: "请求内容应为 application/geo+json 或 application/json", En: "the body must be application/geo+json or application/json"}}
	}
	return body, nil
}

// read reads the small body of a write that is no entry. Without a body, v stays as it is.
func (w writeRequest) read(v any) error {
	if len(w.body) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(w.body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(v)
	if err == nil {
		_, err = decoder.Token()
	}
	if !errors.Is(err, io.EOF) {
		return &refusal{status: http.StatusBadRequest, code: "bad_body", text: layer.Text{Zh: "请求内容不是有效的 JSON，或有不认识的成员", En: "the body is not valid JSON, or has members that are not known here"}}
	}
	return nil
}
