// Package export writes rows of a layer as files that people take elsewhere, and bring back: XLSX, CSV, GeoJSON, KML,
// GeoPackage and zipped Shapefile.
//
// What is written here is read by the package format: a file that nobody has edited changes nothing when it is imported.
// For that each row carries its id, and columns are headed so that format.SuggestMapping knows them. Rows are written one
// by one; memory does not grow with their number.
package export

import (
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
)

// Format is a kind of file.
type Format struct {
	Name      string     // as addresses and commands have it
	Extension string     // of file names, with the dot
	Type      string     // media type
	Label     layer.Text // for people
	ChooseCRS bool       // false: coordinates are WGS 84, as the format's standard says
}

// The formats.
var (
	XLSX       = Format{"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", layer.Text{Zh: "Excel 工作簿", En: "Excel workbook"}, true}
	CSV        = Format{"csv", ".csv", "text/csv; charset=utf-8", layer.Text{Zh: "CSV 表格", En: "CSV table"}, true}
	GeoJSON    = Format{"geojson", ".geojson", "application/geo+json", layer.Text{Zh: "GeoJSON", En: "GeoJSON"}, false}
	KML        = Format{"kml", ".kml", "application/vnd.google-earth.kml+xml", layer.Text{Zh: "KML", En: "KML"}, false}
	GeoPackage = Format{"gpkg", ".gpkg", "application/geopackage+sqlite3", layer.Text{Zh: "GeoPackage", En: "GeoPackage"}, true}
	Shapefile  = Format{"shp", ".zip", "application/zip", layer.Text{Zh: "Shapefile（压缩包）", En: "Shapefile (zipped)"}, true}
)

// Formats lists all formats in the order of menus.
func Formats() []Format { return []Format{XLSX, CSV, GeoJSON, KML, GeoPackage, Shapefile} }

// ByName finds a format by its name.
func ByName(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// Systems are the coordinate systems that may be chosen.
func Systems() []geo.CRS { return []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} }

// Options say what is written and how.
type Options struct {
	Layer   *layer.Layer
	CRS     geo.CRS // of coordinates, one of Systems; the zero value is WGS 84. Formats without a choice ignore it
	English bool    // choices are called in English and not in Chinese
	GB18030 bool    // CSV in the encoding of old Chinese programs instead of UTF-8
	// Sensitive: with what only some may see. Whether the reader may, the caller has asked.
	Sensitive bool
	Location  *time.Location // of times in tables; nil is UTC
}

// Row is a row of the layer as it goes out. Values are those of Fields in their order: nil, string, int64, float64,
// bool, time.Time (a date is its midnight in UTC) or []string; a reference is the word by which people find the row.
type Row struct {
	ID       uuid.UUID
	Values   []any
	Geometry orb.Geometry // WGS 84; nil for a row without a place
	Anchor   orb.Point    // the point that stands for Geometry in tables, WGS 84
}

// Writer writes the rows of one file.
type Writer interface {
	Write(Row) error
	// Close ends the file and reports what became of the rows; what was written before is no file without it.
	Close() (Report, error)
	// Abandon lets go of temporary files; after Close it does nothing.
	Abandon()
}

// ListWriter is a writer that also takes the lists that belong to rows, after all rows: workbooks have a sheet for each.
type ListWriter interface {
	Writer
	// List begins the list of a part.
	List(layer.Part) error
	// WriteLine writes a line of it: the name and id of the row that it belongs to, and the values of ListFields.
	WriteLine(name string, owner uuid.UUID, values []any) error
}

// Report is what became of the rows.
type Report struct {
	Rows  int           `json:"rows"`
	Notes []format.Note `json:"notes"` // what the format could not hold
}

// New begins a file.
func New(w io.Writer, f Format, o Options) (Writer, error) {
	if o.CRS == geo.Undeclared || !f.ChooseCRS {
		o.CRS = geo.WGS84
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	s := &sheet{Options: o, fields: o.Fields()}
	switch f.Name {
	case XLSX.Name:
		return newXLSX(w, s)
	case CSV.Name:
		return newCSV(w, s)
	case GeoJSON.Name:
		return newGeoJSON(w, s)
	case KML.Name:
		return newKML(w, s)
	case GeoPackage.Name:
		return newGeoPackage(w, s)
	case Shapefile.Name:
		return newShapefile(w, s)
	}
	return nil, fmt.Errorf("no such format: %s", f.Name)
}
