package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// fourMaps are the layers of one tile of the maps.
const fourMaps = "risk_point,material_site,response_force,command_unit"

const layerPath = "/api/layers/material_site/features"

// district measures the demonstration: a, b, d, e and f.
func (b *bench) district(ctx context.Context) error {
	database, err := b.database(ctx, "district")
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, b.o.program, "demo", "--database-url", database).CombinedOutput(); err != nil {
		return fmt.Errorf("loading the demonstration: %w: %s", err, out)
	}
	server, err := b.serve(ctx, database, 64<<20)
	if err != nil {
		return err
	}
	defer server.stop()
	paths, err := demoTiles(ctx, database, 200)
	if err != nil {
		return err
	}
	sizes, total, err := b.sizes(ctx, server, paths)
	if err != nil {
		return err
	}
	bare, err := b.standIn(ctx, "bare", sizes)
	if err != nil {
		return err
	}
	defer bare.stop()
	if err := b.warm(ctx, server, bare, paths, total/len(paths)); err != nil {
		return err
	}
	if err := b.cold(ctx, database, server, bare, paths); err != nil {
		return err
	}
	if strings.Contains(b.o.cases, "e") {
		if err := b.freshness(ctx, database, server); err != nil {
			return err
		}
	}
	now, peak, err := server.memory()
	if err != nil {
		return err
	}
	b.line("f", "memory of the server after all this (and its peak)", fmt.Sprintf("%.0f MB (%.0f MB)", now, peak), "under 200 MB", peak < 200)
	return nil
}

// demoTiles picks distinct tiles of zooms 8 to 15 in which there is something, the same ones in each run.
func demoTiles(ctx context.Context, database string, n int) ([]string, error) {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT ST_X(anchor), ST_Y(anchor) FROM (
		SELECT anchor, name FROM risk_point UNION ALL SELECT anchor, name FROM material_site UNION ALL
		SELECT anchor, name FROM response_force UNION ALL SELECT anchor, name FROM command_unit) p WHERE anchor IS NOT NULL ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("reading the places of the demonstration: %w", err)
	}
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Lon, Lat float64 }])
	if err != nil {
		return nil, fmt.Errorf("reading the places of the demonstration: %w", err)
	}
	r := rand.New(rand.NewPCG(8, 15))
	var paths []string
	seen := map[string]bool{}
	for tries := 0; len(paths) < n && tries < 100*n; tries++ {
		at := places[r.IntN(len(places))]
		if p := tilePath(fourMaps, at.Lon, at.Lat, 8+tries%8); !seen[p] {
			seen[p] = true
			paths = append(paths, p)
		}
	}
	return paths, nil
}

// sizes writes down how large each tile is as it is sent, and puts them all into the server's cache.
func (b *bench) sizes(ctx context.Context, server *process, paths []string) (file string, total int, err error) {
	var list strings.Builder
	for range 2 { // the second time from the cache
		list.Reset()
		total = 0
		for _, p := range paths {
			body, _, err := server.fetch(ctx, p, true)
			if err != nil {
				return "", 0, fmt.Errorf("asking for %s: %w", p, err)
			}
			fmt.Fprintln(&list, p, len(body))
			total += len(body)
		}
	}
	file = filepath.Join(b.folder, "sizes.txt")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		return "", 0, fmt.Errorf("writing the sizes: %w", err)
	}
	return file, total, nil
}

// rounds is how often ours and the bare handler are measured in turn.
const rounds = 9

// inTurn measures a server and the bare handler in turn. The middle one of the ratios counts, and the rate is the middle
// one too: other work of the machine comes and goes.
func (b *bench) inTurn(ctx context.Context, server, bare *process, paths []string) (ours, theirs load, ratios []float64, err error) {
	var both [2][]load
	for range rounds {
		for i, p := range []*process{server, bare} {
			l, err := b.wrk(ctx, p.address, paths, b.o.time/3)
			if err != nil {
				return load{}, load{}, nil, err
			}
			both[i] = append(both[i], l)
		}
		ratios = append(ratios, both[0][len(ratios)].perSecond/both[1][len(ratios)].perSecond)
	}
	slices.Sort(ratios)
	return middle(both[0]), middle(both[1]), ratios, nil
}

// middle is the load of the middle rate, with all that failed.
func middle(loads []load) load {
	slices.SortFunc(loads, func(a, b load) int { return cmp.Compare(a.perSecond, b.perSecond) })
	m := loads[len(loads)/2]
	m.failed = 0
	for _, l := range loads {
		m.failed += l.failed
	}
	return m
}

// warm measures a: tiles from the cache against the bare handler with bodies of the same sizes.
func (b *bench) warm(ctx context.Context, server, bare *process, paths []string, size int) error {
	ours, theirs, ratios, err := b.inTurn(ctx, server, bare, paths)
	if err != nil {
		return err
	}
	ratio := ratios[rounds/2]
	b.note(fmt.Sprintf("bare Echo handler, bodies of the same sizes (mean %d bytes)", size), rate(theirs))
	b.line("a", fmt.Sprintf("%d tiles z8–z15, four layers, warm", len(paths)), rate(ours), "", true)
	b.line("a", fmt.Sprintf("… against the bare handler, %d rounds (%.2f–%.2f)", rounds, ratios[0], ratios[rounds-1]),
		fmt.Sprintf("× %.2f", ratio), "at least × 0.95", ratio >= 0.95 && ours.failed == 0)
	return nil
}

// cold measures b and the two halves of d: the same without a cache, and GeoJSON with and without.
func (b *bench) cold(ctx context.Context, database string, server, bare *process, paths []string) error {
	plain, err := b.serve(ctx, database, 0)
	if err != nil {
		return err
	}
	defer plain.stop()
	tiles, _, ratios, err := b.inTurn(ctx, plain, bare, paths)
	if err != nil {
		return err
	}
	ratio := 1 / ratios[rounds/2]
	b.line("b", "the same cold, no cache", rate(tiles), "", true)
	b.line("b", fmt.Sprintf("… against the bare handler, %d rounds (1 : %.0f–%.0f)", rounds, 1/ratios[rounds-1], 1/ratios[0]),
		fmt.Sprintf("1 : %.0f", ratio), "1 : 40 or better", ratio <= 40 && tiles.failed == 0)
	list, err := b.wrkAs(ctx, "identity", plain.address, []string{layerPath}, b.o.time)
	if err != nil {
		return err
	}
	b.line("d", "GeoJSON of a whole layer, no cache", rate(list), "at least 700/s", list.perSecond >= 700 && list.failed == 0)
	zipped, err := b.wrk(ctx, plain.address, []string{layerPath}, b.o.time)
	if err != nil {
		return err
	}
	b.line("d", "… compressed for each who asks", rate(zipped), "", zipped.failed == 0)
	if _, _, err := server.fetch(ctx, layerPath, true); err != nil {
		return fmt.Errorf("asking for GeoJSON: %w", err)
	}
	kept, err := b.wrk(ctx, server.address, []string{layerPath}, b.o.time)
	if err != nil {
		return err
	}
	b.line("d", "… from the cache", rate(kept), "at least 25,000/s", kept.perSecond >= 25_000 && kept.failed == 0)
	return nil
}
