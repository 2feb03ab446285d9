package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/server/store/schema"
)

// million measures c: tiles of a layer with very many rows.
func (b *bench) million(ctx context.Context) error {
	database, err := b.database(ctx, "million")
	if err != nil {
		return err
	}
	if err := schema.Migrate(ctx, database, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	places := invent(b.o.rows)
	began := time.Now()
	if err := fill(ctx, database, places); err != nil {
		return err
	}
	b.note(fmt.Sprintf("loading %d rows over China and grouping them", len(places)), time.Since(began).Round(time.Second).String())
	paths := manyTiles(places, 500)
	server, err := b.serve(ctx, database, 0)
	if err != nil {
		return err
	}
	defer server.stop()
	plain, err := b.standIn(ctx, "plain", database)
	if err != nil {
		return err
	}
	defer plain.stop()
	theirs, err := b.wrk(ctx, plain.address, paths, 3*b.o.time)
	if err != nil {
		return err
	}
	ours, err := b.wrk(ctx, server.address, paths, b.o.time)
	if err != nil {
		return err
	}
	ratio := ours.perSecond / theirs.perSecond
	b.note("plain ST_AsMVT of the same table", rate(theirs))
	b.line("c", fmt.Sprintf("%d tiles z4–z12 of %d rows, cold", len(paths), len(places)), rate(ours), "", true)
	b.line("c", "… against the plain one", fmt.Sprintf("× %.0f", ratio), "at least × 10", ratio >= 10 && ours.failed == 0)
	return b.worst(ctx, server, paths)
}

// worst asks for every tile once, one after another.
func (b *bench) worst(ctx context.Context, server *process, paths []string) error {
	var slowest time.Duration
	largest := 0
	for _, p := range paths {
		began := time.Now()
		body, status, err := server.fetch(ctx, p, false)
		took := time.Since(began)
		if err != nil || status >= 300 {
			return fmt.Errorf("asking for %s: status %d: %w", p, status, err)
		}
		slowest, largest = max(slowest, took), max(largest, len(body))
	}
	b.line("c", "… slowest single tile", slowest.Round(100*time.Microsecond).String(), "under 100 ms", slowest < 100*time.Millisecond)
	b.line("c", "… largest tile, not compressed", fmt.Sprintf("%.1f KB", float64(largest)/1000), "none over 100 KB", largest <= 100_000)
	return nil
}

type place struct{ lon, lat float64 }

// invent spreads rows over China as people are spread: two thirds around towns of very different sizes, one anywhere.
func invent(n int) []place {
	r := rand.New(rand.NewPCG(26, 14))
	type town struct {
		place
		spread float64
	}
	var towns []town
	for range 3000 {
		t := town{place{76 + r.Float64()*56, 20 + r.Float64()*30}, 0.02 + 0.3*math.Pow(r.Float64(), 3)}
		for range 1 + int(40*math.Pow(r.Float64(), 4)) { // large ones are drawn more often
			towns = append(towns, t)
		}
	}
	out := make([]place, n)
	for i := range out {
		if i%3 == 0 {
			out[i] = place{75 + r.Float64()*58, 19 + r.Float64()*33}
			continue
		}
		t := towns[r.IntN(len(towns))]
		out[i] = place{t.lon + t.spread*r.NormFloat64(), t.lat + t.spread*r.NormFloat64()}
	}
	return out
}

// fill loads the rows as fast as the database takes them: triggers off, cells made at the end.
func fill(ctx context.Context, database string, places []place) error {
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer pool.Close()
	kinds := []string{"depot", "township_store", "village_store", "fire_cabinet", "hydrant", "enterprise_store", "vehicle_vessel", "shelter"}
	statements := []string{
		`ALTER TABLE material_site DISABLE TRIGGER USER`,
		`CREATE UNLOGGED TABLE loaded (i integer, kind text, lon float8, lat float8)`,
	}
	for _, sql := range statements {
		if _, err := pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("loading: %w", err)
		}
	}
	_, err = pool.CopyFrom(ctx, pgx.Identifier{"loaded"}, []string{"i", "kind", "lon", "lat"}, pgx.CopyFromSlice(len(places), func(i int) ([]any, error) {
		return []any{i, kinds[i%len(kinds)], places[i].lon, places[i].lat}, nil
	}))
	if err != nil {
		return fmt.Errorf("loading: %w", err)
	}
	for _, sql := range []string{
		`INSERT INTO material_site (origin, origin_key, name, name_en, kind, address, owner_unit, capacity_persons, geom)
			SELECT 'bench', i::text, '某某镇物资点' || i, 'Site ' || i, kind, '某县某镇某村' || i || '号', '某单位' || i % 1000, i % 500,
				ST_SetSRID(ST_MakePoint(lon, lat), 4326) FROM loaded ORDER BY i`,
		`DROP TABLE loaded`,
		`ALTER TABLE material_site ENABLE TRIGGER USER`,
		`SELECT rebuild_cells('material_site')`,
		`VACUUM ANALYZE material_site`,
		`VACUUM ANALYZE material_site_cell`,
		`CHECKPOINT`,
	} {
		if _, err := pool.Exec(ctx, sql); err != nil {
			return fmt.Errorf("loading: %w", err)
		}
	}
	return nil
}

// manyTiles picks distinct tiles of zooms 4 to 12 in which there is something; there are few of zoom 4.
func manyTiles(places []place, n int) []string {
	r := rand.New(rand.NewPCG(4, 12))
	var paths []string
	seen := map[string]bool{}
	for i := 0; len(paths) < n; i++ {
		at := places[r.IntN(len(places))]
		if p := tilePath("material_site", at.lon, at.lat, 4+i%9); !seen[p] {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	return paths
}

// tilePath is the address of the tile that holds a place.
func tilePath(layers string, lon, lat float64, z int) string {
	n := math.Exp2(float64(z))
	x := (lon + 180) / 360 * n
	y := (0.5 - math.Asinh(math.Tan(lat*math.Pi/180))/(2*math.Pi)) * n
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", layers, z, int(x), int(y))
}
