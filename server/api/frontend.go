package api

import (
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"fourmaps/geo/layer"
)

// frontend are the built files of the browser part, by path below /, ready to send.
type frontend map[string]*answer

const indexPage = "index.html"

// newFrontend reads the files once. Forms compressed by the build (.gz, .br beside the file) are used as they are.
func newFrontend(files fs.FS) (frontend, error) {
	pages := frontend{}
	if files == nil {
		return pages, nil
	}
	read := func(name string) []byte {
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil
		}
		return body
	}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(name, ".gz") || strings.HasSuffix(name, ".br") || path.Base(name) == ".gitkeep" {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		a := newAnswer(typeOf(name), body, body)
		a.gzip.keep(read(name + ".gz"))
		a.br.keep(read(name + ".br"))
		pages[name] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the built frontend: %w", err)
	}
	return pages, nil
}

// keep sets a form that was compressed before; nil leaves it to the first request.
func (z *compressed) keep(body []byte) {
	if body != nil {
		z.once.Do(func() { z.body = body })
	}
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

// page answers every address that is no route: a file of the frontend, or its index page, which finds its own way.
func (s *server) page(c echo.Context) error {
	name := strings.TrimPrefix(path.Clean(c.Request().URL.Path), "/")
	if found, ok := s.frontend[name]; ok && name != indexPage {
		return found.send(c, lifetime(name))
	}
	if first, _, _ := strings.Cut(name, "/"); first == "api" || first == "tiles" || path.Ext(name) != "" && name != indexPage {
		return echo.ErrNotFound
	}
	index, ok := s.frontend[indexPage]
	if !ok {
		return &refusal{status: http.StatusNotFound, code: "no_frontend", text: layer.Text{
			Zh: "程序中没有网页部分：请先运行 make build", En: "this program was built without its pages: run make build"}}
	}
	return index.send(c, "no-cache")
}

// lifetime: files in assets have their content's sum in their name.
func lifetime(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}
