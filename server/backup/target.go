package backup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// target is the database that a restore replaces.
type target struct {
	url, name, user string
	major           int
	collate, ctype  string
	// used tells that rows were ever written; feed is the last number of its change feed.
	used bool
	feed int64
}

func lookAt(ctx context.Context, address string) (target, error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return target{}, fmt.Errorf("connecting to the database: %w", err)
	}
	defer conn.Close(ctx)
	t := target{url: address}
	var migrated, foreign bool
	err = conn.QueryRow(ctx, `
		SELECT current_setting('server_version_num')::int / 10000, current_database(), current_user, datcollate, datctype,
			to_regclass('change_seq') IS NOT NULL,
			to_regclass('change_seq') IS NULL AND EXISTS (
				SELECT FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
				AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
		FROM pg_database WHERE datname = current_database()`).
		Scan(&t.major, &t.name, &t.user, &t.collate, &t.ctype, &migrated, &foreign)
	if err != nil {
		return target{}, fmt.Errorf("looking at the database: %w", err)
	}
	t.used = foreign
	if migrated {
		if err := conn.QueryRow(ctx, `SELECT is_called, last_value FROM change_seq`).Scan(&t.used, &t.feed); err != nil {
			return target{}, fmt.Errorf("looking at the database: %w", err)
		}
	}
	return t, nil
}

// maintenance connects to a database of the same server that is not replaced.
func (t target) maintenance(ctx context.Context) (*pgx.Conn, error) {
	var failed error
	for _, name := range []string{"postgres", "template1"} {
		address, err := t.address(name)
		if err != nil {
			return nil, err
		}
		conn, err := pgx.Connect(ctx, address)
		if err == nil {
			return conn, nil
		}
		failed = err
	}
	return nil, fmt.Errorf("connecting to the maintenance database: %w", failed)
}

var databaseWord = regexp.MustCompile(`\b(dbname|database)\s*=\s*('(?:[^'\\]|\\.)*'|\S+)`)

// address is that of another database of the same server.
func (t target) address(name string) (string, error) {
	if !strings.HasPrefix(t.url, "postgres://") && !strings.HasPrefix(t.url, "postgresql://") {
		return databaseWord.ReplaceAllString(t.url, "") + " dbname=" + name, nil
	}
	u, err := url.Parse(t.url)
	if err != nil {
		return "", fmt.Errorf("reading the database's address: %w", err)
	}
	u.Path = "/" + name
	// PostgreSQL takes a plus sign for itself, where url.Values takes it for a space.
	query, err := url.ParseQuery(strings.ReplaceAll(u.RawQuery, "+", "%2B"))
	if err != nil {
		return "", fmt.Errorf("reading the database's address: %w", err)
	}
	query.Del("dbname")
	query.Del("database")
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String(), nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func (t target) makeFresh(ctx context.Context, conn *pgx.Conn, name string) error {
	if err := drop(ctx, conn, name); err != nil {
		return err
	}
	_, err := conn.Exec(ctx, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s ENCODING 'UTF8' LC_COLLATE '%s' LC_CTYPE '%s'`,
		quote(name), t.template(ctx, conn), strings.ReplaceAll(t.collate, "'", "''"), strings.ReplaceAll(t.ctype, "'", "''")))
	if err != nil {
		return t.explain(fmt.Errorf("creating the database for the restore: %w", err))
	}
	return nil
}

// template is template1 when the administrator has put postgis there for users who may not create it.
func (t target) template(ctx context.Context, conn *pgx.Conn) string {
	var super bool
	if err := conn.QueryRow(ctx, `SELECT rolsuper FROM pg_roles WHERE rolname = current_user`).Scan(&super); err != nil || super {
		return "template0"
	}
	return "template1"
}

func drop(ctx context.Context, conn *pgx.Conn, name string) error {
	if _, err := conn.Exec(ctx, fmt.Sprintf(`DROP DATABASE IF EXISTS %s WITH (FORCE)`, quote(name))); err != nil {
		return fmt.Errorf("dropping the database %s: %w", name, err)
	}
	return nil
}

func (t target) explain(err error) error {
	if hasCode(err, "42501") { // insufficient_privilege
		return mayNotCreate(t.user, err)
	}
	return err
}

func hasCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}
