package osm

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/road"
)

// xmlMap writes an .osm file. Nodes 1 to 9 stand in a row on the equator 0.001° (111.3 m) apart, 11 to 19 the same
// 0.001° north of them; body adds ways, relations and whatever else.
func xmlMap(body string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><osm version="0.6">`)
	for row := range 2 {
		for i := 1; i <= 9; i++ {
			fmt.Fprintf(&b, `<node id="%d" lat="%.3f" lon="%.3f"/>`, 10*row+i, 0.001*float64(row), 0.001*float64(i))
		}
	}
	return b.String() + body + `</osm>`
}

// street writes a way; refs are separated by spaces, tags are "key=value" pairs.
func street(id int, refs string, tags ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<way id="%d">`, id)
	for _, r := range strings.Fields(refs) {
		fmt.Fprintf(&b, `<nd ref="%s"/>`, r)
	}
	return b.String() + tagsXML(tags) + `</way>`
}

func tagsXML(tags []string) string {
	var b strings.Builder
	for _, t := range tags {
		k, v, _ := strings.Cut(t, "=")
		fmt.Fprintf(&b, `<tag k="%s" v="%s"/>`, k, v)
	}
	return b.String()
}

// barrier writes a node of its own.
func barrier(id int, lat, lon float64, tags ...string) string {
	return fmt.Sprintf(`<node id="%d" lat="%g" lon="%g">%s</node>`, id, lat, lon, tagsXML(tags))
}

func read(t testing.TB, xml string, o Options) *Extract {
	t.Helper()
	e, err := ReadFrom(context.Background(), strings.NewReader(xml), int64(len(xml)), o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// shapeOf writes edges as "source>target" (one-way), "source-target" (both ways) or "source|target" (closed), sorted.
func shapeOf(edges []road.Edge) string {
	var out []string
	for _, e := range edges {
		a, b, sign := e.Source, e.Target, "-"
		switch {
		case e.CostS < 0 && e.ReverseCostS < 0:
			sign = "|"
		case e.CostS < 0:
			a, b, sign = b, a, ">"
		case e.ReverseCostS < 0:
			sign = ">"
		}
		out = append(out, fmt.Sprintf("%d%s%d", a, sign, b))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func TestEdges(t *testing.T) {
	cases := []struct {
		name, body, want string
	}{
		{"one way is one edge", street(1, "1 2 3", "highway=residential"), "1-3"},
		{"split where roads cross", street(1, "1 2 3", "highway=residential") + street(2, "2 12", "highway=track"), "1-2 2-12 2-3"},
		{"not split by a footway", street(1, "1 2 3", "highway=residential") + street(2, "2 12", "highway=footway"), "1-3"},
		{"way that crosses itself", street(1, "1 2 3 13 12 2 4", "highway=residential"), "1-2 2-2 2-4"},
		{"closed way is a loop", street(1, "1 2 12 1", "highway=residential"), "1-1"},
		{"loop with an entrance", street(1, "1 2 12 1", "highway=residential") + street(2, "2 3", "highway=residential"), "1-2 2-1 2-3"},
		{"parallel edges", street(1, "1 2 3", "highway=residential") + street(2, "1 12 3", "highway=residential"), "1-3 1-3"},
		{"repeated reference", street(1, "1 2 2 3", "highway=residential"), "1-3"},
		{"missing node parts the road", street(1, "1 2 99 3 4", "highway=residential"), "1-2 3-4"},
		{"missing nodes leave nothing", street(1, "1 99 3", "highway=residential") + street(2, "5 6", "highway=residential"), "5-6"},
		{"one node", street(1, "1", "highway=residential") + street(2, "5 6", "highway=residential"), "5-6"},
		{"two nodes in one place are one", barrier(99, 0, 0.002) + street(1, "1 2", "highway=residential") + street(2, "2 99", "highway=residential") + street(3, "99 3", "highway=residential"), "1-2 2-3"},
		{"construction, steps and areas are no roads", street(1, "1 2", "highway=construction") + street(2, "1 3", "highway=steps") + street(3, "1 2 12 1", "highway=service", "area=yes") + street(4, "5 6", "highway=road"), "5-6"},
		{"pedestrian street with vehicles", street(1, "1 2", "highway=pedestrian") + street(2, "2 3", "highway=pedestrian", "motor_vehicle=permit") + street(3, "3 4", "highway=path", "emergency=yes"), "2-3 3-4"},

		{"oneway", street(1, "1 2", "highway=primary", "oneway=yes"), "1>2"},
		{"oneway against the line", street(1, "1 2", "highway=primary", "oneway=-1"), "2>1"},
		{"motorway", street(1, "1 2", "highway=motorway"), "1>2"},
		{"motorway both ways", street(1, "1 2", "highway=motorway", "oneway=no"), "1-2"},
		{"motorway link", street(1, "1 2", "highway=motorway_link"), "1-2"},
		{"roundabout", street(1, "1 2 12 1", "highway=tertiary", "junction=roundabout") + street(2, "2 3", "highway=tertiary"), "1>2 2-3 2>1"},
		{"not for emergency", street(1, "1 2", "highway=primary", "oneway=yes", "oneway:emergency=no"), "1-2"},
		{"oneway for motors only", street(1, "1 2", "highway=primary", "oneway=no", "oneway:motor_vehicle=yes"), "1>2"},
		{"oneway for bicycles means nothing", street(1, "1 2", "highway=primary", "oneway:bicycle=yes"), "1-2"},
		{"reversible", street(1, "1 2", "highway=primary", "oneway=reversible"), "1-2"},

		{"closed", street(1, "1 2", "highway=service", "access=no"), "1|2"},
		{"closed but for emergency", street(1, "1 2", "highway=service", "access=no", "emergency=yes"), "1-2"},
		{"closed but for motors", street(1, "1 2", "highway=service", "access=no", "motor_vehicle=yes"), "1-2"},
		{"private", street(1, "1 2", "highway=service", "access=private"), "1-2"},
		{"not for emergency at all", street(1, "1 2", "highway=service", "emergency=no"), "1|2"},

		{"bollard parts the road", barrier(50, 0, 0.0025, "barrier=bollard") + street(1, "2 50 3", "highway=service"), "-2-3 2--1"},
		{"gate splits and lets through", barrier(50, 0, 0.0025, "barrier=gate") + street(1, "2 50 3", "highway=service"), "2-50 50-3"},
		{"bollard that goes down", barrier(50, 0, 0.0025, "barrier=bollard", "bollard=rising") + street(1, "2 50 3", "highway=service"), "2-50 50-3"},
		{"bollard for emergency", barrier(50, 0, 0.0025, "barrier=bollard", "emergency=yes") + street(1, "2 50 3", "highway=service"), "2-3"},
		{"toll booth", barrier(50, 0, 0.0025, "barrier=toll_booth") + street(1, "2 50 3", "highway=service"), "2-3"},
		{"bollard on a crossing is passed", barrier(50, 0, 0.0025, "barrier=bollard") + street(1, "2 50 3", "highway=service") + street(2, "50 13", "highway=service"), "2-50 50-13 50-3"},
		{"bollard between two roads", barrier(50, 0, 0.0025, "barrier=block") + street(1, "2 50", "highway=service") + street(2, "50 3", "highway=service"), "-2-3 2--1"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := shapeOf(read(t, xmlMap(c.body), Options{}).Roads); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestEdgeAttributes(t *testing.T) {
	e := read(t, xmlMap(street(7, "1 2 3", "highway=secondary", "name=Grand Rue", "name:zh=大街", "name:en=Main Street", "ref=S210",
		"bridge=viaduct", "tunnel=no", "maxheight=4.2 m", "maxheight:physical=4", "maxweight=7.5 t", "oneway=-1", "maxspeed=30 mph")), Options{}).Roads[0]
	want := 2 * 111.31949
	if math.Abs(e.LengthM-want) > 0.001 {
		t.Errorf("length %.4f m, want %.4f m", e.LengthM, want)
	}
	if math.Abs(e.SpeedKmh-48.28032) > 1e-9 || math.Abs(e.ReverseCostS-road.Seconds(want, 48.28032)) > 0.001 || e.CostS != road.NotAllowed {
		t.Errorf("speed %v, costs %v and %v", e.SpeedKmh, e.CostS, e.ReverseCostS)
	}
	if e.Key != "way/7/0" || e.Name != "大街" || e.NameEn != "Main Street" || e.Ref != "S210" || e.Class != road.Secondary || e.Oneway != road.Backward {
		t.Errorf("got %+v", e)
	}
	if !e.Bridge || e.Tunnel || e.MaxHeightM != 4 || e.MaxWeightT != 7.5 || e.Access != road.Open {
		t.Errorf("got %+v", e)
	}
	if len(e.Geom) != 3 || e.Geom[1] != (orb.Point{0.002, 0}) {
		t.Errorf("geometry %v", e.Geom)
	}
}

// TestNonsenseIsUnknown: a limit that no road has says nothing, and must not stop the import of the others.
func TestNonsenseIsUnknown(t *testing.T) {
	for _, c := range []struct {
		tag            string
		height, weight float64
	}{
		{"maxheight=400", 0, 0}, {"maxheight=100", 100, 0}, {"maxheight=100.1", 0, 0}, {"maxheight=-4", 0, 0}, {"maxheight=NaN'", 0, 0}, {"maxheight=Inf'", 0, 0},
		{"maxheight=4.2m hoch", 0, 0}, {"maxheight=1e3", 0, 0}, {"maxweight=7500", 0, 0}, {"maxweight=1000", 0, 1000}, {"maxweight=0", 0, 0}, {"maxweight=none", 0, 0},
		{"maxheight=" + strings.Repeat("9", 400), 0, 0}, {"maxweight=" + strings.Repeat("9", 400), 0, 0},
	} {
		e := read(t, xmlMap(street(1, "1 2", "highway=secondary", c.tag)), Options{}).Roads[0]
		if e.MaxHeightM != c.height || e.MaxWeightT != c.weight {
			t.Errorf("%.20s gives %v m and %v t", c.tag, e.MaxHeightM, e.MaxWeightT)
		}
	}
	e := read(t, xmlMap(street(1, "1 2", "highway=secondary", "maxheight=400", "maxheight:physical=4.5")), Options{}).Roads[0]
	if e.MaxHeightM != 4.5 {
		t.Errorf("beside nonsense 4.5 m became %v", e.MaxHeightM)
	}
}

// TestSpeedsStayWithinTheRoads: the customer's own table cannot make what the database would refuse.
func TestSpeedsStayWithinTheRoads(t *testing.T) {
	for _, own := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -30, 1e9} {
		e := read(t, xmlMap(street(1, "1 2", "highway=service")), Options{SpeedKmh: map[road.Class]float64{road.Service: own}}).Roads[0]
		if !(e.SpeedKmh >= 5 && e.SpeedKmh <= 200) || !(e.CostS > 0 && e.CostS < 1000) {
			t.Errorf("%v km/h became %v, at %v s", own, e.SpeedKmh, e.CostS)
		}
	}
}

// TestNamesAreText: a database takes neither NUL nor broken UTF-8, and one such name must not stop the import.
func TestNamesAreText(t *testing.T) {
	name, english := names(tags{{"name", "长\x00桥\xff路"}, {"name:en", "\x00"}})
	if name != "长桥路" || english != "" {
		t.Errorf("got %q and %q", name, english)
	}
}

func TestEdgePenalties(t *testing.T) {
	plain := read(t, xmlMap(street(1, "1 2", "highway=service")), Options{}).Roads[0]
	private := read(t, xmlMap(street(1, "1 2", "highway=service", "access=private")), Options{}).Roads[0]
	if private.Access != road.Restricted || math.Abs(private.CostS-restrictedFactor*plain.CostS) > 1e-9 {
		t.Errorf("private costs %v s, open %v s", private.CostS, plain.CostS)
	}
	gated := read(t, xmlMap(barrier(50, 0, 0.0015, "barrier=lift_gate")+street(1, "1 50 2", "highway=service")), Options{}).Roads
	if sum := gated[0].CostS + gated[1].CostS; math.Abs(sum-plain.CostS-barrierPenalty) > 0.001 {
		t.Errorf("through the gate %v s, without %v s", sum, plain.CostS)
	}
	fast := read(t, xmlMap(street(1, "1 2", "highway=service")), Options{SpeedKmh: map[road.Class]float64{road.Service: 30}}).Roads[0]
	if fast.SpeedKmh != 30 {
		t.Errorf("own table gives %v km/h", fast.SpeedKmh)
	}
	capped := read(t, xmlMap(street(1, "1 2", "highway=motorway", "oneway=no", "maxspeed=80", "maxspeed:backward=40")), Options{}).Roads[0]
	if math.Abs(capped.ReverseCostS/capped.CostS-2) > 1e-9 {
		t.Errorf("costs %v and %v", capped.CostS, capped.ReverseCostS)
	}
}

func TestComponentsOfEdges(t *testing.T) {
	e := read(t, xmlMap(street(1, "1 2 3", "highway=primary")+street(2, "2 12", "highway=primary")+
		street(3, "7 8", "highway=primary")+street(4, "3 4", "highway=primary", "oneway=yes")+street(5, "17 18", "highway=primary", "access=no")), Options{})
	got := map[string]int{}
	for _, r := range e.Roads {
		got[r.Key] = r.Component
	}
	if got["way/1/0"] != 1 || got["way/2/0"] != 1 || got["way/3/0"] != 2 || got["way/4/0"] < 2 || got["way/5/0"] != 0 {
		t.Errorf("components %v", got)
	}
	if e.Report.Components != 3 || e.Report.MainEdges != 3 {
		t.Errorf("report %+v", e.Report)
	}
}

func TestReportOfSkips(t *testing.T) {
	e := read(t, xmlMap(street(1, "1 99 2 3", "highway=primary")+street(2, "98 5", "highway=primary")+street(3, "1 2 12", "building=yes")+
		street(4, "1 2 97 1", "natural=water")+street(5, "1 2 1 2 1", "landuse=forest")), Options{})
	got := map[string]int{}
	for _, s := range e.Report.Skips {
		got[s.Code] = s.Count
		if s.Zh == "" || s.En == "" {
			t.Errorf("%s lacks a language", s.Code)
		}
	}
	want := map[string]int{"node_missing": 2, "road_too_short": 1, "area_open": 2, "area_tiny": 1}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSpeeds(t *testing.T) {
	cases := map[string]float64{"60": 60, "60 km/h": 60, "60km/h": 60, "50 mph": 80.4672, "50mph": 80.4672, "CN:urban": 50, "CN:motorway": 120,
		"DE:rural": 90, "DE:zone:30": 30, "walk": 6, "80;60": 60, "20 knots": 37.04, " 40 ": 40,
		"none": 0, "signals": 0, "": 0, "variable": 0, "-5": 0, "0": 0, "999": 0, "XX:unknown": 0, "60 bananas": 0}
	for in, want := range cases {
		got, ok := maxSpeed(in)
		if ok != (want != 0) || ok && math.Abs(got-want) > 1e-9 {
			t.Errorf("%q: got %v, %v; want %v", in, got, ok, want)
		}
	}
}

func TestLimits(t *testing.T) {
	lengths := map[string]float64{"4.2": 4.2, "4.2 m": 4.2, "4,2": 4.2, "420 cm": 4.2, `13'6"`: 4.1148, "13'": 3.9624, "14 ft": 4.2672, "default": 0, "none": 0, "": 0, "'": 0}
	for in, want := range lengths {
		got, ok := metres(in)
		if ok != (want != 0) || ok && math.Abs(got-want) > 1e-9 {
			t.Errorf("length %q: got %v, %v; want %v", in, got, ok, want)
		}
	}
	weights := map[string]float64{"7.5": 7.5, "7.5 t": 7.5, "3500 kg": 3.5, "10 st": 9.0718474, "unsigned": 0, "": 0}
	for in, want := range weights {
		got, ok := tonnes(in)
		if ok != (want != 0) || ok && math.Abs(got-want) > 1e-9 {
			t.Errorf("weight %q: got %v, %v; want %v", in, got, ok, want)
		}
	}
}

func TestClip(t *testing.T) {
	body := street(1, "1 2", "highway=primary") + street(2, "2 3 4 5 6", "highway=primary") + street(3, "8 9", "highway=primary") +
		street(4, "8 9 19 8", "building=yes") + street(5, "1 2 12 1", "building=yes") +
		`<node id="30" lat="0" lon="0.001"><tag k="place" v="village"/><tag k="name" v="near"/></node>` +
		`<node id="31" lat="0" lon="0.009"><tag k="place" v="village"/><tag k="name" v="far"/></node>`
	square := orb.MultiPolygon{{{{-0.001, -0.001}, {0.0011, -0.001}, {0.0011, 0.001}, {-0.001, 0.001}, {-0.001, -0.001}}}}
	e := read(t, xmlMap(body), Options{Clip: square, MarginM: 0})
	if got := shapeOf(e.Roads); got != "1-2" {
		t.Errorf("edges %s", got)
	}
	if len(e.Buildings) != 1 || e.Buildings[0].Key != "way/5" || len(e.Places) != 1 || e.Places[0].Name != "near" {
		t.Errorf("buildings %v, places %v", e.Buildings, e.Places)
	}
	wide := read(t, xmlMap(body), Options{Clip: square, MarginM: 1000})
	if len(wide.Roads) != 3 || len(wide.Places) != 2 {
		t.Errorf("with a margin of 1 km: %d edges, %d places", len(wide.Roads), len(wide.Places))
	}
}

func TestRegionMargin(t *testing.T) {
	square := orb.MultiPolygon{{{{114, 22}, {114.1, 22}, {114.1, 22.1}, {114, 22.1}, {114, 22}}}}
	r := newRegion(square, 20000)
	for _, c := range []struct {
		p    orb.Point
		name string
	}{{orb.Point{114.05, 22.05}, "inside"}, {orb.Point{114.05, 22.27}, "north"}, {orb.Point{113.85, 22.05}, "west"}, {orb.Point{114.05, 21.7}, "south"}} {
		nearest := math.Inf(1)
		for x := 114.0; x <= 114.1001; x += 0.001 {
			for y := 22.0; y <= 22.1001; y += 0.001 {
				nearest = math.Min(nearest, geo.Distance(c.p, orb.Point{x, y}))
			}
		}
		if got, want := r.contains(c.p), nearest <= 20000; got != want && math.Abs(nearest-20000) > 1500 {
			t.Errorf("%s, %.0f m away: got %v", c.name, nearest, got)
		}
	}
}
