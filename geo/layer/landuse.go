package layer

// Landuse is what covers the ground.
var Landuse = Layer{
	Name:         "landuse",
	Map:          Base,
	Label:        Text{"土地利用", "Land use"},
	Geometry:     []Geometry{Polygon, MultiPolygon},
	NameOptional: true,
	MinZoom:      6,
	MaxZoom:      14,
	Bands:        1.5,
	MergeBelow:   12,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "forest", Label: Text{"林地", "Forest"}, MinZoom: 8},
			{Value: "farmland", Label: Text{"耕地", "Farmland"}, MinZoom: 10},
			{Value: "orchard", Label: Text{"园地", "Orchard or tea"}, MinZoom: 11},
			{Value: "scrub", Label: Text{"灌木地", "Scrub"}, MinZoom: 11},
			{Value: "grass", Label: Text{"草地", "Grass"}, MinZoom: 11},
			{Value: "residential", Label: Text{"居住用地", "Residential"}, MinZoom: 9},
			{Value: "commercial", Label: Text{"商业用地", "Commercial"}, MinZoom: 11},
			{Value: "industrial", Label: Text{"工业用地", "Industrial"}, MinZoom: 10},
			{Value: "public", Label: Text{"公共设施", "Public facilities"}, MinZoom: 11},
			{Value: "park", Label: Text{"公园绿地", "Park"}, MinZoom: 11},
			{Value: "quarry", Label: Text{"采掘场", "Quarry"}, MinZoom: 11},
			{Value: "bare", Label: Text{"裸地", "Bare ground"}, MinZoom: 10},
			{Value: "other", Label: Text{"其他", "Other"}, MinZoom: 11},
		}},
	},
}
