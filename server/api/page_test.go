package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPagesAreServed(t *testing.T) {
	script := []byte(strings.Repeat("console.log('four maps');\n", 200))
	r := start(t, func(o *apiOptions) {
		o.Pages = []string{"/", "/:map(all|risk)", "/:map(all|risk)/print", "/people"}
		o.Frontend = fstest.MapFS{
			".gitkeep":                 {},
			"index.html":               {Data: []byte("<!doctype html><title>one network</title>")},
			"assets/app-1234.js":       {Data: script},
			"assets/app-1234.js.br":    {Data: []byte("made by the build")},
			"assets/font-1.woff2":      {Data: []byte("wOF2" + strings.Repeat("x", 3000))},
			"favicon.svg":              {Data: []byte("<svg/>")},
			"nested/deep/data.json":    {Data: []byte("{}")},
			"nested/deep/data.json.gz": {Data: []byte("zipped")},
		}
	})
	for _, c := range []struct {
		name, path, contentType, cache string
		status                         int
	}{
		{"the page", "/", "text/html; charset=utf-8", "no-cache", 200},
		{"a place that the page knows", "/risk/print", "text/html; charset=utf-8", "no-cache", 200},
		{"a place that ends in a slash", "/people/", "text/html; charset=utf-8", "no-cache", 200},
		{"a place with capitals", "/People", "text/html; charset=utf-8", "no-cache", 200},
		{"a place that no page has", "/nope", "text/html; charset=utf-8", "no-cache", 404},
		{"a map that is none", "/flood", "text/html; charset=utf-8", "no-cache", 404},
		{"a place below a page", "/people/nope", "text/html; charset=utf-8", "no-cache", 404},
		{"the page by its name", "/index.html", "text/html; charset=utf-8", "no-cache", 200},
		{"a script", "/assets/app-1234.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"a font", "/assets/font-1.woff2", "font/woff2", "public, max-age=31536000, immutable", 200},
		{"a picture", "/favicon.svg", "image/svg+xml", "no-cache", 200},
		{"a script of an older build", "/assets/app-0000.js", "application/problem+json", "no-store", 404},
		{"an address of the API that is none", "/api/none", "application/problem+json", "no-store", 404},
		{"a tile that is none", "/tiles/none", "application/problem+json", "no-store", 404},
		{"a way out of the folder", "/../../etc/passwd", "text/html; charset=utf-8", "no-cache", 404},
		{"a file that is only there compressed", "/assets/app-1234.js.br", "application/problem+json", "no-store", 404},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, h, body := r.get(c.path)
			if status != c.status || h.Get("Content-Type") != c.contentType || h.Get("Cache-Control") != c.cache || len(body) == 0 {
				t.Errorf("%d %s %s, %d bytes", status, h.Get("Content-Type"), h.Get("Cache-Control"), len(body))
			}
		})
	}
	if _, h, body := r.get("/assets/app-1234.js", "Accept-Encoding", "gzip, br"); h.Get("Content-Encoding") != "br" || string(body) != "made by the build" {
		t.Errorf("%v %s", h, body)
	}
	_, h, body := r.get("/assets/app-1234.js", "Accept-Encoding", "gzip, br;q=0")
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err, h)
	}
	if text, err := io.ReadAll(z); err != nil || !bytes.Equal(text, script) {
		t.Errorf("%v, %d bytes", err, len(text))
	}
	if status, _, body := r.get("/assets/app-1234.js", "Accept-Encoding", "gzip", "If-None-Match", h.Get("ETag")); status != 304 || len(body) > 0 {
		t.Errorf("again: %d", status)
	}
}

// TestInternalErrorsAreLoggedAndNotTold takes a table away behind the server's back.
func TestInternalErrorsAreLoggedAndNotTold(t *testing.T) {
	var log bytes.Buffer
	r := start(t, func(o *apiOptions) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))
	})
	r.sql(`ALTER TABLE building RENAME TO ruin`)
	status, h, body := r.get("/api/layers/building/features?lang=en")
	if status != 500 || !strings.Contains(string(body), `"code":"internal"`) || strings.Contains(string(body), "relation") || strings.Contains(string(body), "building") {
		t.Errorf("%d %s", status, body)
	}
	id := h.Get("X-Request-Id")
	if n := strings.Count(log.String(), id); id == "" || n != 1 || !strings.Contains(log.String(), "relation") {
		t.Errorf("the request %q is logged %d times: %s", id, n, log.String())
	}
	if _, h, _ := r.get("/api/none", "X-Request-Id", "proxy-17"); h.Get("X-Request-Id") != "proxy-17" {
		t.Errorf("the id of the proxy in front became %q", h.Get("X-Request-Id"))
	}
	if _, h, _ := r.get("/api/none", "X-Request-Id", "a b"); h.Get("X-Request-Id") == "a b" {
		t.Error("an id that may not stand in a log was taken")
	}
}

func TestMetricsTell(t *testing.T) {
	r := start(t)
	r.get("/api/layers")
	r.get("/api/none")
	_, _, body := r.get("/metrics")
	for _, line := range []string{`fourmaps_requests_total{route="/api/layers",status="2xx"} 1`, `fourmaps_requests_total{route="/*",status="4xx"} 1`,
		"fourmaps_feed_connected 1", "fourmaps_streams 0", "fourmaps_pool_connections", "go_goroutines", `fourmaps_request_seconds_count{route="/api/layers"} 1`} {
		if !strings.Contains(string(body), line) {
			t.Errorf("%s is missing", line)
		}
	}
}
