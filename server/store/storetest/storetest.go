// Package storetest gives each test a PostGIS database of its own, migrated and empty.
//
// All test programs of a checkout share one scratch cluster in the temporary folder, started by the first and stopped
// by a watchdog when nobody has used it for a minute. Its files are not synced to disk: the data of tests may be lost.
package storetest

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// New gives the test a migrated database of its own. The pool is closed and the database dropped when the test ends.
func New(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return Connect(t, URL(t))
}

// Connect opens a pool on one of the databases of URL or Empty and closes it when the test ends.
func Connect(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatalf("reading the address of the test's database: %v", err)
	}
	config.MaxConns = 8
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatalf("connecting to the test's database: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// URL makes a migrated database for the test and gives its address, for tests that start the program.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, true)
}

// Empty makes a database without anything in it, for tests of the migrations themselves.
func Empty(t testing.TB) string {
	t.Helper()
	return create(t, false)
}

// number tells apart the databases that one test program makes.
var number atomic.Int64

func create(t testing.TB, migrated bool) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, template, err := shared(ctx)
	if err != nil {
		t.Fatalf("preparing the database of the tests: %v", err)
	}
	if !migrated {
		template = "template0"
	}
	name := fmt.Sprintf("test_%d_%d", os.Getpid(), number.Add(1))
	if err := s.run(ctx, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY file_copy`, name, template)); err != nil {
		t.Fatalf("making the test's database: %v", err)
	}
	t.Cleanup(func() { s.drop(t, name) })
	return s.cluster.URL(name)
}

func (s *server) drop(t testing.TB, name string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.run(ctx, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
		t.Errorf("dropping the test's database: %v", err)
	}
}

// run executes one statement outside a transaction, from the maintenance database.
func (s *server) run(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, s.cluster.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// names lists the databases whose name begins with prefix.
func (s *server) names(ctx context.Context, prefix string) ([]string, error) {
	conn, err := pgx.Connect(ctx, s.cluster.URL("postgres"))
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database WHERE datname LIKE $1`, strings.ReplaceAll(prefix, "_", `\_`)+"%")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
