package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/server/backup"
	"fourmaps/server/cluster"
	"fourmaps/server/store/schema"
)

func (p *program) migrateCommand() *cli.Command {
	return &cli.Command{
		Name:  "migrate",
		Usage: "bring the database to the program's version (serve does it too)",
		Flags: p.config.databaseFlags(),
		Action: p.on(func(ctx context.Context, _ *cli.Command) error {
			d, err := p.openMigrated(ctx)
			if err != nil {
				return err
			}
			defer d.close()
			newest, err := schema.Version()
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "The database has schema version %d.\n", newest)
			return nil
		}),
	}
}

func (p *program) backupCommand() *cli.Command {
	return &cli.Command{
		Name:      "backup",
		Usage:     "write the database and the installation's files into one file, also while the server runs",
		ArgsUsage: "FILE",
		Flags:     append(p.config.databaseFlags(), p.config.filesFlag()),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			file, err := oneFile(cmd)
			if err != nil {
				return err
			}
			d, err := p.openDatabase(ctx, cluster.Open)
			if err != nil {
				return err
			}
			defer d.close()
			manifest, err := backup.Make(ctx, d.installation(p), file, time.Now())
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "%s: %.1f MB, %d files, schema version %d.\n", file, float64(manifest.Bytes())/1e6, len(manifest.Entries), manifest.Schema)
			if p.config.Files != "" {
				fmt.Fprintf(p.out, "Photos and documents are in %s and not in this backup: let the bucket keep its versions or copies.\n", p.config.Files)
			}
			return nil
		}),
	}
}

func (p *program) restoreCommand() *cli.Command {
	return &cli.Command{
		Name:      "restore",
		Usage:     "bring back what backup wrote; a failed restore changes nothing",
		ArgsUsage: "FILE",
		Flags: append(p.config.databaseFlags(), &cli.BoolFlag{
			Name: "force", Usage: "replace a database or a folder (basemap, files) that holds data; they are kept as <name>_before_restore until the next restore",
		}),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			file, err := oneFile(cmd)
			if err != nil {
				return err
			}
			d, err := p.openDatabase(ctx, cluster.Open)
			if err != nil {
				return err
			}
			defer d.close()
			manifest, err := backup.Restore(ctx, d.installation(p), file, cmd.Bool("force"))
			if err != nil {
				return err
			}
			fmt.Fprintf(p.out, "Restored the state of %s (made by fourmaps %s).\n", manifest.MadeAt.Local().Format(time.DateTime), manifest.Program)
			return nil
		}),
	}
}
