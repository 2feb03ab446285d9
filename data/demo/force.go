package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/paulmach/orb"
)

// forceSort is what the forces of one nature have in common.
type forceSort struct {
	nature       string
	count        int
	name, en     []string
	capabilities [][]string
	heads        [2]int
	turnout      [2]int // min
	role         string
	organiser    string // "" for the village
	vehicles     []vehicleSort
	site         pointing
}

type vehicleSort struct {
	name, kind string
	seats      int
}

// forceSorts are 351 forces together.
func forceSorts() []forceSort {
	return []forceSort{
		{"fire_rescue", 5, []string{"消防救援站"}, []string{"Fire Station"}, [][]string{{"fire", "search", "water_rescue", "hazardous_chemicals"}}, [2]int{18, 42}, [2]int{1, 1}, "main", "澄岚县消防救援大队",
			[]vehicleSort{{"水罐消防车", "消防车", 6}, {"泡沫消防车", "消防车", 6}, {"抢险救援车", "消防车", 6}, {"云梯车", "消防车", 3}}, atSeat(5)},
		{"forest_fire", 5, []string{"森林消防中队"}, []string{"Forest Fire Squad"}, [][]string{{"forest_fire", "search"}}, [2]int{20, 36}, [2]int{3, 8}, "assault", "澄岚县林业局",
			[]vehicleSort{{"森林运兵车", "运兵车", 12}, {"森林消防水车", "消防车", 3}}, atSeatFrom(streets, 5)},
		{"professional", 12, []string{"电力抢修队", "通信保障队", "公路抢险队", "供水抢修队", "矿山救护队", "水利抢险队"}, []string{"Power Repair Team", "Communication Team", "Road Repair Team", "Water Repair Team", "Mine Rescue Team", "Flood Works Team"},
			[][]string{{"power"}, {"communication"}, {"engineering"}, {"engineering", "drainage"}, {"search", "engineering"}, {"drainage", "engineering", "water_rescue"}}, [2]int{12, 30}, [2]int{5, 15}, "backbone", "澄岚县应急管理局",
			[]vehicleSort{{"工程抢险车", "工程车", 5}, {"移动排水泵车", "泵车", 3}, {"挖掘机", "工程机械", 1}}, atSeat(6)},
		{"social", 9, []string{"蓝盾救援队", "志愿者应急队", "越野救援队"}, []string{"Blue Shield Rescue Team", "Volunteer Team", "Off-road Rescue Team"}, [][]string{{"search", "water_rescue"}, {"evacuation"}, {"search", "evacuation"}}, [2]int{15, 45}, [2]int{15, 40}, "auxiliary", "澄岚县志愿者协会",
			[]vehicleSort{{"越野车", "越野车", 5}, {"冲锋舟", "船艇", 6}}, atSeat(9)},
		{"militia", 16, []string{"民兵应急分队"}, []string{"Militia Squad"}, [][]string{{"evacuation", "engineering", "search"}, {"evacuation", "forest_fire"}}, [2]int{20, 36}, [2]int{15, 25}, "assault", "澄岚县人民武装部",
			[]vehicleSort{{"运兵车", "客车", 19}}, atSeat(townships)},
		{"medical", 19, []string{"医疗救护组"}, []string{"Medical Team"}, [][]string{{"medical"}}, [2]int{6, 16}, [2]int{3, 6}, "backbone", "澄岚县卫生健康局",
			[]vehicleSort{{"救护车", "救护车", 5}}, atSeat(townships)},
		{"police", 18, []string{"派出所应急组"}, []string{"Police Station Team"}, [][]string{{"evacuation", "search"}}, [2]int{8, 22}, [2]int{2, 5}, "backbone", "澄岚县公安局",
			[]vehicleSort{{"警车", "警车", 5}}, atSeat(townships)},
		{"village_team", 200, []string{"应急小分队"}, []string{"Village Emergency Team"}, [][]string{{"evacuation"}, {"evacuation", "forest_fire"}, {"evacuation", "drainage"}}, [2]int{8, 24}, [2]int{10, 20}, "auxiliary", "",
			[]vehicleSort{{"三轮摩托", "摩托", 3}, {"皮卡", "皮卡", 5}}, atCores(3, 0)},
		{"grid_worker", 67, []string{"网格员队"}, []string{"Grid Worker Team"}, [][]string{{"evacuation", "communication"}}, [2]int{3, 9}, [2]int{5, 15}, "auxiliary", "",
			[]vehicleSort{{"电动巡逻车", "巡逻车", 4}}, atCores(5, 2)},
	}
}

// atSeatFrom goes round the seats from one on.
func atSeatFrom(first, of int) pointing {
	return func(m *maker, r *rand.Rand, n int) (orb.Point, int, error) {
		return atSeat(townships)(m, r, first+n%of*2)
	}
}

// makeForces places the forces with their people and vehicles.
func (m *maker) makeForces() error {
	r := chance(m.Seed, "forces")
	serial := map[string]int{}
	for _, s := range forceSorts() {
		for n := range s.count {
			at, v, err := s.site(m, r, n)
			if err != nil {
				return fmt.Errorf("place forces of nature %s: %w", s.nature, err)
			}
			m.Forces = append(m.Forces, m.force(r, s, n, at, v, serial))
		}
	}
	return nil
}

func (m *maker) force(r *rand.Rand, s forceSort, n int, at orb.Point, v int, serial map[string]int) ResponseForce {
	key := fmt.Sprintf("%s-%d", s.nature, n+1)
	k := n % len(s.name)
	stem, stemEn := m.stemOfVillage(v), latin(m.stemOfVillage(v))
	organiser := s.organiser
	if organiser == "" {
		organiser = m.committee(v)
	} else if t := m.Areas[firstTownship+int(m.division.township[v])]; true {
		stem, stemEn = strings.TrimSuffix(strings.TrimSuffix(t.Name, "镇"), "乡"), t.NameEn
	}
	name, nameEn := stem+s.name[k], stemEn+" "+s.en[k]
	if serial[name]++; serial[name] > 1 {
		name, nameEn = fmt.Sprintf("%s%d队", name, serial[name]), fmt.Sprintf("%s %d", nameEn, serial[name])
	}
	f := ResponseForce{Nature: s.nature, Capabilities: s.capabilities[n%len(s.capabilities)], Headcount: span(r, s.heads[0], s.heads[1]), DrillRole: s.role,
		Turnout: float64(span(r, s.turnout[0], s.turnout[1])), Address: m.address(at), Organiser: organiser,
		Leader: m.names.person(), LeaderPhone: m.phones.mobile(), Deputy: m.names.person(), DeputyPhone: m.phones.mobile(), DutyPhone: m.phones.line()}
	f.Row = Row{ID: id(m.Seed, "response_force", key), Key: key, Name: name, NameEn: nameEn, Geom: at, Area: m.Areas[firstVillage+v].ID, ConfirmedBy: m.names.person(), Age: age(r, 60), Accuracy: float64(span(r, 3, 10))}
	f.Members = m.members(r, key, f)
	f.Vehicles = m.vehicles(r, s, key)
	return f
}

// members lists the leader, the deputy and some of the others.
func (m *maker) members(r *rand.Rand, key string, f ResponseForce) []Member {
	out := []Member{{Name: f.Leader, Post: "队长", Phone: f.LeaderPhone}, {Name: f.Deputy, Post: "副队长", Phone: f.DeputyPhone}}
	for len(out) < min(f.Headcount, 8) {
		out = append(out, Member{Name: m.names.person(), Post: pick(r, []string{"队员", "队员", "队员", "驾驶员", "安全员", "通信员"}), Phone: m.phones.mobile()})
	}
	for k := range out {
		out[k].ID = id(m.Seed, "member", fmt.Sprintf("%s/%d", key, k))
	}
	return out
}

// vehicles: professional forces have all of theirs, village teams some.
func (m *maker) vehicles(r *rand.Rand, s forceSort, key string) []Vehicle {
	var out []Vehicle
	for k, v := range s.vehicles {
		if (s.organiser == "" && r.IntN(3) > 0) || (k > 1 && r.IntN(3) == 0) {
			continue
		}
		x := Vehicle{ID: id(m.Seed, "vehicle", fmt.Sprintf("%s/%d", key, k)), Name: v.name, Kind: v.kind, Seats: v.seats, Count: 1}
		if s.nature == "fire_rescue" || s.nature == "medical" {
			x.Count = span(r, 1, 2)
		}
		if x.Count == 1 && v.kind != "工程机械" && v.kind != "船艇" {
			x.Plate = fmt.Sprintf("演A·%05d", r.IntN(100000))
		}
		out = append(out, x)
	}
	return out
}
