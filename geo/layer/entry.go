package layer

import (
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"fourmaps/geo"
)

// Limits of what one entry may bring.
const (
	MaxEntryBytes    = 1 << 20
	MaxEntryVertices = 20_000
	MaxEntryLines    = 2_000 // of one part
)

// Entry is what a person wants a row to be, read from a GeoJSON feature and checked against the declaration. What it
// does not mention stays as it is.
type Entry struct {
	Layer       *Layer
	ID          uuid.UUID      // made by the client; uuid.Nil for none
	Values      map[string]any // field → string, int64, float64, bool, []string, or nil for no value; dates, times and references are strings
	HasGeometry bool           // Geometry is meant, also when it is nil: the row shall have no place
	Geometry    orb.Geometry   // WGS 84, right-handed, seven decimals
	Entered     orb.Geometry   // as it came, in CRS
	CRS         geo.CRS        // of what came; WGS84 when nothing was said
	Swapped     bool           // the latitude was out of range: Geometry is what comes out with the numbers exchanged, for an offer
	Parts       map[string][]Line
	Confirm     bool // who writes has looked at the place
	OccurredAt  time.Time
	Accept      []string // codes of findings that the person has seen and accepts
	Reason      string   // why, where that is asked
}

// Line is one line of a part. All its fields are meant: one that is missing in Values has no value.
type Line struct {
	ID     uuid.UUID // uuid.Nil for a new line
	Values map[string]any
}

// EntryError lists everything that is wrong with an entry.
type EntryError struct{ Faults []Fault }

// Fault is what is wrong with one field, such as name, geometry or stock_line[2].quantity; "" stands for the body.
type Fault struct {
	Field string
	Code  string
	Text  Text
}

// Error gives the first English sentence.
func (e *EntryError) Error() string {
	if len(e.Faults) == 0 {
		return "the entry is refused"
	}
	f := e.Faults[0]
	return strings.TrimPrefix(f.Field+": "+f.Text.En, ": ")
}

// ParseEntry reads a GeoJSON feature: id, geometry, properties (fields, and parts as lists of objects), crs, occurred_at,
// accept and confirm. A new row needs all that is required; otherwise what is missing stays as it is, as RFC 7396 has it,
// and a part that is there replaces the whole list. Its error is an *EntryError with every fault.
func ParseEntry(l *Layer, body []byte, create bool) (Entry, error) {
	e := Entry{Layer: l, Values: map[string]any{}, Parts: map[string][]Line{}, CRS: geo.WGS84}
	p := &entryParser{Entry: &e}
	members, ok := p.open(body)
	if !ok {
		return Entry{}, &EntryError{p.faults}
	}
	var geometry json.RawMessage
	properties := false
	for _, m := range members {
		switch m.name {
		case "type":
			if text, ok := m.text(); !ok || text != "Feature" {
				p.fault("type", "wrong_type", "应为 Feature", "must be Feature")
			}
		case "id":
			e.ID = p.uuid("id", m)
			if create && e.ID != uuid.Nil && e.ID.Version() != 7 {
				p.fault("id", "bad_form", "应为第 7 版 UUID", "must be a version 7 UUID")
			}
		case "geometry":
			geometry, e.HasGeometry = m.value, true
		case "properties":
			properties = true
			p.properties(m, create)
		case "crs":
			p.crs(m)
		case "occurred_at":
			e.OccurredAt = p.moment(m)
		case "accept":
			p.accept(m)
		case "reason":
			p.reason(m)
		case "confirm":
			if json.Unmarshal(m.value, &e.Confirm) != nil || string(m.value) == "null" {
				p.fault("confirm", "wrong_type", "应为 true 或 false", "must be true or false")
			}
		default:
			p.fault(m.name, "unknown_field", "不认识的内容", "is not known here")
		}
	}
	if !properties && create {
		p.properties(member{name: "properties", value: json.RawMessage("{}")}, create)
	}
	p.place(geometry, create)
	if len(p.faults) > 0 {
		return Entry{}, &EntryError{p.faults}
	}
	return e, nil
}

type entryParser struct {
	*Entry
	faults []Fault
}

func (p *entryParser) fault(field, code, zh, en string) {
	p.faults = append(p.faults, Fault{clip(field), code, Text{zh, en}})
}

// clip keeps names that a client made up short in answers.
func clip(name string) string {
	if r := []rune(name); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return name
}

// open reads the body as one JSON object.
func (p *entryParser) open(body []byte) ([]member, bool) {
	switch {
	case len(body) > MaxEntryBytes:
		p.fault("", "too_large", "内容超过 1 MB", "the body has more than 1 MB")
		return nil, false
	case !utf8.Valid(body):
		p.fault("", "bad_json", "内容不是 UTF-8 文字", "the body is not UTF-8")
		return nil, false
	}
	members, err := readObject(body)
	if err != nil {
		p.fault("", "bad_json", "内容不是有效的 JSON 对象", "the body is not a valid JSON object: "+err.Error())
		return nil, false
	}
	return members, true
}

func (p *entryParser) uuid(field string, m member) uuid.UUID {
	if m.null() {
		return uuid.Nil
	}
	text, ok := m.text()
	id, err := uuid.Parse(text)
	if !ok || err != nil || len(text) != 36 || id == uuid.Nil {
		p.fault(field, "bad_form", "应为 UUID", "must be a UUID")
	}
	return id
}

// moment reads occurred_at, with microseconds as the database keeps them.
func (p *entryParser) moment(m member) time.Time {
	if m.null() {
		return time.Time{}
	}
	text, _ := m.text()
	t, err := time.Parse(time.RFC3339, text)
	if err != nil || t.Year() < 2000 {
		p.fault(m.name, "bad_form", "应为时间，如 2026-07-14T08:30:00+08:00", "must be a time such as 2026-07-14T08:30:00+08:00")
	}
	return t.UTC().Truncate(time.Microsecond)
}

func (p *entryParser) accept(m member) {
	if err := json.Unmarshal(m.value, &p.Accept); err != nil || len(p.Accept) > 20 {
		p.fault("accept", "wrong_type", "应为文字列表", "must be a list of codes")
	}
}

// MaxReason is the length in characters of the reason why a finding is accepted.
const MaxReason = 1000

func (p *entryParser) reason(m member) {
	text, ok := m.text()
	p.Reason = strings.TrimSpace(text)
	switch {
	case m.null():
	case !ok:
		p.fault("reason", "wrong_type", "应为文字", "must be text")
	case utf8.RuneCountInString(p.Reason) > MaxReason:
		p.fault("reason", "too_long", "最多 1000 个字符", "has at most 1000 characters")
	case strings.ContainsFunc(p.Reason, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }):
		p.fault("reason", "bad_text", "含有控制字符", "holds control characters")
	}
}

// entrySystems are the coordinate systems in which people may enter a place.
var entrySystems = map[string]geo.CRS{"WGS84": geo.WGS84, "CGCS2000": geo.CGCS2000, "GCJ02": geo.GCJ02, "BD09": geo.BD09}

func (p *entryParser) crs(m member) {
	text, _ := m.text()
	var known bool
	if p.CRS, known = entrySystems[text]; !known {
		p.fault("crs", "not_a_choice", "应为 WGS84、CGCS2000、GCJ02 或 BD09", "must be WGS84, CGCS2000, GCJ02 or BD09")
	}
}

// Source is what is kept of a place that was entered in another system: the system's name as the column source_crs has
// it and the pair as it came, of a line or area its first position. Nil for WGS 84.
func (e Entry) Source() *Source {
	if e.CRS == geo.WGS84 || e.Entered == nil {
		return nil
	}
	for name, crs := range entrySystems {
		if crs == e.CRS {
			first := firstPoint(e.Entered)
			return &Source{CRS: name, X: first[0], Y: first[1]}
		}
	}
	return nil
}

// Source is a coordinate pair in the system in which it was entered.
type Source struct {
	CRS  string
	X, Y float64
}

// Accepts tells whether the person has accepted a finding.
func (e Entry) Accepts(code string) bool {
	for _, a := range e.Accept {
		if a == code {
			return true
		}
	}
	return false
}

// properties reads the fields and parts.
func (p *entryParser) properties(m member, create bool) {
	members, err := readObject(m.value)
	if err != nil {
		p.fault("properties", "wrong_type", "应为 JSON 对象", "must be a JSON object")
		return
	}
	for _, m := range members {
		if part, ok := p.Layer.Part(m.name); ok {
			p.part(part, m)
			continue
		}
		f, ok := p.Layer.Field(m.name)
		switch {
		case !ok && m.name != "area_code":
			p.fault(m.name, "unknown_field", "图层"+p.Layer.Label.Zh+"没有这个字段", "layer "+p.Layer.Name+" has no such field")
		case !ok || f.ReadOnly || f.Confirmation || f.Layer == p.Layer.Name && f.Name == "area_id":
			p.fault(m.name, "read_only", "由系统维护，不能填写", "is kept by the system and cannot be entered")
		default:
			p.value(m.name, needed(p.Layer, f), m.value, p.Values)
		}
	}
	if create {
		for _, f := range append(append([]Field{}, Standing...), p.Layer.Fields...) {
			p.missing(f.Name, needed(p.Layer, f), p.Values)
		}
	}
}

// needed is the field as entries of the layer see it: whether a name is required differs by layer.
func needed(l *Layer, f Field) Field {
	f.Required = f.Required && !f.ReadOnly || f.Name == "name" && !l.NameOptional
	return f
}

func (p *entryParser) missing(path string, f Field, values map[string]any) {
	if _, there := values[f.Name]; !there && f.Required && f.Default == "" && !p.blamed(path) {
		p.fault(path, "missing", "“"+f.Label.Zh+"”必须填写", f.Label.En+" is required")
	}
}

func (p *entryParser) blamed(path string) bool {
	for _, f := range p.faults {
		if f.Field == path {
			return true
		}
	}
	return false
}
