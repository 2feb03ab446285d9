package tiles

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// world is a database, a handler over it and the feed between them.
type world struct {
	*Handler
	pool  *pgxpool.Pool
	t     testing.TB
	heard atomic.Int64 // number of the newest change that the cache was told of
}

// settle waits until the cache was told of every change that has committed.
func (w *world) settle() {
	w.t.Helper()
	newest := value[int64](w, "SELECT coalesce(max(seq), 0) FROM change")
	eventually(w.t, "the cache heard every change", func() bool { return w.heard.Load() >= newest })
}

// newWorld makes a world whose cache hears every change.
func newWorld(t testing.TB) *world {
	w := deafWorld(t)
	w.listen(t.Context(), w.Cache)
	return w
}

// deafWorld makes a world whose cache hears nothing and therefore keeps nothing.
func deafWorld(t testing.TB) *world {
	pool := storetest.New(t)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	source, err := NewSource(t.Context(), pool, Connections())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(source.Close)
	return &world{
		Handler: &Handler{Source: source, Cache: NewCache(32 << 20), Basemap: NewBasemap(pool, t.TempDir(), quiet)},
		pool:    pool, t: t,
	}
}

// listen feeds a cache until ctx ends, as package live does, and returns once it hears.
func (w *world) listen(ctx context.Context, c *Cache) {
	w.t.Helper()
	conn, err := pgx.ConnectConfig(ctx, w.pool.Config().ConnConfig.Copy())
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, "LISTEN change"); err != nil {
		w.t.Fatal(err)
	}
	var seq int64
	if err := conn.QueryRow(ctx, "SELECT coalesce(max(seq), 0) FROM change").Scan(&seq); err != nil {
		w.t.Fatal(err)
	}
	c.Resume()
	w.heard.Store(seq)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer conn.Close(context.Background())
		for {
			if _, err := conn.WaitForNotification(ctx); err != nil {
				c.Suspend()
				return
			}
			changes, err := changesAfter(ctx, conn, &seq)
			if err != nil {
				c.Suspend()
				return
			}
			c.Apply(changes)
			w.heard.Store(seq)
		}
	}()
	w.t.Cleanup(func() { <-ended })
}

func changesAfter(ctx context.Context, conn *pgx.Conn, seq *int64) ([]Change, error) {
	rows, err := conn.Query(ctx, "SELECT seq, layer, kind = 'reload', old_bbox, new_bbox FROM change WHERE seq > $1 ORDER BY seq", *seq)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var c Change
		var before, after []float64
		err := row.Scan(seq, &c.Layer, &c.Reload, &before, &after)
		c.OldBox, c.NewBox = boundOf(before), boundOf(after)
		return c, err
	})
}

func boundOf(v []float64) *orb.Bound {
	if len(v) != 4 {
		return nil
	}
	return &orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(w.t.Context(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// value reads one value of one row.
func value[T any](w *world, sql string, args ...any) T {
	w.t.Helper()
	var v T
	if err := w.pool.QueryRow(w.t.Context(), sql, args...).Scan(&v); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// site puts a material site somewhere.
func (w *world) site(name string, lon, lat float64) {
	w.t.Helper()
	w.exec(`INSERT INTO material_site (name, kind, geom) VALUES ($1, 'depot', ST_SetSRID(ST_MakePoint($2, $3), 4326))`, name, lon, lat)
}

// sites puts many sites into a box, the same ones each time.
func (w *world) sites(n int, west, south, east, north float64) {
	w.t.Helper()
	w.exec(`INSERT INTO material_site (name, kind, geom)
		SELECT 'Site ' || i, (ARRAY['depot', 'shelter', 'hydrant'])[1 + i % 3],
			ST_SetSRID(ST_MakePoint($2::float8 + ($4::float8 - $2) * mod((i * 0.6180339887498949)::numeric, 1)::float8, $3::float8 + ($5::float8 - $3) * (i - 0.5) / $1::int), 4326)
		FROM generate_series(1, $1::int) i`, n, west, south, east, north)
}

// read makes the tile in the database, without the cache, and checks that it is valid.
func (w *world) read(t ID, names ...string) map[string]*mvtLayer {
	w.t.Helper()
	return mustRead(w.t, w.bytes(t, names...))
}

func (w *world) bytes(t ID, names ...string) []byte {
	w.t.Helper()
	var layers []*layer.Layer
	for _, n := range names {
		l, ok := layer.ByName(n)
		if !ok {
			w.t.Fatalf("there is no layer %s", n)
		}
		layers = append(layers, l)
	}
	body, err := w.Source.Tile(w.t.Context(), layers, t)
	if err != nil {
		w.t.Fatalf("tile %v of %v: %v", t, names, err)
	}
	return body
}

// around gives the tile of a zoom that holds a point.
func around(lon, lat float64, z uint8) ID {
	x, y := square(orb.Point{lon, lat})
	n := float64(uint32(1) << z)
	return ID{z, uint32(x * n), uint32(y * n)}
}

// eventually waits until ok holds, at most a second.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Second); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("after a second still not: %s", what)
}

func path(t ID, names string) string {
	return fmt.Sprintf("%s%s/%d/%d/%d.mvt", Prefix, names, t.Z, t.X, t.Y)
}

func mustLayer(t testing.TB, name string) *layer.Layer {
	t.Helper()
	l, ok := layer.ByName(name)
	if !ok {
		t.Fatalf("there is no layer %s", name)
	}
	return l
}
