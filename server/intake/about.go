package intake

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/store"
)

// About is what a file says about itself under the choices of a person.
type About struct {
	Kind      string                       `json:"kind"` // .xlsx, .csv, .geojson, .kml, .kmz, .gpkg or .zip
	Sheets    []string                     `json:"sheets"`
	Columns   []Column                     `json:"columns"`
	Places    bool                         `json:"places"` // rows have a geometry of their own
	CRS       string                       `json:"crs"`    // that the file declares, "" for none
	Notes     []format.Note                `json:"notes"`
	Proposals map[string][]format.Proposal `json:"proposals"` // by layer
	Layer     string                       `json:"layer"`     // the layer that the columns fit best
	// Missing is the first thing that has to be said before the file can be checked; nil when all is said.
	Missing *format.Note `json:"missing"`
}

// Column is a column of the file with its first different values.
type Column struct {
	Name    string   `json:"name"`
	Samples []string `json:"samples"`
}

const (
	glanceRows = 200 // rows that proposals look at
	samples    = 4
)

// askable are the faults of a file that a choice can mend.
var askable = []string{"crs_missing", "encoding_missing", "encoding_unclear", "encoding_unknown", "header_missing", "sheet_missing", "prj_unknown", "csv_delimiter", "crs_unknown"}

// Glance reads the beginning of a file and says what it is, what is proposed for it, and what is still missing for a check.
// A file that no choice can mend is an error.
func Glance(file io.ReaderAt, size int64, name string, l *layer.Layer, c Choices) (About, error) {
	about := About{Sheets: []string{}, Columns: []Column{}, Notes: []format.Note{}, Proposals: map[string][]format.Proposal{}}
	var err error
	if about.Kind, err = format.Kind(name, file, size, UploadLimits); err != nil {
		return about, err
	}
	if sheets, err := format.Sheets(file, size, UploadLimits); err != nil {
		return about, err
	} else if sheets != nil {
		about.Sheets = sheets
	}
	o, err := c.format()
	if err != nil {
		return about, about.lacks(err)
	}
	source, err := format.OpenReader("upload"+about.Kind, file, size, o)
	if bad, ok := Told(err); ok && bad.Code == "crs_missing" && o.CRS == geo.Undeclared {
		// what the columns are can be seen without knowing where the places lie
		_ = about.lacks(err)
		o.CRS = geo.WGS84
		source, err = format.OpenReader("upload"+about.Kind, file, size, o)
	}
	if err != nil {
		return about, about.lacks(err)
	}
	defer source.Close()
	look, err := format.LookAt(source, glanceRows)
	if err != nil {
		return about, about.lacks(err)
	}
	about.describe(look)
	if about.Missing == nil {
		return about, about.lacks(ready(source, l, c, o))
	}
	return about, nil
}

// lacks notes what has to be said; an error that no choice mends is given back.
func (a *About) lacks(err error) error {
	bad, ok := Told(err)
	if err == nil || !ok || a.Missing == nil && len(a.Columns) == 0 && !slices.Contains(askable, bad.Code) {
		return err
	}
	if a.Missing == nil {
		a.Missing = &format.Note{Code: bad.Code, Zh: bad.Zh, En: bad.En}
	}
	return nil
}

func (a *About) describe(look *format.Look) {
	for i, name := range look.Columns {
		a.Columns = append(a.Columns, Column{name, look.Samples(i, samples)})
	}
	a.Notes = append(a.Notes, look.Notes...)
	a.Places = len(look.Geometries) > 0
	if look.CRS != geo.Undeclared && a.Missing == nil {
		a.CRS = look.CRS.String()
	}
	best := 0
	for _, l := range layer.All {
		if !Importable(l) {
			continue
		}
		proposals := format.Propose(fieldsOf(l), look)
		a.Proposals[l.Name] = proposals
		if score := fitness(l, proposals); score > best {
			best, a.Layer = score, l.Name
		}
	}
}

// Proposals says where the columns of a file probably go, and names all of them.
func Proposals(o Options) (list []format.Proposal, columns []string, err error) {
	source, err := o.open()
	if err != nil {
		return nil, nil, err
	}
	defer source.Close()
	look, err := format.LookAt(source, glanceRows)
	if err != nil {
		return nil, nil, err
	}
	return format.Propose(fieldsOf(o.Layer), look), look.Columns, nil
}

// fitness is how well the columns of a file fit a layer: columns that speak for it, less needed fields that nothing fills.
func fitness(l *layer.Layer, proposals []format.Proposal) int {
	score := 0
	found := map[string]bool{}
	for _, p := range proposals {
		found[p.Field] = true
		if f, own := l.Field(p.Field); own && !slices.ContainsFunc(layer.Standing, func(s layer.Field) bool { return s.Name == f.Name }) {
			score += map[string]int{"sure": 4, "likely": 3, "maybe": 1}[p.Confidence]
		}
	}
	for _, f := range l.Fields {
		if f.Required && f.Default == "" && !found[f.Name] {
			score--
		}
	}
	return score
}

// ready tells what is still missing for a check, as the error that it would end with.
func ready(source format.Source, l *layer.Layer, c Choices, opened format.Options) error {
	if l == nil {
		return &geo.InputError{Code: "layer_missing", Zh: "请选择导入到哪个图层", En: "say into which layer the file goes"}
	}
	how, err := c.ingest(opened)
	if err != nil {
		return err
	}
	_, err = format.NewIngest(source, fieldsOf(l), how)
	if err == nil && strings.TrimSpace(c.Origin) == "" {
		return &geo.InputError{Code: "origin_missing", Zh: "请填写台账名称", En: "say the name of the ledger"}
	}
	return err
}

// fieldsOf is the layer as files have it.
func fieldsOf(l *layer.Layer) *layer.Layer {
	if l.Name == layer.Area.Name {
		return areasByCode()
	}
	return l
}

// OriginOf is the name of a ledger by its file: without the ending, and short.
func OriginOf(file string) string {
	base := filepath.Base(strings.ReplaceAll(file, `\`, "/"))
	name := []rune(strings.TrimSpace(strings.TrimSuffix(base, filepath.Ext(base))))
	if len(name) > 100 {
		name = name[:100]
	}
	if len(name) == 0 {
		return base
	}
	return string(name)
}

// Begin is what is chosen for a new file before anybody says anything: nothing that would be a guess.
func Begin(file string) Choices {
	return Choices{Origin: OriginOf(file)}
}

// NewDraft is a file with what it says about itself under some choices, as it is kept.
func NewDraft(person uuid.UUID, name string, size int64, l *layer.Layer, c Choices, about About) (store.Draft, error) {
	d := store.Draft{PersonID: person, FileName: name, FileBytes: size}
	err := Chosen(&d, l, c, about)
	return d, err
}

// Chosen puts choices into a draft, and what the file says under them.
func Chosen(d *store.Draft, l *layer.Layer, c Choices, about About) (err error) {
	if d.Layer = nil; l != nil {
		d.Layer = &l.Name
	}
	if d.About, err = json.Marshal(about); err != nil {
		return fmt.Errorf("writing what a file says: %w", err)
	}
	if d.Choices, err = json.Marshal(c.Tidied()); err != nil {
		return fmt.Errorf("writing choices: %w", err)
	}
	return nil
}

// Spool writes an upload to a place on disk that nobody else sees; whoever closes it is rid of it. More than most bytes is
// an *geo.InputError.
func Spool(r io.Reader, most int64) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "fourmaps-upload-")
	if err != nil {
		return nil, 0, err
	}
	_ = os.Remove(file.Name()) // it lives as long as it is open
	size, err := io.Copy(file, io.LimitReader(r, most+1))
	if err == nil && size > most {
		err = ErrTooLarge()
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, size, nil
}

// ErrTooLarge says that a file is over the limit.
func ErrTooLarge() error {
	return &geo.InputError{Code: "file_too_large", Zh: "文件超过 95 MiB 的上限；请分成几个文件", En: "the file is over the limit of 95 MiB: part it into several"}
}
