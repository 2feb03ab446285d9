// Package intake brings files that people have into layers: it joins the formats, which read and check rows, with the
// store, which keeps them. The command line and, later, uploads use it alike.
package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// Options say what is imported and how.
type Options struct {
	Layer  *layer.Layer
	File   string
	Format format.Options
	Ingest format.IngestOptions
	Import store.Import
	// Rejected hears every problem of every row that is left out; nil for nobody.
	Rejected func(format.Problem)
	// Progress hears how far the file is read, in bytes; nil for nobody.
	Progress func(done, total int64)
	// DryRun reads and checks and stores nothing.
	DryRun bool
}

// Report is what became of the rows of a file: Read = Stored.New + Stored.Changed + Stored.Same + Rejected.
type Report struct {
	Read, Rejected, Blank int
	// Stored is empty after a dry run.
	Stored store.Imported
	Notes  []format.Note
}

// Import brings a file into a layer, all of its good rows or, on an error, nothing.
func Import(ctx context.Context, s *store.Store, o Options) (Report, error) {
	if err := Refuse(o.Layer); err != nil {
		return Report{}, err
	}
	return run(ctx, s, o, s.ImportLayer)
}

// ImportAreas brings areas in; level and parent follow from the code, which may be padded with zeros to 6 or 12 digits.
func ImportAreas(ctx context.Context, s *store.Store, o Options) (Report, error) {
	o.Layer = areasByCode()
	return run(ctx, s, o, s.ImportAreas)
}

type importer func(context.Context, store.Batch, store.Import) (store.Imported, error)

// run reads the file and hands its rows to the store one by one, or, if rows point to others, once all are known.
func run(ctx context.Context, s *store.Store, o Options, into importer) (Report, error) {
	source, err := format.Open(o.File, o.Format)
	if err != nil {
		return Report{}, err
	}
	defer source.Close()
	in, err := format.NewIngest(source, o.Layer, o.Ingest)
	if err != nil {
		return Report{}, err
	}
	j := &job{Options: o, in: in, source: source, columns: columnsOf(o, source), rows: map[string]int{}, left: map[string]bool{}}
	j.Options.Import.LeftOut = func() store.LeftOut { return j.missed }
	records := j.records(ctx)
	if fields := j.references(); len(fields) > 0 {
		if records, err = j.resolved(ctx, s, fields, records); err != nil {
			return Report{}, err
		}
	}
	return j.store(ctx, into, records)
}

// job is one file on its way into a layer.
type job struct {
	Options
	in      *format.Ingest
	source  format.Source
	columns []string
	rows    map[string]int       // by key as the store has it: the row in the file
	ids     map[string]uuid.UUID // by key, if rows of the file may point to each other
	left    map[string]bool      // by what words rows are called that never reach the store
	missed  store.LeftOut        // the same, for the store
	unfit   int                  // of them, those that were read well
}

// store hands the rows over. What the database would refuse comes back as rejected too.
func (j *job) store(ctx context.Context, into importer, records iter.Seq2[*format.Record, error]) (Report, error) {
	var stored store.Imported
	var err error
	if j.DryRun {
		err = drain(records)
	} else {
		stored, err = into(ctx, store.Batch{Layer: j.Layer, Columns: j.columns, Rows: j.inOrder(records)}, j.Import)
	}
	if err != nil {
		return Report{}, err
	}
	for _, r := range stored.Rejected {
		j.tell(format.Problem{Row: j.rows[r.Key], Code: "refused", Zh: r.Key + "：" + r.Reason.Zh, En: r.Key + ": " + r.Reason.En})
	}
	read := j.in.Report()
	if stored.Unsure {
		read.Notes = append(read.Notes, format.Note{Code: "key_unknown", Zh: "有的行读不出编号，因此没有删除任何行", En: "the key of some rows cannot be read, so nothing was removed"})
	}
	return Report{
		Read:     read.Read,
		Rejected: read.Rejected + j.unfit + len(stored.Rejected),
		Blank:    read.Blank,
		Stored:   stored,
		Notes:    read.Notes,
	}, nil
}

// leaveOut tells why a row does not reach the store, and remembers that it was there.
func (j *job) leaveOut(r *format.Record, problems ...format.Problem) {
	for _, p := range problems {
		j.tell(p)
	}
	key := j.key(r)
	if key != "" {
		j.missed.Keys = append(j.missed.Keys, key)
	} else {
		j.missed.Unknown = true
	}
	name, _ := r.Values["name"].(string)
	j.left[format.Fold(key)], j.left[format.Fold(name)] = true, true
}

// refuse leaves out a row that was read well.
func (j *job) refuse(r *format.Record, p format.Problem) {
	j.unfit++
	j.leaveOut(r, p)
}

// key is what tells the record from others of its origin, as the store has it: of an area its code; "" if it is unknown.
func (j *job) key(r *format.Record) string {
	if j.Layer.Name != layer.Area.Name {
		return r.Key
	}
	text, _ := code(j.Layer, r.Values["code"]).(string)
	return text
}

func drain(records iter.Seq2[*format.Record, error]) error {
	for _, err := range records {
		if err != nil {
			return err
		}
	}
	return nil
}

func (j *job) tell(p format.Problem) {
	if j.Rejected != nil {
		j.Rejected(p)
	}
}

// records reads the file; problems go to whoever hears them.
func (j *job) records(ctx context.Context) iter.Seq2[*format.Record, error] {
	return func(yield func(*format.Record, error) bool) {
		for n := 0; ; n++ {
			record, problems, err := j.in.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if j.Options.Progress != nil && n%200 == 0 {
				j.Options.Progress(j.source.Progress())
			}
			if len(problems) > 0 {
				j.leaveOut(record, problems...)
				continue
			}
			if fault := j.fault(record); fault != nil {
				j.refuse(record, *fault)
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// columnsOf lists what the batch fills: the mapped fields, the key, and the place if the file has any.
func columnsOf(o Options, source format.Source) []string {
	var columns []string
	placed := source.CRS() != geo.Undeclared
	for _, pair := range o.Ingest.Mapping {
		if _, field := o.Layer.Field(pair.Field); field {
			columns = append(columns, pair.Field)
		} else if pair.Field != "key" {
			placed = true // lon, lat, lonlat or latlon
		}
	}
	for name := range o.Ingest.Constants {
		columns = append(columns, name)
	}
	slices.Sort(columns)
	if o.Layer.Name != layer.Area.Name {
		columns = append(columns, "origin_key")
	}
	columns = append(columns, "same_as")
	if placed {
		columns = append(columns, "geom", "source_crs", "source_x", "source_y")
	}
	return columns
}

// inOrder puts records into the order of the columns.
func (j *job) inOrder(records iter.Seq2[*format.Record, error]) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for record, err := range records {
			var row []any
			if err == nil {
				row = j.row(record)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (j *job) row(r *format.Record) []any {
	row := make([]any, len(j.columns))
	crs, x, y := entered(r)
	for i, column := range j.columns {
		switch column {
		case "origin_key":
			row[i] = r.Key
		case "id":
			row[i] = j.ids[r.Key]
		case "same_as":
			if id, ok := idIn(r.Key); ok {
				row[i] = id
			}
		case "geom":
			if r.Geometry != nil {
				row[i] = r.Geometry
			}
		case "source_crs":
			row[i] = crs
		case "source_x":
			row[i] = x
		case "source_y":
			row[i] = y
		case "code":
			row[i] = code(j.Layer, r.Values[column])
		default:
			row[i] = r.Values[column]
		}
	}
	return row
}

// idIn is the id that a key is, as exports have it: it names the stored row, whatever its origin.
func idIn(key string) (uuid.UUID, bool) {
	id, err := uuid.Parse(key)
	return id, err == nil && len(key) == 36
}

// entered gives the pair as it stood in the file, if it was converted from a system that rows remember.
func entered(r *format.Record) (crs, x, y any) {
	names := map[geo.CRS]string{geo.CGCS2000: "CGCS2000", geo.GCJ02: "GCJ02", geo.BD09: "BD09"}
	name, kept := names[r.OriginalCRS]
	point, isPoint := r.Original.(orb.Point)
	if !kept || !isPoint {
		return nil, nil, nil
	}
	return name, point[0], point[1]
}

// wrap says which file and layer an error is about.
func wrap(o Options, err error) error {
	return fmt.Errorf("importing %s into %s: %w", o.File, o.Layer.Name, err)
}
