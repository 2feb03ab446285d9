package export

import (
	"fmt"
	"slices"

	"fourmaps/geo"
)

// CheckSystem refuses a coordinate system that a format cannot be written in. Its error is an *geo.InputError.
func CheckSystem(f Format, crs geo.CRS) error {
	if !f.ChooseCRS && crs != geo.WGS84 {
		return &geo.InputError{Code: "crs_fixed", Zh: f.Label.Zh + " 只能使用 WGS 84 坐标", En: f.Label.En + " is always in WGS 84"}
	}
	if !slices.Contains(Systems(), crs) {
		return &geo.InputError{Code: "crs_unsupported", Zh: "导出可用的坐标系：wgs84、cgcs2000、gcj02、bd09", En: "exports are made in wgs84, cgcs2000, gcj02 or bd09"}
	}
	return nil
}

// wkt is the well-known text of a coordinate system, as .prj files have it; "" for those that GIS programs do not know.
func wkt(crs geo.CRS) string {
	const degree = `PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	switch crs {
	case geo.WGS84:
		return `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],` + degree
	case geo.CGCS2000:
		return `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],` + degree
	}
	return ""
}

// localWKT describes GCJ-02 and BD-09 so that no program takes them for WGS 84: they are systems of their own, up to
// 500 m and 1.5 km off.
func localWKT(crs geo.CRS) string {
	return fmt.Sprintf(`LOCAL_CS["%s",UNIT["degree",0.0174532925199433]]`, systemName(crs))
}

// systemNote says in words what the coordinates are.
func systemNote(crs geo.CRS) string {
	switch crs {
	case geo.WGS84:
		return "坐标系 Coordinate system: WGS 84 (EPSG:4326)"
	case geo.CGCS2000:
		return "坐标系 Coordinate system: CGCS2000 (EPSG:4490)"
	case geo.GCJ02:
		return "坐标系 Coordinate system: GCJ-02 火星坐标（高德、腾讯 Amap, Tencent），没有 EPSG 代码 no EPSG code；不是 WGS 84 not WGS 84"
	}
	return "坐标系 Coordinate system: BD-09 百度坐标（Baidu），没有 EPSG 代码 no EPSG code；不是 WGS 84 not WGS 84"
}
