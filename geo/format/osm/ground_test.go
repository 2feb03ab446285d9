package osm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

func group3(id int, members string, tags ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<relation id="%d"><tag k="type" v="multipolygon"/>`, id)
	for _, m := range strings.Fields(members) {
		role, ref, _ := strings.Cut(m, ":")
		fmt.Fprintf(&b, `<member type="way" ref="%s" role="%s"/>`, ref, role)
	}
	return b.String() + tagsXML(tags) + `</relation>`
}

// frame adds nodes for a big square 101–104, a hole 111–114 in it, an island 121–124 in the hole, and another square
// 131–134 apart.
func frame() string {
	var b strings.Builder
	for ring, box := range [][4]float64{{1, 1, 2, 2}, {1.2, 1.2, 1.8, 1.8}, {1.4, 1.4, 1.6, 1.6}, {3, 3, 4, 4}} {
		for i, p := range [][2]float64{{box[0], box[1]}, {box[2], box[1]}, {box[2], box[3]}, {box[0], box[3]}} {
			fmt.Fprintf(&b, `<node id="%d" lat="%g" lon="%g"/>`, 101+10*ring+i, p[1], p[0])
		}
	}
	return b.String()
}

func TestMultipolygons(t *testing.T) {
	squares := street(1, "101 102 103 104 101") + street(2, "111 112 113 114 111") + street(3, "121 122 123 124 121") + street(4, "131 132 133 134 131")
	big, hole, island, other := 1.0, 0.36, 0.04, 1.0 // square degrees
	cases := []struct {
		name, body string
		polygons   int
		area       float64
	}{
		{"one outer", group3(9, "outer:1", "natural=water"), 1, big},
		{"with a hole", group3(9, "outer:1 inner:2", "natural=water"), 1, big - hole},
		{"island in the hole", group3(9, "outer:1 inner:2 outer:3", "natural=water"), 2, big - hole + island},
		{"two outers", group3(9, "outer:1 outer:4", "natural=water"), 2, big + other},
		{"roles the wrong way round", group3(9, "inner:1 outer:2", "natural=water"), 1, big - hole},
		{"no roles", group3(9, ":1 :2", "natural=water"), 1, big - hole},
		{"outer missing", group3(9, "outer:99 inner:2 outer:4", "natural=water"), 1, other},
		{"rings of several ways", street(5, "101 102 103") + street(6, "101 104 103") + group3(9, "outer:5 outer:6 inner:2", "natural=water"), 1, big - hole},
		{"ring that does not close", street(5, "101 102 103") + group3(9, "outer:5 outer:4", "natural=water"), 1, other},
		{"only open ways", street(5, "101 102 103") + group3(9, "outer:5", "natural=water"), 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, xmlMap(frame()+squares+c.body), Options{})
			if c.polygons == 0 {
				if len(e.Waters) != 0 {
					t.Fatalf("got %v", e.Waters)
				}
				return
			}
			if len(e.Waters) != 1 {
				t.Fatalf("%d waters", len(e.Waters))
			}
			shape := e.Waters[0].Geom
			if err := geo.CheckValid(shape); err != nil {
				t.Error(err)
			}
			polygons, _ := shape.(orb.MultiPolygon)
			if p, single := shape.(orb.Polygon); single {
				polygons = orb.MultiPolygon{p}
			}
			if len(polygons) != c.polygons {
				t.Errorf("%d polygons, want %d", len(polygons), c.polygons)
			}
			if got := squareDegrees(polygons); got < c.area-1e-9 || got > c.area+1e-9 {
				t.Errorf("area %v, want %v", got, c.area)
			}
			if !orb.Equal(geo.Wound(shape), shape) {
				t.Error("not wound as RFC 7946 asks")
			}
		})
	}
}

func squareDegrees(m orb.MultiPolygon) (sum float64) {
	for _, p := range m {
		for i, r := range p {
			a := 0.0
			for j := 1; j < len(r); j++ {
				a += r[j-1][0]*r[j][1] - r[j][0]*r[j-1][1]
			}
			if a < 0 {
				a = -a
			}
			if i > 0 {
				a = -a
			}
			sum += a / 2
		}
	}
	return sum
}

func TestOuterWayIsNotTakenTwice(t *testing.T) {
	e := read(t, xmlMap(frame()+street(1, "101 102 103 104 101", "natural=water")+street(2, "111 112 113 114 111", "landuse=forest")+
		group3(9, "outer:1 inner:2", "natural=water", "name=湖")), Options{})
	if len(e.Waters) != 1 || e.Waters[0].Key != "relation/9" || e.Waters[0].Name != "湖" {
		t.Errorf("waters %v", e.Waters)
	}
	if len(e.Landuses) != 1 || e.Landuses[0].Key != "way/2" {
		t.Errorf("land uses %v", e.Landuses)
	}
}

func TestGroundKinds(t *testing.T) {
	cases := []struct{ tags, want string }{
		{"waterway=river", "line river"}, {"waterway=ditch", "line canal"}, {"natural=water", "water lake"},
		{"natural=water water=reservoir", "water reservoir"}, {"waterway=riverbank", "water river"}, {"landuse=reservoir", "water reservoir"},
		{"landuse=forest", "landuse forest"}, {"natural=wood", "landuse forest"}, {"landuse=retail", "landuse commercial"}, {"leisure=park", "landuse park"},
		{"amenity=school", "landuse public"}, {"amenity=school building=yes", "building school"}, {"building=apartments", "building residential"},
		{"building=yes", "building other"}, {"building=no", ""}, {"natural=tree_row", ""}, {"highway=primary", ""},
	}
	for _, c := range cases {
		var in tags
		for _, p := range strings.Fields(c.tags) {
			k, v, _ := strings.Cut(p, "=")
			in = append(in, tag{k, v})
		}
		g, ok := groundOf(in)
		got := ""
		switch {
		case !ok:
		case g.waterLine != "":
			got = "line " + g.waterLine
		case g.water != "":
			got = "water " + g.water
		case g.building != "":
			got = "building " + g.building
		default:
			got = "landuse " + g.landuse
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.tags, got, c.want)
		}
	}
}

// TestKindsAreDeclared holds every kind that comes out against the declared choices of its layer.
func TestKindsAreDeclared(t *testing.T) {
	check := func(l layer.Layer, field, value string) {
		if f, ok := l.Field(field); !ok || !f.Has(value) {
			t.Errorf("%s.%s has no choice %q", l.Name, field, value)
		}
	}
	for _, c := range classes {
		check(layer.Road, "class", string(c.class))
	}
	for _, v := range []string{"both", "forward", "backward"} {
		check(layer.Road, "oneway", v)
	}
	for _, v := range []string{"open", "restricted", "closed"} {
		check(layer.Road, "access", v)
	}
	for _, m := range []map[string]string{waterLines, waterAreas, {"": "sea"}, {"": "wetland"}} {
		for _, v := range m {
			check(layer.Water, "kind", v)
		}
	}
	for _, m := range landuses {
		for _, v := range m {
			check(layer.Landuse, "kind", v)
		}
	}
	for _, v := range buildings {
		check(layer.Building, "kind", v)
	}
	check(layer.Building, "kind", "other")
	for _, v := range placeKinds {
		check(layer.Place, "kind", v)
	}
	check(layer.Place, "kind", "peak")
}

func TestPlacesAndBuildings(t *testing.T) {
	e := read(t, xmlMap(
		`<node id="30" lat="22.5" lon="114.1">`+tagsXML([]string{"place=town", "name=横岗 Henggang", "name:zh=横岗", "name:en=Henggang", "population=120,000", "ele=61.5"})+`</node>`+
			`<node id="31" lat="22.6" lon="114.2">`+tagsXML([]string{"natural=peak", "name=梧桐山", "ele=943.7 m"})+`</node>`+
			`<node id="32" lat="22.6" lon="114.3">`+tagsXML([]string{"place=village"})+`</node>`+
			`<node id="33" lat="22.6" lon="114.4">`+tagsXML([]string{"place=village", "name=x", "population=many", "ele=-12"})+`</node>`+
			street(1, "1 2 12 1", "building=apartments", "building:levels=6.5", "height=21 m", "name=楼")), Options{})
	if len(e.Places) != 3 {
		t.Fatalf("places %v", e.Places)
	}
	p := e.Places[0]
	if p.Name != "横岗" || p.NameEn != "Henggang" || p.Kind != "town" || p.Population != 120000 || *p.ElevationM != 61.5 || p.Geom != (orb.Point{114.1, 22.5}) || p.Key != "node/30" {
		t.Errorf("got %+v", p)
	}
	if e.Places[1].Kind != "peak" || *e.Places[1].ElevationM != 943.7 || e.Places[2].Population != 0 || *e.Places[2].ElevationM != -12 {
		t.Errorf("got %+v", e.Places)
	}
	if b := e.Buildings[0]; b.Kind != "residential" || b.Levels != 7 || b.HeightM != 21 || b.Name != "楼" {
		t.Errorf("got %+v", b)
	}
}
