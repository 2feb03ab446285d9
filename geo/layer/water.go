package layer

// Water is rivers as lines, and lakes, reservoirs and wide rivers as polygons.
var Water = Layer{
	Name:         "water",
	Map:          Base,
	Label:        Text{"水系", "Water"},
	Geometry:     []Geometry{LineString, MultiLineString, Polygon, MultiPolygon},
	NameOptional: true,
	MinZoom:      4,
	MaxZoom:      14,
	Bands:        1,
	MergeBelow:   12,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "river", Label: Text{"河流", "River"}, MinZoom: 7},
			{Value: "stream", Label: Text{"溪流", "Stream"}, MinZoom: 11},
			{Value: "canal", Label: Text{"渠道", "Canal"}, MinZoom: 11},
			{Value: "lake", Label: Text{"湖泊", "Lake"}, MinZoom: 7},
			{Value: "reservoir", Label: Text{"水库", "Reservoir"}, MinZoom: 8},
			{Value: "pond", Label: Text{"池塘", "Pond"}, MinZoom: 12},
			{Value: "sea", Label: Text{"海域", "Sea"}},
			{Value: "wetland", Label: Text{"湿地", "Wetland"}, MinZoom: 10},
		}},
		{Name: "width_m", Type: Number, Label: Text{"宽度", "Width"}, Unit: Metres, Min: at(0), Max: at(100000), Tile: true, Filter: true},
	},
}
