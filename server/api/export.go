package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
	"fourmaps/server/auth"
	"fourmaps/server/store"
)

// mostExports run at once: each reads a whole layer and keeps a file on the disk.
const mostExports = 2

// exportTime is how long making and sending one file may take.
const exportTime = 15 * time.Minute

// exporting counts the exports that run.
type exporting struct{ n atomic.Int32 }

// begin takes a place, or refuses. The function that it gives leaves the place again.
func (e *exporting) begin() (func(), error) {
	if e.n.Add(1) > mostExports {
		e.n.Add(-1)
		return nil, &refusal{status: http.StatusServiceUnavailable, code: "too_many_exports", retry: 5, text: layer.Text{
			Zh: "其他人正在导出，请稍后再试", En: "others are exporting right now: try again in a moment"}}
	}
	return func() { e.n.Add(-1) }, nil
}

// exportAsked is what a request for a file asks.
type exportAsked struct {
	store.Export
	format  export.Format
	options export.Options
	blank   bool // headings and choices without rows, to be filled in
}

// export answers GET /api/layers/{layer}/export: all rows of the list with the same filters and sort, as a file. It is
// made on the disk before the first byte goes out, so that a failure is an answer and no broken file, and a slow client
// holds no transaction open. What only some may see is left out, unless it is asked for by who may see it of all rows.
// Every file is written down.
func (s *server) export(c echo.Context) error {
	l, err := askedLayer(c)
	if err != nil {
		return err
	}
	who, err := s.session(c)
	if err != nil {
		return err
	}
	asked, err := askedExport(c, l)
	if err != nil {
		return err
	}
	if asked.options.Sensitive {
		asked.Sees = func(area *uuid.UUID) bool { return who.On(auth.SensitiveRead, area) }
	}
	leave, err := s.exports.begin()
	if err != nil {
		return err
	}
	defer leave()
	// Without it the server would end the answer after its usual minute; a connection that knows no deadline has none.
	_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(exportTime))
	file, err := os.CreateTemp("", "fourmaps-export-*")
	if err != nil {
		return fmt.Errorf("making the file of an export: %w", err)
	}
	_ = os.Remove(file.Name()) // it lives as long as it is open: a killed server leaves no telephone numbers behind
	defer file.Close()
	report, err := s.writeExport(c, asked, file)
	var denied *store.DeniedError
	if errors.As(err, &denied) {
		return notPermitted(who, auth.Permission(denied.Permission))
	}
	if err != nil {
		return err
	}
	if asked.blank {
		return sendExport(c, asked, file, report, s.Now()) // nothing of anybody's leaves
	}
	taken := store.TakenFile{Layer: l.Name, Asked: asked.Filter.Key(), Format: asked.format.Name, Rows: report.Rows, Sensitive: asked.options.Sensitive}
	if err := s.Store.NoteExport(c.Request().Context(), actorOf(c, who, "export"), taken); err != nil {
		return err // what is not written down does not leave
	}
	return sendExport(c, asked, file, report, s.Now())
}

func (s *server) writeExport(c echo.Context, asked exportAsked, file io.Writer) (export.Report, error) {
	w, err := export.New(file, asked.format, asked.options)
	if err != nil {
		return export.Report{}, err
	}
	defer w.Abandon()
	if asked.blank {
		return closeBlank(w, asked.Filter.Layer.Parts)
	}
	if err := s.Store.Export(c.Request().Context(), asked.Export, w); err != nil {
		return export.Report{}, err
	}
	return w.Close()
}

// closeBlank ends a file without rows, with the sheets of the lists where the format has them.
func closeBlank(w export.Writer, parts []layer.Part) (export.Report, error) {
	if lists, ok := w.(export.ListWriter); ok {
		for _, p := range parts {
			if err := lists.List(p); err != nil {
				return export.Report{}, fmt.Errorf("the list %s: %w", p.Name, err)
			}
		}
	}
	return w.Close()
}

func sendExport(c echo.Context, asked exportAsked, file *os.File, report export.Report, now time.Time) error {
	if report.Notes == nil {
		report.Notes = []format.Note{}
	}
	notes, err := json.Marshal(report.Notes)
	if err != nil {
		return fmt.Errorf("writing the notes of an export: %w", err)
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("reading the file of an export: %w", err)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the file of an export: %w", err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, asked.format.Type)
	h.Set(echo.HeaderContentDisposition, disposition(asked, now.In(asked.options.Location)))
	h.Set(echo.HeaderContentLength, strconv.FormatInt(size, 10))
	h.Set(echo.HeaderCacheControl, "no-store")
	h.Set("X-Export-Rows", strconv.Itoa(report.Rows))
	h.Set("X-Export-Notes", url.PathEscape(string(notes)))
	c.Response().WriteHeader(http.StatusOK)
	_, err = io.Copy(c.Response(), file)
	return err
}

// disposition names the file in Chinese, with a plain name for clients that know no other (RFC 6266).
func disposition(asked exportAsked, day time.Time) string {
	l, system := asked.Filter.Layer, ""
	if asked.options.CRS != geo.WGS84 {
		system = "_" + strings.ReplaceAll(strings.TrimPrefix(asked.options.CRS.String(), "EPSG:"), "4490", "CGCS2000")
	}
	ending, plain, label := day.Format("_20060102")+system+asked.format.Extension, l.Name, l.Label.In(lang(asked))
	if asked.blank {
		ending, plain, label = system+asked.format.Extension, plain+"_blank", label+layer.Text{Zh: "_空白表", En: "_blank"}.In(lang(asked))
	}
	return fmt.Sprintf(`attachment; filename="%s%s"; filename*=UTF-8''%s`, plain, ending, url.PathEscape(label+ending))
}

func lang(asked exportAsked) string {
	if asked.options.English {
		return "en"
	}
	return "zh"
}

// askedExport reads filter, sort, format, coordinate system and encoding.
func askedExport(c echo.Context, l *layer.Layer) (q exportAsked, err error) {
	values, err := layer.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return q, err
	}
	if q.Filter, err = layer.ParseFilter(l, values, "format", "crs", "encoding", "sensitive", "blank", "sort", "lang"); err != nil {
		return q, err
	}
	if q.Sort, err = askedSort(c.QueryParam("sort"), l); err != nil {
		return q, err
	}
	known := false
	if q.format, known = export.ByName(c.QueryParam("format")); !known {
		return q, badChoice("format", formatNames())
	}
	q.options = export.Options{Layer: l, English: languageOf(c.Request()) == "en", Location: export.China()}
	if q.options.CRS, err = askedSystem(c.QueryParam("crs"), q.format); err != nil {
		return q, err
	}
	if q.options.Sensitive, err = askedFlag(c, "sensitive"); err != nil {
		return q, err
	}
	if q.blank, err = askedFlag(c, "blank"); err != nil {
		return q, err
	}
	// A blank ledger has the columns of what its reader will write, telephone numbers too.
	q.options.Sensitive = q.options.Sensitive || q.blank
	switch encoding := c.QueryParam("encoding"); {
	case encoding == "" || encoding == "utf-8":
	case encoding == "gb18030" && q.format.Name == export.CSV.Name:
		q.options.GB18030 = true
		q.format.Type = "text/csv; charset=gb18030"
	default:
		return q, badChoice("encoding", []string{"utf-8", "gb18030 (csv)"})
	}
	return q, nil
}

// askedFlag reads a parameter that is true or false, false without it.
func askedFlag(c echo.Context, name string) (bool, error) {
	switch c.QueryParam(name) {
	case "", "false":
		return false, nil
	case "true":
		return true, nil
	default:
		return false, badChoice(name, []string{"true", "false"})
	}
}

func askedSystem(text string, f export.Format) (geo.CRS, error) {
	if text == "" {
		return geo.WGS84, nil
	}
	crs, err := geo.ParseCRS(text)
	if err == nil {
		err = export.CheckSystem(f, crs)
	}
	var bad *geo.InputError
	if errors.As(err, &bad) {
		return 0, &layer.ParameterError{Parameter: "crs", Code: "bad_value", Text: layer.Text{Zh: bad.Zh, En: bad.En}}
	}
	return crs, err
}

func formatNames() []string {
	var names []string
	for _, f := range export.Formats() {
		names = append(names, f.Name)
	}
	return names
}

func badChoice(parameter string, choices []string) error {
	return &layer.ParameterError{Parameter: parameter, Code: "bad_value", Text: layer.Text{
		Zh: "应为 " + strings.Join(choices, "、") + " 之一", En: "must be one of " + strings.Join(choices, ", ")}}
}
