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
	Layer *layer.Layer
	File  string // its path; with Data what it is called, with the ending of its kind
	// Data is the file where it has no path; nil otherwise.
	Data   io.ReaderAt
	Size   int64
	Format format.Options
	Ingest format.IngestOptions
	Import store.Import
	// Rejected hears every problem of every row that is left out; nil for nobody.
	Rejected func(format.Problem)
	// Progress hears how far the file is read, in bytes; nil for nobody.
	Progress func(done, total int64)
	// Left hears of every row that is left out, once, with all that is wrong with it; nil for nobody. Its key is "" if unknown.
	Left func(row int, key, name string, problems []format.Problem)
	// Rows hears how many rows are read; nil for nobody.
	Rows func(n int)
	// lines is given a way to find the row of a key, before the store tells of any; nil for nobody.
	lines func(rowOf func(key string) int)
	// keep gets all that was read, if it is little; nil for nobody. again is such a reading, in the place of the file.
	keep  func(*reading)
	again *reading
}

// open opens the file.
func (o Options) open() (format.Source, error) {
	if o.Data != nil {
		return format.OpenReader(o.File, o.Data, o.Size, o.Format)
	}
	return format.Open(o.File, o.Format)
}

// Report is what became of the rows of a file: Read = Stored.New + Stored.Changed + Stored.Same + Rejected.
type Report struct {
	Read, Rejected, Blank int
	Stored                store.Imported // after a check, what would be
	Notes                 []format.Note
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
	j, done, err := begin(o)
	if err != nil {
		return Report{}, err
	}
	defer done()
	j.Options.Import.LeftOut = func() store.LeftOut { return j.missed }
	if o.lines != nil {
		o.lines(func(key string) int { return j.rows[key] })
	}
	records := j.records(ctx)
	if fields := j.references(); len(fields) > 0 {
		if records, err = j.resolved(ctx, s, fields, records); err != nil {
			return Report{}, err
		}
	}
	return j.store(ctx, into, records)
}

// begin opens the file, or takes up what was read of it before. The function that it gives closes it.
func begin(o Options) (*job, func(), error) {
	j := &job{Options: o, rows: map[string]int{}, left: map[string]bool{}, leftWays: map[string]bool{}}
	if o.again != nil {
		j.in, j.columns = &replay{reading: o.again}, o.again.columns
		return j, func() {}, nil
	}
	source, err := o.open()
	if err != nil {
		return nil, nil, err
	}
	in, err := format.NewIngest(source, o.Layer, o.Ingest)
	if err != nil {
		source.Close()
		return nil, nil, err
	}
	j.in, j.source, j.columns = in, source, columnsOf(o, source)
	if o.keep != nil {
		j.in = &recorder{rowReader: in, kept: &reading{columns: j.columns, expected: o.Ingest.Expected}, done: o.keep}
	}
	return j, func() { source.Close() }, nil
}

// job is one file on its way into a layer.
type job struct {
	Options
	in      rowReader
	source  format.Source // nil for one that was read before
	columns []string
	rows    map[string]int       // by key as the store has it: the row in the file
	ids     map[string]uuid.UUID // by key, if rows of the file may point to each other
	left    map[string]bool      // by what words rows are called that never reach the store
	missed  store.LeftOut        // the same, for the store
	unfit   int                  // of them, those that were read well
	notes   []format.Note
	// leftWays are the ways of such rows through the levels of a tree
	leftWays map[string]bool
}

// store hands the rows over. What the database would refuse comes back as rejected too.
func (j *job) store(ctx context.Context, into importer, records iter.Seq2[*format.Record, error]) (Report, error) {
	told := false
	tell := func(out store.Imported) {
		if told {
			return
		}
		told = true
		for _, r := range out.Rejected {
			j.tellRow(j.rows[r.Key], r.Key, "", format.Problem{Row: j.rows[r.Key], Code: r.Code, Zh: r.Reason.Zh, En: r.Reason.En})
		}
	}
	if d := j.Import.Draft; d != nil { // it ends inside the transaction, and all has to be told by then
		end := *d
		end.Counts = func(out store.Imported) (store.DraftCounts, error) {
			tell(out)
			return d.Counts(out)
		}
		j.Import.Draft = &end
	}
	stored, err := into(ctx, store.Batch{Layer: j.Layer, Columns: j.columns, Rows: j.inOrder(records)}, j.Import)
	if err != nil {
		return Report{}, err
	}
	tell(stored)
	read := j.in.Report()
	if stored.Unsure {
		read.Notes = append(read.Notes, format.Note{Code: "key_unknown", Zh: "有的行读不出编号，因此没有删除任何行", En: "the key of some rows cannot be read, so nothing was removed"})
	}
	return Report{
		Read:     read.Read,
		Rejected: read.Rejected + j.unfit + len(stored.Rejected),
		Blank:    read.Blank,
		Stored:   stored,
		Notes:    append(read.Notes, j.notes...),
	}, nil
}

// leaveOut tells why a row does not reach the store, and remembers that it was there.
func (j *job) leaveOut(r *format.Record, problems ...format.Problem) {
	key := j.key(r)
	name, _ := r.Values["name"].(string)
	j.tellRow(r.Row, key, name, problems...)
	if key != "" {
		j.missed.Keys = append(j.missed.Keys, key)
	} else {
		j.missed.Unknown = true
	}
	j.left[format.Fold(key)], j.left[format.Fold(name)] = true, true
	if r.Way != "" {
		j.leftWays[r.Way] = true
	}
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

// tellRow says what is wrong with a row to whoever hears it.
func (j *job) tellRow(row int, key, name string, problems ...format.Problem) {
	if j.Rejected != nil {
		for _, p := range problems {
			j.Rejected(p)
		}
	}
	if j.Left != nil {
		j.Left(row, key, name, problems)
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
			if n%200 == 0 {
				j.progress(n)
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

func (j *job) progress(rows int) {
	if j.Options.Progress != nil && j.source != nil {
		j.Options.Progress(j.source.Progress())
	}
	if j.Rows != nil {
		j.Rows(rows)
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
	if levels := o.Ingest.Levels; len(levels.Columns) > 0 {
		if parent, tree := format.TreeField(o.Layer); tree {
			columns = append(columns, parent.Name)
		}
		columns = append(columns, "name")
		for name := range levels.ByDepth {
			columns = append(columns, name)
		}
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
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
