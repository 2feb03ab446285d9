package geo

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// CRS is a coordinate reference system: an EPSG code, or one of the private numbers below for the Chinese web-map
// systems, which have none. The zero value means that nobody declared one.
type CRS int

// The coordinate systems with names of their own. Beside them the transverse Mercator ones are known: CGCS2000
// Gauss-Krüger (EPSG:4491–4554) and WGS 84 / UTM north (EPSG:32601–32660).
const (
	Undeclared  CRS = 0
	WGS84       CRS = 4326
	CGCS2000    CRS = 4490    // agrees with WGS 84 to centimetres and is treated as equal
	WebMercator CRS = 3857    // spherical, metres
	GCJ02       CRS = 1000002 // Amap, Tencent, Google in China: 火星坐标
	BD09        CRS = 1000009 // Baidu, degrees
	BD09MC      CRS = 1000010 // Baidu Mercator, metres
)

// namesOfCRS are the spellings that people use, lower case, without spaces, hyphens, underscores, dots, colons and slashes.
var namesOfCRS = map[CRS][]string{
	WGS84:       {"wgs84", "wgs1984", "gcswgs1984", "4326", "crs84", "gps", "gps坐标", "wgs", "世界大地坐标系", "wgs84坐标系", "wgs84坐标", "urnogcdefcrsogc13crs84", "ogccrs84"},
	CGCS2000:    {"cgcs2000", "4490", "china2000", "chinageodeticcoordinatesystem2000", "gcschinageodeticcoordinatesystem2000", "2000国家大地坐标系", "国家2000", "国家2000坐标系", "大地2000", "国家大地坐标系", "tianditu", "天地图", "cgcs2000坐标系"},
	WebMercator: {"3857", "900913", "102100", "webmercator", "wgs84pseudomercator", "pseudomercator", "wgs1984webmercatorauxiliarysphere", "googlemercator", "web墨卡托"},
	GCJ02:       {"gcj02", "gcj", "gcj02ll", "mars", "火星", "火星坐标", "火星坐标系", "国测局", "国测局坐标", "国测局坐标系", "amap", "gaode", "高德", "高德坐标", "高德地图", "腾讯", "腾讯地图", "腾讯坐标", "tencent", "qqmap"},
	BD09:        {"bd09", "bd09ll", "bd", "baidu", "百度", "百度坐标", "百度坐标系", "百度地图", "百度经纬度"},
	BD09MC:      {"bd09mc", "baidumercator", "百度墨卡托", "百度米制坐标"},
}

// refusedCRS are systems that cannot be converted without secret or local parameters.
var refusedCRS = map[string]string{
	"beijing54": "北京54", "beijing1954": "北京54", "北京54": "北京54", "北京1954": "北京54", "4214": "北京54", "gcsbeijing1954": "北京54",
	"xian80": "西安80", "xian1980": "西安80", "西安80": "西安80", "西安1980": "西安80", "4610": "西安80", "gcsxian1980": "西安80",
}

var (
	epsgPattern = regexp.MustCompile(`^(?:epsg|urnogcdefcrsepsg|httpwwwopengisnetdefcrsepsg0?|srid)?0*(\d{4,6})$`)
	gkPattern   = regexp.MustCompile(`^cgcs2000(?:(3)degree|6degree|)(?:gk|gausskruger|gausskrueger)(zone|cm)(\d{1,3})e?$`)
	separators  = strings.NewReplacer(" ", "", "-", "", "_", "", ".", "", ":", "", "/", "", "(", "", ")", "", "（", "", "）", "", "：", "", "　", "")
)

// ParseCRS understands a coordinate system as people write it: "wgs84", "EPSG:4326", "4490", "火星坐标", "百度",
// "CGCS2000 / 3-degree Gauss-Kruger CM 114E". It never guesses: an unknown name is an *InputError.
func ParseCRS(name string) (CRS, error) {
	key := separators.Replace(strings.ToLower(strings.TrimSpace(name)))
	if key == "" {
		return Undeclared, &InputError{"crs_missing", "没有说明坐标系", "no coordinate system was given"}
	}
	if old, refused := refusedCRS[key]; refused {
		return Undeclared, &InputError{"crs_refused",
			fmt.Sprintf("%s 坐标需要当地转换参数，本程序不能转换；请先转换为 CGCS2000 或 WGS 84", old),
			fmt.Sprintf("%q needs local transformation parameters and cannot be converted here; convert it to CGCS2000 or WGS 84 first", name)}
	}
	for crs, names := range namesOfCRS {
		for _, n := range names {
			if n == key {
				return crs, nil
			}
		}
	}
	if m := epsgPattern.FindStringSubmatch(key); m != nil {
		if code, err := strconv.Atoi(m[1]); err == nil && CRS(code).Known() {
			return CRS(code), nil
		} else if old, refused := refusedCRS[m[1]]; err == nil && refused {
			return ParseCRS(old)
		}
	}
	if crs, ok := parseGaussKruger(key); ok {
		return crs, nil
	}
	return Undeclared, &InputError{"crs_unknown",
		fmt.Sprintf("不认识的坐标系：%s（可用：wgs84、cgcs2000、gcj02、bd09、EPSG:4326、EPSG:4513–4554 等）", name),
		fmt.Sprintf("unknown coordinate system %q (known: wgs84, cgcs2000, gcj02, bd09, EPSG:4326, EPSG:4513–4554 and others)", name)}
}

// parseGaussKruger reads names such as cgcs20003degreegkcm114e and cgcs2000gkzone20 (already without separators).
func parseGaussKruger(key string) (CRS, bool) {
	m := gkPattern.FindStringSubmatch(key)
	if m == nil {
		return Undeclared, false
	}
	n, _ := strconv.Atoi(m[3])
	three, zone := m[1] == "3", m[2] == "zone"
	for code := firstGaussKruger; code <= lastGaussKruger; code++ {
		tm, _ := code.transverseMercator()
		if tm.threeDegree != three || (tm.zone != 0) != zone {
			continue
		}
		if (zone && tm.zone == n) || (!zone && int(tm.meridian) == n) {
			return code, true
		}
	}
	return Undeclared, false
}

// Known tells whether c can be converted.
func (c CRS) Known() bool {
	if _, named := namesOfCRS[c]; named {
		return true
	}
	_, ok := c.transverseMercator()
	return ok
}

// Projected tells whether coordinates are metres (easting, northing) and not degrees.
func (c CRS) Projected() bool {
	_, ok := c.transverseMercator()
	return ok || c == WebMercator || c == BD09MC
}

// String names the system as configuration and reports write it; ParseCRS reads it back.
func (c CRS) String() string {
	switch c {
	case Undeclared:
		return "undeclared"
	case GCJ02:
		return "GCJ-02"
	case BD09:
		return "BD-09"
	case BD09MC:
		return "BD-09MC"
	}
	return "EPSG:" + strconv.Itoa(int(c))
}
