package main

import (
	"context"
	"fmt"
	"time"

	"github.com/urfave/cli/v3"

	"fourmaps/geo/format/osm"
	"fourmaps/server/store"
)

func (p *program) importOSMCommand() *cli.Command {
	var clip string
	var margin float64
	return &cli.Command{
		Name:      "osm",
		Usage:     "roads, water, land use, buildings and places from an OpenStreetMap extract (.osm.pbf or .osm)",
		ArgsUsage: "FILE",
		Flags: append(p.config.databaseFlags(),
			&cli.StringFlag{
				Name: "clip", Destination: &clip, Validator: oneOf("areas"),
				Usage: "`areas`: keep only what lies in or near the areas that are stored", DefaultText: "keep everything",
			},
			&cli.Float64Flag{
				Name: "margin", Destination: &margin, Value: 20000,
				Usage: "`METRES` around the areas that are kept too: routes lead out and back in",
			},
		),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			file, err := oneFile(cmd)
			if err != nil {
				return err
			}
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				options := osm.Options{MarginM: margin}
				if clip == "areas" {
					if options.Clip, err = rows.Territory(ctx); err != nil {
						return noAreas(err)
					}
				}
				return p.importOSM(ctx, rows, file, options)
			})
		}),
	}
}

func (p *program) importOSM(ctx context.Context, rows *store.Store, file string, options osm.Options) error {
	bar := p.newProgress()
	defer bar.end()
	options.Progress = func(step, steps int, done, total int64) {
		bar.show(fmt.Sprintf("reading, pass %d of %d", step, steps), done, total)
	}
	began := time.Now()
	extract, err := osm.Read(ctx, file, options)
	if err != nil {
		return err
	}
	read := time.Since(began)
	imported, err := rows.ImportOSM(ctx, extract, store.Import{
		Actor:    operator(),
		Progress: func(layer string, done int) { bar.show("storing "+layer, int64(done), 0) },
	})
	if err != nil {
		return err
	}
	bar.end()
	p.printExtract(extract.Report)
	for _, i := range imported {
		p.printImported(i)
		p.printRejected(i)
	}
	fmt.Fprintf(p.out, "read in %.1f s, stored in %.1f s\n", read.Seconds(), (time.Since(began) - read).Seconds())
	return nil
}

// printExtract says what was in the file and what was left out of it.
func (p *program) printExtract(r osm.Report) {
	fmt.Fprintf(p.out, "file: %d nodes, %d ways (%d roads), %d relations; road network: %d components, %d edges in the largest\n",
		r.Nodes, r.Ways, r.RoadWays, r.Relations, r.Components, r.MainEdges)
	for _, skip := range r.Skips {
		fmt.Fprintf(p.out, "  left out %d: %s %s\n", skip.Count, skip.Zh, skip.En)
	}
}
