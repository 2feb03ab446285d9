package main

import (
	"context"

	"github.com/urfave/cli/v3"

	"fourmaps/geo/format"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

func (p *program) importAreasCommand() *cli.Command {
	var o fileOptions
	fields := []string{"code", "name", "name_en", "population", "households"}
	columns := map[string]*string{} // from field to the name of the column that fills it
	for _, field := range fields {
		columns[field] = new(string)
	}
	return &cli.Command{
		Name:      "areas",
		Usage:     "administrative areas from GeoJSON, a Shapefile, KML or a table; level and parent follow from the code",
		ArgsUsage: "FILE",
		Flags: append(append(p.config.databaseFlags(), o.flags()...),
			&cli.StringFlag{Name: "code", Destination: columns["code"], Required: true, Usage: "`COLUMN` of the statistical code (2, 4, 6, 9 or 12 digits, padded or not)"},
			&cli.StringFlag{Name: "name", Destination: columns["name"], Required: true, Usage: "`COLUMN` of the name"},
			&cli.StringFlag{Name: "name-en", Destination: columns["name_en"], Usage: "`COLUMN` of the English name"},
			&cli.StringFlag{Name: "population", Destination: columns["population"], Usage: "`COLUMN` of the population"},
			&cli.StringFlag{Name: "households", Destination: columns["households"], Usage: "`COLUMN` of the number of households"},
		),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			file, err := oneFile(cmd)
			if err != nil {
				return err
			}
			var mapping format.Mapping
			for _, field := range fields {
				if column := *columns[field]; column != "" {
					mapping = append(mapping, format.Pair{Column: column, Field: field})
				}
			}
			options, err := o.intake(file, mapping)
			if err != nil {
				return err
			}
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				return p.importFile(ctx, rows, options, o.report, intake.ImportAreas)
			})
		}),
	}
}
