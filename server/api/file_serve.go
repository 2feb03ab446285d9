package api

import (
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/server/files"
	"fourmaps/server/store"
)

// serveFile hands out a content, whole or in ranges. Whatever is in it, a browser neither runs it nor takes it for
// something else; documents are kept, not opened. The content never changes, but who may see it does: another session
// asks again (Vary), and for documents everybody does.
func (s *server) serveFile(c echo.Context, f store.File, key, mediaType, tag string) error {
	content, err := s.Options.Files.Get(c.Request().Context(), key)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: file %s: %w", errContentMissing, f.ID, err)
	}
	if err != nil {
		return err
	}
	defer content.Close()
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, mediaType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", tag)
	h.Add(echo.HeaderVary, "Cookie")
	disposition := "attachment"
	h.Set(echo.HeaderCacheControl, "private, no-cache")
	if f.Kind == string(files.Photo) {
		disposition = "inline"
		h.Set(echo.HeaderCacheControl, "private, max-age=31536000, immutable")
	}
	h.Set(echo.HeaderContentDisposition, dispositionOf(disposition, f.Name, files.Ending(mediaType)))
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(longestDownload))
	http.ServeContent(c.Response(), c.Request(), "", time.Time{}, content)
	return nil
}

// errContentMissing means that a file is known and its content is not there: somebody emptied the folder or the bucket.
var errContentMissing = &refusal{status: http.StatusNotFound, code: "content_missing", text: layer.Text{
	Zh: "文件内容不在存储中，请联系管理员", En: "the content of this file is missing in the store; tell the administrator"}}

// dispositionOf names a file for browsers in any script (RFC 6266).
func dispositionOf(kind, name, ending string) string {
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	if strings.Trim(strings.TrimSuffix(plain, ending), "_ .") == "" {
		plain = "file" + ending
	}
	out := mime.FormatMediaType(kind, map[string]string{"filename": plain})
	return out + "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
