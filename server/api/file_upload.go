package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/files"
	"fourmaps/server/store"
)

// How uploads and downloads are timed: a phone on a hillside sends slowly, but it sends.
const (
	longestSilence  = 30 * time.Second // between two pieces
	longestUpload   = 15 * time.Minute
	longestDownload = 15 * time.Minute
	longestWork     = time.Minute // on the upload, after it has come
)

// mostUploads is how many uploads are taken in at once.
const mostUploads = 32

// addFile answers PUT /api/layers/{layer}/features/{id}/files/{file}: the body is the file as it is. The id in the path is
// made by the client, so that the same request repeated stores the file once.
func (s *server) addFile(c echo.Context) error {
	r, err := s.fileRequest(c, "name", "occurred_at", "accept")
	if err != nil {
		return err
	}
	n, how, err := s.newFile(c, r)
	if err != nil {
		return err
	}
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		s.patient(c).drain(4 * s.Options.Files.Limits().Document)
		return busyWithFiles()
	}
	f, repeat, err := s.takeFile(c, r, n, how)
	if err != nil {
		return r.refused(err)
	}
	status := http.StatusCreated
	if repeat {
		status = http.StatusOK
		c.Response().Header().Set("Idempotency-Replayed", "true")
	}
	return private(c, status, f)
}

// newFile reads what is known of a file before its content comes, and refuses who may not add one.
func (s *server) newFile(c echo.Context, r fileRequest) (n store.NewFile, how store.Write, err error) {
	area, err := s.Store.AreaOf(c.Request().Context(), r.layer, r.row)
	if err != nil {
		return n, how, err
	}
	if err := permitted(r.who, auth.PhotoWrite, r.who.On(auth.PhotoWrite, area)); err != nil {
		return n, how, err
	}
	how = r.writer(c, s)
	if how.OccurredAt, err = askedMoment(c, "occurred_at"); err != nil {
		return n, how, err
	}
	n = store.NewFile{ID: r.file, Name: c.QueryParam("name")}
	if text := c.QueryParam("accept"); text != "" {
		n.Accept = strings.Split(text, ",")
	}
	if how.OccurredAt.IsZero() {
		how.OccurredAt = how.Now
	}
	return n, how, nil
}

// takeFile receives the content, keeps it and adds it to the row, in this order: a crash in between leaves a content that
// nobody has, which the sweep finds, and never a file without content.
func (s *server) takeFile(c echo.Context, r fileRequest, n store.NewFile, how store.Write) (f store.File, repeat bool, err error) {
	ctx := c.Request().Context()
	body := s.patient(c)
	u, err := s.Options.Files.Receive(ctx, body)
	if err != nil {
		body.drain(4 * s.Options.Files.Limits().Document)
		return f, false, body.blame(err)
	}
	defer u.Close()
	body.done()
	n.Kind, n.ContentType, n.Bytes, n.Width, n.Height = string(u.Kind), u.Type, u.Bytes, u.Width, u.Height
	n.SHA256, n.Sent, n.TakenAt, n.Position = u.SHA256, u.Sent, u.TakenAt, u.Position
	if n.TakenAt != nil && n.TakenAt.After(how.Now.Add(24*time.Hour)) {
		n.TakenAt = nil // the camera's clock is wrong
	}
	n.Name = safeName(n.Name, map[files.Kind]string{files.Photo: "照片", files.Document: "文件"}[u.Kind], files.Ending(u.Type))
	if err := s.Store.ClaimBlob(ctx, u.SHA256, u.Bytes, how.Now); err != nil {
		return f, false, err
	}
	if err := s.Options.Files.Keep(ctx, u); err != nil {
		return f, false, err
	}
	return s.Store.AddFile(ctx, r.layer, r.row, n, how)
}

// refused turns what the packages say about a file into an answer.
func (r fileRequest) refused(err error) error {
	var told *files.Refused
	var denied *store.DeniedError
	switch {
	case errors.As(err, &told):
		status := http.StatusUnprocessableEntity
		switch told.Code {
		case "too_large":
			status = http.StatusRequestEntityTooLarge
		case "type_not_taken":
			status = http.StatusUnsupportedMediaType
		}
		return &refusal{status: status, code: told.Code, text: told.Text, cause: err}
	case errors.As(err, &denied):
		return notPermitted(r.who, auth.Permission(denied.Permission))
	case errors.Is(err, files.ErrBusy):
		return busyWithFiles()
	}
	return err
}

func busyWithFiles() error {
	return &refusal{status: http.StatusServiceUnavailable, code: "busy", retry: 5, text: layer.Text{
		Zh: "正在处理的上传过多，请稍后再试", En: "too many uploads are on their way: try again in a moment"}}
}

// patientBody reads a body that comes slowly: it may be silent for a while, but not for ever.
type patientBody struct {
	from   io.Reader
	answer *http.ResponseController
	until  time.Time
	failed error
}

func (s *server) patient(c echo.Context) *patientBody {
	b := &patientBody{from: c.Request().Body, answer: http.NewResponseController(c.Response()), until: time.Now().Add(longestUpload)}
	_ = b.answer.SetWriteDeadline(b.until.Add(longestWork)) // where it cannot be set, the server's own limits hold
	return b
}

// Read reads on, with a new deadline.
func (b *patientBody) Read(p []byte) (int, error) {
	now := time.Now()
	if now.After(b.until) {
		b.failed = errors.New("the upload takes too long")
		return 0, b.failed
	}
	_ = b.answer.SetReadDeadline(now.Add(longestSilence))
	n, err := b.from.Read(p)
	if err != nil && err != io.EOF {
		b.failed = err
	}
	return n, err
}

// done ends the deadlines of the upload.
func (b *patientBody) done() {
	now := time.Now()
	_ = b.answer.SetReadDeadline(now.Add(longestWork))
	_ = b.answer.SetWriteDeadline(now.Add(2 * longestWork))
}

// drain reads what is left of a body that is not taken, so that the client, who reads the answer only when it has sent all,
// is told why.
func (b *patientBody) drain(most int64) {
	if b.failed == nil {
		_, _ = io.Copy(io.Discard, io.LimitReader(b, most))
	}
	b.done()
}

// blame tells a body that did not come whole from what is wrong with its content.
func (b *patientBody) blame(err error) error {
	if b.failed == nil {
		return err
	}
	return &refusal{status: http.StatusBadRequest, code: "bad_body", text: layer.Text{Zh: "文件没有传完", En: "the file did not come whole"}}
}

// fileContent answers GET /api/layers/{layer}/features/{id}/files/{file}.
func (s *server) fileContent(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	f, err := s.Store.File(c.Request().Context(), r.layer, r.row, r.file, r.sensitive)
	if err != nil {
		return r.refused(err)
	}
	return s.serveFile(c, f, files.Key(f.SHA256), f.ContentType, fmt.Sprintf(`"%x"`, f.SHA256))
}

// fileThumbnail answers GET /api/layers/{layer}/features/{id}/files/{file}/thumbnails/{edge}.
func (s *server) fileThumbnail(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	edge := 0
	if i := slices.IndexFunc(files.Sizes(), func(n int) bool { return fmt.Sprint(n) == c.Param("edge") }); i >= 0 {
		edge = files.Sizes()[i]
	}
	f, err := s.Store.File(c.Request().Context(), r.layer, r.row, r.file, r.sensitive)
	if err != nil {
		return r.refused(err)
	}
	if edge == 0 || f.Kind != string(files.Photo) {
		return store.ErrNotFound
	}
	return s.serveFile(c, f, files.ThumbnailKey(f.SHA256, edge), "image/jpeg", fmt.Sprintf(`"%x-%d"`, f.SHA256, edge))
}
