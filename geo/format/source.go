package format

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// Row is one row of a file as it stands there. A cell is nil (empty), a string, a float64, a bool, a Moment, or a
// CellError; there are as many as columns.
type Row struct {
	Number   int          // as a person counts in the file
	ID       string       // the feature's own id, "" if the format has none
	Cells    []any        // by column
	Geometry orb.Geometry // in the file's coordinate system; nil if there is none
	Problem  *Problem     // set if the row could not be read; then the rest is not complete
}

// Source is an open file of features.
type Source interface {
	// Columns are the names of the cells of each row; they are unique and not empty.
	Columns() []string
	// CRS is the coordinate system that the file itself declares, or geo.Undeclared.
	CRS() geo.CRS
	// Notes say what was found out about the file: its encoding, the sheet, the header row.
	Notes() []Note
	// Next gives the next row, or io.EOF at the end. Any other error means that the file cannot be read further.
	Next() (Row, error)
	// Progress is how far reading has come.
	Progress() (done, total int64)
	// Close lets go of what the source holds.
	Close() error
}

// Note is something that people should know about how a file was understood.
type Note struct {
	Code string `json:"code"`
	Zh   string `json:"zh"`
	En   string `json:"en"`
}

// Options say what a file does not say itself. The zero value leaves everything to the file.
type Options struct {
	Encoding  string  // of CSV and of Shapefile attributes: "utf-8", "gb18030", …
	Delimiter rune    // of CSV
	Sheet     string  // of XLSX; "" is the first that is visible
	HeaderRow int     // of CSV and XLSX, counted from 1; 0 is the first row with at least two cells
	CRS       geo.CRS // declared by the operator; a Shapefile without .prj needs it
	Limits    Limits  // the zero value is DefaultLimits
}

func (o Options) limits() Limits {
	if o.Limits == (Limits{}) {
		return DefaultLimits
	}
	return o.Limits
}

// Open opens a file by its name: .geojson, .json, .geojsonl, .csv, .tsv, .txt, .xlsx, .kml, .kmz, .gpkg, .zip
// (Shapefiles) or .shp.
// A file that cannot be understood is an *geo.InputError.
func Open(path string, o Options) (Source, error) {
	if strings.EqualFold(filepath.Ext(path), ".shp") {
		return openPlainShapefile(path, o)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", filepath.Base(path), err)
	}
	info, err := f.Stat()
	if err == nil {
		var s Source
		if s, err = OpenReader(filepath.Base(path), f, info.Size(), o); err == nil {
			return &withFile{s, f}, nil
		}
	}
	f.Close()
	return nil, err
}

// OpenReader is Open for data that is already there, such as an upload; name is what it was called.
func OpenReader(name string, r io.ReaderAt, size int64, o Options) (Source, error) {
	if err := o.limits().checkFile(size); err != nil {
		return nil, err
	}
	head := make([]byte, 4096)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	head = head[:n]
	ext := strings.ToLower(filepath.Ext(name))
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		if ext == ".zip" {
			return openZippedShapefile(r, size, o)
		}
		if ext == ".kmz" {
			return openKMZ(r, size, o)
		}
		return openXLSX(r, size, o)
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, oldOffice(r, size)
	case bytes.HasPrefix(head, []byte(sqliteBegin)):
		return openGeoPackage(r, size, o)
	case foreign(head) != nil:
		return nil, foreign(head)
	case ext == ".xlsx" || ext == ".zip" || ext == ".kmz" || ext == ".gpkg":
		return nil, badInput("file_broken", "文件不是有效的 %s 文件，可能已损坏", "this is no valid %s file; it may be damaged", ext)
	case ext == ".shp" || bytes.HasPrefix(head, []byte("\x00\x00\x27\x0a")):
		return nil, badInput("shapefile_parts", "Shapefile 由多个文件组成，请打包成 .zip 后上传", "a Shapefile is several files; pack them into one .zip")
	case ext == ".xls":
		return nil, badInput("xls_text", "文件名为 .xls，但内容是文本或网页；请另存为 .xlsx 或 .csv", "the file is called .xls but holds text or a web page; save it as .xlsx or .csv")
	case ext == ".geojson", ext == ".json", ext == ".geojsonl", ext == ".geojsons", ext == ".ndjson":
		return openGeoJSON(r, size, o)
	case ext == ".kml":
		return openKML(r, size, o)
	case ext == ".csv", ext == ".tsv", ext == ".txt":
		return openCSV(r, size, o)
	}
	return nil, badInput("format_unknown", "不支持的文件类型“%s”（支持 .geojson、.csv、.xlsx、.kml、.kmz、.gpkg、.zip 或 .shp）",
		"files of type %q are not supported (.geojson, .csv, .xlsx, .kml, .kmz, .gpkg, .zip or .shp are)", ext)
}

// withFile closes the file with its source.
type withFile struct {
	Source
	file *os.File
}

// Close closes source and file.
func (w *withFile) Close() error {
	err := w.Source.Close()
	if fileErr := w.file.Close(); err == nil {
		err = fileErr
	}
	return err
}

// uniqueNames makes column names unique and not empty: a column without a name is called by its letter in a sheet,
// a repeated name gets a number.
func uniqueNames(header []string) []string {
	names := make([]string, len(header))
	taken := map[string]bool{}
	for i, h := range header {
		name := strings.Join(strings.Fields(strings.TrimPrefix(h, "\ufeff")), " ")
		if name == "" {
			name = "(" + columnLetter(i) + ")"
		}
		unique := name
		for n := 2; taken[unique]; n++ {
			unique = name + " (" + strconv.Itoa(n) + ")"
		}
		taken[unique] = true
		names[i] = unique
	}
	return names
}

// columnLetter is how a spreadsheet names its columns: A for 0, AA for 26.
func columnLetter(i int) string {
	s := ""
	for i++; i > 0; i = (i - 1) / 26 {
		s = string(rune('A'+(i-1)%26)) + s
	}
	return s
}

// filled counts the cells that hold something.
func filled(cells []any) int {
	n := 0
	for _, c := range cells {
		if s, text := c.(string); c != nil && (!text || strings.TrimSpace(s) != "") {
			n++
		}
	}
	return n
}
