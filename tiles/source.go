package tiles

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
)

// Source makes vector tiles from PostGIS, one statement a tile. It has connections of its own, so that a storm of tiles
// never keeps lists and forms waiting, and the other way round.
type Source struct {
	pool  *pgxpool.Pool
	limit time.Duration // the longest that one tile may keep the database busy, and the longest that it waits for its turn
	slots chan struct{} // one for each statement that may run at a time
	parts map[string]*[MaxZoom + 1]choice
}

// choice is what a layer has at one zoom: what is asked first, and its groups if its rows are too many.
type choice struct{ first, groups part }

// queryTimeout is the time limit of a statement where the pool that a source is made like has none.
const queryTimeout = 10 * time.Second

// grace is how much longer than a statement may take its answer is waited for: a database that is there has ended the
// statement by then.
const grace = 2 * time.Second

// others is how many of a source's connections are for what is no tile, such as bounds.
const others = 2

// Connections is how many connections tiles need on this machine: more statements at once than two for each processor
// would only wait for each other.
func Connections() int { return max(4, 2*runtime.NumCPU()) + others }

// NewSource makes a source over the layers of the program with at most so many connections, at least two. It reaches the
// database as the pool given does, with the same time limit for a statement, and connects when first needed.
func NewSource(ctx context.Context, like *pgxpool.Pool, connections int) (*Source, error) {
	connections = max(2, connections)
	config := like.Config()
	config.MaxConns, config.MinConns = int32(connections), 0
	limit := queryTimeout
	if set, err := strconv.Atoi(config.ConnConfig.RuntimeParams["statement_timeout"]); err == nil && set > 0 {
		limit = time.Duration(set) * time.Millisecond
	}
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler { return &canceller{conn: c} }
	config.ConnConfig.RuntimeParams = maps.Clone(config.ConnConfig.RuntimeParams)
	maps.Copy(config.ConnConfig.RuntimeParams, map[string]string{
		"application_name":                "fourmaps tiles",
		"statement_timeout":               fmt.Sprint(limit.Milliseconds()),
		"jit":                             "off",                // compiling takes longer than a tile
		"max_parallel_workers_per_gather": "0",                  // tiles run side by side already
		"plan_cache_mode":                 "force_generic_plan", // a plan is made once for each connection and statement, not for each tile
	})
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("making the pool of connections for tiles: %w", err)
	}
	s := &Source{pool: pool, limit: limit, slots: make(chan struct{}, max(1, connections-others)), parts: map[string]*[MaxZoom + 1]choice{}}
	for _, l := range layer.All {
		parts := &[MaxZoom + 1]choice{}
		for z := range parts {
			st := newStatement(l, uint8(z))
			parts[z].first = st.part()
			if l.Cluster {
				parts[z].groups = st.groups()
			}
		}
		s.parts[l.Name] = parts
	}
	return s, nil
}

// Close ends the connections; it waits for those in use.
func (s *Source) Close() { s.pool.Close() }

// Tile gives the vector tile of the layers, whole, or nothing when it is empty.
func (s *Source) Tile(ctx context.Context, layers []*layer.Layer, t ID) ([]byte, error) {
	var parts, groups []part
	for _, l := range layers {
		if c := s.parts[l.Name][t.Z]; c.first.sql != "" {
			parts, groups = append(parts, c.first), append(groups, c.groups)
		}
	}
	tile, crowded, err := s.ask(ctx, parts, arguments(t, parts, true))
	if err != nil || !slices.Contains(crowded, true) {
		return tile, err
	}
	for i, c := range crowded {
		if c {
			parts[i] = groups[i]
		}
	}
	tile, _, err = s.ask(ctx, parts, arguments(t, parts, true)) // too many rows by now of another layer are shown this once
	return tile, err
}

// Filtered gives the tile of the filter's layer with the rows that the filter selects.
func (s *Source) Filtered(ctx context.Context, f layer.Filter, t ID) ([]byte, error) {
	tile, crowded, err := s.filtered(ctx, f, t, (*statement).part)
	if err != nil || !slices.Contains(crowded, true) {
		return tile, err
	}
	tile, _, err = s.filtered(ctx, f, t, (*statement).groups)
	return tile, err
}

func (s *Source) filtered(ctx context.Context, f layer.Filter, t ID, write func(*statement) part) ([]byte, []bool, error) {
	st := newStatement(f.Layer, t.Z)
	st.filtered = true
	parts := []part{write(st)}
	if parts[0].sql == "" {
		return nil, nil, nil
	}
	args := arguments(t, parts, false)
	st.where, args = f.Where("r", args)
	parts[0] = write(st)
	return s.ask(ctx, parts, args)
}

// arguments are the values of the parameters that the parts take.
func arguments(t ID, parts []part, stored bool) []any {
	west, south, east, north := t.mercator()
	args := []any{west, south, east, north}
	if !slices.ContainsFunc(parts, func(p part) bool { return p.cells }) {
		return args
	}
	args = append(args, int64(t.X)<<(worldBits-t.Z), int64(t.Y)<<(worldBits-t.Z))
	if c, ok := cellsOf(t); ok && stored {
		args = append(args, c.low, c.high, c.ring)
	}
	return args
}

// ask makes a tile of the parts, and tells which of them have too many rows: it is then not what is to be shown.
func (s *Source) ask(ctx context.Context, parts []part, args []any) (tile []byte, crowded []bool, err error) {
	if len(parts) == 0 {
		return nil, nil, nil
	}
	if err := s.turn(ctx); err != nil {
		return nil, nil, err
	}
	defer func() { <-s.slots }()
	ctx, cancel := context.WithTimeout(ctx, s.limit+grace)
	defer cancel()
	text := together(parts)
	var counts []int64
	began := time.Now()
	err = s.pool.QueryRow(ctx, text, args...).Scan(&tile, &counts)
	if strayCancel(ctx, err, time.Since(began), s.limit) {
		err = s.pool.QueryRow(ctx, text, args...).Scan(&tile, &counts)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("making a tile: %w", err)
	}
	crowded = make([]bool, len(parts))
	for i, n := range counts {
		crowded[i] = n > maxRows
	}
	return tile, crowded, nil
}

// together is the statement of a tile: the bytes of its layers one after another, and how many rows each has.
func together(parts []part) string {
	tiles, counts, from := make([]string, len(parts)), make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		tiles[i] = fmt.Sprintf("coalesce(l%d.tile, '')", i)
		counts[i] = fmt.Sprintf("l%d.n", i)
		from[i] = fmt.Sprintf("(%s) l%d", p.sql, i)
	}
	return given + "SELECT " + strings.Join(tiles, " || ") + ", ARRAY[" + strings.Join(counts, ", ") + "]::bigint[] FROM " + strings.Join(from, ", ")
}

// turn waits for one of the slots. Waiting costs the database nothing, and a client that leaves stops waiting.
func (s *Source) turn(ctx context.Context) error {
	select {
	case s.slots <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTimer(s.limit)
	defer patience.Stop()
	select {
	case s.slots <- struct{}{}:
		return nil
	case <-patience.C:
		return errBusy
	case <-ctx.Done():
		return fmt.Errorf("waiting for a turn to make a tile: %w", ctx.Err())
	}
}

var errBusy = &Refusal{Status: http.StatusServiceUnavailable, Code: "busy", Retry: 2,
	Zh: "瓦片请求过多，请稍后再试", En: "too many tiles are being made: try again later"}
