// Package schema brings a database to the program's version: the migrations, then what lives in tables and comes with the program: dictionaries and confirmation periods.
package schema

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"fourmaps/data"
)

// Migrate brings the database at url to the program's version and fills its dictionaries. Several servers may call it
// at once: one works, the others wait. A database that a newer program made is refused with a NewerError.
func Migrate(ctx context.Context, url string, log *slog.Logger) error {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return fmt.Errorf("reading the database's address: %w", err)
	}
	if err := requirePostGIS(ctx, config); err != nil {
		return err
	}
	if err := migrate(ctx, stdlib.OpenDB(*config), log); err != nil {
		return err
	}
	if err := loadDictionaries(ctx, config, log); err != nil {
		return err
	}
	return seedPeriods(ctx, config)
}

func migrate(ctx context.Context, db *sql.DB, log *slog.Logger) error {
	defer db.Close()
	provider, err := newProvider(db)
	if err != nil {
		return err
	}
	database, err := provider.GetDBVersion(ctx)
	if err != nil {
		return fmt.Errorf("reading the database's schema version: %w", err)
	}
	program, err := Version()
	if err != nil {
		return err
	}
	if database > program {
		return &NewerError{Database: database, Program: program}
	}
	done, err := provider.Up(ctx)
	for _, m := range done {
		log.Info("migrated", "version", m.Source.Version, "file", m.Source.Path, "took", m.Duration)
	}
	if err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

func newProvider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(data.Migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("opening the migrations: %w", err)
	}
	// Asked for once a second, for ten minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return nil, fmt.Errorf("preparing the lock of the migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}

// Version is the schema version that this program makes and needs.
func Version() (int64, error) {
	files, err := fs.Glob(data.Migrations, "migrations/*.sql")
	if err != nil {
		return 0, fmt.Errorf("listing the migrations: %w", err)
	}
	var newest int64
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return 0, fmt.Errorf("reading the version of %s: %w", file, err)
		}
		newest = max(newest, version)
	}
	return newest, nil
}

// VersionOf reads the schema version of a database, 0 when it was never migrated.
func VersionOf(ctx context.Context, conn *pgx.Conn) (int64, error) {
	var version int64
	err := conn.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42P01" { // undefined_table
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the database's schema version: %w", err)
	}
	return version, nil
}
