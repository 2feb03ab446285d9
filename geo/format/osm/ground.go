package osm

import (
	"math"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Water is a river as a line, or a lake or wide river as a polygon. Kind is one of the layer "water".
type Water struct {
	Key    string // "way/<id>" or "relation/<id>"
	Kind   string
	Name   string
	NameEn string
	WidthM float64 // 0 if unknown
	Geom   orb.Geometry
}

// Landuse is what covers the ground. Kind is one of the layer "landuse".
type Landuse struct {
	Key    string
	Kind   string
	Name   string
	NameEn string
	Geom   orb.Geometry
}

// Building is a footprint. Kind is one of the layer "building".
type Building struct {
	Key     string
	Kind    string
	Name    string
	NameEn  string
	HeightM float64 // 0 if unknown
	Levels  int     // 0 if unknown
	Geom    orb.Geometry
}

// Place is a named settlement or peak. Kind is one of the layer "place".
type Place struct {
	Key        string // "node/<id>"
	Kind       string
	Name       string
	NameEn     string
	Population int      // 0 if unknown
	ElevationM *float64 // nil if unknown
	Geom       orb.Point
}

// ground is what the tags of a way or relation say beside roads. At most one of the kinds is set for an area;
// waterLine stands for itself.
type ground struct {
	water, landuse, building string // kinds of areas
	waterLine                string // kind of a line
	name, nameEn             string
	width, height            float64
	levels                   int
}

// maxWidthM is the widest that the layer "water" takes.
const maxWidthM = 100_000

func (g *ground) isArea() bool { return g.water != "" || g.landuse != "" || g.building != "" }

// groundOf reads the tags; ok is false if there is nothing of use in them.
func groundOf(t tags) (g ground, ok bool) {
	if len(t) == 0 {
		return g, false
	}
	g.waterLine = waterLines[t.get("waterway")]
	switch {
	case yes(t.get("building")):
		g.building = buildingKind(t)
	case waterKind(t) != "":
		g.water = waterKind(t)
	default:
		g.landuse = landuseKind(t)
	}
	if g.waterLine == "" && !g.isArea() {
		return g, false
	}
	g.name, g.nameEn = names(t)
	g.width = lowest(t, metres, maxWidthM, "width", "est_width")
	g.height = heightOf(t)
	g.levels = levelsOf(t)
	return g, true
}

var waterLines = map[string]string{
	"river": "river", "tidal_channel": "river", "stream": "stream", "canal": "canal", "ditch": "canal", "drain": "canal",
}

var waterAreas = map[string]string{
	"river": "river", "oxbow": "lake", "stream": "stream", "stream_pool": "stream", "rapids": "river", "lock": "canal",
	"canal": "canal", "ditch": "canal", "drain": "canal", "lake": "lake", "lagoon": "lake", "reservoir": "reservoir", "basin": "reservoir",
	"pond": "pond", "fishpond": "pond", "fish_pond": "pond", "moat": "canal", "wastewater": "pond", "reflecting_pool": "pond",
}

// waterKind is the kind of a water area, or "".
func waterKind(t tags) string {
	switch {
	case t.get("natural") == "water":
		if k := waterAreas[t.get("water")]; k != "" {
			return k
		}
		return "lake"
	case t.get("waterway") == "riverbank":
		return "river"
	case t.get("landuse") == "reservoir" || t.get("landuse") == "basin":
		return "reservoir"
	case t.get("landuse") == "aquaculture":
		return "pond"
	case t.get("natural") == "wetland":
		return "wetland"
	case t.get("natural") == "bay" || t.get("natural") == "strait":
		return "sea"
	}
	return ""
}

// landuses maps values by key; the keys are asked in the order of landuseKeys.
var (
	landuseKeys = []string{"landuse", "natural", "leisure", "amenity"}
	landuses    = map[string]map[string]string{
		"landuse": {
			"forest": "forest", "farmland": "farmland", "farmyard": "farmland", "greenhouse_horticulture": "farmland", "paddy": "farmland",
			"orchard": "orchard", "vineyard": "orchard", "plant_nursery": "orchard", "grass": "grass", "meadow": "grass", "village_green": "grass",
			"greenfield": "grass", "flowerbed": "grass", "residential": "residential", "allotments": "farmland", "commercial": "commercial", "retail": "commercial",
			"industrial": "industrial", "port": "industrial", "railway": "industrial", "depot": "industrial", "garages": "industrial", "harbour": "industrial",
			"education": "public", "institutional": "public", "religious": "public", "civic_admin": "public", "military": "other", "cemetery": "other",
			"landfill": "other", "construction": "other", "brownfield": "other", "winter_sports": "other", "recreation_ground": "park", "quarry": "quarry",
		},
		"natural": {
			"wood": "forest", "scrub": "scrub", "heath": "scrub", "shrubbery": "scrub", "fell": "grass", "tundra": "grass", "grassland": "grass",
			"bare_rock": "bare", "scree": "bare", "sand": "bare", "shingle": "bare", "beach": "bare", "rock": "bare", "glacier": "bare", "mud": "bare",
		},
		"leisure": {"park": "park", "garden": "park", "golf_course": "park", "common": "park", "pitch": "park", "playground": "park", "dog_park": "park"},
		"amenity": {"school": "public", "university": "public", "college": "public", "kindergarten": "public", "hospital": "public", "grave_yard": "other"},
	}
)

// landuseKind is the kind of ground cover, or "".
func landuseKind(t tags) string {
	for _, key := range landuseKeys {
		if k := landuses[key][t.get(key)]; k != "" {
			return k
		}
	}
	return ""
}

var buildings = map[string]string{
	"residential": "residential", "house": "residential", "apartments": "residential", "detached": "residential", "semidetached_house": "residential",
	"terrace": "residential", "dormitory": "residential", "bungalow": "residential", "hut": "residential", "cabin": "residential", "farm": "residential", "static_caravan": "residential",
	"commercial": "commercial", "retail": "commercial", "office": "commercial", "supermarket": "commercial", "hotel": "commercial", "kiosk": "commercial",
	"industrial": "industrial", "warehouse": "industrial", "factory": "industrial", "manufacture": "industrial", "hangar": "industrial", "storage_tank": "industrial",
	"public": "public", "civic": "public", "government": "public", "church": "public", "chapel": "public", "temple": "public", "mosque": "public", "cathedral": "public",
	"train_station": "public", "transportation": "public", "stadium": "public", "sports_hall": "public", "fire_station": "public", "museum": "public",
	"school": "school", "university": "school", "college": "school", "kindergarten": "school", "hospital": "hospital", "clinic": "hospital",
}

func buildingKind(t tags) string {
	for _, value := range []string{t.get("amenity"), t.get("building")} {
		if k := buildings[value]; k != "" {
			return k
		}
	}
	return "other"
}

func levelsOf(t tags) int {
	v, err := strconv.ParseFloat(strings.TrimSpace(t.get("building:levels")), 64)
	if err != nil || !(v >= 1 && v <= 200) {
		return 0
	}
	return int(math.Ceil(v))
}

func heightOf(t tags) float64 {
	if v, ok := metres(t.first("height", "building:height")); ok && v <= 1000 {
		return v
	}
	return 0
}

var placeKinds = map[string]string{
	"city": "city", "county": "county", "town": "town", "village": "village", "hamlet": "hamlet", "isolated_dwelling": "hamlet", "farm": "hamlet",
	"suburb": "suburb", "quarter": "suburb", "neighbourhood": "suburb", "borough": "suburb", "locality": "locality", "island": "locality", "islet": "locality",
}

// placeOf reads a node's tags; ok is false if it is no place with a name.
func placeOf(t tags) (p Place, ok bool) {
	if len(t) == 0 {
		return p, false
	}
	p.Kind = placeKinds[t.get("place")]
	if n := t.get("natural"); p.Kind == "" && (n == "peak" || n == "volcano") {
		p.Kind = "peak"
	}
	if p.Name, p.NameEn = names(t); p.Kind == "" || p.Name == "" {
		return p, false
	}
	if v, err := strconv.Atoi(strings.NewReplacer(",", "", " ", "", ".", "").Replace(t.get("population"))); err == nil && v > 0 && v <= 200_000_000 {
		p.Population = v
	}
	if v, unit, ok := quantity(strings.TrimPrefix(t.get("ele"), "-")); ok && (unit == "" || unit == "m") && v <= 9000 {
		if strings.HasPrefix(t.get("ele"), "-") {
			v = -v
		}
		if v >= -500 {
			p.ElevationM = &v
		}
	}
	return p, true
}
