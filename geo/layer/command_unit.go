package layer

// CommandUnit is the command and dispatch map 指挥调度体系图: who commands whom and how to reach them. Units above the
// county are contacts and may have no place. Who is on duty now, and whose screen is connected, moves.
var CommandUnit = Layer{
	Name:           "command_unit",
	Map:            CommandMap,
	Label:          Text{"指挥机构", "Command units"},
	Geometry:       []Geometry{Point},
	PlaceOptional:  true,
	History:        true,
	SymbolField:    "kind",
	ConfirmDays:    30,
	AccuracyLimitM: 100,
	MinZoom:        4,
	MaxZoom:        16,
	NameZoom:       11,
	Cluster:        true,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Synonyms: append([]string{"机构类别", "机构类型"}, usualKinds...), Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "headquarters", Label: Text{"指挥部", "Headquarters"}, Symbol: "headquarters", Synonyms: []string{"指挥中心"}},
			{Value: "office", Label: Text{"应急办公室", "Office"}, Symbol: "office", Synonyms: []string{"应急办"}},
			{Value: "station", Label: Text{"乡镇指挥站", "Station"}, Symbol: "station", Synonyms: []string{"指挥所", "街道指挥站"}},
			{Value: "village_post", Label: Text{"村级岗", "Village post"}, Symbol: "village_post", Synonyms: []string{"村级站", "社区岗"}},
		}},
		{Name: "level", Type: Choice, Label: Text{"层级", "Level"}, Synonyms: []string{"级别", "行政级别", "机构层级"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "ministry", Label: Text{"部", "Ministry"}},
			{Value: "province", Label: Text{"省", "Province"}},
			{Value: "city", Label: Text{"市", "City"}},
			{Value: "county", Label: Text{"县(区)", "County"}, Synonyms: []string{"县", "区", "县级", "区级"}},
			{Value: "township", Label: Text{"乡镇(街道)", "Township"}, Synonyms: []string{"乡镇", "街道", "镇"}},
			{Value: "village", Label: Text{"村(社区)", "Village"}, Synonyms: []string{"村", "社区"}},
		}},
		{Name: "parent_id", Type: Reference, Layer: "command_unit", Label: Text{"上级机构", "Parent unit"}, Synonyms: []string{"上级", "上级单位", "上级部门", "隶属", "隶属单位", "主管机构", "parent"}, Filter: true, Tile: true},
		{Name: "duty_phone", Type: Phone, Label: Text{"值班电话", "Duty phone"}, Synonyms: append([]string{"值守电话", "座机", "办公电话"}, usualPhones...), MaxLength: 40, Filter: true,
			Help: Text{"单位座机，不是个人电话", "The unit's line, not a person's"}},
		{Name: "leader", Type: String, Label: Text{"负责人", "Leader"}, Synonyms: usualLeaders, MaxLength: 100, Filter: true},
		{Name: "leader_post", Type: String, Label: Text{"负责人职务", "Leader's post"}, Synonyms: []string{"职务", "负责人职位"}, MaxLength: 100, Filter: true},
		{Name: "leader_phone", Type: Phone, Label: Text{"负责人电话", "Leader's phone"}, Synonyms: []string{"负责人手机", "负责人联系电话", "手机", "手机号码"}, MaxLength: 40, Sensitive: true},
		{Name: "address", Type: String, Label: Text{"地址", "Address"}, Synonyms: usualAddresses, MaxLength: 300, Search: true, Filter: true},
	},
}
