package main

import (
	"context"
	"os"

	"github.com/urfave/cli/v3"

	"fourmaps/server/cluster"
)

// psqlCommand opens the installation's database, whose private socket is hard to type.
func (p *program) psqlCommand() *cli.Command {
	return &cli.Command{
		Name:      "psql",
		Usage:     "open the database with psql; what follows -- goes to psql",
		ArgsUsage: "[-- ARGUMENTS]",
		Flags:     p.config.databaseFlags(),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			d, err := p.openDatabase(ctx, cluster.Open)
			if err != nil {
				return err
			}
			defer d.close()
			client, err := cluster.ClientFor(ctx, p.config.PostgresBin, 0)
			if err != nil {
				return err
			}
			psql, err := client.Command(ctx, "psql", d.url, cmd.Args().Slice()...)
			if err != nil {
				return err
			}
			psql.Stdin, psql.Stdout, psql.Stderr = os.Stdin, p.out, p.err
			return psql.Run()
		}),
	}
}
