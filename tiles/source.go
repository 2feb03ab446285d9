package tiles

import (
	"context"
	"fmt"
	"maps"
	"runtime"
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
	slots chan struct{} // one for each statement that may run at a time
	parts map[string]*[MaxZoom + 1]part
}

// part is a layer's SQL at one zoom; "" where it has nothing.
type part struct {
	sql       string
	clustered bool // takes the parameters for cells
}

// queryTimeout is the longest that one tile may keep the database busy.
const queryTimeout = 10 * time.Second

// NewSource makes a source over the layers of the program. It reaches the database as the pool given does, and connects
// when first needed.
func NewSource(ctx context.Context, like *pgxpool.Pool) (*Source, error) {
	running := max(4, 2*runtime.NumCPU())
	config := like.Config()
	config.MaxConns, config.MinConns = int32(running+2), 0 // two for what is no tile, such as bounds
	config.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler { return &canceller{conn: c} }
	config.ConnConfig.RuntimeParams = maps.Clone(config.ConnConfig.RuntimeParams)
	maps.Copy(config.ConnConfig.RuntimeParams, map[string]string{
		"application_name":                "fourmaps tiles",
		"statement_timeout":               fmt.Sprint(queryTimeout.Milliseconds()),
		"jit":                             "off",                // compiling takes longer than a tile
		"max_parallel_workers_per_gather": "0",                  // tiles run side by side already
		"plan_cache_mode":                 "force_generic_plan", // a plan is made once for each connection and statement, not for each tile
	})
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("making the pool of connections for tiles: %w", err)
	}
	s := &Source{pool: pool, slots: make(chan struct{}, running), parts: map[string]*[MaxZoom + 1]part{}}
	for _, l := range layer.All {
		parts := &[MaxZoom + 1]part{}
		for z := range parts {
			st := newStatement(l, uint8(z))
			parts[z] = part{st.sql(), st.usesCells()}
		}
		s.parts[l.Name] = parts
	}
	return s, nil
}

// Close ends the connections; it waits for those in use.
func (s *Source) Close() { s.pool.Close() }

// Tile gives the vector tile of the layers, whole, or nothing when it is empty.
func (s *Source) Tile(ctx context.Context, layers []*layer.Layer, t ID) ([]byte, error) {
	var parts []string
	clustered := false
	for _, l := range layers {
		if p := s.parts[l.Name][t.Z]; p.sql != "" {
			parts = append(parts, p.sql)
			clustered = clustered || p.clustered
		}
	}
	return s.ask(ctx, parts, arguments(t, clustered, true))
}

// Filtered gives the tile of the filter's layer with the rows that the filter selects.
func (s *Source) Filtered(ctx context.Context, f layer.Filter, t ID) ([]byte, error) {
	st := newStatement(f.Layer, t.Z)
	args := arguments(t, st.usesCells(), false)
	st.filtered = true
	st.where, args = f.Where("r", args)
	part := st.sql()
	if part == "" {
		return nil, nil
	}
	return s.ask(ctx, []string{part}, args)
}

// arguments are the values of the statement's parameters.
func arguments(t ID, clustered, stored bool) []any {
	west, south, east, north := t.mercator()
	args := []any{west, south, east, north}
	if !clustered {
		return args
	}
	args = append(args, int64(t.X)<<(worldBits-t.Z), int64(t.Y)<<(worldBits-t.Z))
	if c, ok := cellsOf(t); ok && stored {
		args = append(args, c.low, c.high, c.ring)
	}
	return args
}

func (s *Source) ask(ctx context.Context, parts []string, args []any) ([]byte, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	select { // waiting here costs the database nothing, and a client that leaves stops waiting
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for a turn to make a tile: %w", ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	var tile []byte
	text := "SELECT coalesce(" + strings.Join(parts, ", '') || coalesce(") + ", '')"
	began := time.Now()
	err := s.pool.QueryRow(ctx, text, args...).Scan(&tile)
	if strayCancel(ctx, err, began) {
		err = s.pool.QueryRow(ctx, text, args...).Scan(&tile)
	}
	if err != nil {
		return nil, fmt.Errorf("making a tile: %w", err)
	}
	return tile, nil
}
