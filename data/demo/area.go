package demo

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// Places of the three levels in Areas: the county, then townships, then villages.
const (
	firstTownship = 1
	firstVillage  = 1 + townships
)

func (m *maker) area(code, level, name, nameEn string, p orb.Polygon, parent int) Area {
	a := Area{Code: code, Level: level}
	a.Row = Row{ID: id(m.Seed, "area", code), Key: code, Name: name, NameEn: nameEn, Geom: p, Age: -1}
	if level != "county" {
		a.Parent = m.Areas[parent].ID
	}
	a.Area = a.ID
	return a
}

// nameTownships: three streets, then towns, the five highest of which are rural townships (乡).
func (m *maker) nameTownships(polygons []orb.Polygon) {
	stems := m.names.shuffled(townStems())
	high := m.highest()
	towns, rural := 100, 200
	for t, p := range polygons {
		var stem, end, endEn, code string
		switch {
		case m.division.seats[t].street > 0:
			stem, end, endEn, code = streetStems()[t], "街道", "Subdistrict", fmt.Sprintf("%03d", t+1)
		case high[t]:
			stem, end, endEn, code = stems[t], "乡", "Township", fmt.Sprintf("%03d", rural)
			rural++
		default:
			stem, end, endEn, code = stems[t], "镇", "Town", fmt.Sprintf("%03d", towns)
			towns++
		}
		m.names.used[stem] = true
		m.Areas = append(m.Areas, m.area(m.Areas[0].Code+code, "township", stem+end, latin(stem)+" "+endEn, p, 0))
	}
}

// highest are the five townships with the highest seats.
func (m *maker) highest() map[int]bool {
	out := map[int]bool{}
	for len(out) < 5 {
		best, at := -1.0, 0
		for t, s := range m.division.seats[:townships] {
			if h := m.land.height[m.land.Index(s.x, s.y)]; s.street == 0 && !out[t] && h > best {
				best, at = h, t
			}
		}
		out[at] = true
	}
	return out
}

// nameVillage: communities (社区) in streets and at the seats of towns, villages elsewhere.
func (m *maker) nameVillage(v int, p orb.Polygon) {
	s := m.division.sites[v]
	t := int(s.township)
	first := v == int(m.division.first(s.township))
	order := v - int(m.division.first(s.township)) + 1
	parent := firstTownship + t
	town := m.Areas[parent]
	street := m.division.seats[t].street > 0
	var stem, end, endEn string
	code := 200 + order - 1
	switch {
	case street && m.urban(s):
		stem, end, endEn, code = m.names.fresh(func() string { return pick(m.names.r, communityStems()) }), "社区", "Community", order
	case first:
		stem, end, endEn, code = m.stemOf(t), "社区", "Community", 1
	default:
		stem, end, endEn = m.names.hamlet(m.hilly(s)), "村", "Village"
	}
	m.Areas = append(m.Areas, m.area(fmt.Sprintf("%s%03d", town.Code, code), "village", stem+end, latin(stem)+" "+endEn, p, parent))
}

func (m *maker) stemOf(t int) string {
	name := m.Areas[firstTownship+t].Name
	for _, end := range []string{"街道", "镇", "乡"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}

// stemOfVillage is the name without 村 or 社区.
func (m *maker) stemOfVillage(v int) string {
	return strings.TrimSuffix(strings.TrimSuffix(m.Areas[firstVillage+v].Name, "社区"), "村")
}

func (m *maker) urban(s site) bool {
	x, y := m.land.confluence()
	return distance(s.x, s.y, x, y) < 3600
}

func (m *maker) hilly(s site) bool {
	side := m.sides.list[s.side]
	return side.steep > 0.12 || side.mean > 220
}

// count gives villages their people, and sums them up.
func (m *maker) count() {
	r := chance(m.Seed, "population")
	for v, s := range m.division.sites {
		a := &m.Areas[firstVillage+v]
		switch street := m.division.seats[s.township].street > 0; {
		case street && m.urban(s):
			a.Population = span(r, 2900, 7400)
		case strings.HasSuffix(a.Name, "社区"):
			a.Population = span(r, 2400, 5200)
		case m.hilly(s):
			a.Population = span(r, 480, 1350)
		default:
			a.Population = span(r, 950, 2500)
		}
		a.Households = int(float64(a.Population) / (2.7 + float64(0.7*r.Float64())))
		for _, k := range []int{firstTownship + int(s.township), 0} {
			m.Areas[k].Population += a.Population
			m.Areas[k].Households += a.Households
		}
	}
}

// villageAt is the village whose polygon holds a point of WGS 84, -1 outside the district.
func (m *maker) villageAt(p orb.Point) int {
	q := local(p)
	c, row := m.land.Index(q[0], q[1])%m.land.W, m.land.Index(q[0], q[1])/m.land.W
	tried := map[int32]bool{}
	for dr := -2; dr <= 2; dr++ {
		for dc := -2; dc <= 2; dc++ {
			x, y := c+dc, row+dr
			if x < 0 || y < 0 || x >= m.land.W || y >= m.land.H {
				continue
			}
			v := m.division.village[y*m.land.W+x]
			if v >= 0 && !tried[v] && holds(m.Areas[firstVillage+int(v)].Geom.(orb.Polygon), p) {
				return int(v)
			}
			tried[v] = true
		}
	}
	return -1
}

// areaAt is the smallest area around a point of WGS 84.
func (m *maker) areaAt(p orb.Point) uuid.UUID {
	if v := m.villageAt(p); v >= 0 {
		return m.Areas[firstVillage+v].ID
	}
	return uuid.Nil
}

// holds says whether a point lies inside a polygon; a point on its border may count either way.
func holds(p orb.Polygon, at orb.Point) bool {
	in := false
	for _, ring := range p {
		for k := range len(ring) - 1 {
			a, b := ring[k], ring[k+1]
			if (a[1] > at[1]) != (b[1] > at[1]) && at[0] < a[0]+(b[0]-a[0])*(at[1]-a[1])/(b[1]-a[1]) {
				in = !in
			}
		}
	}
	return in
}

// committee is who runs a village or community.
func (m *maker) committee(v int) string {
	name := m.Areas[firstVillage+v].Name
	if strings.HasSuffix(name, "村") {
		return name + "村民委员会"
	}
	return name + "居民委员会"
}
