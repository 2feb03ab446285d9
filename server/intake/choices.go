package intake

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// Choices are what a person says about a file that the file does not say itself.
type Choices struct {
	Mapping   format.Mapping    `json:"mapping"`
	Constants map[string]string `json:"constants"` // field → the value that all rows get
	Levels    format.Levels     `json:"levels"`
	CRS       string            `json:"crs"`  // "" where nobody said
	Swap      bool              `json:"swap"` // longitude and latitude changed places
	Sheet     string            `json:"sheet"`
	HeaderRow int               `json:"header_row"`
	Encoding  string            `json:"encoding"`
	Delimiter string            `json:"delimiter"`
	DateOrder string            `json:"date_order"`
	Origin    string            `json:"origin"`   // a row of the same origin and key is the same row
	Anywhere  bool              `json:"anywhere"` // take rows far outside the areas too
}

// Tidied are the choices with empty lists in the place of none, as they are written.
func (c Choices) Tidied() Choices {
	if c.Mapping == nil {
		c.Mapping = format.Mapping{}
	}
	if c.Constants == nil {
		c.Constants = map[string]string{}
	}
	if c.Levels.Columns == nil {
		c.Levels.Columns = []string{}
	}
	if c.Levels.ByDepth == nil {
		c.Levels.ByDepth = map[string][]string{}
	}
	return c
}

// format gives the options for opening the file.
func (c Choices) format() (format.Options, error) {
	o := format.Options{Encoding: c.Encoding, Sheet: c.Sheet, HeaderRow: c.HeaderRow, Limits: UploadLimits}
	if c.Delimiter != "" {
		sign, size := utf8.DecodeRuneInString(c.Delimiter)
		if size != len(c.Delimiter) {
			return o, &geo.InputError{Code: "csv_delimiter", Zh: "分隔符只能是一个字符", En: "the delimiter is one character"}
		}
		o.Delimiter = sign
	}
	if c.CRS != "" {
		crs, err := geo.ParseCRS(c.CRS)
		if err != nil {
			return o, err
		}
		o.CRS = crs
	}
	return o, nil
}

// UploadLimits are those of files that are uploaded: reports are kept of every row.
var UploadLimits = format.Limits{
	FileBytes: format.DefaultLimits.FileBytes, UnpackedBytes: format.DefaultLimits.UnpackedBytes, Rows: 200_000,
	Columns: format.DefaultLimits.Columns, CellBytes: format.DefaultLimits.CellBytes, Positions: format.DefaultLimits.Positions,
}

// ingest gives the options for reading rows.
func (c Choices) ingest(opened format.Options) (format.IngestOptions, error) {
	o := format.IngestOptions{Mapping: c.Mapping, Constants: c.Constants, CRS: opened.CRS, DateOrder: format.DateOrder(c.DateOrder), Levels: c.Levels, Swap: c.Swap}
	if o.DateOrder != "" && o.DateOrder != format.DayFirst && o.DateOrder != format.MonthFirst {
		return o, &geo.InputError{Code: "date_order", Zh: "日期顺序只能是 dmy 或 mdy", En: "the order of dates is dmy or mdy"}
	}
	return o, nil
}

// Importable tells whether a layer's rows are imported one by one by people, and not replaced whole.
func Importable(l *layer.Layer) bool { return l.History }

var (
	flagZh = regexp.MustCompile(`用 --[a-z-]+ ?`)
	flagEn = regexp.MustCompile(` with --[a-z-]+`)
)

// Told gives what a person on a screen is told of an error about the file: its sentences name no options of the command
// line. ok is false for any other error.
func Told(err error) (bad geo.InputError, ok bool) {
	var input *geo.InputError
	if !errors.As(err, &input) {
		return bad, false
	}
	return geo.InputError{Code: input.Code, Zh: strings.ReplaceAll(flagZh.ReplaceAllString(input.Zh, ""), "请；", "；"), En: flagEn.ReplaceAllString(input.En, "")}, true
}
