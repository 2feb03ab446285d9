// Package cluster runs a private PostgreSQL with PostGIS for an installation that was given no database: a folder below
// the installation's own, a Unix socket and no TCP port. It starts and stops with the server and outlives being killed.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Names inside the private cluster.
const (
	roleName = "fourmaps"
	// DatabaseName is the database of the installation.
	DatabaseName = "fourmaps"
	// MaintenanceName is a database that always exists; from it the installation's own can be made and renamed.
	MaintenanceName = "postgres"
)

// Options say where a cluster lives.
type Options struct {
	// Folder is the installation's data folder; the cluster is its subfolder postgres.
	Folder string
	// Bin is the folder of PostgreSQL's programs; empty means: look for them.
	Bin string
	Log *slog.Logger
	// Scratch gives up safety for speed: for tests, whose data may be lost.
	Scratch bool
}

// Cluster is a running private cluster.
type Cluster struct {
	options      Options
	log          *slog.Logger
	installation Installation
	owner        owner
	data         string
	socket       string
	// lock is nil in a process that only joined a cluster run by another.
	lock *os.File

	mu       sync.Mutex
	current  *process
	trouble  string
	stopping chan struct{}
	stopOnce sync.Once
	done     chan struct{}
}

// Start makes the cluster if it does not exist, starts it and keeps it running until Stop.
// A folder that another server uses is refused with a Problem of code AlreadyRunning.
func Start(ctx context.Context, options Options) (*Cluster, error) {
	c, err := prepare(ctx, options)
	if err != nil {
		return nil, err
	}
	if c.lock, err = lockFolder(c.options.Folder); err != nil {
		return nil, err
	}
	if err := c.start(ctx); err != nil {
		c.lock.Close()
		return nil, err
	}
	go c.keepRunning()
	return c, nil
}

// Open starts the cluster, or joins it while another process, such as the server, runs it.
func Open(ctx context.Context, options Options) (*Cluster, error) {
	c, err := Start(ctx, options)
	var problem *Problem
	if !errors.As(err, &problem) || problem.Code != AlreadyRunning {
		return c, err
	}
	joined, err := prepare(ctx, options)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := joined.awaitAnswer(ctx, nil); err != nil {
		return nil, problem
	}
	return joined, nil
}

// prepare checks everything that can be checked without starting a process.
func prepare(ctx context.Context, options Options) (*Cluster, error) {
	folder, err := filepath.Abs(options.Folder)
	if err != nil {
		return nil, fmt.Errorf("finding the data folder: %w", err)
	}
	options.Folder = folder
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	c := &Cluster{
		options: options, log: options.Log, data: clusterFolder(folder), socket: socketFolder(folder),
		stopping: make(chan struct{}), done: make(chan struct{}),
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", noteFolder(folder, err))
	}
	if c.owner, err = ownerOf(c.data); err != nil {
		return nil, err
	}
	made, err := majorOf(c.data)
	if err != nil {
		return nil, err
	}
	if made == 0 && holdsFiles(c.data) {
		return nil, noDatabase(c.data)
	}
	if c.installation, err = choose(Find(ctx, options.Bin), options.Bin, c.data, made); err != nil {
		return nil, err
	}
	return c, c.owner.letIn(folder)
}

func (c *Cluster) start(ctx context.Context) error {
	if err := c.owner.makeFolder(c.socket); err != nil {
		return fmt.Errorf("making the folder of the database's socket: %w", noteDiskFull(c.options.Folder, err))
	}
	if _, err := os.Stat(filepath.Join(c.data, "PG_VERSION")); os.IsNotExist(err) {
		c.log.Info("making the private database", "folder", c.data, "postgresql", c.installation.Version)
		if err := c.create(ctx); err != nil {
			return err
		}
	}
	if err := c.writeSettings(); err != nil {
		return err
	}
	if err := c.launch(ctx); err != nil {
		return err
	}
	if err := c.makeDatabase(ctx); err != nil {
		c.halt(ctx)
		return err
	}
	return nil
}

// makeDatabase creates the installation's database in a new cluster.
func (c *Cluster) makeDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.URL(MaintenanceName))
	if err != nil {
		return fmt.Errorf("connecting to the private database: %w", err)
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, DatabaseName).Scan(&exists); err != nil {
		return fmt.Errorf("looking for the installation's database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `CREATE DATABASE `+DatabaseName); err != nil {
		return fmt.Errorf("creating the installation's database: %w", err)
	}
	return nil
}

// URL gives the address of one of the cluster's databases, for pgx as for psql.
func (c *Cluster) URL(database string) string {
	query := url.Values{"host": {c.socket}, "port": {socketPort}, "user": {roleName}}
	return "postgres:///" + url.PathEscape(database) + "?" + query.Encode()
}

// Installation tells which PostgreSQL runs the cluster.
func (c *Cluster) Installation() Installation { return c.installation }

// Joined tells whether another process runs the cluster.
func (c *Cluster) Joined() bool { return c.lock == nil }

// Trouble says in one sentence why the database cannot be used at the moment; empty means that it runs. Nothing secret
// is in it.
func (c *Cluster) Trouble() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trouble
}
