package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// makeUnits makes the command tree: the county's headquarters, a station in every township, a post
// in every village; and above them the chain of contacts, which have no place here.
func (m *maker) makeUnits() {
	r := chance(m.Seed, "units")
	x, y := m.land.confluence()
	top := m.addUnit(r, "ministry", "headquarters", "ministry", "国家应急指挥部（演示）", "National Emergency Headquarters (demonstration)", nil, uuid.Nil, uuid.Nil)
	up := m.addUnit(r, "province", "headquarters", "province", provinceName+"应急指挥中心", provinceEn+" Emergency Command Centre", nil, top, uuid.Nil)
	city := m.addUnit(r, "city", "headquarters", "city", cityName+"应急指挥中心", latin("云岚")+" City Emergency Command Centre", nil, up, uuid.Nil)
	seat := m.spot(m.villageNear(x, y+900), x, y+900)
	county := m.addUnit(r, "county", "headquarters", "county", countyName+"应急指挥中心", "Chenglan County Emergency Command Centre", seat, city, m.areaAt(seat))
	stations := make([]uuid.UUID, townships)
	for t, s := range m.division.seats[:townships] {
		a := m.Areas[firstTownship+t]
		v := int(m.division.first(int32(t)))
		p := m.spot(v, s.x, s.y)
		stations[t] = m.addUnit(r, a.Code, "station", "township", a.Name+"应急指挥站", a.NameEn+" Emergency Command Station", p, county, m.areaAt(p))
	}
	for v, s := range m.division.sites {
		a := m.Areas[firstVillage+v]
		p := m.spot(v, s.x, s.y)
		m.addUnit(r, a.Code, "village_post", "village", a.Name+"应急服务站", a.NameEn+" Emergency Post", p, stations[s.township], m.areaAt(p))
	}
}

func (m *maker) addUnit(r *rand.Rand, key, kind, level, name, nameEn string, at orb.Geometry, parent, area uuid.UUID) uuid.UUID {
	u := CommandUnit{Kind: kind, Level: level, Parent: parent, DutyPhone: m.phones.line(), Leader: m.names.person(), LeaderPhone: m.phones.mobile(), LeaderPost: postOf(level, name)}
	u.Row = Row{ID: id(m.Seed, "command_unit", key), Key: key, Name: name, NameEn: nameEn, Geom: at, Area: area, ConfirmedBy: m.names.person(), Age: age(r, 30)}
	if p, ok := at.(orb.Point); ok {
		u.Address = m.address(p)
		u.Accuracy = 5
	}
	m.Units = append(m.Units, u)
	return u.ID
}

func postOf(level, name string) string {
	switch level {
	case "ministry", "province", "city":
		return "值班主任"
	case "county":
		return "县长、指挥长"
	case "township":
		if strings.Contains(name, "街道") {
			return "街道办事处主任"
		}
		if strings.Contains(name, "乡应急") {
			return "乡长"
		}
		return "镇长"
	}
	if strings.Contains(name, "社区") {
		return "社区党总支书记"
	}
	return "村党总支书记"
}

// age is how long ago something was confirmed, in days: most within the period, some overdue.
func age(r *rand.Rand, period float64) float64 {
	switch v := r.Float64(); {
	case v < 0.06:
		return -1
	case v < 0.80:
		return r.Float64() * period * 0.95
	case v < 0.94:
		return period * (1 + float64(0.6*r.Float64()))
	}
	return period * (1.6 + float64(2.2*r.Float64()))
}

// address says in which village a place is, and on which road.
func (m *maker) address(p orb.Point) string {
	v := m.villageAt(p)
	if v < 0 {
		return ""
	}
	out := m.Areas[firstTownship+int(m.division.township[v])].Name + m.Areas[firstVillage+v].Name
	q, _ := m.roads.closest(local(p), 150)
	if q.line >= 0 {
		if name := m.Roads[q.line].Name; name != "" && m.Roads[q.line].Class != "motorway" {
			return fmt.Sprintf("%s%s%d号", out, name, 1+q.line%180)
		}
	}
	return fmt.Sprintf("%s%d组", out, 1+q.line&7)
}
