// Package layer says what is on the map: one declaration a file.
//
// A Layer is data. The API, the tiles, import and export, forms, lists, legend, filters, popups, the OpenAPI schema and
// the TypeScript types follow from it. A new layer is a migration, a declaration here and one word in the list of
// registry.go; code that asks for a layer by name is a mistake.
package layer

// Text is a phrase for people in both languages of the screen; Chinese comes first, English second.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// In gives the phrase in the language asked for ("zh" or "en").
func (t Text) In(lang string) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Zh
}

// Map is which of the four maps a layer belongs to, or Base for what lies under all of them.
type Map string

// The four maps, and what lies below them.
const (
	RiskMap     Map = "risk"
	MaterialMap Map = "material"
	ForceMap    Map = "force"
	CommandMap  Map = "command"
	Base        Map = "base"
)

// Geometry is a geometry type as GeoJSON names it.
type Geometry string

// The geometry types that a layer may declare.
const (
	Point           Geometry = "Point"
	LineString      Geometry = "LineString"
	MultiLineString Geometry = "MultiLineString"
	Polygon         Geometry = "Polygon"
	MultiPolygon    Geometry = "MultiPolygon"
)

// Layer declares one layer: the table of the same name, and everything that people and machines see of it.
type Layer struct {
	Name           string     `json:"name"`             // identifier in SQL, Go, JSON and TypeScript: lower_snake_case, singular
	Map            Map        `json:"map"`              // which map shows it
	Label          Text       `json:"label"`            // what people call it
	Geometry       []Geometry `json:"geometry"`         // types that the geom column accepts, EPSG:4326
	PlaceOptional  bool       `json:"place_optional"`   // true if a row may have no geometry
	NameOptional   bool       `json:"name_optional"`    // true if a row may have no name (base layers)
	SymbolField    string     `json:"symbol_field"`     // the choice field whose choices have a symbol each; "" for none
	LevelField     string     `json:"level_field"`      // the choice field whose choices have colour and shape; "" for none
	History        bool       `json:"history"`          // rows are kept one by one and keep a history; base layers are replaced whole by imports and keep none
	ConfirmDays    int        `json:"confirm_days"`     // a row not confirmed for so many days is due; 0 if nobody confirms it
	AccuracyLimitM float64    `json:"accuracy_limit_m"` // a position entered with a worse accuracy than so many metres is refused; 0 for no limit
	WriteRight     string     `json:"write_right"`      // the permission to write rows; "" for layer.write
	MinZoom        int        `json:"min_zoom"`         // lowest zoom of its vector tiles
	MaxZoom        int        `json:"max_zoom"`         // highest zoom of its vector tiles; clients overzoom beyond
	NameZoom       int        `json:"name_zoom"`        // lowest zoom whose tiles carry name and name_en; 0 if all do
	Cluster        bool       `json:"cluster"`          // too many rows for a tile become groups with point_count; the table has cells (migration 6: attach_cells)
	Bands          float64    `json:"bands"`            // tiles of low zooms take copies of the geometry, so many pixels coarser (migration 7: attach_bands); 0 for none
	MergeBelow     int        `json:"merge_below"`      // below this zoom rows alike in every tile field are one feature without id; 0 if never
	Fields         []Field    `json:"fields"`           // its own fields, in the order of form and card
	Parts          []Part     `json:"parts"`            // lists that belong to a row, each a table of its own
}

// Part declares a list that belongs to each row of a layer, such as the stock lines of a site: the table of the same
// name, with the column <layer>_id.
type Part struct {
	Name   string  `json:"name"`
	Label  Text    `json:"label"`
	Fields []Field `json:"fields"`
}

// Type is what a field holds.
type Type string

// The field types, with the column type that each stands for.
const (
	String    Type = "text"      // text
	Phone     Type = "phone"     // text, digits with + - ( ) and spaces
	Integer   Type = "integer"   // integer
	Number    Type = "number"    // double precision
	Boolean   Type = "boolean"   // boolean
	Date      Type = "date"      // date
	Time      Type = "time"      // timestamptz
	Choice    Type = "choice"    // text, one of Choices
	Choices   Type = "choices"   // text[], some of Choices
	Reference Type = "reference" // uuid, the id of a row of Layer
)

// Field declares one column of a layer or part.
type Field struct {
	Name      string   `json:"name"`
	Type      Type     `json:"type"`
	Label     Text     `json:"label"`
	Help      Text     `json:"help"`
	Required  bool     `json:"required"`   // NOT NULL
	Default   string   `json:"default"`    // for a required field: what holds where nobody said anything (the column's DEFAULT), as a cell would have it; "" for none
	Unit      Text     `json:"unit"`       // for people; numbers are always in this unit
	Min       *float64 `json:"min"`        // for integer and number, inclusive
	Max       *float64 `json:"max"`        // for integer and number, inclusive
	MaxLength int      `json:"max_length"` // for text and phone, in characters
	Choices   []Option `json:"choices"`    // for choice and choices
	Layer     string   `json:"layer"`      // for reference: the layer it points to
	Tile      bool     `json:"tile"`       // carried in vector tiles
	Search    bool     `json:"search"`     // found by the search box, beside name and name_en
	Sensitive bool     `json:"sensitive"`  // masked where the viewer has no need; never in tiles, lists, filters or caches
	Filter    bool     `json:"filter"`     // may be filtered and sorted by; set for every field that is not sensitive
	ReadOnly  bool     `json:"read_only"`  // kept by the database, not entered by people
	Synonyms  []string `json:"synonyms"`   // what ledgers call it beside its labels; imports propose columns by them
	// set by confirming a row or by an import, not in a form
	Confirmation bool `json:"confirmation"`
}

// Option is one value of a choice field.
type Option struct {
	Value    string   `json:"value"`
	Label    Text     `json:"label"`
	Colour   string   `json:"colour"`   // #rrggbb for levels; "" leaves it to the theme
	Symbol   string   `json:"symbol"`   // glyph or shape name that the frontend draws; "" for none
	MinZoom  int      `json:"min_zoom"` // lowest zoom whose tiles carry rows of this choice; 0 leaves it to the layer
	Synonyms []string `json:"synonyms"` // other spellings met in ledgers, accepted by imports
	Guarded  bool     `json:"guarded"`  // photos of such sites, and where dangerous things are on them, are for who may see what is sensitive
}

// Guarded tells whether rows of a kind (a value of the symbol field) show their photos only to who may see what is sensitive.
func (l *Layer) Guarded(kind string) bool {
	f, ok := l.Field(l.SymbolField)
	if !ok {
		return false
	}
	for _, o := range f.Choices {
		if o.Value == kind {
			return o.Guarded
		}
	}
	return false
}

// Has tells whether value is one of the field's choices.
func (f Field) Has(value string) bool {
	for _, o := range f.Choices {
		if o.Value == value {
			return true
		}
	}
	return false
}

// Field finds a declared or standing field by name.
func (l *Layer) Field(name string) (Field, bool) {
	for _, f := range l.Fields {
		if f.Name == name {
			return f, true
		}
	}
	for _, f := range Standing {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// RightToWrite names the permission that writing rows of the layer needs.
func (l *Layer) RightToWrite() string {
	if l.WriteRight != "" {
		return l.WriteRight
	}
	return "layer.write"
}

// Part finds a part by name.
func (l *Layer) Part(name string) (Part, bool) {
	for _, p := range l.Parts {
		if p.Name == name {
			return p, true
		}
	}
	return Part{}, false
}

// Accepts tells whether the layer's geom column takes geometries of type g.
func (l *Layer) Accepts(g Geometry) bool {
	for _, have := range l.Geometry {
		if have == g {
			return true
		}
	}
	return false
}
