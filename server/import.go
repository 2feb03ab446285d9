package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/store"
)

func (p *program) importCommand() *cli.Command {
	return &cli.Command{
		Name:  "import",
		Usage: "bring in a real place's data; each import can be repeated and is all or nothing",
		Commands: []*cli.Command{
			p.importOSMCommand(),
			p.importAreasCommand(),
			p.importLayerCommand(),
		},
	}
}

// withStore does a command's work on the rows of a database that has the program's version.
func (p *program) withStore(ctx context.Context, work func(*store.Store, *database) error) error {
	d, err := p.openMigrated(ctx)
	if err != nil {
		return err
	}
	defer d.close()
	rows, err := store.Open(ctx, store.Options{URL: d.url, Name: "fourmaps command", MaxConns: 4, StatementTimeout: time.Hour})
	if err != nil {
		return err
	}
	defer rows.Close()
	return work(rows, d)
}

// operator is who works at the command line, for the history.
func operator() string {
	if account, err := user.Current(); err == nil {
		return account.Username
	}
	return "command line"
}

// printImported says what became of the rows of one layer.
func (p *program) printImported(i store.Imported) {
	fmt.Fprintf(p.out, "%-15s new %7d  changed %7d  same %7d", i.Layer, i.New, i.Changed, i.Same)
	if n := len(i.Rejected); n > 0 {
		fmt.Fprintf(p.out, "  refused by the database %d", n)
	}
	if i.Removed > 0 {
		fmt.Fprintf(p.out, "  removed %d", i.Removed)
	}
	if i.Repaired > 0 {
		fmt.Fprintf(p.out, "  repaired %d", i.Repaired)
	}
	if kept := i.Gone - i.Removed; kept > 0 {
		fmt.Fprintf(p.out, "  no longer in the file %d", kept)
	}
	if i.Assigned > 0 {
		fmt.Fprintf(p.out, "  rows with another area %d", i.Assigned)
	}
	fmt.Fprintln(p.out)
}

// printRejected lists rows that were left out, the first of many.
func (p *program) printRejected(i store.Imported) {
	const most = 50
	for n, rejected := range i.Rejected {
		if n == most {
			fmt.Fprintf(p.out, "  … and %d more\n", len(i.Rejected)-most)
			return
		}
		fmt.Fprintf(p.out, "  %s %s: %s %s\n", i.Layer, rejected.Key, rejected.Reason.Zh, rejected.Reason.En)
	}
}

// noAreas gives the sentences for a clip to areas that are not there.
func noAreas(err error) error {
	if !errors.Is(err, store.ErrNoAreas) {
		return err
	}
	return &told{
		chinese: "还没有行政区划,无法裁剪:请先运行 `fourmaps import areas FILE`。",
		english: "There are no areas to clip to yet: run `fourmaps import areas FILE` first.",
		err:     err,
	}
}
