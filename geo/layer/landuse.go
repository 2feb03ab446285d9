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
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "forest", Label: Text{"林地", "Forest"}},
			{Value: "farmland", Label: Text{"耕地", "Farmland"}},
			{Value: "orchard", Label: Text{"园地", "Orchard or tea"}},
			{Value: "scrub", Label: Text{"灌木地", "Scrub"}},
			{Value: "grass", Label: Text{"草地", "Grass"}},
			{Value: "residential", Label: Text{"居住用地", "Residential"}},
			{Value: "commercial", Label: Text{"商业用地", "Commercial"}},
			{Value: "industrial", Label: Text{"工业用地", "Industrial"}},
			{Value: "public", Label: Text{"公共设施", "Public facilities"}},
			{Value: "park", Label: Text{"公园绿地", "Park"}},
			{Value: "quarry", Label: Text{"采掘场", "Quarry"}},
			{Value: "bare", Label: Text{"裸地", "Bare ground"}},
			{Value: "other", Label: Text{"其他", "Other"}},
		}},
	},
}
