package demo

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"
)

// siteSort is what the material sites of one kind have in common.
type siteSort struct {
	kind     string
	count    int
	name, en string
	floor    [2]int // m²
	allHours float64
	site     pointing
}

// siteSorts are 372 sites together.
func siteSorts() []siteSort {
	return []siteSort{
		{"depot", 3, "应急物资储备库", "Emergency Depot", [2]int{800, 2600}, 1, atSeat(streets)},
		{"township_store", 16, "应急物资站", "Emergency Store", [2]int{90, 260}, 0.7, atSeat(townships)},
		{"village_store", 150, "应急物资点", "Village Store", [2]int{15, 60}, 0.3, atCores(2, 0)},
		{"fire_cabinet", 62, "消防柜", "Fire Cabinet", [2]int{2, 4}, 1, atCores(5, 1)},
		{"hydrant", 78, "消火栓", "Hydrant", [2]int{1, 1}, 1, listed(besideStreets, 78)},
		{"enterprise_store", 14, "企业代储库", "Enterprise Store", [2]int{120, 700}, 0.2, listed(among(300, factories), 14)},
		{"vehicle_vessel", 17, "应急车船停放点", "Vehicle and Boat Post", [2]int{60, 300}, 0.8, atSeat(townships)},
		{"shelter", 32, "应急避难场所", "Emergency Shelter", [2]int{700, 6000}, 0.9, atCores(10, 4)},
	}
}

// pointing finds the n-th place and its village.
type pointing = func(m *maker, r *rand.Rand, n int) (orb.Point, int, error)

// atSeat goes round the first so many townships' seats.
func atSeat(of int) pointing {
	return func(m *maker, r *rand.Rand, n int) (orb.Point, int, error) {
		t := n % of
		v := int(m.division.first(int32(t)))
		s := m.division.sites[v]
		return m.spot(v, s.x+float64(260*(r.Float64()-0.5)), s.y+float64(260*(r.Float64()-0.5))), v, nil
	}
}

// atCores takes every step-th village from the start on, near its core.
func atCores(step, start int) pointing {
	return func(m *maker, r *rand.Rand, n int) (orb.Point, int, error) {
		v := (start + n*step + n*step/villages) % villages
		s := m.division.sites[v]
		return m.spot(v, s.x+float64(160*(r.Float64()-0.5)), s.y+float64(160*(r.Float64()-0.5))), v, nil
	}
}

// besideStreets are places for hydrants: three in five in the county seat, the others in towns.
func besideStreets(m *maker, r *rand.Rand, count int) ([]option, error) {
	named := func(seat bool) []option {
		return m.besideEdges(r, 7, func(e edge) bool {
			return e.class == residential && e.label.named && (e.label.settlement == 0) == seat
		})
	}
	inSeat, err := m.spread(r, 420, named(true), count*3/5)
	if err != nil {
		return nil, err
	}
	inTowns, err := m.spread(r, 420, named(false), count-count*3/5)
	return append(inSeat, inTowns...), err
}

// listed turns a choice of places into one that is asked place by place.
func listed(find siting, count int) pointing {
	var places []option
	return func(m *maker, r *rand.Rand, n int) (orb.Point, int, error) {
		if n == 0 {
			var err error
			if places, err = find(m, r, count); err != nil {
				return orb.Point{}, 0, err
			}
		}
		return places[n].at, m.villageAt(places[n].at), nil
	}
}

// makeSites places the material sites with their stock.
func (m *maker) makeSites() error {
	r := chance(m.Seed, "material sites")
	for _, s := range siteSorts() {
		for n := range s.count {
			at, v, err := s.site(m, r, n)
			if err != nil {
				return fmt.Errorf("place material sites of kind %s: %w", s.kind, err)
			}
			key := fmt.Sprintf("%s-%d", s.kind, n+1)
			a := m.Areas[firstVillage+v]
			stem, stemEn := m.stemOfVillage(v), latin(m.stemOfVillage(v))
			owner := m.committee(v)
			switch s.kind {
			case "depot":
				stem, stemEn = fmt.Sprintf("%s第%d", countyStem, n+1), fmt.Sprintf("%s No. %d", latin(countyStem), n+1)
				owner = "澄岚县应急管理局"
			case "township_store", "vehicle_vessel":
				t := m.Areas[firstTownship+int(m.division.township[v])]
				stem, stemEn, owner = t.Name, t.NameEn, t.Name+"应急管理站"
				if n >= townships {
					stem, stemEn = stem+"第2", stemEn+" No. 2"
				}
			case "hydrant":
				stem, stemEn = fmt.Sprintf("%s%d号", stem, n+1), fmt.Sprintf("%s No. %d", stemEn, n+1)
				owner = "澄岚县供水公司（演示）"
			case "enterprise_store":
				stem, stemEn = fmt.Sprintf("%s%d号", stem, n+1), fmt.Sprintf("%s No. %d", stemEn, n+1)
				owner = stem + "企业（演示）"
			}
			x := MaterialSite{Kind: s.kind, Address: m.address(at), Owner: owner, AllHours: r.Float64() < s.allHours, Floor: float64(span(r, s.floor[0], s.floor[1])), Keeper: m.names.person(), KeeperPhone: m.phones.mobile()}
			x.Row = Row{ID: id(m.Seed, "material_site", key), Key: key, Name: stem + s.name, NameEn: stemEn + " " + s.en, Geom: at, Area: a.ID, ConfirmedBy: m.names.person(), Age: age(r, 90), Accuracy: float64(span(r, 3, 12))}
			if s.kind == "shelter" {
				x.Capacity = int(x.Floor/3/10) * 10
			}
			if s.kind == "hydrant" {
				x.Floor = 0
			}
			x.Stock = m.stock(r, s.kind, key, x.Keeper)
			m.Sites = append(m.Sites, x)
		}
	}
	return nil
}

// goods is an item that sites keep.
type goods struct {
	item, code, unit string
	most             int // at a village store
	life             int // days that it keeps; 0 for ever
}

// allGoods are common items. Of the code only the first digit is certain (GB/T 38565-2020: 1 living
// supplies, 2 equipment, 3 engineering); the others are zero.
func allGoods() []goods {
	return []goods{
		{"棉被", "1000000", "床", 40, 0}, {"折叠床", "1000000", "张", 24, 0}, {"帐篷", "1000000", "顶", 8, 0}, {"饮用水", "1000000", "箱", 50, 540},
		{"方便食品", "1000000", "箱", 30, 270}, {"急救包", "1000000", "个", 12, 1080}, {"救生衣", "2000000", "件", 20, 1800}, {"救生圈", "2000000", "个", 10, 1800},
		{"手提式灭火器", "2000000", "具", 16, 1825}, {"铜锣", "2000000", "面", 4, 0}, {"手摇报警器", "2000000", "台", 3, 0}, {"强光手电", "2000000", "支", 18, 0},
		{"对讲机", "2000000", "部", 8, 0}, {"风力灭火机", "2000000", "台", 5, 0}, {"二号工具", "2000000", "把", 30, 0}, {"油锯", "2000000", "台", 3, 0},
		{"发电机", "2000000", "台", 2, 0}, {"排水泵", "2000000", "台", 3, 0}, {"编织袋", "3000000", "条", 800, 0}, {"铁锹", "3000000", "把", 25, 0},
		{"砂石料", "3000000", "立方米", 30, 0}, {"彩条布", "3000000", "平方米", 300, 0}, {"警戒带", "3000000", "卷", 15, 0}, {"木桩", "3000000", "根", 120, 0},
	}
}

// stock is what a site of a kind keeps: more at larger ones.
func (m *maker) stock(r *rand.Rand, kind, key, keeper string) []StockLine {
	all := allGoods()
	var from []goods
	lines, scale := 0, 1.0
	switch kind {
	case "depot":
		from, lines, scale = all, 20, 22
	case "township_store":
		from, lines, scale = all, 14, 4
	case "village_store":
		from, lines = all, span(r, 4, 8)
	case "enterprise_store":
		from, lines, scale = all[6:], 7, 3
	case "shelter":
		from, lines, scale = all[:6], 4, 5
	case "fire_cabinet":
		from, lines = []goods{all[8], {"消防水带", "2000000", "盘", 4, 0}, {"消防水枪", "2000000", "支", 2, 0}, {"灭火防护服", "2000000", "套", 2, 2900}}, 4
	case "hydrant":
		from, lines = []goods{{"室外消火栓", "2000000", "座", 1, 0}}, 1
	case "vehicle_vessel":
		from, lines = []goods{{"冲锋舟", "2000000", "艘", 3, 0}, {"橡皮艇", "2000000", "艘", 4, 0}, {"运兵车", "2000000", "辆", 2, 0}, {"洒水车", "2000000", "辆", 2, 0}, {"挖掘机", "3000000", "台", 2, 0}}, 3
	}
	var out []StockLine
	for n, k := range r.Perm(len(from))[:min(lines, len(from))] {
		g := from[k]
		q := math.Max(1, math.Round(float64(g.most)*scale*(0.35+float64(0.65*r.Float64()))))
		line := StockLine{ID: id(m.Seed, "stock_line", fmt.Sprintf("%s/%d", key, n)), Item: g.item, Code: g.code, Quantity: q, Unit: g.unit, Keeper: keeper, Minimum: math.Floor(q * (0.5 + float64(0.6*r.Float64())))}
		if g.life > 0 {
			line.Batch = fmt.Sprintf("P%02d%02d", span(r, 22, 26), span(r, 1, 12))
			line.Expires = span(r, -g.life/12, g.life) // a few are past
			if line.Expires == 0 {
				line.Expires = 1
			}
		}
		out = append(out, line)
	}
	return out
}
