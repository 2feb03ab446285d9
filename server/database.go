package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"fourmaps/server/backup"
	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

// patience is how long a database that was given may take to be reachable, for machines that start both at once.
const patience = 15 * time.Second

// database is the installation's database: a private cluster, or one that was given by its address.
type database struct {
	url    string
	folder string
	// cluster is nil when the database was given.
	cluster *cluster.Cluster
	log     *slog.Logger
}

// starter is cluster.Start for the server and cluster.Open for commands that may run beside it.
type starter func(context.Context, cluster.Options) (*cluster.Cluster, error)

// openDatabase starts or finds the database. Whoever opens it closes it.
func (p *program) openDatabase(ctx context.Context, start starter) (*database, error) {
	folder, err := p.config.dataFolder()
	if err != nil {
		return nil, err
	}
	d := &database{folder: folder, url: p.config.DatabaseURL, log: p.log}
	if d.url != "" {
		return d, awaitDatabase(ctx, d.url, p.log)
	}
	d.cluster, err = start(ctx, cluster.Options{Folder: folder, Bin: p.config.PostgresBin, Log: p.log})
	if err != nil {
		return nil, err
	}
	d.url = d.cluster.URL(cluster.DatabaseName)
	return d, nil
}

// openMigrated is for commands that work with rows: the database has the program's version.
func (p *program) openMigrated(ctx context.Context) (*database, error) {
	d, err := p.openDatabase(ctx, cluster.Open)
	if err != nil {
		return nil, err
	}
	if err := schema.Migrate(ctx, d.url, p.log); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// close stops the private cluster, if this process runs it.
func (d *database) close() {
	if d.cluster == nil {
		return
	}
	if err := d.cluster.Stop(context.Background()); err != nil {
		d.log.Error("stopping the database", "error", err)
	}
}

// trouble says why the database is down where this process runs it; "" otherwise.
func (d *database) trouble() string {
	if d.cluster == nil {
		return ""
	}
	return d.cluster.Trouble()
}

func (d *database) installation(p *program) backup.Installation {
	return backup.Installation{URL: d.url, Bin: p.config.PostgresBin, Folder: d.folder, Version: buildVersion(), Log: p.log}
}

// awaitDatabase waits for a database that is just starting. A refusal, such as a wrong password, is final.
func awaitDatabase(ctx context.Context, url string, log *slog.Logger) error {
	if _, err := pgx.ParseConfig(url); err != nil {
		return &told{
			chinese: "DATABASE_URL 格式不正确:应类似 postgres://用户:密码@主机/数据库。",
			english: "DATABASE_URL is not well formed: it should look like postgres://user:password@host/name.",
			err:     err,
		}
	}
	for deadline := time.Now().Add(patience); ; {
		conn, err := connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		if ctx.Err() != nil || refused(err) || time.Now().After(deadline) {
			return fmt.Errorf("connecting to the database: %w", err)
		}
		log.Info("waiting for the database", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
}

func connect(ctx context.Context, url string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return pgx.Connect(ctx, url)
}

// refused tells whether the server answered and will answer the same again; 57P03 is "I am starting up".
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code != "57P03"
}
