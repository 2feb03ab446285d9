package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"
)

const (
	editedRows = 400
	editors    = 8
	readers    = 8
	grace      = time.Second // after a commit no answer may be older
)

// edited is a row whose name is a number that grows with every edit.
type edited struct {
	fid      int64
	lon, lat float64
	mu       sync.Mutex
	states   []state // oldest first
}

type state struct {
	count     int
	began     time.Time
	committed time.Time // zero while it is being written
}

// settled gives the number that the row must have reached for a reader who began at that time, and the newest number
// that anybody began to write until then.
func (r *edited) settled(began, until time.Time) (least, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.states {
		if !s.committed.IsZero() && s.committed.Before(began.Add(-grace)) {
			least = s.count
		}
		if s.began.Before(until) {
			most = s.count
		}
	}
	return least, most
}

// freshness measures e: rows of the demonstration are edited from parallel clients while others read tiles.
func (b *bench) freshness(ctx context.Context, database string, server *process) error {
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer pool.Close()
	rows, err := prepareRows(ctx, pool)
	if err != nil {
		return err
	}
	untouched, err := keepUntouched(ctx, server)
	if err != nil {
		return err
	}
	var left, reads, old atomic.Int64
	left.Store(int64(b.o.edits))
	var writing, reading sync.WaitGroup
	failures := make(chan error, editors+readers)
	began := time.Now()
	for e := range editors {
		writing.Go(func() {
			if err := editRows(ctx, pool, rows, e, &left); err != nil {
				failures <- err
			}
		})
	}
	done := make(chan struct{})
	for e := range readers {
		reading.Go(func() {
			r := rand.New(rand.NewPCG(7, uint64(e)))
			for {
				select {
				case <-done:
					return
				default:
				}
				stale, err := readRow(ctx, server, rows[r.IntN(len(rows))], 8+r.IntN(8))
				if err != nil {
					failures <- err
					return
				}
				reads.Add(1)
				if stale {
					old.Add(1)
				}
			}
		})
	}
	writing.Wait()
	took := time.Since(began)
	time.Sleep(grace + 100*time.Millisecond)
	for _, row := range rows { // at rest, every zoom shows what was written last
		for z := 11; z < 16; z++ {
			if stale, err := readRow(ctx, server, row, z); err != nil {
				failures <- err
			} else if stale {
				old.Add(1)
			}
			reads.Add(1)
		}
	}
	close(done)
	reading.Wait()
	select {
	case err := <-failures:
		return err
	default:
	}
	b.line("e", fmt.Sprintf("%d edits in %v, %d tiles read: answers too old", b.o.edits, took.Round(time.Second), reads.Load()),
		fmt.Sprint(old.Load()), "0", old.Load() == 0)
	if err := b.untouched(ctx, server, untouched); err != nil {
		return err
	}
	return b.delay(ctx, pool, server, rows[0])
}

// prepareRows makes the rows that are edited, over the whole district.
func prepareRows(ctx context.Context, pool *pgxpool.Pool) ([]*edited, error) {
	found, err := pool.Query(ctx, `INSERT INTO material_site (name, kind, geom)
		SELECT '0', 'hydrant', anchor FROM command_unit WHERE anchor IS NOT NULL ORDER BY name LIMIT $1
		RETURNING fid, ST_X(geom), ST_Y(geom)`, editedRows)
	if err != nil {
		return nil, fmt.Errorf("making rows to edit: %w", err)
	}
	defer found.Close()
	var rows []*edited
	for found.Next() {
		r := &edited{states: []state{{committed: time.Now()}}}
		if err := found.Scan(&r.fid, &r.lon, &r.lat); err != nil {
			return nil, fmt.Errorf("making rows to edit: %w", err)
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}

// editRows changes rows that no other editor changes: their name always, their place by a metre now and then.
func editRows(ctx context.Context, pool *pgxpool.Pool, rows []*edited, editor int, left *atomic.Int64) error {
	r := rand.New(rand.NewPCG(6, uint64(editor)))
	for left.Add(-1) >= 0 {
		row := rows[editor+editors*r.IntN(len(rows)/editors)]
		row.mu.Lock()
		next := state{count: row.states[len(row.states)-1].count + 1, began: time.Now()}
		row.states = append(row.states, next)
		row.mu.Unlock()
		shift := 0.0
		if r.IntN(3) == 0 {
			shift = 1e-5 * (r.Float64() - 0.5)
		}
		if _, err := pool.Exec(ctx, `UPDATE material_site SET name = $2, geom = ST_Translate(geom, $3, 0) WHERE fid = $1`, row.fid, fmt.Sprint(next.count), shift); err != nil {
			return fmt.Errorf("editing: %w", err)
		}
		row.mu.Lock()
		row.states[len(row.states)-1].committed = time.Now()
		row.mu.Unlock()
	}
	return nil
}

// readRow asks for the tile around a row and tells whether it shows the row as it was too long ago.
func readRow(ctx context.Context, server *process, row *edited, z int) (stale bool, err error) {
	began := time.Now()
	have, shown, err := numberIn(ctx, server, row, z)
	if err != nil || !shown { // below zoom 11 there are no names, and groups
		return false, err
	}
	least, most := row.settled(began, time.Now())
	return have < least || have > most, nil
}

// numberIn reads a row's number from a tile.
func numberIn(ctx context.Context, server *process, row *edited, z int) (have int, shown bool, err error) {
	body, status, err := server.fetch(ctx, tilePath("material_site", row.lon, row.lat, z), false)
	if err != nil || status != 200 {
		return 0, false, fmt.Errorf("reading a tile: status %d: %w", status, err)
	}
	layers, err := mvt.Unmarshal(body)
	if err != nil {
		return 0, false, fmt.Errorf("reading a tile: %w", err)
	}
	for _, l := range layers {
		for _, f := range l.Features {
			if id, ok := f.ID.(float64); ok && int64(id) == row.fid {
				if name, ok := f.Properties["name"].(string); ok {
					have, err = strconv.Atoi(name)
					return have, true, err
				}
			}
		}
	}
	return 0, false, nil
}

// keepUntouched puts tiles into the cache that no edit will touch: of another layer.
func keepUntouched(ctx context.Context, server *process) ([]string, error) {
	body, _, err := server.fetch(ctx, "/tiles/road.json", false)
	if err != nil {
		return nil, fmt.Errorf("asking for a layer nobody edits: %w", err)
	}
	_, rest, _ := bytes.Cut(body, []byte(`"center":[`))
	var lon, lat float64
	if _, err := fmt.Sscanf(string(rest), "%f,%f", &lon, &lat); err != nil {
		return nil, fmt.Errorf("reading where the roads are: %w", err)
	}
	var paths []string
	for z := 8; z < 15; z++ {
		for i := range 5 {
			paths = append(paths, tilePath("road,place", lon+0.02*float64(i), lat, z))
		}
	}
	slices.Sort(paths)
	paths = slices.Compact(paths)
	for _, p := range paths {
		if _, _, err := server.fetch(ctx, p, true); err != nil {
			return nil, fmt.Errorf("asking for %s: %w", p, err)
		}
	}
	return paths, nil
}

// untouched tells whether tiles that no edit touched still come from the cache.
func (b *bench) untouched(ctx context.Context, server *process, paths []string) error {
	before, err := misses(ctx, server)
	if err != nil {
		return err
	}
	for _, p := range paths {
		if _, _, err := server.fetch(ctx, p, true); err != nil {
			return fmt.Errorf("asking for %s: %w", p, err)
		}
	}
	after, err := misses(ctx, server)
	if err != nil {
		return err
	}
	b.line("e", fmt.Sprintf("… of %d tiles that no edit touched, made anew", len(paths)), fmt.Sprintf("%.0f", after-before), "0", after == before)
	return nil
}

// misses reads from the server's metrics how many answers were not in the cache.
func misses(ctx context.Context, server *process) (float64, error) {
	body, _, err := server.fetch(ctx, "/metrics", false)
	if err != nil {
		return 0, fmt.Errorf("reading metrics: %w", err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(body)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), "fourmaps_cache_misses "); ok {
			return strconv.ParseFloat(value, 64)
		}
	}
	return 0, fmt.Errorf("the metrics do not tell fourmaps_cache_misses")
}

// delay measures how long after a commit the first tile shows it, with nothing else going on.
func (b *bench) delay(ctx context.Context, pool *pgxpool.Pool, server *process, row *edited) error {
	var delays []time.Duration
	for i := range 50 {
		want := 1_000_000 + i
		if _, err := pool.Exec(ctx, `UPDATE material_site SET name = $2 WHERE fid = $1`, row.fid, fmt.Sprint(want)); err != nil {
			return fmt.Errorf("editing: %w", err)
		}
		committed := time.Now()
		for have := 0; have != want; {
			var err error
			if have, _, err = numberIn(ctx, server, row, 14); err != nil {
				return err
			}
			if time.Since(committed) > 10*time.Second {
				return fmt.Errorf("a change did not reach the tile in 10 s")
			}
		}
		delays = append(delays, time.Since(committed))
	}
	slices.Sort(delays)
	b.note("from commit to the tile that shows it, idle: median, worst", fmt.Sprintf("%v, %v",
		delays[len(delays)/2].Round(100*time.Microsecond), delays[len(delays)-1].Round(100*time.Microsecond)))
	return nil
}
