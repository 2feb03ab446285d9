package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
)

func (p *program) importLayerCommand() *cli.Command {
	var o fileOptions
	var maps, sets, levels, depths []string
	var anywhere, propose bool
	return &cli.Command{
		Name:      "layer",
		Usage:     "rows of a layer from GeoJSON, CSV, XLSX, KML or a Shapefile",
		ArgsUsage: "LAYER FILE",
		// A column's name may hold a comma.
		DisableSliceFlagSeparator: true,
		Flags: append(append(p.config.databaseFlags(), o.flags()...),
			&cli.StringSliceFlag{Name: "map", Destination: &maps, Usage: "`COLUMN=FIELD`, once for each column; targets beside the fields: lon, lat, lonlat, latlon, key"},
			&cli.StringSliceFlag{Name: "set", Destination: &sets, Usage: "`FIELD=VALUE` for all rows"},
			&cli.StringSliceFlag{Name: "level", Destination: &levels, Usage: "`COLUMN` of a level of a tree, from the top down, once for each: the row above is found by them"},
			&cli.StringSliceFlag{Name: "by-depth", Destination: &depths, Usage: "`FIELD=VALUE,VALUE…` by the depth that the level columns give; the last holds for all below"},
			&cli.BoolFlag{Name: "propose", Destination: &propose, Usage: "only say where the columns probably go, and why"},
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
			if options.Ingest.Levels, err = levelsOf(levels, depths); err != nil {
				return err
			}
			if propose {
				return p.printProposals(options)
			}
			if len(maps) == 0 && len(levels) == 0 {
				return suggest(options)
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
	return options, nil
}

// levelsOf reads the columns of a tree's levels, and what follows from the depth.
func levelsOf(columns, depths []string) (format.Levels, error) {
	levels := format.Levels{Columns: columns, ByDepth: map[string][]string{}}
	for _, one := range depths {
		field, values, ok := strings.Cut(one, "=")
		if !ok || len(columns) == 0 {
			return levels, &told{
				chinese: fmt.Sprintf("--by-depth “%s”应写作 字段=值,值…,并与 --level 同用。", one),
				english: fmt.Sprintf("--by-depth %q should read field=value,value…, and goes with --level.", one),
			}
		}
		levels.ByDepth[field] = strings.Split(values, ",")
	}
	return levels, nil
}

// printProposals says where the columns of a file probably go, and why.
func (p *program) printProposals(o intake.Options) error {
	proposals, columns, err := intake.Proposals(o)
	if err != nil {
		return err
	}
	found := map[string]bool{}
	for _, one := range proposals {
		found[one.Column] = true
		why := one.En
		if speaksChinese() {
			why = one.Zh
		}
		fmt.Fprintf(p.out, "--map %-40s %-7s %s\n", strconv.Quote(one.Column+"="+one.Field), one.Confidence, why)
	}
	for _, c := range columns {
		if !found[c] {
			fmt.Fprintf(p.out, "      %s\n", strconv.Quote(c))
		}
	}
	return nil
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
