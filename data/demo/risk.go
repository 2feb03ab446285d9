package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/paulmach/orb"
)

// riskSort is what the points of one kind have in common.
type riskSort struct {
	kind     string
	count    int
	weight   float64 // how dangerous: the heaviest points get the highest levels
	name     []string
	nameEn   []string
	unit     string // who is responsible; %s is the township, or the village where villager is set
	villager bool
	works    bool // an enterprise, with a class
	measures string
	site     siting
}

// Levels: how many points have each, as in the district that this one is modelled on; 107 together.
func riskLevels() []struct {
	level string
	count int
} {
	return []struct {
		level string
		count int
	}{{"major", 6}, {"larger", 19}, {"general", 38}, {"low", 44}}
}

// makeRisks places the risk points and then ranks them.
func (m *maker) makeRisks() error {
	r := chance(m.Seed, "risks")
	var worth []float64
	serial := map[string]int{}
	for _, s := range riskSorts() {
		places, err := s.site(m, r, s.count)
		if err != nil {
			return fmt.Errorf("place risk points of kind %s: %w", s.kind, err)
		}
		for n, o := range places {
			v := m.villageAt(o.at)
			if v < 0 {
				return fmt.Errorf("place risk point %s %d: it lies outside the district", s.kind, n)
			}
			key := fmt.Sprintf("%s-%d", s.kind, n+1)
			m.Risks = append(m.Risks, m.risk(r, s, key, o.geom, o.at, v, serial))
			worth = append(worth, s.weight+float64(0.55*r.Float64()))
		}
	}
	m.rank(r, worth)
	return nil
}

func (m *maker) risk(r *rand.Rand, s riskSort, key string, g orb.Geometry, at orb.Point, v int, serial map[string]int) RiskPoint {
	town, village := m.Areas[firstTownship+int(m.division.township[v])], m.Areas[firstVillage+v]
	k := r.IntN(len(s.name))
	name := m.stemOfVillage(v) + s.name[k]
	nameEn := latin(m.stemOfVillage(v)) + " " + s.nameEn[k]
	if l := m.lakeAt(at); l != nil && s.kind == "reservoir" {
		name, nameEn = l.name, riverEn(l.name)
	}
	if serial[name]++; serial[name] > 1 {
		name, nameEn = fmt.Sprintf("%s%d号", name, serial[name]), fmt.Sprintf("%s No. %d", nameEn, serial[name])
	}
	p := RiskPoint{Kind: s.kind, Supervision: "none", Measures: s.measures, ListedDays: span(r, 60, 1500), Address: m.address(at)}
	p.Row = Row{ID: id(m.Seed, "risk_point", key), Key: key, Name: name, NameEn: nameEn, Geom: g, Area: village.ID, ConfirmedBy: m.names.person(), Age: age(r, 90), Accuracy: float64(span(r, 3, 15))}
	p.Households = span(r, 3, 38)
	p.People = p.Households*3 + span(r, 0, 12)
	if s.works {
		p.EnterpriseClass = pick(r, []string{"a", "b", "b", "c"})
		p.People, p.Households = span(r, 12, 160), span(r, 0, 20)
	}
	p.ResponsibleUnit = s.unit
	if strings.Contains(s.unit, "%s") {
		who := town.Name + "人民政府"
		if strings.HasSuffix(town.Name, "街道") {
			who = town.Name + "办事处"
		}
		if s.villager {
			who = village.Name
		}
		p.ResponsibleUnit = fmt.Sprintf(s.unit, who)
	} else if s.works {
		p.ResponsibleUnit = m.stemOfVillage(v) + s.unit
	}
	p.ResponsiblePerson, p.ResponsiblePhone = m.names.person(), m.phones.mobile()
	return p
}

// rank gives the heaviest points the highest levels; what is major is under supervision.
func (m *maker) rank(r *rand.Rand, worth []float64) {
	left := make([]int, len(worth))
	for k := range left {
		left[k] = k
	}
	for _, l := range riskLevels() {
		for range l.count {
			best := 0
			for k, i := range left {
				if worth[i] > worth[left[best]] {
					best = k
				}
			}
			p := &m.Risks[left[best]]
			left = append(left[:best], left[best+1:]...)
			p.Level = l.level
			switch {
			case l.level == "major":
				p.Supervision = pick(r, []string{"province", "city", "city"})
				p.People += span(r, 60, 240)
				p.Households += span(r, 20, 70)
			case l.level == "larger":
				p.Supervision = pick(r, []string{"city", "county", "county", "none"})
			case l.level == "general" && r.IntN(4) == 0:
				p.Supervision = "county"
			}
		}
	}
}
