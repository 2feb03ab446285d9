package demo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Zone is a power line, a protected zone or a built-up area.
type Zone struct {
	Row
	Kind    string
	Voltage float64 // kV; 0 if it is no power line
	Width   float64 // m between the side conductors; 0 if unknown
}

// Power lines of the demonstration pass some places too near, so that a check of the sites finds something.
const (
	nearWaste  = 19.3 // m from the centre line of 220 kV to a waste recycling point: 13.3 from the side conductor, 15 are needed
	nearPetrol = 3.8  // m from a line of 10 kV to a petrol station: 5 are needed
	clearOf    = 60.0 // m from a line of 110 kV to a chemical works: enough
)

// makeZones draws the zones after the risk points, and says of waste recycling points what the rules ask.
func (m *maker) makeZones() {
	m.makePowerLines()
	m.makeProtected()
	x, y := m.land.confluence()
	m.addZone(Zone{Row: Row{Key: "urban-core", Name: "主城区", NameEn: "Main urban area"}, Kind: "urban_core"}, m.round(x, y, 1500, 1))
	for k, s := range m.division.seats[:townships] {
		if s.street == 0 {
			name := m.seatStem(k)
			m.addZone(Zone{Row: Row{Key: fmt.Sprintf("town-%d", k), Name: name + "集镇建成区", NameEn: latin(name) + " town"}, Kind: "town"}, m.round(s.x, s.y, 420, float64(k)))
		}
	}
	for k, p := range m.ofKind("waste_recycling_point") {
		p.Floor, p.Fence, p.Dismantling = []float64{260, 640}[k%2], []float64{3.2, 4.5}[k%2], []string{"yes", "no"}[k%2]
	}
}

func (m *maker) ofKind(kind string) (out []*RiskPoint) {
	for k := range m.Risks {
		if p := &m.Risks[k]; p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// makePowerLines draws each line across the district in one course, so many metres past a risk point.
func (m *maker) makePowerLines() {
	for _, l := range []struct {
		key, past   string
		voltage     float64
		width, away float64
		angle       float64 // of its course, radians from east
		half        float64 // m to both sides
	}{
		{"1", "waste_recycling_point", 220, 12, nearWaste, 0.35, 21000},
		{"2", "hazardous_chemicals", 110, 7, clearOf, 1.9, 12000},
		{"3", "petrol_station", 10, 0, nearPetrol, 2.6, 2500},
	} {
		p, ok := m.ofKind(l.past)[0].Geom.(orb.Point)
		if !ok {
			continue
		}
		at := local(p)
		east, north := math.Cos(l.angle), math.Sin(l.angle)
		var line orb.LineString
		for _, way := range []float64{-l.half, -0.55 * l.half, -300, 300, 0.6 * l.half, l.half} {
			aside := l.away
			if math.Abs(way) > 300 {
				aside += float64(0.05 * (math.Abs(way) - 300)) // the course bends beyond the point
			}
			line = append(line, geographic(orb.Point{at[0] + float64(way*east) - float64(aside*north), at[1] + float64(way*north) + float64(aside*east)}))
		}
		m.addZone(Zone{Row: Row{Key: "power-line-" + l.key, Name: fmt.Sprintf("%.0f千伏%s线（演示）", l.voltage, []string{"岚东", "岚北", "岚西"}[int(l.key[0]-'1')]), NameEn: fmt.Sprintf("%.0f kV line %s (demonstration)", l.voltage, l.key)},
			Kind: "power_line", Voltage: l.voltage, Width: l.width}, line)
	}
}

// makeProtected draws drinking water protection round the first reservoir, and the management of the widest river.
func (m *maker) makeProtected() {
	for k, l := range m.lakes[:1] {
		at := local(m.ofKind("reservoir")[k].Geom.Bound().Center())
		m.addZone(Zone{Row: Row{Key: "drinking-water", Name: l.name + "饮用水水源保护区", NameEn: riverEn(l.name) + " drinking water protection"}, Kind: "drinking_water"}, m.round(at[0], at[1], 1800, 2))
	}
	x, y := m.land.confluence()
	n := 0
	for _, w := range m.Waters {
		line, ok := w.Geom.(orb.LineString)
		if !ok || w.Width < 60 || len(line) < 3 {
			continue
		}
		middle := local(line[len(line)/2])
		if math.Hypot(middle[0]-x, middle[1]-y) > 9000 {
			continue
		}
		flat := make(orb.LineString, len(line))
		for k, p := range line {
			flat[k] = local(p)
		}
		for _, piece := range strip(flat, func(float64) float64 { return w.Width + 60 }) {
			n++
			m.addZone(Zone{Row: Row{Key: fmt.Sprintf("river-management-%d", n), Name: w.Name + "河道管理范围", NameEn: riverEn(w.Name) + " river management"}, Kind: "river_management"}, piece)
		}
	}
}

// round is a round area that bulges a little.
func (m *maker) round(x, y, radius, phase float64) orb.Polygon {
	const corners = 28
	var ring orb.Ring
	for k := range corners {
		turn := float64(k) * 2 * math.Pi / corners
		r := radius * (1 + float64(0.12*math.Sin(float64(3*turn)+phase)) + float64(0.06*math.Sin(float64(5*turn)+float64(2*phase))))
		ring = append(ring, geographic(orb.Point{x + float64(r*math.Cos(turn)), y + float64(r*math.Sin(turn))}))
	}
	return orb.Polygon{append(ring, ring[0])}
}

func (m *maker) addZone(z Zone, g orb.Geometry) {
	z.ID, z.Geom, z.Age = id(m.Seed, "zone", z.Key), g, -1
	m.Zones = append(m.Zones, z)
}
