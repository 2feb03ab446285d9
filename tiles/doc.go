// Package tiles turns layers into vector tiles, keeps ready answers in a cache that the feed of changes keeps true, and
// serves the basemap: relief, .pmtiles files and configured raster sources.
//
// PostGIS makes the vector tiles; this package writes the SQL, from declarations only. Tiles are those of the XYZ scheme
// of Web Mercator (EPSG:3857), boxes are WGS 84 degrees, and inside a tile a unit is 1/4096 of its side.
package tiles
