package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

func (p *program) importLayerCommand() *cli.Command {
	var o fileOptions
	var maps, sets []string
	var anywhere bool
	return &cli.Command{
		Name:      "layer",
		Usage:     "rows of a layer from GeoJSON, CSV, XLSX, KML or a Shapefile",
		ArgsUsage: "LAYER FILE",
		// A column's name may hold a comma.
		DisableSliceFlagSeparator: true,
		Flags: append(append(p.config.databaseFlags(), o.flags()...),
			&cli.StringSliceFlag{Name: "map", Destination: &maps, Usage: "`COLUMN=FIELD`, once for each column; targets beside the fields: lon, lat, lonlat, latlon, key"},
			&cli.StringSliceFlag{Name: "set", Destination: &sets, Usage: "`FIELD=VALUE` for all rows"},
			&cli.BoolFlag{Name: "anywhere", Destination: &anywhere, Usage: "take rows outside the stored areas too; they may be a sign of swapped coordinates"},
		),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() != 2 {
				return &told{chinese: "`fourmaps import layer` 需要一个图层和一个文件。", english: "`fourmaps import layer` takes a LAYER and a FILE."}
			}
			options, err := o.layerIntake(cmd.Args().Get(0), cmd.Args().Get(1), maps, sets)
			if err != nil {
				return err
			}
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				if !anywhere {
					if err := intake.ExpectNear(ctx, rows, &options); err != nil {
						return err
					}
				}
				return p.importFile(ctx, rows, options, o.report, intake.Import)
			})
		}),
	}
}

func (o *fileOptions) layerIntake(name, file string, maps, sets []string) (intake.Options, error) {
	l, ok := layer.ByName(name)
	if !ok {
		return intake.Options{}, unknownLayer(name)
	}
	if err := intake.Refuse(l); err != nil {
		return intake.Options{}, err
	}
	mapping, err := format.ParseMapping(maps)
	if err != nil {
		return intake.Options{}, err
	}
	options, err := o.intake(file, mapping)
	if err != nil {
		return intake.Options{}, err
	}
	options.Layer = l
	options.Ingest.Constants = map[string]string{}
	for _, set := range sets {
		field, value, ok := strings.Cut(set, "=")
		if !ok {
			return intake.Options{}, &told{
				chinese: fmt.Sprintf("--set “%s”应写作 字段=值。", set),
				english: fmt.Sprintf("--set %q should read field=value.", set),
			}
		}
		options.Ingest.Constants[field] = value
	}
	if len(mapping) == 0 {
		return intake.Options{}, suggest(options)
	}
	return options, nil
}

func unknownLayer(name string) error {
	var names []string
	for _, l := range layer.All {
		names = append(names, l.Name)
	}
	list := strings.Join(names, ", ")
	return &told{
		chinese: fmt.Sprintf("没有图层 %s(有:%s)。", name, list),
		english: fmt.Sprintf("There is no layer %s (there are: %s).", name, list),
	}
}
