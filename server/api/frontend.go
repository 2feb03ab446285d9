package api

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
	"fourmaps/tiles"
)

// frontend are the built files of the browser part, by path below /, ready to send.
type frontend map[string]*file

// file is one built file. The build may have compressed it before: then name.gz and name.br stand beside it.
type file struct {
	contentType, cacheControl, etag string
	plain, gzip, br                 []byte
}

const indexPage = "index.html"

func newFrontend(files fs.FS) (frontend, error) {
	pages := frontend{}
	if files == nil {
		return pages, nil
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") || path.Base(name) == ".gitkeep" {
			return err
		}
		pages[name], err = newFile(files, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the built frontend: %w", err)
	}
	return pages, nil
}

func newFile(files fs.FS, name string) (*file, error) {
	plain, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	f := &file{contentType: typeOf(name), cacheControl: lifetime(name), etag: fmt.Sprintf(`"%016x"`, xxhash.Sum64(plain)), plain: plain}
	if f.gzip, err = fs.ReadFile(files, name+".gz"); err != nil {
		f.gzip = zipped(name, plain)
	}
	if f.br, err = fs.ReadFile(files, name+".br"); err != nil {
		f.br = nil
	}
	return f, nil
}

// zipped compresses what becomes much smaller by it; nil for what is compressed in itself.
func zipped(name string, plain []byte) []byte {
	switch path.Ext(name) {
	case ".woff2", ".woff", ".png", ".jpg", ".webp":
		return nil
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(plain); err != nil || w.Close() != nil || out.Len() >= len(plain) {
		return nil
	}
	return out.Bytes()
}

func typeOf(name string) string {
	switch path.Ext(name) { // the machine's own table of types may be wrong or missing
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json", ".map":
		return typeJSON
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// lifetime: files in assets have their content's sum in their name.
func lifetime(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// page answers every address that is no route: a file of the frontend, or its index page, which finds its own way.
func (s *server) page(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
	if found, ok := s.frontend[name]; ok {
		return found.send(c)
	}
	if first, _, _ := strings.Cut(name, "/"); first == "api" || first == "tiles" || path.Ext(name) != "" {
		return echo.ErrNotFound
	}
	index, ok := s.frontend[indexPage]
	if !ok {
		return &refusal{status: http.StatusNotFound, code: "no_frontend", text: layer.Text{
			Zh: "程序中没有网页部分：请先运行 make build", En: "this program was built without its pages: run make build"}}
	}
	if !s.pages.MatchString("/" + name) {
		return index.sendAs(c, http.StatusNotFound) // it says that there is no such page
	}
	return index.send(c)
}

// pagePattern turns addresses as the router writes them (/:map(all|risk)/print) into one pattern. Like the router it does
// not tell capitals from small letters.
func pagePattern(addresses []string) (*regexp.Regexp, error) {
	choice := regexp.MustCompile(`:\w+\(([\w|]+)\)`)
	parts := make([]string, len(addresses))
	for i, address := range addresses {
		parts[i] = choice.ReplaceAllString(address, "($1)")
	}
	pattern, err := regexp.Compile("(?i)^(" + strings.Join(parts, "|") + ")$")
	if err != nil || strings.Contains(strings.Join(parts, ""), ":") {
		return nil, fmt.Errorf("the addresses of the frontend's pages cannot be read: %q", addresses)
	}
	return pattern, nil
}

func (f *file) send(c echo.Context) error { return f.sendAs(c, http.StatusOK) }

func (f *file) sendAs(c echo.Context, status int) error {
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, f.cacheControl)
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	accepts := strings.Join(c.Request().Header.Values(echo.HeaderAcceptEncoding), ",")
	body, etag := f.plain, f.etag
	switch {
	case f.br != nil && tiles.Takes(accepts, "br"):
		body, etag = f.br, f.etag[:len(f.etag)-1]+`-br"`
		h.Set(echo.HeaderContentEncoding, "br")
	case f.gzip != nil && tiles.Takes(accepts, "gzip"):
		body, etag = f.gzip, f.etag[:len(f.etag)-1]+`-gz"`
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	h.Set("ETag", etag)
	if status == http.StatusOK && names(c.Request().Header.Get("If-None-Match"), etag) {
		h.Del(echo.HeaderContentEncoding)
		return c.NoContent(http.StatusNotModified)
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	return c.Blob(status, f.contentType, body)
}
