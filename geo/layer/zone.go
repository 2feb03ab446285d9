package layer

// Zone is what keeps other things away: power lines, protected zones and built-up areas, as the offices in charge draw
// them. Siting rules ask for it.
var Zone = Layer{
	Name:         "zone",
	Map:          Base,
	Label:        Text{"管控区与走廊", "Protected zones and corridors"},
	Geometry:     []Geometry{LineString, MultiLineString, Polygon, MultiPolygon},
	NameOptional: true,
	MinZoom:      8,
	MaxZoom:      14,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "power_line", Label: Text{"高压线路", "Power line"}, Synonyms: []string{"高压线", "输电线路", "架空电力线路"}},
			{Value: "drinking_water", Label: Text{"饮用水水源保护区", "Drinking water protection"}, Synonyms: []string{"水源保护区", "水源地"}},
			{Value: "river_management", Label: Text{"河道管理范围", "River management"}, Synonyms: []string{"河道管理线"}},
			{Value: "urban_core", Label: Text{"主城区", "Main urban area"}},
			{Value: "town", Label: Text{"集镇建成区", "Built-up area of a town"}, Synonyms: []string{"集镇"}},
		}},
		{Name: "voltage_kv", Type: Number, Label: Text{"电压等级", "Voltage"}, Unit: Text{"千伏", "kV"}, Min: at(0), Max: at(2000), Tile: true, Filter: true,
			Help: Text{"仅高压线路填写", "For power lines only"}},
		{Name: "width_m", Type: Number, Label: Text{"两侧边导线间距", "Between the side conductors"}, Unit: Metres, Min: at(0), Max: at(1000), Filter: true,
			Help: Text{"图上是中心线时填写；画的就是边导线时留空", "Where the line drawn is the centre line; empty where it is a side conductor"}},
	},
}
