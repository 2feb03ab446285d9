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
	// From field to the name of the column that fills it.
	columns := map[string]*string{"code": new(string), "name": new(string), "name_en": new(string), "population": new(string), "households": new(string)}
	return &cli.Command{
		Name:      "areas",
		Usage:     "administrative areas from GeoJSON or a zipped Shapefile; level and parent follow from the code",
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
			for field, column := range columns {
				if *column != "" {
					mapping = append(mapping, format.Pair{Column: *column, Field: field})
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
