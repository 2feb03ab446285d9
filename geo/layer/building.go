package layer

// Building is building footprints.
var Building = Layer{
	Name:         "building",
	Map:          Base,
	Label:        Text{"建筑", "Buildings"},
	Geometry:     []Geometry{Polygon, MultiPolygon},
	NameOptional: true,
	MinZoom:      13,
	MaxZoom:      15,
	MergeBelow:   14,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "residential", Label: Text{"住宅", "Residential"}},
			{Value: "commercial", Label: Text{"商业", "Commercial"}},
			{Value: "industrial", Label: Text{"工业", "Industrial"}},
			{Value: "public", Label: Text{"公共", "Public"}},
			{Value: "school", Label: Text{"学校", "School"}},
			{Value: "hospital", Label: Text{"医院", "Hospital"}},
			{Value: "other", Label: Text{"其他", "Other"}},
		}},
		{Name: "levels", Type: Integer, Label: Text{"层数", "Levels"}, Min: at(0), Max: at(200), Filter: true},
		{Name: "height_m", Type: Number, Label: Text{"高度", "Height"}, Unit: Metres, Min: at(0), Max: at(1000), Tile: true, Filter: true},
	},
}
