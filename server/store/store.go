// Package store is the database: all SQL for rows stands here, beside the code that scans it.
//
// Coordinates are EPSG:4326, times are UTC, identifiers in SQL come from declarations only and values are parameters only.
package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"fourmaps/geo/layer"
)

// Options say how to reach the database. A zero value takes the default.
type Options struct {
	URL              string        // postgres://… or key=value words
	Name             string        // application_name; default fourmaps
	MaxConns         int32         // size of the pool; default 16
	StatementTimeout time.Duration // longest time of one statement of a request; default 10 s
}

const normalTimeout = 10 * time.Second // of a statement

// Store reads and writes the rows of all layers.
type Store struct {
	pool    *pgxpool.Pool
	limit   time.Duration // longest time of one reading for a request
	columns map[string]columns
	life    context.Context // ends with Close
	end     context.CancelFunc
}

// Open makes a pool; it connects at the first use, so a database that starts later does no harm.
func Open(ctx context.Context, o Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(o.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: %w", err)
	}
	config.MaxConns = o.MaxConns
	if config.MaxConns <= 0 {
		config.MaxConns = 16
	}
	config.PingTimeout = 2 * time.Second
	config.HealthCheckPeriod = 15 * time.Second
	config.ConnConfig.ConnectTimeout = 5 * time.Second
	if o.StatementTimeout <= 0 {
		o.StatementTimeout = normalTimeout
	}
	if o.Name == "" {
		o.Name = "fourmaps"
	}
	for name, value := range map[string]string{
		"application_name":                    o.Name,
		"timezone":                            "UTC",
		"statement_timeout":                   fmt.Sprint(o.StatementTimeout.Milliseconds()),
		"idle_in_transaction_session_timeout": "60000",
		"jit":                                 "off", // compiling takes longer than any of our statements
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		types := conn.TypeMap()
		types.TryWrapEncodePlanFuncs = append([]pgtype.TryWrapEncodePlanFunc{asUUID}, types.TryWrapEncodePlanFuncs...)
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("making the pool of database connections: %w", err)
	}
	s := New(pool)
	s.limit = o.StatementTimeout + grace
	return s, nil
}

// New makes a store over a pool that the caller keeps and closes.
func New(pool *pgxpool.Pool) *Store {
	s := &Store{pool: pool, limit: normalTimeout + grace, columns: make(map[string]columns, len(layer.All))}
	s.life, s.end = context.WithCancel(context.Background())
	for _, l := range layer.All {
		s.columns[l.Name] = columnsOf(l)
	}
	return s
}

// Pool is the pool itself, for packages that make their own SQL, such as tiles.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close ends work that nobody waits for, then all connections; it waits for those in use.
func (s *Store) Close() {
	s.end()
	s.pool.Close()
}

// whileOpen is ctx that also ends with the store, for work that outlives the request that began it.
func (s *Store) whileOpen(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	forget := context.AfterFunc(s.life, cancel)
	return ctx, func() {
		forget()
		cancel()
	}
}

// Ping asks the database whether it answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("asking the database whether it answers: %w", err)
	}
	return nil
}
