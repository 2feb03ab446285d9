package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo"
	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

// How many files for imports are received in one moment, and how many are looked at.
const (
	mostUploading = 16
	mostReading   = 4
)

// roomToRead waits for a place among the files that are looked at, each of which takes memory. The function that it gives
// leaves the place again.
func (s *server) roomToRead(ctx context.Context) (leave func(), err error) {
	limit := time.NewTimer(answerWithin)
	defer limit.Stop()
	select {
	case s.reading <- struct{}{}:
		return func() { <-s.reading }, nil
	case <-limit.C:
		return nil, errImportsBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var errImportsBusy = &refusal{status: http.StatusServiceUnavailable, code: "busy", retry: 5, text: layer.Text{
	Zh: "正在处理的上传过多，请稍后再试", En: "too many uploads are on their way: try again in a moment"}}

// importer is who imports: of an area's rows whoever holds layer.import there.
func (s *server) importer(c echo.Context) (*auth.Session, intake.Importer, error) {
	who, err := s.session(c)
	if err != nil {
		return nil, intake.Importer{}, err
	}
	return who, intake.Importer{Person: who.PersonID, Name: who.PersonName, Address: c.RealIP(),
		May: func(permission string, area *uuid.UUID) bool { return who.On(auth.Permission(permission), area) }}, nil
}

// uploadImport answers POST /api/imports: the body is the file. Nothing is stored of one that cannot be read.
func (s *server) uploadImport(c echo.Context) error {
	if err := only(c, "name", "layer"); err != nil {
		return err
	}
	who, _, err := s.importer(c)
	if err != nil {
		return err
	}
	select {
	case s.uploading <- struct{}{}:
		defer func() { <-s.uploading }()
	default:
		return errImportsBusy
	}
	d := store.Draft{PersonID: who.PersonID}
	if d.FileName = fileName(c.QueryParam("name")); d.FileName == "" {
		return badField("name", layer.Text{Zh: "应为文件名", En: "must be the name of the file"})
	}
	l, err := draftLayer(c.QueryParam("layer"))
	if err != nil {
		return err
	}
	body := s.patient(c)
	file, size, err := receive(body, c.Request().ContentLength)
	if err != nil {
		body.drain(4 * intake.UploadLimits.FileBytes) // browsers read the answer only when they have sent all
		return body.blame(refusedFile(err))
	}
	body.done()
	defer file.Close()
	d.FileBytes = size
	ctx := c.Request().Context()
	leave, err := s.roomToRead(ctx)
	if err != nil {
		return err
	}
	defer leave()
	choices := intake.Begin(d.FileName)
	if err := glance(&d, file, l, choices); err != nil {
		return refusedFile(err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading an upload again: %w", err)
	}
	if d, err = s.Store.AddDraft(ctx, d, file); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, "/api/imports/"+d.ID.String())
	return s.answerDraft(c, http.StatusCreated, d, who)
}

// receive reads the body into a file.
func receive(body io.Reader, declared int64) (*os.File, int64, error) {
	most := intake.UploadLimits.FileBytes
	if declared > most {
		return nil, 0, intake.ErrTooLarge()
	}
	return intake.Spool(body, most)
}

// refusedFile tells why a file cannot be imported: 413 for one that is too large, 422 for all else that is wrong with it.
func refusedFile(err error) error {
	bad, ok := intake.Told(err)
	if !ok {
		return err
	}
	status := http.StatusUnprocessableEntity
	if bad.Code == "file_too_large" {
		status = http.StatusRequestEntityTooLarge
	}
	return &refusal{status: status, code: bad.Code, text: layer.Text{Zh: bad.Zh, En: bad.En}, cause: err}
}

// fileName is what a file was called, without folders and signs that no name has.
func fileName(text string) string {
	text = filepath.Base(strings.ReplaceAll(strings.TrimSpace(text), `\`, "/"))
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 200 {
		text = string(runes[len(runes)-200:])
	}
	if text == "." || text == "/" {
		return ""
	}
	return text
}

// draftLayer is a layer into which people import; nil for "".
func draftLayer(name string) (*layer.Layer, error) {
	if name == "" {
		return nil, nil
	}
	l, ok := layer.ByName(name)
	if !ok {
		return nil, badField("layer", layer.Text{Zh: "没有这个图层", En: "there is no such layer"})
	}
	if !intake.Importable(l) {
		return nil, badField("layer", layer.Text{Zh: "底图图层由管理员在服务器上导入", En: "base layers are imported by an administrator on the server"})
	}
	return l, nil
}

// glance puts into a draft what the file says under some choices.
func glance(d *store.Draft, file io.ReaderAt, l *layer.Layer, choices intake.Choices) error {
	about, err := intake.Glance(file, d.FileBytes, d.FileName, l, choices)
	if err != nil {
		return err
	}
	return intake.Chosen(d, l, choices, about)
}

// glanceAgain is glance at the file of a draft that is kept.
func (s *server) glanceAgain(ctx context.Context, d *store.Draft, l *layer.Layer, choices intake.Choices) error {
	leave, err := s.roomToRead(ctx)
	if err != nil {
		return err
	}
	defer leave()
	file, _, err := s.Store.DraftFile(ctx, d.ID)
	if err != nil {
		return err
	}
	defer file.Close()
	return refusedFile(glance(d, file, l, choices))
}

// draft is the draft of the path, of whoever asks.
func (s *server) draft(c echo.Context, parameters ...string) (*auth.Session, intake.Importer, store.Draft, error) {
	if err := only(c, parameters...); err != nil {
		return nil, intake.Importer{}, store.Draft{}, err
	}
	who, importer, err := s.importer(c)
	if err != nil {
		return nil, importer, store.Draft{}, err
	}
	id, err := askedID(c)
	if err != nil {
		return nil, importer, store.Draft{}, err
	}
	d, err := s.Store.Draft(c.Request().Context(), who.PersonID, id)
	return who, importer, d, err
}

// imports answers GET /api/imports: the asker's drafts.
func (s *server) imports(c echo.Context) error {
	if err := only(c); err != nil {
		return err
	}
	who, _, err := s.importer(c)
	if err != nil {
		return err
	}
	drafts, err := s.Store.Drafts(c.Request().Context(), who.PersonID)
	if err != nil {
		return err
	}
	list := []draftSummary{}
	for _, d := range drafts {
		list = append(list, summaryOf(d))
	}
	return private(c, http.StatusOK, map[string]any{"imports": list})
}

// importDraft answers GET /api/imports/{id}.
func (s *server) importDraft(c echo.Context) error {
	who, _, d, err := s.draft(c)
	if err != nil {
		return err
	}
	return s.answerDraft(c, http.StatusOK, d, who)
}

// chooseImport answers PATCH /api/imports/{id}: choices that are named replace those of before. When nothing is missing any
// more, the check begins.
func (s *server) chooseImport(c echo.Context) error {
	who, importer, d, err := s.draft(c)
	if err != nil {
		return err
	}
	var said saidOfImport
	if err := readBody(c, &said); err != nil {
		return err
	}
	ctx := c.Request().Context()
	for try := 1; ; try++ {
		if err = s.choose(ctx, &d, said, who, importer); err == nil {
			break
		}
		if !errors.Is(err, store.ErrStale) || try == mostChoiceTries {
			return err
		}
		if d, err = s.Store.Draft(ctx, who.PersonID, d.ID); err != nil {
			return err
		}
	}
	if complete(d) {
		if _, err := s.desk.Check(ctx, d.ID, importer); err != nil && !errors.Is(err, store.ErrDraftBusy) {
			return err
		}
		if d, err = s.Store.Draft(ctx, who.PersonID, d.ID); err != nil {
			return err
		}
	}
	return s.answerDraft(c, http.StatusOK, d, who)
}

// mostChoiceTries is how often choices are put over those that are kept: the end of a check makes a new revision of a draft, and
// must not refuse what a person chooses at that moment.
const mostChoiceTries = 3

// saidOfImport is what a person says about a file.
type saidOfImport struct {
	Layer   *string         `json:"layer"`
	Choices json.RawMessage `json:"choices"`
}

// choose puts what is said over what is kept of a draft; ErrStale when that has changed since it was read.
func (s *server) choose(ctx context.Context, d *store.Draft, body saidOfImport, who *auth.Session, importer intake.Importer) error {
	if d.State == store.DraftApplied {
		return refusalOfImport(store.ErrDraftState)
	}
	var choices intake.Choices
	if err := json.Unmarshal(d.Choices, &choices); err != nil {
		return fmt.Errorf("reading choices: %w", err)
	}
	if err := mergeChoices(&choices, body.Choices); err != nil {
		return err
	}
	name := ""
	if d.Layer != nil {
		name = *d.Layer
	}
	if body.Layer != nil {
		name = *body.Layer
	}
	l, err := draftLayer(name)
	if err != nil {
		return err
	}
	if l != nil && !importer.MayImport(l) {
		return notPermitted(who, auth.Permission(l.RightToWrite()))
	}
	s.desk.Drop(d.ID)
	if err := s.glanceAgain(ctx, d, l, choices); err != nil {
		return err
	}
	chosen, err := s.Store.ChooseDraft(ctx, *d)
	if err != nil {
		return err
	}
	*d = chosen
	return nil
}

// mergeChoices puts the members that are named in the place of those of before.
func mergeChoices(choices *intake.Choices, raw json.RawMessage) error {
	if len(raw) == 0 {
		return nil
	}
	var said map[string]json.RawMessage
	if err := json.Unmarshal(raw, &said); err != nil {
		return badField("choices", layer.Text{Zh: "应为对象", En: "must be an object"})
	}
	before, err := json.Marshal(choices)
	if err != nil {
		return fmt.Errorf("writing choices: %w", err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(before, &all); err != nil {
		return fmt.Errorf("reading choices: %w", err)
	}
	maps.Copy(all, said)
	after, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("writing choices: %w", err)
	}
	var fresh intake.Choices
	decoder := json.NewDecoder(bytes.NewReader(after))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&fresh); err != nil {
		return badField("choices", layer.Text{Zh: "有不认识的成员，或类型不对", En: "has members that are not known, or of a wrong type"})
	}
	fresh.Origin = strings.TrimSpace(fresh.Origin)
	*choices = fresh
	switch {
	case len(choices.Mapping) > 200 || len(choices.Constants) > 100 || len(choices.Levels.Columns) > 20:
		return badField("choices", layer.Text{Zh: "条目过多", En: "there are too many of them"})
	case utf8.RuneCountInString(choices.Origin) > 100 || choices.Origin == "entry" || choices.Origin == "demo":
		return badField("origin", layer.Text{Zh: "应为 1–100 字，且不能是 entry 或 demo", En: "must have 1–100 characters, and be neither entry nor demo"})
	case choices.HeaderRow < 0 || choices.HeaderRow > 1000:
		return badField("header_row", layer.Text{Zh: "应为 1–1000", En: "must be 1–1000"})
	}
	return nil
}

// discardImport answers DELETE /api/imports/{id}: the draft goes with its file; what was applied stays.
func (s *server) discardImport(c echo.Context) error {
	who, _, d, err := s.draft(c)
	if err != nil {
		return err
	}
	s.desk.Drop(d.ID)
	if err := s.Store.DiscardDraft(c.Request().Context(), who.PersonID, d.ID); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// complete tells whether nothing is missing for a check.
func complete(d store.Draft) bool {
	var about intake.About
	return d.Layer != nil && json.Unmarshal(d.About, &about) == nil && about.Missing == nil
}

// refusalOfImport decides what is told of an error about a draft; nil when it is none.
func refusalOfImport(err error) *refusal {
	var input *geo.InputError
	switch {
	case errors.Is(err, store.ErrDraftBusy):
		return &refusal{status: http.StatusConflict, code: "busy", retry: 1, text: layer.Text{Zh: "正在处理这个文件", En: "this file is being worked on"}}
	case errors.Is(err, store.ErrDraftState):
		return &refusal{status: http.StatusConflict, code: "wrong_state", text: layer.Text{Zh: "请先检查；已导入的文件不能再改", En: "check it first; what is imported cannot be changed"}}
	case errors.Is(err, store.ErrTooManyDrafts):
		return &refusal{status: http.StatusConflict, code: "too_many_imports", text: layer.Text{Zh: "未完成的导入已有 20 个，请先放弃一些", En: "there are 20 unfinished imports: discard some first"}}
	case errors.As(err, &input):
		return refusedFile(err).(*refusal)
	}
	return nil
}
