package layer

// Standing are the fields that every layer has beside its own: the columns of the template table layer_row that
// people see. (The template's other columns, such as origin, geom and deleted_at, are in data/migrations.)
var Standing = []Field{
	{Name: "name", Type: String, Label: Text{"名称", "Name"}, Synonyms: usualNames, MaxLength: 200, Tile: true, Search: true, Filter: true},
	{Name: "name_en", Type: String, Label: Text{"英文名称", "English name"}, Synonyms: []string{"英文名", "英文", "nameen", "name_english"}, MaxLength: 200, Tile: true, Search: true, Filter: true},
	{Name: "area_id", Type: Reference, Layer: "area", Label: Text{"所在区划", "Area"}, Synonyms: usualAreas, Filter: true, Help: Text{"由位置自动确定，可以更正", "Follows from the place; may be corrected"}},
	{Name: "confirmed_at", Type: Time, Label: Text{"最近核实时间", "Last confirmed"}, Synonyms: []string{"核实时间", "核实日期", "核查时间", "更新日期", "采集时间"}, Filter: true, Confirmation: true},
	{Name: "confirmed_by", Type: String, Label: Text{"核实人", "Confirmed by"}, Synonyms: []string{"核查人", "采集人"}, MaxLength: 100, Filter: true, Confirmation: true},
	{Name: "position_accuracy_m", Type: Number, Label: Text{"位置精度", "Position accuracy"}, Synonyms: []string{"定位精度", "精度", "accuracy", "accuracy_m"}, Unit: Metres, Min: at(0), Max: at(100000), Filter: true},
	{Name: "photo_at", Type: Time, Label: Text{"最新照片", "Newest photo"}, Filter: true, ReadOnly: true},
	{Name: "version", Type: Integer, Label: Text{"版本", "Version"}, Required: true, Filter: true, ReadOnly: true},
	{Name: "origin", Type: String, Label: Text{"来源", "Origin"}, Required: true, MaxLength: 100, Filter: true, ReadOnly: true},
	{Name: "origin_key", Type: String, Label: Text{"来源编号", "Key at origin"}, Required: true, MaxLength: 200, Filter: true, ReadOnly: true},
	{Name: "created_at", Type: Time, Label: Text{"建立时间", "Created"}, Required: true, Filter: true, ReadOnly: true},
	{Name: "updated_at", Type: Time, Label: Text{"更新时间", "Updated"}, Required: true, Filter: true, ReadOnly: true},
}

// Units that more than one field uses.
var (
	Metres  = Text{"米", "m"}
	Persons = Text{"人", "persons"}
)

// at makes a limit for Min and Max.
func at(v float64) *float64 { return &v }
