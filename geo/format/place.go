package format

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// place gives the record its geometry from the coordinate columns or from the row itself.
func (in *Ingest) place(row Row, r *Record) []Problem {
	original, column, err := in.original(row)
	if err == nil && original == nil {
		if in.layer.PlaceOptional {
			return nil
		}
		err = badInput("geometry_missing", "没有坐标", "there are no coordinates")
	}
	if err == nil && in.o.Swap {
		original = exchanged(original)
	}
	if err == nil {
		r.Original, r.OriginalCRS = original, in.crs
		r.Geometry, err = in.locate(original)
	}
	if err != nil {
		return []Problem{*problem(row.Number, column, err)}
	}
	return nil
}

// original finds the geometry as the file has it, and the column to blame.
func (in *Ingest) original(row Row) (orb.Geometry, string, error) {
	p := in.plan
	switch {
	case p.pair >= 0:
		column := p.columnOf[toLonLat] + p.columnOf[toLatLon]
		text := fold(cellText(row.Cells[p.pair]))
		if blankValue(text) {
			return nil, column, nil
		}
		a, b, ok := splitPair(text)
		if !ok {
			return nil, column, coordinateProblem(text)
		}
		if p.latFirst {
			a, b = b, a
		}
		return orb.Point{a, b}, column, nil
	case p.lon >= 0:
		lonText, latText := fold(cellText(row.Cells[p.lon])), fold(cellText(row.Cells[p.lat]))
		column := p.columnOf[toLon]
		if blankValue(lonText) && blankValue(latText) {
			return nil, column, nil
		}
		lon, ok := in.coordinate(row.Cells[p.lon])
		if !ok {
			return nil, column, coordinateProblem(lonText)
		}
		lat, ok := in.coordinate(row.Cells[p.lat])
		if !ok {
			return nil, p.columnOf[toLat], coordinateProblem(latText)
		}
		if lon == 0 && lat == 0 {
			return nil, column, badInput("coordinate_zero", "坐标为（0, 0），视为未填写", "the coordinates are (0, 0), which means that nobody filled them in")
		}
		return orb.Point{lon, lat}, column, nil
	}
	return row.Geometry, "", nil
}

// locate brings a geometry into WGS 84 and checks it against the layer and the expected box.
func (in *Ingest) locate(g orb.Geometry) (orb.Geometry, error) {
	if in.crs == geo.Undeclared {
		return nil, badInput("crs_missing", "没有说明坐标系", "no coordinate system was given")
	}
	w, err := geo.ConvertGeometry(g, in.crs, geo.WGS84)
	if err != nil {
		if swapped(g, in.crs, in.o.Expected) {
			return nil, swapProblem()
		}
		return nil, err
	}
	if in.o.Expected != nil && !in.o.Expected.Intersects(w.Bound()) {
		if swapped(g, in.crs, in.o.Expected) {
			return nil, swapProblem()
		}
		c := w.Bound().Center()
		return nil, badInput("outside_expected", "位置（%.5f, %.5f）不在预期范围内，请检查坐标和坐标系", "the place (%.5f, %.5f) lies outside the expected area; check coordinates and system", c[0], c[1])
	}
	if w, err = fitGeometry(w, in.layer); err != nil {
		return nil, err
	}
	return geo.Wound(w), geo.CheckValid(w)
}

// swapped tells whether the geometry would lie where it is expected (or at all on the globe, if nothing is expected)
// with its two numbers exchanged.
func swapped(g orb.Geometry, crs geo.CRS, expected *orb.Bound) bool {
	c := g.Bound().Center()
	w, err := geo.ToWGS84(orb.Point{c[1], c[0]}, crs)
	if err != nil {
		return false
	}
	if expected == nil {
		return math.Abs(c[1]) > 90 // a latitude beyond the pole that would be a fine longitude
	}
	return expected.Contains(w)
}

func swapProblem() error {
	return badInput("coordinates_swapped", "经度和纬度似乎写反了：交换后位置正确", "longitude and latitude seem to have changed places: exchanged they would be right")
}

// fitGeometry makes a geometry of a type that the layer declares: single and multiple forms turn into each other where
// nothing is lost.
func fitGeometry(g orb.Geometry, l *layer.Layer) (orb.Geometry, error) {
	if r, ring := g.(orb.Ring); ring {
		g = orb.Polygon{r}
	}
	if l.Accepts(layer.Geometry(g.GeoJSONType())) {
		return g, nil
	}
	var other orb.Geometry
	switch g := g.(type) {
	case orb.MultiPoint:
		if len(g) == 1 {
			other = g[0]
		}
	case orb.LineString:
		other = orb.MultiLineString{g}
	case orb.MultiLineString:
		if len(g) == 1 {
			other = g[0]
		}
	case orb.Polygon:
		other = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		if len(g) == 1 {
			other = g[0]
		}
	case orb.Collection:
		if len(g) == 1 {
			return fitGeometry(g[0], l)
		}
	}
	if other != nil && l.Accepts(layer.Geometry(other.GeoJSONType())) {
		return other, nil
	}
	var zh, en []string
	for _, a := range l.Geometry {
		zh, en = append(zh, geometryName(string(a))), append(en, string(a))
	}
	return nil, badInput("geometry_type", "图层“%[1]s”不接受%[3]s（可用：%[5]s）", "the layer %[2]s does not take a %[4]s (it takes %[6]s)", l.Label.Zh, l.Label.En,
		geometryName(g.GeoJSONType()), g.GeoJSONType(), strings.Join(zh, "、"), strings.Join(en, ", "))
}

// geometryName is what people call a geometry type.
func geometryName(kind string) string {
	switch kind {
	case "Point":
		return "点"
	case "MultiPoint":
		return "多点"
	case "LineString":
		return "线"
	case "MultiLineString":
		return "多线"
	case "Polygon":
		return "面"
	case "MultiPolygon":
		return "多面"
	}
	return "几何集合"
}

var (
	dms  = regexp.MustCompile(`^([NSEW东西南北]|东经|西经|南纬|北纬)?\s*(-?\d+(?:\.\d+)?)\s*[°度]\s*(?:(\d+(?:\.\d+)?)\s*[′'’‘´分]\s*)?(?:(\d+(?:\.\d+)?)\s*(?:″|"|”|“|''|秒|′′)\s*)?([NSEW])?$`)
	mark = regexp.MustCompile(`^(东经|西经|南纬|北纬|[NSEWEnsew])?\s*([-+]?\d+(?:\.\d+)?)\s*([NSEWnsew°度])?$`)
)

// coordinate reads one number of a coordinate: decimal, or in degrees, minutes and seconds.
func (in *Ingest) coordinate(cell any) (float64, bool) {
	if v, ok := cell.(float64); ok {
		return v, true
	}
	return parseCoordinate(cellText(cell))
}

func parseCoordinate(s string) (float64, bool) {
	s = fold(s)
	if thousands.MatchString(s) && strings.Contains(s, ",") {
		s = strings.ReplaceAll(s, ",", "")
	}
	if plain.MatchString(s) {
		v, err := strconv.ParseFloat(s, 64)
		return v, err == nil && !math.IsInf(v, 0)
	}
	if m := mark.FindStringSubmatch(s); m != nil {
		v, err := strconv.ParseFloat(m[2], 64)
		return signed(v, m[1]+m[3]), err == nil
	}
	m := dms.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	degrees, err := strconv.ParseFloat(m[2], 64)
	if err != nil {
		return 0, false
	}
	minutes, _ := strconv.ParseFloat("0"+m[3], 64)
	seconds, _ := strconv.ParseFloat("0"+m[4], 64)
	if minutes >= 60 || seconds >= 60 {
		return 0, false
	}
	v := math.Abs(degrees) + minutes/60 + seconds/3600
	return signed(math.Copysign(v, degrees), m[1]+m[5]), true
}

// signed turns west and south negative.
func signed(v float64, mark string) float64 {
	if strings.ContainsAny(strings.ToUpper(mark), "SW") || strings.ContainsAny(mark, "西南") {
		return -v
	}
	return v
}

// splitPair parts two coordinates in one cell, by comma, semicolon or space.
func splitPair(s string) (a, b float64, ok bool) {
	s = strings.Trim(s, "()[] ")
	for _, sign := range []string{",", ";", "、", "/", " "} {
		left, right, found := strings.Cut(s, sign)
		if !found {
			continue
		}
		a, ok1 := parseCoordinate(left)
		b, ok2 := parseCoordinate(right)
		if ok1 && ok2 {
			return a, b, true
		}
	}
	return 0, 0, false
}

func coordinateProblem(s string) error {
	if blankValue(s) {
		return badInput("coordinate_missing", "坐标只填写了一半", "half of the coordinates is missing")
	}
	return badInput("coordinate_invalid", "“%.40s”不是坐标", "%.40q is no coordinate", s)
}

// exchanged is a geometry with the two numbers of each position in each other's place.
func exchanged(g orb.Geometry) orb.Geometry {
	if p, ok := g.(orb.Point); ok {
		return orb.Point{p[1], p[0]}
	}
	g = orb.Clone(g)
	geo.EachPoint(g, func(p *orb.Point) { p[0], p[1] = p[1], p[0] })
	return g
}
