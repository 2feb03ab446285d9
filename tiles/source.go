package tiles

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
)

// Source makes vector tiles from PostGIS, one statement a tile.
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

// NewSource makes a source over the layers of the program.
func NewSource(pool *pgxpool.Pool) *Source {
	s := &Source{
		pool:  pool,
		slots: make(chan struct{}, max(4, 2*runtime.NumCPU())),
		parts: map[string]*[MaxZoom + 1]part{},
	}
	for _, l := range layer.All {
		parts := &[MaxZoom + 1]part{}
		for z := range parts {
			st := newStatement(l, uint8(z))
			parts[z] = part{st.sql(), st.usesCells()}
		}
		s.parts[l.Name] = parts
	}
	return s
}

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
	if err := s.pool.QueryRow(ctx, text, args...).Scan(&tile); err != nil {
		return nil, fmt.Errorf("making a tile: %w", err)
	}
	return tile, nil
}
