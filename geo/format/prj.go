package format

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"fourmaps/geo"
)

var (
	prjName      = regexp.MustCompile(`(?i)^\s*(PROJCS|GEOGCS|PROJCRS|GEOGCRS|GEODCRS)\s*\[\s*"([^"]*)"`)
	prjParameter = regexp.MustCompile(`(?i)PARAMETER\s*\[\s*"([^"]*)"\s*,\s*([-+0-9.eE]+)`)
	prjDatum     = regexp.MustCompile(`(?i)DATUM\s*\[\s*"([^"]*)"`)
	prjAuthority = regexp.MustCompile(`(?i)(?:AUTHORITY|ID)\s*\[\s*"EPSG"\s*,\s*"?(\d+)"?\s*\]\s*\]\s*$`)
)

// parsePRJ understands the well-known text of a .prj file: geographic WGS 84 and CGCS2000, Web Mercator, UTM, and the
// Gauss-Krüger zones of CGCS2000. Anything else has to be declared by the operator.
func parsePRJ(text string) (geo.CRS, error) {
	text = strings.TrimSpace(text)
	m := prjName.FindStringSubmatch(text)
	if m == nil {
		return geo.Undeclared, badInput("prj_unknown", ".prj 文件无法识别，请用 --crs 说明坐标系", "the .prj file cannot be understood; say the coordinate system with --crs")
	}
	if a := prjAuthority.FindStringSubmatch(text); a != nil {
		if c, err := geo.ParseCRS(a[1]); err == nil {
			return c, nil
		}
	}
	if c, err := geo.ParseCRS(m[2]); err == nil {
		return c, nil
	}
	datum := ""
	if d := prjDatum.FindStringSubmatch(text); d != nil {
		datum = strings.ToLower(d[1])
	}
	china := strings.Contains(datum, "china_2000") || strings.Contains(datum, "china 2000") || strings.Contains(datum, "cgcs2000")
	wgs := strings.Contains(datum, "wgs_1984") || strings.Contains(datum, "wgs84") || strings.Contains(datum, "world geodetic system 1984")
	geographic := strings.HasPrefix(strings.ToUpper(m[1]), "GEO")
	switch {
	case geographic && china:
		return geo.CGCS2000, nil
	case geographic && wgs:
		return geo.WGS84, nil
	case !geographic && (china || wgs):
		if c, ok := prjTransverse(text, china); ok {
			return c, nil
		}
	}
	return geo.Undeclared, badInput("prj_unsupported", "不支持 .prj 中的坐标系“%s”；请先转换为 CGCS2000 或 WGS 84",
		"the coordinate system %q of the .prj file is not supported; convert it to CGCS2000 or WGS 84 first", m[2])
}

// prjTransverse finds the zone with the parameters of the text.
func prjTransverse(text string, china bool) (geo.CRS, bool) {
	p := map[string]float64{"scale_factor": 1}
	for _, m := range prjParameter.FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			return geo.Undeclared, false
		}
		p[strings.ReplaceAll(strings.ToLower(m[1]), " ", "_")] = v
	}
	upper := strings.ToUpper(text)
	if !strings.Contains(upper, "GAUSS_KRUGER") && !strings.Contains(upper, "TRANSVERSE_MERCATOR") || p["latitude_of_origin"] != 0 || p["false_northing"] != 0 {
		return geo.Undeclared, false
	}
	meridian, east, scale := p["central_meridian"], p["false_easting"], p["scale_factor"]
	first, last := geo.CRS(4491), geo.CRS(4554)
	if !china {
		first, last = 32601, 32660
	}
	for c := first; c <= last; c++ {
		m, e, s, ok := c.TransverseMercator()
		if ok && math.Abs(m-meridian) < 1e-9 && math.Abs(e-east) < 1e-6 && math.Abs(s-scale) < 1e-9 {
			return c, true
		}
	}
	return geo.Undeclared, false
}
