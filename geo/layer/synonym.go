package layer

// What ledgers call columns that many layers have. A name that means another field in one layer is not listed here.
var (
	usualNames = []string{"名字", "点位名称", "点名称", "单位名称", "场所名称", "站点名称", "机构名称", "队伍名称", "隐患点名称", "风险点名称", "灾害点名称",
		"避难场所名称", "设施名称", "项目名称", "所属名称", "库名", "仓库名称", "标题", "名称（全称）", "全称", "title", "site_name", "nearest_places", "名前", "施設名"}
	usualAreas     = []string{"行政区划", "所属乡镇", "所属镇街", "所属区划", "所属区域", "乡镇", "镇街", "街道", "乡镇街道", "村社区", "所在村", "所在乡镇", "行政村", "区划代码", "行政区划代码", "township", "village", "jurisdiction_code"}
	usualAddresses = []string{"详细地址", "具体位置", "详细位置", "位置", "位置描述", "地点", "住址", "坐落", "所在位置", "addr", "location", "location_description", "住所", "所在地"}
	usualPhones    = []string{"电话", "联系电话", "联系方式", "手机", "手机号", "手机号码", "联系人电话", "电话号码", "tel", "telephone", "telephonenumber", "phone", "mobile", "電話番号"}
	usualLeaders   = []string{"联系人", "队长", "负责人姓名", "主要负责人", "责任人姓名", "站长", "contact", "leader"}
	usualKinds     = []string{"类型", "种类", "分类", "类别名称", "type", "category"}
	usualUnits     = []string{"管理单位", "管理者", "管理机构", "所属单位", "主管部门", "主管单位", "责任部门", "管辖单位", "权属单位", "owner", "jurisdiction", "manager"}
)
