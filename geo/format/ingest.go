package format

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// IngestOptions say how the rows of a file become records of a layer.
type IngestOptions struct {
	Mapping   Mapping
	Constants map[string]string // field → the value that all rows get, as a cell would have it
	CRS       geo.CRS           // of the coordinates; Undeclared takes what the file declares, if anything
	Expected  *orb.Bound        // where the rows ought to lie, WGS 84; outside it they are rejected; nil for anywhere
	Location  *time.Location    // of times without a zone; nil is Asia/Shanghai
	DateOrder DateOrder         // of dates such as 3/4/2023
	Levels    Levels            // columns that stand for the levels of a tree; none by default
	Swap      bool              // the two numbers of every place changed places in the file: exchange them
}

// Record is a row that has passed every check. Values has one entry for each mapped field that is not empty: string,
// int64, float64, bool, layer dates and times as time.Time, []string for choices, Reference for references.
type Record struct {
	Row         int
	Key         string   // stable over imports: the key column, or the feature's own id, or the way through the levels, or "row/<number>"
	Way         string   // through the levels of a tree, "" without them
	Above       []string // the ways of the rows above, the nearest first
	Values      map[string]any
	Geometry    orb.Geometry // WGS 84; nil if the layer allows none
	Original    orb.Geometry // as in the file
	OriginalCRS geo.CRS
}

// Reference is how a cell names a row of another layer: a code, a name or a key. Whoever stores the record finds it.
type Reference string

// Report is what became of the rows. Read is always Accepted + Rejected; blank rows are counted apart.
type Report struct {
	Read     int       `json:"read"`
	Accepted int       `json:"accepted"`
	Rejected int       `json:"rejected"`
	Blank    int       `json:"blank"`    // rows with nothing in them
	Problems []Problem `json:"problems"` // of the first rejected rows, each with at least one
	Notes    []Note    `json:"notes"`
}

// maxProblems bounds what a report keeps; Next gives every problem to whoever wants them all.
const maxProblems = 10_000

// Ingest turns the rows of a source into records of a layer.
type Ingest struct {
	source Source
	layer  *layer.Layer
	plan   *plan
	levels *levelPlan // nil for none
	crs    geo.CRS
	o      IngestOptions
	keys   map[string]int // key → row that had it
	report Report
}

// NewIngest checks that source, mapping and layer fit each other before a row is read.
func NewIngest(source Source, l *layer.Layer, o IngestOptions) (*Ingest, error) {
	p, err := o.Mapping.resolve(source.Columns(), l, o.Constants, o.Levels)
	if err != nil {
		return nil, err
	}
	in := &Ingest{source: source, layer: l, plan: p, crs: o.CRS, o: o, keys: map[string]int{}}
	if in.levels, err = in.resolveLevels(source.Columns()); err != nil {
		return nil, err
	}
	if in.crs == geo.Undeclared {
		in.crs = source.CRS()
	}
	if in.crs == geo.Undeclared && (p.lon >= 0 || p.pair >= 0) {
		return nil, badInput("crs_missing", "请用 --crs 说明坐标系：wgs84、cgcs2000、gcj02（高德、腾讯）、bd09（百度）等",
			"say the coordinate system with --crs: wgs84, cgcs2000, gcj02 (Amap, Tencent), bd09 (Baidu) or another")
	}
	if table := source.CRS() == geo.Undeclared; table && p.lon < 0 && p.pair < 0 && !l.PlaceOptional {
		return nil, badInput("coordinates_unmapped", "表格没有几何，请指明哪两列是经度（lon）和纬度（lat）", "a table has no geometry; say which columns are lon and lat")
	}
	if in.crs != geo.Undeclared && !in.crs.Known() {
		return nil, badInput("crs_unknown", "不认识的坐标系：%s", "unknown coordinate system %s", in.crs)
	}
	if in.o.Location == nil {
		if in.o.Location, err = time.LoadLocation("Asia/Shanghai"); err != nil {
			in.o.Location = time.FixedZone("Asia/Shanghai", 8*60*60) // no zone database on the machine
		}
	}
	if err := in.readConstants(); err != nil {
		return nil, err
	}
	in.report.Notes = source.Notes()
	return in, nil
}

// readConstants checks fixed values once, so that a wrong one is not reported a thousand times.
func (in *Ingest) readConstants() error {
	for i := range in.plan.fields {
		f := &in.plan.fields[i]
		if f.column >= 0 {
			continue
		}
		v, err := in.value(f.Field, f.value)
		if err != nil {
			return err
		}
		f.value = v
	}
	return nil
}

// Report is what became of the rows so far.
func (in *Ingest) Report() Report { return in.report }

// Next gives the next record, or the problems of the next row that is rejected, with the record as far as it could be
// read: its Key is "" if that is unknown. At the end it gives io.EOF. Any other error ends the reading, and nothing of
// the file should be kept.
func (in *Ingest) Next() (*Record, []Problem, error) {
	for {
		row, err := in.source.Next()
		if err != nil {
			return nil, nil, err
		}
		if row.Problem == nil && row.Geometry == nil && filled(row.Cells) == 0 {
			in.report.Blank++
			continue
		}
		in.report.Read++
		record, problems := in.record(row)
		if len(problems) > 0 {
			in.report.Rejected++
			if len(in.report.Problems) < maxProblems {
				in.report.Problems = append(in.report.Problems, problems...)
			}
			return record, problems, nil
		}
		in.report.Accepted++
		return record, nil, nil
	}
}

// Run reads to the end and hands each accepted record to keep.
func (in *Ingest) Run(ctx context.Context, keep func(*Record) error) (Report, error) {
	for {
		if err := ctx.Err(); err != nil {
			return in.report, err
		}
		record, problems, err := in.Next()
		if err == io.EOF {
			return in.report, nil
		}
		if err != nil {
			return in.report, fmt.Errorf("read row after %d: %w", in.report.Read, err)
		}
		if len(problems) > 0 {
			continue
		}
		if err := keep(record); err != nil {
			return in.report, fmt.Errorf("keep row %d: %w", record.Row, err)
		}
	}
}

// record checks a row whole, so that people see all its problems at once.
func (in *Ingest) record(row Row) (*Record, []Problem) {
	if row.Problem != nil {
		return &Record{Row: row.Number}, []Problem{*row.Problem}
	}
	r := &Record{Row: row.Number, Values: map[string]any{}}
	var problems []Problem
	for _, f := range in.plan.fields {
		value, err := f.value, error(nil)
		if f.column >= 0 {
			value, err = in.value(f.Field, row.Cells[f.column])
		}
		if err == nil && value == nil && f.Default != "" {
			value, err = in.value(f.Field, f.Default)
		}
		if err == nil && value == nil && (f.Required || f.Name == "name" && !in.layer.NameOptional) && !(in.levels != nil && in.o.Levels.gives(f.Name)) {
			err = badInput("value_missing", "“%[1]s”不能为空", "%[2]s must not be empty", f.Label.Zh, f.Label.En)
		}
		if err != nil {
			problems = append(problems, *problem(row.Number, f.name, err))
		} else if value != nil {
			r.Values[f.Name] = value
		}
	}
	if in.levels != nil {
		if p := in.levels.climb(row, r); p != nil {
			problems = append(problems, *p)
		}
	}
	problems = append(problems, in.place(row, r)...)
	if p := in.identify(row, r); p != nil {
		problems = append(problems, *p)
	}
	return r, problems
}

// identify gives the record its key; one that an earlier row has already is a problem.
func (in *Ingest) identify(row Row, r *Record) *Problem {
	column := ""
	switch {
	case in.plan.key >= 0:
		column = in.plan.columnOf[toKey]
		if r.Key = fold(cellText(row.Cells[in.plan.key])); r.Key == "" {
			return problem(row.Number, column, badInput("key_missing", "编号不能为空", "the key must not be empty"))
		}
	case row.ID != "":
		r.Key = row.ID
	case r.Way != "":
		r.Key = r.Way
	default:
		r.Key = fmt.Sprintf("row/%d", row.Number)
	}
	if len([]rune(r.Key)) > 200 {
		return problem(row.Number, column, badInput("value_too_long", "编号超过 200 个字", "the key has more than 200 characters"))
	}
	if before, taken := in.keys[r.Key]; taken {
		return problem(row.Number, column, badInput("key_twice", "编号“%s”与第 %d 行重复", "the key %q is that of row %d already", r.Key, before))
	}
	in.keys[r.Key] = row.Number
	return nil
}
