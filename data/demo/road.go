package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb/geo"
)

// speed is what one drives on a class of road in the hills, km/h.
func (c class) speed() float64 {
	return [...]float64{100, 70, 60, 50, 40, 30, 25, 15}[c]
}

// String is the class as the layer declares it.
func (c class) String() string {
	return [...]string{"motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "track"}[c]
}

// signs are the number and name of a numbered road.
type signs struct{ ref, name, nameEn string }

func (m *maker) makeRoads() {
	routes := m.signRoutes()
	for k, e := range m.network.edges {
		key := fmt.Sprintf("edge-%d", k)
		r := Road{Class: e.class.String(), Oneway: "both", Speed: e.class.speed(), Bridge: e.bridge, Tunnel: e.tunnel,
			Access: "open", Source: int(e.source) + 1, Target: int(e.target) + 1, Component: 1}
		r.Row = Row{ID: id(m.Seed, "road", key), Key: key, Geom: e.geo, Age: -1}
		if e.ramp {
			r.Speed = 40
		} else if e.route >= 0 {
			s := routes[e.route]
			r.Ref, r.Name, r.NameEn = s.ref, s.name, s.nameEn
		}
		if e.label.named {
			r.Name = m.streetName(e.label)
			r.NameEn = streetEn(r.Name)
		}
		if e.bridge && e.class >= unclassified {
			r.MaxWeight = []float64{10, 15, 20}[k%3]
		}
		r.Length = math.Round(geo.LengthHaversine(e.geo)*100) / 100
		r.Cost = math.Round(r.Length/r.Speed*3.6*100) / 100
		r.ReverseCost = r.Cost
		if e.oneway {
			r.Oneway, r.ReverseCost = "forward", -1
		}
		m.Roads = append(m.Roads, r)
	}
}

// signRoutes numbers the roads: G for the state's, S for the province's, X for the county's, Y for
// the townships', C for the villages'.
func (m *maker) signRoutes() []signs {
	out := make([]signs, len(m.network.routes))
	count := map[class]int{}
	for k, r := range m.network.routes {
		n := count[r.class]
		count[r.class]++
		s := &out[k]
		switch r.class {
		case motorway:
			*s = signs{"G9906", "云澄高速", "Yuncheng Expressway"}
		case trunk:
			*s = signs{"G391", "391国道", "National Road 391"}
		case primary:
			no := 271 + 7*n
			*s = signs{fmt.Sprintf("S%d", no), fmt.Sprintf("%d省道", no), fmt.Sprintf("Provincial Road %d", no)}
		case secondary:
			a, b := []rune(m.seatStem(r.from)), []rune(m.seatStem(r.to))
			name := string(a[:1]) + string(b[:1])
			*s = signs{fmt.Sprintf("X%03d", 11+n), name + "公路", latin(name) + " Road"}
		case tertiary:
			s.ref = fmt.Sprintf("Y%03d", 101+n)
		case unclassified:
			s.ref = fmt.Sprintf("C%03d", 101+n)
		}
	}
	return out
}

// seatStem names a township's seat, also those of the neighbouring counties.
func (m *maker) seatStem(k int) string {
	if k < 0 {
		return countyStem
	}
	if k < townships {
		return m.stemOf(k)
	}
	for len(m.beyond) <= k-townships {
		m.beyond = append(m.beyond, m.names.fresh(func() string {
			if m.names.r.IntN(3) > 0 {
				return pick(m.names.r, townStems())
			}
			return pick(m.names.r, features())
		}))
	}
	return m.beyond[k-townships]
}

// streetName is the same for all pieces of one row of a settlement's grid.
func (m *maker) streetName(l label) string {
	if m.streetNames == nil {
		m.streetNames = map[label]string{}
	}
	if _, ok := m.streetNames[l]; !ok {
		n := (l.row*7 + l.settlement*13) % len(streetStemsOfTowns())
		if n < 0 {
			n += len(streetStemsOfTowns())
		}
		end := "路"
		if l.row&1 != 0 {
			end = "街"
		}
		m.streetNames[l] = streetStemsOfTowns()[n] + end
	}
	return m.streetNames[l]
}

func streetEn(name string) string {
	r := []rune(name)
	end := " Road"
	if r[len(r)-1] == '街' {
		end = " Street"
	}
	return latin(string(r[:len(r)-1])) + end
}

func streetStemsOfTowns() []string {
	return []string{"人民", "解放", "建设", "和平", "新华", "文化", "团结", "朝阳", "光明", "滨江", "学府", "迎宾", "振兴", "工农", "胜利", "青年", "桂花", "香樟", "文昌", "环城", "站前", "安康", "福星", "金桥", "玉泉", "长青", "东风", "红旗", "幸福"}
}
