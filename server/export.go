package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"fourmaps/geo"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

func (p *program) exportCommand() *cli.Command {
	return &cli.Command{
		Name:     "export",
		Usage:    "write rows into a file",
		Commands: []*cli.Command{p.exportLayerCommand()},
	}
}

// exportOptions are what a person says about the file that is written.
type exportOptions struct {
	crs, encoding, lang string
	filters             []string
	replace             bool
}

func (p *program) exportLayerCommand() *cli.Command {
	var o exportOptions
	return &cli.Command{
		Name:      "layer",
		Usage:     "rows of a layer as .xlsx, .csv, .geojson, .kml, .gpkg or .zip (Shapefiles); what only some may see is left out",
		ArgsUsage: "LAYER FILE",
		// A filter's value may hold a comma.
		DisableSliceFlagSeparator: true,
		Flags: append(p.config.databaseFlags(),
			&cli.StringFlag{Name: "crs", Destination: &o.crs, Value: "wgs84", Usage: "coordinate `SYSTEM` of the file: wgs84, cgcs2000, gcj02, bd09; GeoJSON and KML are always in wgs84"},
			&cli.StringFlag{Name: "encoding", Destination: &o.encoding, Value: "utf-8", Validator: oneOf("utf-8", "gb18030"), Usage: "of CSV: utf-8 or gb18030"},
			&cli.StringFlag{Name: "lang", Destination: &o.lang, Value: "zh", Validator: oneOf("zh", "en"), Usage: "what choices are called in tables: zh or en"},
			&cli.StringSliceFlag{Name: "filter", Destination: &o.filters, Usage: "`KEY=VALUE` as in the addresses of lists, such as risk_level=major or area=440307001"},
			&cli.BoolFlag{Name: "replace", Destination: &o.replace, Usage: "write over a file that is there"},
		),
		Action: p.on(func(ctx context.Context, cmd *cli.Command) error {
			if cmd.Args().Len() != 2 {
				return &told{chinese: "`fourmaps export layer` 需要一个图层和一个文件。", english: "`fourmaps export layer` takes a LAYER and a FILE."}
			}
			l, ok := layer.ByName(cmd.Args().Get(0))
			if !ok {
				return unknownLayer(cmd.Args().Get(0))
			}
			file := cmd.Args().Get(1)
			f, options, filter, err := o.read(l, file)
			if err != nil {
				return err
			}
			return p.withStore(ctx, func(rows *store.Store, _ *database) error {
				return p.exportFile(ctx, rows, file, o.replace, f, options, filter)
			})
		}),
	}
}

// read finds out what is asked. The format follows from the file's name.
func (o exportOptions) read(l *layer.Layer, file string) (f export.Format, options export.Options, filter layer.Filter, err error) {
	known := false
	for _, one := range export.Formats() {
		if strings.EqualFold(filepath.Ext(file), one.Extension) {
			f, known = one, true
		}
	}
	if !known {
		return f, options, filter, &told{
			chinese: fmt.Sprintf("无法从文件名 %s 得知格式：应以 .xlsx、.csv、.geojson、.kml、.gpkg 或 .zip 结尾。", filepath.Base(file)),
			english: fmt.Sprintf("The name %s does not tell the format: it should end in .xlsx, .csv, .geojson, .kml, .gpkg or .zip.", filepath.Base(file)),
		}
	}
	crs, err := geo.ParseCRS(o.crs)
	if err != nil {
		return f, options, filter, err
	}
	if err := export.CheckSystem(f, crs); err != nil {
		return f, options, filter, err
	}
	values := url.Values{}
	for _, one := range o.filters {
		key, value, _ := strings.Cut(one, "=")
		values.Add(key, value)
	}
	filter, err = layer.ParseFilter(l, values)
	var wrong *layer.ParameterError
	if errors.As(err, &wrong) {
		err = &told{chinese: "--filter " + wrong.Parameter + "：" + wrong.Text.Zh, english: "--filter " + wrong.Parameter + ": " + wrong.Text.En}
	}
	return f, export.Options{Layer: l, CRS: crs, English: o.lang == "en", GB18030: o.encoding == "gb18030", Location: export.China()}, filter, err
}

// exportFile writes beside the place first: a failure leaves no half file, and takes none away.
func (p *program) exportFile(ctx context.Context, rows *store.Store, to string, replace bool, f export.Format, o export.Options, filter layer.Filter) error {
	if _, err := os.Stat(to); err == nil && !replace {
		return &told{
			chinese: fmt.Sprintf("文件 %s 已存在：请换一个名称，或用 --replace 覆盖。", to),
			english: fmt.Sprintf("The file %s is there already: choose another name, or write over it with --replace.", to),
		}
	}
	file, err := os.CreateTemp(filepath.Dir(to), ".fourmaps-export-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", to, err)
	}
	defer os.Remove(file.Name()) // once it has its name there is nothing to remove
	defer file.Close()
	w, err := export.New(file, f, o)
	if err != nil {
		return err
	}
	defer w.Abandon()
	if err := rows.Export(ctx, store.Export{Filter: filter}, w); err != nil {
		return err
	}
	report, err := w.Close()
	if err == nil {
		err = file.Close()
	}
	if err == nil {
		err = os.Rename(file.Name(), to)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", to, err)
	}
	for _, note := range report.Notes {
		fmt.Fprintf(p.out, "%s %s\n", note.Zh, note.En)
	}
	fmt.Fprintf(p.out, "%d rows written to %s\n", report.Rows, to)
	return nil
}
