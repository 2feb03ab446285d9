package layer

// Place is named settlements and landmarks: what the map labels and what a search by place name finds.
var Place = Layer{
	Name:     "place",
	Map:      Base,
	Label:    Text{"地名", "Places"},
	Geometry: []Geometry{Point},
	MinZoom:  4,
	MaxZoom:  14,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "city", Label: Text{"城市", "City"}},
			{Value: "county", Label: Text{"县城", "County seat"}, MinZoom: 6},
			{Value: "town", Label: Text{"集镇", "Town"}, MinZoom: 8},
			{Value: "village", Label: Text{"村庄", "Village"}, MinZoom: 11},
			{Value: "hamlet", Label: Text{"自然村", "Hamlet"}, MinZoom: 12},
			{Value: "suburb", Label: Text{"城区", "Suburb"}, MinZoom: 9},
			{Value: "locality", Label: Text{"地点", "Locality"}, MinZoom: 12},
			{Value: "peak", Label: Text{"山峰", "Peak"}, MinZoom: 10},
		}},
		{Name: "population", Type: Integer, Label: Text{"人口", "Population"}, Unit: Persons, Min: at(0), Max: at(200000000), Filter: true},
		{Name: "elevation_m", Type: Number, Label: Text{"海拔", "Elevation"}, Unit: Metres, Min: at(-500), Max: at(9000), Tile: true, Filter: true},
	},
}
