package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"fourmaps/server/api"
	"fourmaps/server/auth"
	"fourmaps/server/live"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
	"fourmaps/tiles"
)

// nowhere is a response that goes nowhere.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}

func serveAll(b *testing.B, handler http.Handler, path, cookie string) {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Cookie", cookie)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		handler.ServeHTTP(&nowhere{header: make(http.Header, 8)}, r)
	}
}

// What a warm tile costs through the whole middleware, beside a bare Echo handler, without the network.
func BenchmarkWarmTileThroughTheMiddleware(b *testing.B) {
	pool := storetest.New(b)
	if _, err := pool.Exec(b.Context(), `INSERT INTO material_site (name, kind, geom) SELECT 'site ' || i, 'depot', ST_SetSRID(ST_MakePoint(113 + i * 0.0001, 28.001), 4326) FROM generate_series(1, 40) i`); err != nil {
		b.Fatal(err)
	}
	source, err := tiles.NewSource(b.Context(), pool, tiles.Connections())
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	cache := tiles.NewCache(1 << 20)
	cache.Resume()
	rows := store.New(pool)
	who := auth.New(auth.Options{Store: rows, Log: log, Now: time.Now})
	handler, err := api.New(api.Options{
		Store: rows, Auth: who, Log: log, Feed: live.New(live.Options{Store: rows, Cache: cache, Log: log}),
		Tiles: &tiles.Handler{Source: source, Cache: cache},
	})
	if err != nil {
		b.Fatal(err)
	}
	signedIn := storetest.SignIn(b, pool, "viewer", "")
	path := tilePath("material_site", 113.001, 28.001, 12)
	rec := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Cookie", signedIn)
	handler.ServeHTTP(rec, r.WithContext(context.Background()))
	if rec.Code != http.StatusOK || cache.Get(path) == nil {
		b.Fatalf("the tile is not kept: %d", rec.Code)
	}
	serveAll(b, handler, path, signedIn)
}

func BenchmarkBareHandler(b *testing.B) {
	e := echo.New()
	body := make([]byte, 2000)
	e.GET("/*", func(c echo.Context) error { return c.Blob(http.StatusOK, "application/vnd.mapbox-vector-tile", body) })
	serveAll(b, e, "/tiles/material_site/12/1/1.mvt", "")
}
