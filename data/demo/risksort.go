package demo

import (
	"math/rand/v2"

	"github.com/paulmach/orb"
)

type siting = func(m *maker, r *rand.Rand, n int) (orb.Geometry, orb.Point)

// riskSorts are the kinds of risk points: how many, of what weight, and where they lie in life.
func riskSorts() []riskSort {
	return []riskSort{
		{"geological_hazard", 14, 0.62, []string{"滑坡隐患点", "崩塌隐患点", "泥石流隐患点", "不稳定斜坡"}, []string{"Landslide", "Rockfall", "Debris Flow", "Unstable Slope"}, "%s", false, false, "专人巡查监测，设置警示牌，遇强降雨提前转移受威胁群众。", slope(0.22, 0.6, 1800)},
		{"flash_flood_valley", 7, 0.6, []string{"山洪沟"}, []string{"Flash-flood Valley"}, "%s", false, false, "汛期二十四小时值守，雨量达到警戒值时按预案转移。", alongStream(3e6, 16e6)},
		{"reservoir", 4, 0.7, []string{"水库"}, []string{"Reservoir"}, "澄岚县水利局", false, false, "三个责任人到位，控制汛限水位，每日巡查坝体。", reservoir},
		{"dam", 3, 0.5, []string{"拦河坝", "电站大坝"}, []string{"River Dam", "Power Station Dam"}, "澄岚县水利局", false, false, "汛前检修闸门，泄洪前通知下游沿岸村组。", weir},
		{"river_section", 5, 0.42, []string{"河段险工", "临河堤防险段"}, []string{"River Section", "Embankment Section"}, "%s", false, false, "汛期加密巡堤，备足砂石料，划定警戒范围。", alongStream(60e6, 9000e6)},
		{"forest_fire", 5, 0.45, []string{"林区火险区", "坟山火险点"}, []string{"Forest Fire Area", "Grave Hill Fire Point"}, "%s", false, false, "防火期设卡登记，清理隔离带，护林员每日巡山。", woods},
		{"mine", 4, 0.75, []string{"采石场", "石灰岩矿"}, []string{"Quarry", "Limestone Mine"}, "矿业有限公司（演示）", false, true, "边坡在线监测，爆破作业专人警戒，雨天停产。", pit},
		{"hazardous_chemicals", 4, 0.8, []string{"化工厂", "气体充装站", "农药仓库"}, []string{"Chemical Plant", "Gas Filling Station", "Pesticide Store"}, "化工有限公司（演示）", false, true, "重大危险源在线监控，动火作业审批，半年演练一次。", factory},
		{"fireworks", 3, 0.78, []string{"烟花仓库", "爆竹批发点"}, []string{"Fireworks Store", "Firecracker Depot"}, "烟花有限公司（演示）", false, true, "分库存放，严禁超量，静电和防雷设施按期检测。", farFromHouses},
		{"petrol_station", 7, 0.4, []string{"加油站"}, []string{"Petrol Station"}, "加油站（演示）", false, true, "卸油作业现场监护，油气回收和报警装置每月测试。", besideRoad(primary, 14, 2500)},
		{"urban_gas", 3, 0.55, []string{"燃气储配站", "液化气供应站"}, []string{"Gas Depot", "LPG Station"}, "燃气有限公司（演示）", false, true, "管网每日巡线，入户安检，泄漏报警联网。", inTown(0)},
		{"dust_explosion", 2, 0.5, []string{"木业加工厂", "粮食加工厂"}, []string{"Timber Works", "Grain Mill"}, "加工有限公司（演示）", false, true, "除尘系统定期清灰，作业场所禁火。", factory},
		{"high_rise", 3, 0.25, []string{"高层住宅小区", "综合楼"}, []string{"High-rise Estate", "Tower Block"}, "物业服务公司（演示）", false, true, "消防通道畅通，电气线路检测，住户疏散演练。", inTown(1)},
		{"self_built_house", 3, 0.3, []string{"经营性自建房"}, []string{"Self-built House"}, "%s", true, false, "鉴定为C级的停止经营，加固后复核。", inTown(2)},
		{"crowded_place", 3, 0.3, []string{"商业广场", "影剧院"}, []string{"Shopping Centre", "Theatre"}, "商业管理公司（演示）", false, true, "限流和疏散引导，营业前检查安全出口。", inTown(1)},
		{"market", 3, 0.22, []string{"农贸市场"}, []string{"Farmers' Market"}, "市场管理所", true, false, "规范用电，清理占道经营，配足灭火器。", inTown(2)},
		{"school", 4, 0.2, []string{"中心学校", "中学"}, []string{"Central School", "Middle School"}, "澄岚县教育局", false, false, "上下学时段护学，危房排查，应急疏散演练。", inTown(2)},
		{"hospital", 2, 0.2, []string{"人民医院", "卫生院"}, []string{"People's Hospital", "Health Centre"}, "澄岚县卫生健康局", false, false, "氧气站和配电房专人值守，消防设施月检。", inTown(2)},
		{"nursing_home", 3, 0.32, []string{"敬老院"}, []string{"Nursing Home"}, "%s", false, false, "夜间值班，失能老人一人一策转移方案。", inTown(3)},
		{"special_equipment", 1, 0.2, []string{"锅炉房"}, []string{"Boiler House"}, "热力有限公司（演示）", false, true, "定期检验，持证上岗。", factory},
		{"construction_site", 3, 0.3, []string{"安置房工地", "综合体工地"}, []string{"Housing Site", "Complex Site"}, "建筑有限公司（演示）", false, true, "深基坑监测，塔吊限位检查，高处作业系挂安全带。", inTown(1)},
		{"road_section", 6, 0.38, []string{"临水临崖路段", "急弯陡坡路段"}, []string{"Cliff Road Section", "Bend and Steep Road Section"}, "澄岚县交通运输局", false, false, "增设护栏和减速带，雨雾天气劝返大型车辆。", steepRoad},
		{"school_bus", 1, 0.15, []string{"校车停靠点"}, []string{"School Bus Stop"}, "澄岚县教育局", false, false, "定人定车定线路，上下车点名。", inTown(3)},
		{"bridge", 3, 0.35, []string{"老桥", "漫水桥"}, []string{"Old Bridge", "Overflow Bridge"}, "澄岚县交通运输局", false, false, "限载通行，洪水漫桥时封闭。", onBridge},
		{"waste_recycling_point", 2, 0.15, []string{"废品回收点"}, []string{"Waste Recycling Point"}, "%s", true, false, "分类存放，禁止焚烧，配备灭火器材。", besideRoad(unclassified, 25, 1500)},
		{"warehouse", 2, 0.2, []string{"物流仓库"}, []string{"Logistics Warehouse"}, "物流有限公司（演示）", false, true, "堆垛留通道，禁止混存危险货物。", factory},
		{"industrial_park", 1, 0.35, []string{"产业园"}, []string{"Industrial Park"}, "园区管理委员会", true, false, "园区统一值守，企业分级监管。", factory},
		{"rental_housing", 1, 0.15, []string{"集中出租屋"}, []string{"Rental Housing"}, "%s", true, false, "人车分离，禁止楼道充电。", inTown(1)},
		{"ebike_charging", 1, 0.12, []string{"电动车集中充电点"}, []string{"E-bike Charging Point"}, "%s", true, false, "烟感和喷淋联网，夜间断电。", inTown(1)},
		{"scenic_area", 2, 0.2, []string{"风景区", "漂流景区"}, []string{"Scenic Area", "Rafting Area"}, "旅游开发公司（演示）", false, true, "客流预警，雷雨和山洪预警时关闭。", woods},
		{"lifeline", 2, 0.3, []string{"自来水厂", "变电站"}, []string{"Waterworks", "Substation"}, "公用事业公司（演示）", false, true, "双回路供电，水质在线监测，重点部位视频监控。", inTown(3)},
	}
}

func slope(lo, hi, apart float64) siting {
	return func(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
		p := m.onSlope(r, lo, hi, apart)
		return p, p
	}
}

func besideRoad(worst class, right, apart float64) siting {
	return func(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
		p := m.roadside(r, apart, right, func(e edge, _ int) bool { return e.class >= trunk && e.class <= worst })
		return p, p
	}
}

// inTown takes a house: 0 at the edge of a town, 1 in the county seat, 2 in any town, 3 in a village
// near a town.
func inTown(where int) siting {
	return func(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
		t := r.IntN(townships)
		if where == 1 {
			t = r.IntN(streets)
		}
		first, next := int(m.division.first(int32(t))), int(m.division.first(int32(t+1)))
		v := first
		if where == 3 || where == 1 || t < streets {
			v = span(r, first, next-1)
		}
		s := m.division.sites[v]
		reach := []float64{900, 300, 350, 200}[where]
		p := m.spot(v, s.x+reach*(r.Float64()-0.5), s.y+reach*(r.Float64()-0.5))
		return p, p
	}
}

func factory(m *maker, r *rand.Rand, n int) (orb.Geometry, orb.Point) {
	for tries := 0; ; tries++ {
		f := pick(r, m.footprint)
		p := geographic(orb.Point{f.x, f.y})
		if f.kind == "industrial" && f.village >= 0 && m.plots.free(f.x, f.y, 400/(1+float64(tries)/2000)) {
			m.plots.add(f.x, f.y, 200)
			return p, p
		}
	}
}

func pit(m *maker, _ *rand.Rand, n int) (orb.Geometry, orb.Point) {
	p := geographic(m.ground.quarries[n])
	return p, p
}

// farFromHouses is beside a small road with no village core within 700 m.
func farFromHouses(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
	p := m.roadside(r, 3000, 40, func(e edge, _ int) bool {
		return (e.class == tertiary || e.class == unclassified) && !m.nearSite(e.line[0][0], e.line[0][1], 700)
	})
	return p, p
}

func woods(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
	for tries := 0; ; tries++ {
		i := r.IntN(m.land.Len())
		x, y := m.land.Centre(i)
		p := geographic(orb.Point{x, y})
		if m.division.village[i] >= 0 && m.ground.cover[i] == forest && m.land.height[i] > 260 && m.villageAt(p) >= 0 && m.plots.free(x, y, 4000/(1+float64(tries)/900)) {
			m.plots.add(x, y, 3000)
			return p, p
		}
	}
}

// alongStream takes a reach of a river with a catchment between lo and hi.
func alongStream(lo, hi float64) siting {
	return func(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
		for {
			k := pick(r, m.rivers)
			line := localLine(k.line)
			total := length(line)
			if k.area < lo || k.area > hi || total < 900 {
				continue
			}
			part := between(line, total*0.2, min(total*0.8, total*0.2+1500))
			mid := part[len(part)/2]
			if !m.plots.free(mid[0], mid[1], 1200) || !m.inside(part) {
				continue
			}
			m.plots.add(mid[0], mid[1], 1200)
			return project(part), geographic(mid)
		}
	}
}

func steepRoad(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
	for {
		e := pick(r, m.network.edges)
		total := length(e.line)
		mid := pointAt(e.line, total/2)
		if e.class < primary || e.class > unclassified || total < 350 || total > 2500 || m.land.Sample(m.land.slope, mid[0], mid[1]) < 0.17 ||
			!m.inside(e.line) || !m.plots.free(mid[0], mid[1], 2500) {
			continue
		}
		m.plots.add(mid[0], mid[1], 2500)
		part := between(e.line, total*0.1, min(total*0.9, total*0.1+900))
		return project(part), geographic(part[len(part)/2])
	}
}

// onBridge takes a bridge of a minor road over a river.
func onBridge(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
	for {
		e := pick(r, m.network.edges)
		mid := pointAt(e.line, length(e.line)/2)
		p := geographic(mid)
		if e.bridge && e.class >= secondary && e.class <= unclassified && m.villageAt(p) >= 0 && m.plots.free(mid[0], mid[1], 2000) {
			m.plots.add(mid[0], mid[1], 2000)
			return p, p
		}
	}
}

// reservoir takes the shore of the n-th reservoir of the district.
func reservoir(m *maker, r *rand.Rand, n int) (orb.Geometry, orb.Point) {
	for _, k := range m.lakes {
		if p := geographic(k.dam); m.villageAt(p) >= 0 {
			if n == 0 {
				return p, p
			}
			n--
		}
	}
	return alongStream(5e6, 60e6)(m, r, n)
}

// weir takes a place on a larger stream.
func weir(m *maker, r *rand.Rand, _ int) (orb.Geometry, orb.Point) {
	for {
		k := pick(r, m.rivers)
		p := k.line[len(k.line)/2]
		q := local(p)
		if k.area > 35e6 && k.area < 1500e6 && m.villageAt(p) >= 0 && m.plots.free(q[0], q[1], 3000) {
			m.plots.add(q[0], q[1], 3000)
			return p, p
		}
	}
}

// inside says whether all points of a line of the local plane lie in one village.
func (m *maker) inside(line orb.LineString) bool {
	v := m.villageAt(geographic(line[0]))
	for _, p := range line {
		if v < 0 || m.villageAt(geographic(p)) != v {
			return false
		}
	}
	return true
}

func project(line orb.LineString) orb.LineString {
	out := make(orb.LineString, 0, len(line))
	for _, p := range line {
		if q := geographic(p); len(out) == 0 || q != out[len(out)-1] {
			out = append(out, q)
		}
	}
	return out
}
