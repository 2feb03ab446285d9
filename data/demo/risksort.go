package demo

import "math/rand/v2"

// siting finds so many places for risk points.
type siting = func(m *maker, r *rand.Rand, count int) ([]option, error)

// riskSorts are the kinds of risk points: how many, of what weight, and where they lie in life.
func riskSorts() []riskSort {
	return []riskSort{
		{"geological_hazard", 14, 0.62, []string{"滑坡隐患点", "崩塌隐患点", "泥石流隐患点", "不稳定斜坡"}, []string{"Landslide", "Rockfall", "Debris Flow", "Unstable Slope"}, "%s", false, false, "专人巡查监测，设置警示牌，遇强降雨提前转移受威胁群众。", among(1800, slopes)},
		{"flash_flood_valley", 7, 0.6, []string{"山洪沟"}, []string{"Flash-flood Valley"}, "%s", false, false, "汛期二十四小时值守，雨量达到警戒值时按预案转移。", among(1200, valleys)},
		{"reservoir", 4, 0.7, []string{"水库"}, []string{"Reservoir"}, "澄岚县水利局", false, false, "三个责任人到位，控制汛限水位，每日巡查坝体。", among(0, dams)},
		{"dam", 3, 0.5, []string{"拦河坝", "电站大坝"}, []string{"River Dam", "Power Station Dam"}, "澄岚县水利局", false, false, "汛前检修闸门，泄洪前通知下游沿岸村组。", among(3000, weirs)},
		{"river_section", 5, 0.42, []string{"河段险工", "临河堤防险段"}, []string{"River Section", "Embankment Section"}, "%s", false, false, "汛期加密巡堤，备足砂石料，划定警戒范围。", among(2500, riverbanks)},
		{"forest_fire", 5, 0.45, []string{"林区火险区", "坟山火险点"}, []string{"Forest Fire Area", "Grave Hill Fire Point"}, "%s", false, false, "防火期设卡登记，清理隔离带，护林员每日巡山。", among(3500, woods)},
		{"mine", 4, 0.75, []string{"采石场", "石灰岩矿"}, []string{"Quarry", "Limestone Mine"}, "矿业有限公司（演示）", false, true, "边坡在线监测，爆破作业专人警戒，雨天停产。", among(0, pits)},
		{"hazardous_chemicals", 4, 0.8, []string{"化工厂", "气体充装站", "农药仓库"}, []string{"Chemical Plant", "Gas Filling Station", "Pesticide Store"}, "化工有限公司（演示）", false, true, "重大危险源在线监控，动火作业审批，半年演练一次。", among(500, factories)},
		{"fireworks", 3, 0.78, []string{"烟花仓库", "爆竹批发点"}, []string{"Fireworks Store", "Firecracker Depot"}, "烟花有限公司（演示）", false, true, "分库存放，严禁超量，静电和防雷设施按期检测。", among(3000, lonely)},
		{"petrol_station", 7, 0.4, []string{"加油站"}, []string{"Petrol Station"}, "加油站（演示）", false, true, "卸油作业现场监护，油气回收和报警装置每月测试。", among(2500, mainRoads)},
		{"urban_gas", 3, 0.55, []string{"燃气储配站", "液化气供应站"}, []string{"Gas Depot", "LPG Station"}, "燃气有限公司（演示）", false, true, "管网每日巡线，入户安检，泄漏报警联网。", inTown(0)},
		{"dust_explosion", 2, 0.5, []string{"木业加工厂", "粮食加工厂"}, []string{"Timber Works", "Grain Mill"}, "加工有限公司（演示）", false, true, "除尘系统定期清灰，作业场所禁火。", among(500, factories)},
		{"high_rise", 3, 0.25, []string{"高层住宅小区", "综合楼"}, []string{"High-rise Estate", "Tower Block"}, "物业服务公司（演示）", false, true, "消防通道畅通，电气线路检测，住户疏散演练。", inTown(1)},
		{"self_built_house", 3, 0.3, []string{"经营性自建房"}, []string{"Self-built House"}, "%s", true, false, "鉴定为C级的停止经营，加固后复核。", inTown(2)},
		{"crowded_place", 3, 0.3, []string{"商业广场", "影剧院"}, []string{"Shopping Centre", "Theatre"}, "商业管理公司（演示）", false, true, "限流和疏散引导，营业前检查安全出口。", inTown(1)},
		{"market", 3, 0.22, []string{"农贸市场"}, []string{"Farmers' Market"}, "市场管理所", true, false, "规范用电，清理占道经营，配足灭火器。", inTown(2)},
		{"school", 4, 0.2, []string{"中心学校", "中学"}, []string{"Central School", "Middle School"}, "澄岚县教育局", false, false, "上下学时段护学，危房排查，应急疏散演练。", inTown(2)},
		{"hospital", 2, 0.2, []string{"人民医院", "卫生院"}, []string{"People's Hospital", "Health Centre"}, "澄岚县卫生健康局", false, false, "氧气站和配电房专人值守，消防设施月检。", inTown(2)},
		{"nursing_home", 3, 0.32, []string{"敬老院"}, []string{"Nursing Home"}, "%s", false, false, "夜间值班，失能老人一人一策转移方案。", inTown(3)},
		{"special_equipment", 1, 0.2, []string{"锅炉房"}, []string{"Boiler House"}, "热力有限公司（演示）", false, true, "定期检验，持证上岗。", among(500, factories)},
		{"construction_site", 3, 0.3, []string{"安置房工地", "综合体工地"}, []string{"Housing Site", "Complex Site"}, "建筑有限公司（演示）", false, true, "深基坑监测，塔吊限位检查，高处作业系挂安全带。", inTown(1)},
		{"road_section", 6, 0.38, []string{"临水临崖路段", "急弯陡坡路段"}, []string{"Cliff Road Section", "Bend and Steep Road Section"}, "澄岚县交通运输局", false, false, "增设护栏和减速带，雨雾天气劝返大型车辆。", among(2500, steepRoads)},
		{"school_bus", 1, 0.15, []string{"校车停靠点"}, []string{"School Bus Stop"}, "澄岚县教育局", false, false, "定人定车定线路，上下车点名。", inTown(3)},
		{"bridge", 3, 0.35, []string{"老桥", "漫水桥"}, []string{"Old Bridge", "Overflow Bridge"}, "澄岚县交通运输局", false, false, "限载通行，洪水漫桥时封闭。", among(2000, oldBridges)},
		{"waste_recycling_point", 2, 0.15, []string{"废品回收点"}, []string{"Waste Recycling Point"}, "%s", true, false, "分类存放，禁止焚烧，配备灭火器材。", among(1500, yards)},
		{"warehouse", 2, 0.2, []string{"物流仓库"}, []string{"Logistics Warehouse"}, "物流有限公司（演示）", false, true, "堆垛留通道，禁止混存危险货物。", among(500, factories)},
		{"industrial_park", 1, 0.35, []string{"产业园"}, []string{"Industrial Park"}, "园区管理委员会", true, false, "园区统一值守，企业分级监管。", among(500, factories)},
		{"rental_housing", 1, 0.15, []string{"集中出租屋"}, []string{"Rental Housing"}, "%s", true, false, "人车分离，禁止楼道充电。", inTown(1)},
		{"ebike_charging", 1, 0.12, []string{"电动车集中充电点"}, []string{"E-bike Charging Point"}, "%s", true, false, "烟感和喷淋联网，夜间断电。", inTown(1)},
		{"scenic_area", 2, 0.2, []string{"风景区", "漂流景区"}, []string{"Scenic Area", "Rafting Area"}, "旅游开发公司（演示）", false, true, "客流预警，雷雨和山洪预警时关闭。", among(3500, woods)},
		{"lifeline", 2, 0.3, []string{"自来水厂", "变电站"}, []string{"Waterworks", "Substation"}, "公用事业公司（演示）", false, true, "双回路供电，水质在线监测，重点部位视频监控。", inTown(3)},
	}
}
