package api

import "fourmaps/geo/format/export"

// exportParameters are those that a file needs beside filters and sort.
func exportParameters() object {
	formats := list{}
	for _, f := range export.Formats() {
		formats = append(formats, f.Name)
	}
	query := func(name, description string, schema object) object {
		return object{"name": name, "in": "query", "description": description, "schema": schema}
	}
	format := query("format", "Kind of file; shp is a zip file of Shapefiles", object{"type": "string", "enum": formats})
	format["required"] = true
	return object{
		"format": format,
		"crs": query("crs", "Coordinate system of the file; GeoJSON and KML are always in wgs84",
			object{"type": "string", "enum": list{"wgs84", "cgcs2000", "gcj02", "bd09"}, "default": "wgs84"}),
		"sensitive": query("sensitive", "With what only some may see: refused (403) unless sensitive.read holds on the areas of all rows. Every file is written down (listExports)",
			object{"type": "boolean", "default": false}),
		"blank": query("blank", "Headings, choices and limits without any row, to be filled in and imported; filters are not looked at",
			object{"type": "boolean", "default": false}),
		"encoding": query("encoding", "Character encoding of CSV", object{"type": "string", "enum": list{"utf-8", "gb18030"}, "default": "utf-8"}),
	}
}

// exportAnswer is a file of any of the formats.
func exportAnswer() object {
	content := object{}
	for _, f := range export.Formats() {
		content[f.Type] = object{"schema": object{"type": "string", "contentMediaType": f.Type}}
	}
	text := func(description string) object {
		return object{"description": description, "schema": object{"type": "string"}}
	}
	return object{"description": "All rows that a list with the same filters and sort has, without what only some may see; not to be kept (no-store)",
		"content": content, "headers": object{
			"Content-Disposition": text("The name of the file, in Chinese too"),
			"X-Export-Rows":       object{"description": "Rows in the file", "schema": object{"type": "integer"}},
			"X-Export-Notes":      text("What the format could not hold: a JSON list of code, zh and en, percent-encoded"),
		}}
}
