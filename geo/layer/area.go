package layer

// Area is the administrative division 行政区划: what lies in what. A scope is an area and everything below it.
// An area whose polygon is not known may have a centre point, or no place at all.
var Area = Layer{
	Name:          "area",
	Map:           Base,
	Label:         Text{"行政区划", "Areas"},
	Geometry:      []Geometry{Polygon, MultiPolygon, Point},
	PlaceOptional: true,
	History:       true,
	WriteRight:    "area.write",
	MinZoom:       4,
	MaxZoom:       14,
	Bands:         0.5,
	Fields: []Field{
		{Name: "code", Type: String, Label: Text{"区划代码", "Area code"}, Required: true, MaxLength: 12, Tile: true, Search: true, Filter: true,
			Help: Text{"统计用区划代码，2、4、6、9 或 12 位", "Statistical division code of 2, 4, 6, 9 or 12 digits"}},
		{Name: "level", Type: Choice, Label: Text{"级别", "Level"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "province", Label: Text{"省", "Province"}},
			{Value: "city", Label: Text{"市", "City"}},
			{Value: "county", Label: Text{"县(区)", "County"}, Synonyms: []string{"县", "区"}},
			{Value: "township", Label: Text{"乡镇(街道)", "Township"}, MinZoom: 8, Synonyms: []string{"乡", "镇", "街道"}},
			{Value: "village", Label: Text{"村(社区)", "Village"}, MinZoom: 10, Synonyms: []string{"村", "社区"}},
		}},
		{Name: "parent_id", Type: Reference, Layer: "area", Label: Text{"上级区划", "Parent area"}, Filter: true, Tile: true},
		{Name: "population", Type: Integer, Label: Text{"人口", "Population"}, Unit: Persons, Min: at(0), Max: at(200000000), Filter: true},
		{Name: "households", Type: Integer, Label: Text{"户数", "Households"}, Unit: Text{"户", "households"}, Min: at(0), Max: at(100000000), Filter: true},
		{Name: "valid_from", Type: Date, Label: Text{"启用日期", "Valid from"}, Filter: true},
		{Name: "valid_to", Type: Date, Label: Text{"撤销日期", "Valid to"}, Filter: true},
	},
}
