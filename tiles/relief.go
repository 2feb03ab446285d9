package tiles

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// reliefMaxAge is for how long a browser keeps a relief tile: an hour, in seconds. Relief changes when an elevation model
// is imported.
const reliefMaxAge = 3600

var errNoRelief = notFound("no_relief", "没有高程数据", "there is no elevation model")

// HasRelief tells whether there are elevation tiles, so that a map need not ask for them in vain. It is right to within
// a few seconds; while the database does not answer it is what it was.
func (b *Basemap) HasRelief(ctx context.Context) bool {
	if b.look().relief != nil {
		return true
	}
	b.mu.Lock()
	stored, asked := b.stored, b.asked
	b.mu.Unlock()
	if !asked.IsZero() && time.Since(asked) < lookAgain {
		return stored
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := b.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM relief_tile)`).Scan(&stored); err != nil {
		return stored
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stored, b.asked = stored, time.Now()
	return stored
}

// reliefTileJSON describes the elevation tiles.
func (b *Basemap) reliefTileJSON(w http.ResponseWriter, r *http.Request, _ string) error {
	doc := TileJSON{TileJSON: "3.0.0", Name: "relief", Scheme: "xyz", Encoding: "mapbox",
		Tiles: []string{origin(r) + Prefix + "relief/{z}/{x}/{y}.png"}}
	var bound orb.Bound
	if a := b.look().relief; a != nil {
		ending, _ := a.kind.image()
		doc.Tiles = []string{origin(r) + Prefix + "relief/{z}/{x}/{y}." + ending}
		doc.MinZoom, doc.MaxZoom, bound = int(a.minZoom), int(a.maxZoom), a.bound
	} else {
		ctx, cancel := withTimeout(r.Context())
		defer cancel()
		var low, high *int
		var west, north, east, south *uint32
		err := b.pool.QueryRow(ctx, `SELECT min(z), max(z), min(x) FILTER (WHERE z = top), min(y) FILTER (WHERE z = top),
			max(x) FILTER (WHERE z = top), max(y) FILTER (WHERE z = top)
			FROM relief_tile, (SELECT max(z) AS top FROM relief_tile) t`).Scan(&low, &high, &west, &north, &east, &south)
		if err != nil {
			return fmt.Errorf("describing the relief: %w", err)
		}
		if low == nil {
			return errNoRelief
		}
		doc.MinZoom, doc.MaxZoom = *low, *high
		z := uint8(*high)
		bound = ID{z, *west, *north}.Bound().Union(ID{z, *east, *south}.Bound())
	}
	doc.Bounds = []float64{geo.Round7(bound.Min[0]), geo.Round7(bound.Min[1]), geo.Round7(bound.Max[0]), geo.Round7(bound.Max[1])}
	return sendJSON(w, r, doc)
}

// reliefTile sends one elevation tile; 404 where there is none, and for another ending than the tiles have.
func (b *Basemap) reliefTile(w http.ResponseWriter, r *http.Request, path string) error {
	ending, mediaType := pngTiles.image()
	archive := b.look().relief
	if archive != nil {
		ending, mediaType = archive.kind.image()
	}
	path, ok := strings.CutSuffix(path, "."+ending)
	if !ok {
		return errNoSuchPath
	}
	t, err := parseTriple(path)
	if err != nil {
		return err
	}
	var body []byte
	if archive != nil {
		body, err = b.fromArchive(archive, t)
	} else {
		body, err = b.elevation(r.Context(), t)
	}
	if err != nil {
		return err
	}
	NewAnswer(Content{Type: mediaType, Body: body, MaxAge: reliefMaxAge}).ServeHTTP(w, r)
	return nil
}

// elevation reads an elevation tile of the database.
func (b *Basemap) elevation(ctx context.Context, t ID) ([]byte, error) {
	ctx, cancel := withTimeout(ctx)
	defer cancel()
	var body []byte
	err := b.pool.QueryRow(ctx, `SELECT png FROM relief_tile WHERE z = $1 AND x = $2 AND y = $3`, int16(t.Z), int32(t.X), int32(t.Y)).Scan(&body)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, notFound("no_such_tile", "没有这个高程瓦片", "there is no such elevation tile")
	}
	if err != nil {
		return nil, fmt.Errorf("reading an elevation tile: %w", err)
	}
	return body, nil
}

// parseTriple reads {z}/{x}/{y}.
func parseTriple(path string) (ID, error) {
	zs, rest, _ := strings.Cut(path, "/")
	xs, ys, _ := strings.Cut(rest, "/")
	return parseID(zs, xs, ys)
}
