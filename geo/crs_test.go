package geo

import (
	"strings"
	"testing"
)

func TestParseCRS(t *testing.T) {
	cases := map[string]CRS{
		"wgs84": WGS84, "WGS 84": WGS84, "EPSG:4326": WGS84, "epsg 4326": WGS84, "4326": WGS84, "GCS_WGS_1984": WGS84,
		"urn:ogc:def:crs:OGC:1.3:CRS84": WGS84, "urn:ogc:def:crs:EPSG::4490": CGCS2000,
		"http://www.opengis.net/def/crs/EPSG/0/4490": CGCS2000,
		"CGCS2000": CGCS2000, "4490": CGCS2000, "国家2000": CGCS2000, "天地图": CGCS2000,
		"gcj02": GCJ02, "GCJ-02": GCJ02, "火星坐标": GCJ02, "高德": GCJ02, "腾讯地图": GCJ02,
		"bd09": BD09, "BD-09": BD09, "bd09ll": BD09, "百度": BD09, "百度坐标": BD09, "bd09mc": BD09MC,
		"EPSG:3857": WebMercator, "web mercator": WebMercator,
		"EPSG:4547": 4547, "4526": 4526, "CGCS2000 / 3-degree Gauss-Kruger CM 114E": 4547,
		"CGCS2000_3_Degree_GK_Zone_38": 4526, "CGCS2000_3_Degree_GK_CM_114E": 4547,
		"CGCS2000_GK_Zone_20": 4498, "CGCS2000_GK_CM_117E": 4509, "CGCS2000 / Gauss-Kruger zone 20": 4498,
		"EPSG:32650": 32650,
	}
	for name, want := range cases {
		if got, err := ParseCRS(name); err != nil || got != want {
			t.Errorf("%q: got %v, %v; want %v", name, got, err, want)
		}
	}
}

func TestParseCRSRefuses(t *testing.T) {
	cases := map[string]string{
		"": "crs_missing", "  ": "crs_missing", "middle earth": "crs_unknown", "EPSG:99999": "crs_unknown",
		"北京54": "crs_refused", "Xian 80": "crs_refused", "EPSG:4214": "crs_refused",
		"CGCS2000 / 3-degree Gauss-Kruger CM 200E": "crs_unknown",
	}
	for name, code := range cases {
		_, err := ParseCRS(name)
		var bad *InputError
		if !asInput(err, &bad) || bad.Code != code {
			t.Errorf("%q: got %v, want code %s", name, err, code)
			continue
		}
		if bad.Zh == "" || bad.En == "" || !strings.ContainsRune(bad.Zh, '坐') {
			t.Errorf("%q: message lacks a language: %+v", name, bad)
		}
	}
}

func TestCRSNameReadsBack(t *testing.T) {
	for _, c := range []CRS{WGS84, CGCS2000, WebMercator, GCJ02, BD09, BD09MC, 4513, 4554, 4491, 32650} {
		if got, err := ParseCRS(c.String()); err != nil || got != c {
			t.Errorf("%v read back as %v, %v", c, got, err)
		}
	}
}
