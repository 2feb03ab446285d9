package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/labstack/echo/v4"
)

// standIn is one of the two servers that ours is compared with, in a process of its own as ours is:
//
//	bare FILE          an Echo handler that returns from memory a body of the size that the file gives for the path,
//	                   without any middleware
//	plain DATABASE     tiles of material_site as a plain ST_AsMVT gives them: no cells, no cache, few fields
//
// It prints its address and serves until it is killed.
func standIn(args []string) error {
	if len(args) != 2 {
		return errors.New("stand-in needs a kind and its argument")
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	switch args[0] {
	case "bare":
		bodies, err := madeUp(args[1])
		if err != nil {
			return err
		}
		e.GET("/*", func(c echo.Context) error {
			return c.Blob(http.StatusOK, "application/vnd.mapbox-vector-tile", bodies[c.Request().URL.Path])
		})
	case "plain":
		pool, err := pgxpool.New(context.Background(), args[1])
		if err != nil {
			return fmt.Errorf("connecting: %w", err)
		}
		e.GET("/tiles/:layer/:z/:x/:file", plainTile(pool))
	default:
		return fmt.Errorf("there is no stand-in %q", args[0])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Println(listener.Addr())
	return http.Serve(listener, e)
}

// madeUp reads lines of path and size and makes a body of random bytes for each.
func madeUp(file string) (map[string][]byte, error) {
	lines, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the sizes: %w", err)
	}
	bodies := map[string][]byte{}
	for line := range strings.Lines(string(lines)) {
		var path string
		var size int
		if _, err := fmt.Sscan(line, &path, &size); err != nil {
			return nil, fmt.Errorf("reading the sizes: %w", err)
		}
		body := make([]byte, size)
		if _, err := rand.Read(body); err != nil {
			return nil, fmt.Errorf("making a body: %w", err)
		}
		bodies[path] = body
	}
	return bodies, nil
}

func plainTile(pool *pgxpool.Pool) echo.HandlerFunc {
	return func(c echo.Context) error {
		var y int
		if _, err := fmt.Sscanf(c.Param("file"), "%d.mvt", &y); err != nil {
			return echo.ErrNotFound
		}
		z, _ := strconv.Atoi(c.Param("z")) // our own addresses
		x, _ := strconv.Atoi(c.Param("x"))
		var tile []byte
		err := pool.QueryRow(c.Request().Context(), `SELECT ST_AsMVT(q, 'material_site', 4096, 'geom', 'fid') FROM (
			SELECT fid, id::text, name, kind, ST_AsMVTGeom(geom_3857, ST_TileEnvelope($1, $2, $3), 4096, 64, true) AS geom
			FROM material_site WHERE deleted_at IS NULL AND geom_3857 && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)) q`, z, x, y).Scan(&tile)
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, "application/vnd.mapbox-vector-tile", tile)
	}
}
