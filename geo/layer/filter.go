package layer

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Filter selects rows of one layer. Lists, counts, tiles and exports ask through the same filter and get the same rows.
type Filter struct {
	Layer      *Layer
	Boxes      []orb.Bound // WGS 84; two when the bbox crosses the antimeridian, none for everywhere
	Area       string      // code of an area: it and everything below it
	Query      string      // what was typed into the search box
	IDs        []string    // UUIDs
	Conditions []Condition // on declared and standing fields, all of which must hold
	Due        *bool       // true: only rows whose confirmation is older than its period, or that have none; false: only the others
	key        string
}

// Condition is one wish about one field. The operator says which of the values count.
type Condition struct {
	Field    Field
	Operator Operator
	Values   []string // Is: any of them (checked); Min, Max: one, in the database's spelling; Null: "true" or "false"
}

// Operator is how a condition compares.
type Operator string

// The operators, with the spelling of their parameters: kind=a,b  headcount.min=5  headcount.max=9  address.null=true.
const (
	Is   Operator = ""
	Min  Operator = "min"
	Max  Operator = "max"
	Null Operator = "null"
)

// Limits of what one filter may ask.
const (
	MaxIDs       = 200
	MaxValues    = 100
	MaxTextChars = 100
)

// ParameterError is a parameter that cannot be understood; nothing was asked of the database.
type ParameterError struct {
	Parameter string
	Code      string // unknown_parameter, bad_value, too_many, too_long
	Text      Text
}

// Error gives the English sentence.
func (e *ParameterError) Error() string { return e.Parameter + ": " + e.Text.En }

// ParseFilter reads the query parameters of a request about layer l: bbox, area, q, ids, due where rows are confirmed, and
// one parameter per field that may be filtered. Parameters named in also belong to the caller and are passed over; any other is an error, so
// that a mistyped filter never shows more rows than were asked for. Its error is a *ParameterError.
func ParseFilter(l *Layer, query url.Values, also ...string) (Filter, error) {
	f := Filter{Layer: l}
	used := url.Values{}
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains(also, name) || name == "q" || name == "area" || name == "due" {
			if err := Once(name, query[name]); err != nil {
				return Filter{}, err
			}
		}
		if slices.Contains(also, name) {
			continue
		}
		value := strings.TrimSpace(strings.Join(query[name], ","))
		if value == "" {
			if !known(l, name) {
				return Filter{}, unknown(l, name)
			}
			continue
		}
		if err := f.take(name, value); err != nil {
			return Filter{}, err
		}
		used.Set(name, value)
	}
	f.key = used.Encode()
	return f, nil
}

// ParseQuery reads the query part of an address. What cannot be read is an error, never left out: a filter that is
// dropped would show more rows than were asked for. Its error is a *ParameterError.
func ParseQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, &ParameterError{"?", "bad_value", Text{"地址里 ? 之后的部分写法有误（分号和 % 须编码）", "the part of the address after ? is malformed (semicolons and % must be encoded)"}}
	}
	return values, nil
}

// Once refuses a parameter that is given twice: which of the two counts would be a guess. Lists of values, such as
// kind=a&kind=b, are no such parameters. Its error is a *ParameterError.
func Once(name string, given []string) error {
	if len(given) > 1 {
		return &ParameterError{name, "too_many", Text{"只能给出一次", "may be given only once"}}
	}
	return nil
}

// Empty tells whether the filter selects every row.
func (f Filter) Empty() bool { return f.key == "" }

// Timed tells whether the rows that the filter selects change with time alone: an answer about them must not be kept long.
func (f Filter) Timed() bool { return f.Due != nil }

// Key is the same for filters that select the same rows in the same words: a part of cache keys.
func (f Filter) Key() string { return f.key }

func (f *Filter) take(name, value string) (err error) {
	switch name {
	case "bbox":
		f.Boxes, err = parseBoxes(value)
	case "area":
		f.Area, err = parseAreaCode(value)
	case "q":
		f.Query, err = parseQuery(value)
	case "ids":
		f.IDs, err = parseUUIDs(name, value, MaxIDs)
	case "due":
		f.Due, err = parseDue(f.Layer, value)
	default:
		var c Condition
		if c, err = parseCondition(f.Layer, name, value); err == nil {
			f.Conditions = append(f.Conditions, c)
		}
	}
	return err
}

// Where writes the filter as SQL over the layer's table under the given alias, without the word WHERE. Deleted rows
// are never selected. Values become parameters after those already in args; identifiers come from declarations only.
func (f Filter) Where(alias string, args []any) (string, []any) {
	w := where{alias: alias, args: args}
	w.add("%s.deleted_at IS NULL", alias)
	w.boxes(f.Boxes)
	if f.Area != "" {
		w.add("%s.area_id IN (SELECT below.id FROM area above JOIN area below ON below.path @> ARRAY[above.id] WHERE above.code = %s AND above.deleted_at IS NULL AND above.valid_to IS NULL)",
			alias, w.value(f.Area, "text"))
	}
	if f.Query != "" {
		w.add("%s.search LIKE %s", alias, w.value("%"+escapeLike(f.Query)+"%", "text"))
	}
	if len(f.IDs) > 0 {
		w.add("%s.id = ANY (%s)", alias, w.value(f.IDs, "uuid[]"))
	}
	if f.Due != nil {
		w.add("%s IS %t", DueSQL(f.Layer, alias), *f.Due)
	}
	for _, c := range f.Conditions {
		w.condition(c)
	}
	return strings.Join(w.parts, " AND "), w.args
}

// DueSQL is an expression over the layer's table under the given alias that is true where the row's confirmation is older
// than the period of its kind, by the clock of the database, or where there is none; otherwise false.
func DueSQL(l *Layer, alias string) string {
	periods := fmt.Sprintf("(SELECT jsonb_object_agg(p.kind, p.days) FROM confirmation_period p WHERE p.layer = '%s')", l.Name) // asked once a statement
	days := periods + " ->> ''"
	if l.SymbolField != "" {
		days = fmt.Sprintf("coalesce(%s ->> %s.%s, %s)", periods, alias, l.SymbolField, days)
	}
	return fmt.Sprintf("coalesce(coalesce(%s.confirmed_at, '-infinity') < now() - nullif((%s)::int, 0) * interval '1 day', false)", alias, days)
}

type where struct {
	alias string
	args  []any
	parts []string
}

func (w *where) add(form string, a ...any) { w.parts = append(w.parts, fmt.Sprintf(form, a...)) }

// value makes v the next parameter, with its type, since an untyped one can make a function "not exist". Texts go as
// text and are cast by the database, so that one spelling serves every column type.
func (w *where) value(v any, sqlType string) string {
	w.args = append(w.args, v)
	switch v.(type) {
	case string:
		return fmt.Sprintf("$%d::text::%s", len(w.args), sqlType)
	case []string:
		return fmt.Sprintf("$%d::text[]::%s", len(w.args), sqlType)
	default:
		return fmt.Sprintf("$%d::%s", len(w.args), sqlType)
	}
}

func (w *where) boxes(boxes []orb.Bound) {
	var any []string
	for _, b := range boxes {
		// the envelope of a line, since a box without width or height is no valid polygon but a line or a point
		any = append(any, fmt.Sprintf("ST_Intersects(%s.geom, ST_SetSRID(ST_Envelope(ST_MakeLine(ST_MakePoint(%s, %s), ST_MakePoint(%s, %s))), 4326))", w.alias,
			w.value(b.Min[0], "float8"), w.value(b.Min[1], "float8"), w.value(b.Max[0], "float8"), w.value(b.Max[1], "float8")))
	}
	if len(any) > 0 {
		w.add("(%s)", strings.Join(any, " OR "))
	}
}

func (w *where) condition(c Condition) {
	column := w.alias + "." + c.Field.Name
	switch {
	case c.Operator == Null && c.Values[0] == "true":
		w.add("%s IS NULL", column)
	case c.Operator == Null:
		w.add("%s IS NOT NULL", column)
	case c.Operator == Min:
		w.add("%s >= %s", column, w.value(c.Values[0], sqlType(c.Field.Type)))
	case c.Operator == Max && c.Field.Type == Time && len(c.Values[0]) == len("2026-01-02"):
		w.add("%s < %s + interval '1 day'", column, w.value(c.Values[0], "timestamptz"))
	case c.Operator == Max:
		w.add("%s <= %s", column, w.value(c.Values[0], sqlType(c.Field.Type)))
	case c.Field.Type == String || c.Field.Type == Phone:
		w.add("strpos(lower(%s), lower(%s)) > 0", column, w.value(c.Values[0], "text"))
	case c.Field.Type == Choices:
		w.add("%s && %s", column, w.value(c.Values, "text[]"))
	default:
		w.add("%s = ANY (%s)", column, w.value(c.Values, sqlType(c.Field.Type)+"[]"))
	}
}

// sqlType is the column type of a field's values (of one value, for choices), wide enough for parameters.
func sqlType(t Type) string {
	switch t {
	case Integer, Number:
		return "float8"
	case Boolean:
		return "boolean"
	case Date:
		return "date"
	case Time:
		return "timestamptz"
	case Reference:
		return "uuid"
	default:
		return "text"
	}
}

func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
