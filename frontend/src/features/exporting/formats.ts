import type { Text } from '@/lib/text'

/** A kind of file that the server writes. */
export interface Format {
  name: 'xlsx' | 'csv' | 'geojson' | 'kml' | 'gpkg' | 'shp'
  label: Text
  /** false: the format's standard says WGS 84 */
  chooseSystem: boolean
}

export const formats: Format[] = [
  { name: 'xlsx', label: { zh: 'Excel 工作簿 (.xlsx)', en: 'Excel workbook (.xlsx)' }, chooseSystem: true },
  { name: 'csv', label: { zh: 'CSV 表格 (.csv)', en: 'CSV table (.csv)' }, chooseSystem: true },
  { name: 'geojson', label: { zh: 'GeoJSON (.geojson)', en: 'GeoJSON (.geojson)' }, chooseSystem: false },
  { name: 'kml', label: { zh: 'KML (.kml)', en: 'KML (.kml)' }, chooseSystem: false },
  { name: 'gpkg', label: { zh: 'GeoPackage (.gpkg)', en: 'GeoPackage (.gpkg)' }, chooseSystem: true },
  { name: 'shp', label: { zh: 'Shapefile 压缩包 (.zip)', en: 'Zipped Shapefile (.zip)' }, chooseSystem: true },
]

/** Coordinate systems of files; the first is the usual one. */
export const systems: { name: string; label: Text }[] = [
  { name: 'wgs84', label: { zh: 'WGS 84（GPS、北斗）', en: 'WGS 84 (GPS)' } },
  { name: 'cgcs2000', label: { zh: 'CGCS2000（国家2000、天地图）', en: 'CGCS2000 (Tianditu)' } },
  { name: 'gcj02', label: { zh: 'GCJ-02（高德、腾讯）', en: 'GCJ-02 (Amap, Tencent)' } },
  { name: 'bd09', label: { zh: 'BD-09（百度）', en: 'BD-09 (Baidu)' } },
]

/** Parameters of the file beside filters and sort; what the format does not know is left out. */
export function fileParams(format: Format, system: string, encoding: string): Record<string, string> {
  return { format: format.name, ...(format.chooseSystem ? { crs: system } : {}), ...(format.name === 'csv' ? { encoding } : {}) }
}
