package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// fileRequest is what every request about the files of a row brings.
type fileRequest struct {
	layer *layer.Layer
	row   uuid.UUID
	file  uuid.UUID // uuid.Nil for the list
	who   *auth.Session
}

// sensitive tells whether the asker may see what is sensitive in an area.
func (r fileRequest) sensitive(area *uuid.UUID) bool { return r.who.On(auth.SensitiveRead, area) }

// writer says who changes a file.
func (r fileRequest) writer(c echo.Context, s *server) store.Write {
	return store.Write{Actor: r.who.PersonName, Person: r.who.PersonID, Address: c.RealIP(), Now: s.Now(),
		May: func(permission string, area *uuid.UUID) bool { return r.who.On(auth.Permission(permission), area) }}
}

func (s *server) fileRequest(c echo.Context, parameters ...string) (r fileRequest, err error) {
	if err = only(c, parameters...); err != nil {
		return r, err
	}
	if r.who, err = s.session(c); err != nil {
		return r, err
	}
	if r.layer, err = askedLayer(c); err != nil {
		return r, err
	}
	if r.row, err = askedID(c); err != nil {
		return r, err
	}
	if text := c.Param("file"); text != "" {
		if r.file, err = uuid.Parse(text); err != nil || len(text) != 36 || r.file == uuid.Nil {
			return r, &refusal{status: http.StatusBadRequest, code: "bad_value", parameter: "file", text: layer.Text{Zh: "不是 UUID", En: "is not a UUID"}}
		}
	}
	if s.Options.Files == nil {
		return r, &refusal{status: http.StatusServiceUnavailable, code: "no_files", text: layer.Text{Zh: "本服务器没有文件存储", En: "this server keeps no files"}}
	}
	return r, nil
}

// files answers GET /api/layers/{layer}/features/{id}/files.
func (s *server) files(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	list, err := s.Store.Files(c.Request().Context(), r.layer, r.row, r.sensitive)
	if err != nil {
		return err
	}
	return private(c, http.StatusOK, list)
}

// deleteFile answers DELETE /api/layers/{layer}/features/{id}/files/{file}.
func (s *server) deleteFile(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	f, err := s.Store.DeleteFile(c.Request().Context(), r.layer, r.row, r.file, r.writer(c, s))
	if err != nil {
		return r.refused(err)
	}
	return private(c, http.StatusOK, f)
}

// undeleteFile answers POST /api/layers/{layer}/features/{id}/files/{file}/undelete.
func (s *server) undeleteFile(c echo.Context) error {
	r, err := s.fileRequest(c)
	if err != nil {
		return err
	}
	f, err := s.Store.UndeleteFile(c.Request().Context(), r.layer, r.row, r.file, r.writer(c, s))
	if err != nil {
		return r.refused(err)
	}
	return private(c, http.StatusOK, f)
}

// askedMoment reads a time from a parameter; the zero time without one.
func askedMoment(c echo.Context, name string) (time.Time, error) {
	text := c.QueryParam(name)
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return at, &refusal{status: http.StatusBadRequest, code: "bad_value", parameter: name, text: layer.Text{Zh: "应为 RFC 3339 时间", En: "must be a time of RFC 3339"}}
	}
	return at, nil
}

// mostName is the length of a file's name in characters.
const mostName = 200

// safeName makes a name that can be shown and stored anywhere of what a browser calls a file: its last part, without
// characters that control or turn the text.
func safeName(asked, instead, ending string) string {
	if i := strings.LastIndexAny(asked, `/\`); i >= 0 {
		asked = asked[i+1:]
	}
	name := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff || strings.ContainsRune(`"<>:|?*`, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(asked, "")))
	name = strings.Trim(name, ". ")
	if name == "" {
		name = instead
	}
	if !strings.HasSuffix(strings.ToLower(name), ending) { // what it is called has to be what it is
		if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 6 {
			name = name[:i]
		}
		if runes := []rune(name); len(runes) > mostName-len(ending) {
			name = string(runes[:mostName-len(ending)])
		}
		name += ending
	}
	if runes := []rune(name); len(runes) > mostName {
		name = string(runes[:mostName-len(ending)]) + ending
	}
	return name
}
