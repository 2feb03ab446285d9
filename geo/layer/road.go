package layer

// Road is the road network: one row an edge between two junctions, so that map and travel times read the same rows.
// Costs are seconds; a negative cost means that the direction is not allowed.
var Road = Layer{
	Name:         "road",
	Map:          Base,
	Label:        Text{"道路", "Roads"},
	Geometry:     []Geometry{LineString},
	NameOptional: true,
	MinZoom:      4,
	MaxZoom:      14,
	Bands:        1,
	MergeBelow:   13,
	Fields: []Field{
		{Name: "class", Type: Choice, Label: Text{"等级", "Class"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "motorway", Label: Text{"高速公路", "Expressway"}},
			{Value: "trunk", Label: Text{"国道", "Trunk road"}, MinZoom: 5},
			{Value: "primary", Label: Text{"省道", "Primary road"}, MinZoom: 7},
			{Value: "secondary", Label: Text{"县道", "Secondary road"}, MinZoom: 8},
			{Value: "tertiary", Label: Text{"乡道", "Tertiary road"}, MinZoom: 10},
			{Value: "unclassified", Label: Text{"村道", "Minor road"}, MinZoom: 11},
			{Value: "residential", Label: Text{"街巷", "Residential street"}, MinZoom: 12},
			{Value: "service", Label: Text{"内部路", "Service road"}, MinZoom: 13},
			{Value: "track", Label: Text{"机耕路", "Track"}, MinZoom: 12},
		}},
		{Name: "ref", Type: String, Label: Text{"编号", "Number"}, MaxLength: 60, Tile: true, Search: true, Filter: true},
		{Name: "oneway", Type: Choice, Label: Text{"通行方向", "Direction"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "both", Label: Text{"双向", "Both ways"}},
			{Value: "forward", Label: Text{"正向单行", "One-way forward"}},
			{Value: "backward", Label: Text{"反向单行", "One-way backward"}},
		}},
		{Name: "speed_kmh", Type: Number, Label: Text{"设计车速", "Speed"}, Required: true, Unit: Text{"公里/时", "km/h"}, Min: at(1), Max: at(200), Filter: true},
		{Name: "cost_s", Type: Number, Label: Text{"正向行驶时间", "Forward time"}, Required: true, Unit: Text{"秒", "s"}, Filter: true},
		{Name: "reverse_cost_s", Type: Number, Label: Text{"反向行驶时间", "Reverse time"}, Required: true, Unit: Text{"秒", "s"}, Filter: true},
		{Name: "length_m", Type: Number, Label: Text{"长度", "Length"}, Required: true, Unit: Metres, Min: at(0), Filter: true},
		{Name: "bridge", Type: Boolean, Label: Text{"桥", "Bridge"}, Required: true, Default: "false", Tile: true, Filter: true},
		{Name: "tunnel", Type: Boolean, Label: Text{"隧道", "Tunnel"}, Required: true, Default: "false", Tile: true, Filter: true},
		{Name: "max_height_m", Type: Number, Label: Text{"限高", "Height limit"}, Unit: Metres, Min: at(0), Max: at(100), Filter: true},
		{Name: "max_weight_t", Type: Number, Label: Text{"限重", "Weight limit"}, Unit: Text{"吨", "t"}, Min: at(0), Max: at(1000), Filter: true},
		{Name: "access", Type: Choice, Label: Text{"通行限制", "Access"}, Required: true, Default: "open", Filter: true, Choices: []Option{
			{Value: "open", Label: Text{"开放", "Open"}},
			{Value: "restricted", Label: Text{"受限，应急可通行", "Restricted, passable in an emergency"}},
			{Value: "closed", Label: Text{"禁止通行", "Closed"}},
		}},
		{Name: "source_node", Type: Integer, Label: Text{"起点节点", "Source node"}, Required: true, Filter: true},
		{Name: "target_node", Type: Integer, Label: Text{"终点节点", "Target node"}, Required: true, Filter: true},
		{Name: "component", Type: Integer, Label: Text{"连通分量", "Component"}, Required: true, Filter: true,
			Help: Text{"1 为最大的强连通分量，0 为不属于任何分量", "1 is the largest strongly connected component; 0 belongs to none"}},
	},
}
