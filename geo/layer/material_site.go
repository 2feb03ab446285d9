package layer

// MaterialSite is the material and equipment map 物资装备图: where supplies and equipment for an emergency are kept.
var MaterialSite = Layer{
	Name:        "material_site",
	Map:         MaterialMap,
	Label:       Text{"物资装备", "Material sites"},
	Geometry:    []Geometry{Point, Polygon},
	History:     true,
	SymbolField: "kind",
	ConfirmDays: 90,
	MinZoom:     4,
	MaxZoom:     16,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "depot", Label: Text{"县级储备库", "Depot"}, Symbol: "depot", Synonyms: []string{"区级储备库", "物资储备库", "仓库"}},
			{Value: "township_store", Label: Text{"乡镇物资站", "Township store"}, Symbol: "township_store", Synonyms: []string{"街道物资站", "乡镇储备点"}},
			{Value: "village_store", Label: Text{"村级物资点", "Village store"}, Symbol: "village_store", Synonyms: []string{"社区物资点", "村储备点"}},
			{Value: "fire_cabinet", Label: Text{"消防柜", "Fire cabinet"}, Symbol: "fire_cabinet", Synonyms: []string{"微型消防站"}},
			{Value: "hydrant", Label: Text{"消火栓或水源", "Hydrant or water source"}, Symbol: "hydrant", Synonyms: []string{"消火栓", "消防水源", "取水点"}},
			{Value: "enterprise_store", Label: Text{"企业物资库", "Enterprise store"}, Symbol: "enterprise_store", Synonyms: []string{"代储企业"}},
			{Value: "vehicle_vessel", Label: Text{"车辆船艇", "Vehicle or vessel"}, Symbol: "vehicle_vessel", Synonyms: []string{"车辆", "船艇", "冲锋舟"}},
			{Value: "shelter", Label: Text{"避难场所", "Shelter"}, Symbol: "shelter", Synonyms: []string{"应急避难场所", "安置点", "避灾点"}},
		}},
		{Name: "address", Type: String, Label: Text{"地址", "Address"}, MaxLength: 300, Search: true, Filter: true},
		{Name: "owner_unit", Type: String, Label: Text{"管理单位", "Managing unit"}, MaxLength: 200, Search: true, Filter: true},
		{Name: "capacity_persons", Type: Integer, Label: Text{"可容纳人数", "Capacity"}, Unit: Persons, Min: at(0), Max: at(1000000), Filter: true,
			Help: Text{"避难场所填写", "For shelters"}},
		{Name: "floor_area_m2", Type: Number, Label: Text{"面积", "Floor area"}, Unit: Text{"平方米", "m²"}, Min: at(0), Max: at(10000000), Filter: true},
		{Name: "open_all_hours", Type: Boolean, Label: Text{"24小时可取用", "Open at all hours"}, Filter: true},
		{Name: "keeper", Type: String, Label: Text{"保管人", "Keeper"}, MaxLength: 100, Filter: true},
		{Name: "keeper_phone", Type: Phone, Label: Text{"保管人电话", "Keeper's phone"}, MaxLength: 40, Sensitive: true},
	},
	Parts: []Part{{
		Name:  "stock_line",
		Label: Text{"库存", "Stock"},
		Fields: []Field{
			{Name: "item", Type: String, Label: Text{"品名", "Item"}, Required: true, MaxLength: 200},
			{Name: "item_code", Type: String, Label: Text{"分类编码", "Item code"}, MaxLength: 7, Help: Text{"GB/T 38565-2020 七位编码", "Seven digits of GB/T 38565-2020"}},
			{Name: "quantity", Type: Number, Label: Text{"数量", "Quantity"}, Required: true, Min: at(0)},
			{Name: "unit", Type: String, Label: Text{"单位", "Unit"}, Required: true, MaxLength: 20},
			{Name: "batch", Type: String, Label: Text{"批次", "Batch"}, MaxLength: 60},
			{Name: "expires_on", Type: Date, Label: Text{"有效期至", "Expires on"}},
			{Name: "minimum", Type: Number, Label: Text{"最低储备", "Minimum stock"}, Min: at(0)},
			{Name: "keeper", Type: String, Label: Text{"保管人", "Keeper"}, MaxLength: 100},
		},
	}},
}
