package api

import (
	"maps"

	"fourmaps/geo/layer"
)

// schemas are all schemas: those of layers, made from declarations, and the fixed ones.
func schemas() object {
	text, integer, number := object{"type": "string"}, object{"type": "integer"}, object{"type": "number"}
	id, when := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}
	flag := object{"type": "boolean"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	every := func(schema object) object { return object{"type": "object", "additionalProperties": schema} }
	record := func(required list, properties object) object {
		return object{"type": "object", "required": required, "properties": properties}
	}
	phrase := ref("schemas", "Text")
	all := object{
		"Text": record(list{"zh", "en"}, object{"zh": text, "en": text}),
		"Box":  object{"type": "array", "items": number, "minItems": 4, "maxItems": 4, "description": "west, south, east, north in degrees"},
		"Link": record(list{"rel", "href"}, object{"rel": text, "type": text, "href": text}),
		"Problem": record(list{"type", "title", "status", "detail", "code", "request_id"}, object{"type": text, "title": text, "status": integer, "detail": text, "code": text, "request_id": text,
			"findings":   object{"type": "array", "items": ref("schemas", "Finding"), "description": "needs_decision: what has to be decided before it is saved"},
			"version":    object{"type": "integer", "description": "changed_meanwhile: the version that the row has now"},
			"deleted_at": object{"type": "string", "format": "date-time", "description": "changed_meanwhile: the row was deleted"},
			"current":    object{"description": "changed_meanwhile: the row as it is now; null when it is deleted"},
			"errors":     arrayOf(record(list{"parameter", "code", "detail"}, object{"parameter": text, "code": text, "detail": text}))}),
		"Readiness": record(list{"ready", "checks"}, object{"ready": flag, "checks": every(record(list{"ok"}, object{"ok": flag, "detail": text}))}),
		"Installation": record(list{"product", "version", "time", "relief", "demo", "change_seq", "district", "extent", "counts"}, object{
			"product": text, "version": text, "time": when, "relief": object{"type": "boolean", "description": "there are elevation tiles: /tiles/relief.json"}, "demo": flag, "change_seq": integer, "district": or(ref("schemas", "District")), "extent": or(ref("schemas", "Box")), "counts": every(integer)}),
		"District": record(list{"id", "code", "name", "level", "bbox"}, object{"id": id, "code": text, "name": text, "name_en": or(text), "level": text, "bbox": ref("schemas", "Box")}),
		"Summary": record(list{"total", "by", "areas", "confirmed", "timeStamp"}, object{"total": integer, "by": every(every(integer)),
			"areas":     arrayOf(record(list{"id", "code", "name", "count"}, object{"id": id, "code": text, "name": text, "name_en": or(text), "count": integer})),
			"confirmed": or(record(list{"due", "fresh"}, object{"due": integer, "fresh": integer})), "timeStamp": when}),
		"Change": record(list{"seq", "layer", "id", "fid", "kind", "version"}, object{"seq": integer, "layer": text, "id": id, "fid": integer,
			"kind": object{"type": "string", "enum": list{"insert", "update", "delete"}}, "version": integer, "old_bbox": or(ref("schemas", "Box")), "new_bbox": or(ref("schemas", "Box")),
			"area_id": or(id), "feature": object{"description": "the row as its layer's list has it", "type": "object"}}),
		"Reload":    record(list{"seq", "bbox"}, object{"seq": integer, "layer": text, "bbox": or(ref("schemas", "Box"))}),
		"Heartbeat": record(list{"delayed"}, object{"time": when, "seq": integer, "delayed": object{"type": "boolean", "description": "the server does not hear its database now"}}),
		"Basemap": record(list{"name", "kind", "label"}, object{"name": text, "kind": object{"type": "string", "enum": list{"own", "pmtiles", "raster"}}, "label": phrase,
			"url": text, "tiles": arrayOf(text), "attribution": text, "min_zoom": integer, "max_zoom": integer}),
		"Option": record(list{"value", "label"}, object{"value": text, "label": phrase, "colour": text, "symbol": text, "synonyms": arrayOf(text), "guarded": object{"type": "boolean", "description": "photos of such rows are for who may see what is sensitive"}}),
		"Field": record(list{"name", "type", "label", "required"}, object{"name": text, "type": object{"type": "string", "enum": list{"text", "phone", "integer", "number", "boolean", "date", "time", "choice", "choices", "reference"}},
			"label": phrase, "help": phrase, "required": flag, "unit": phrase, "min": or(number), "max": or(number), "max_length": integer, "choices": arrayOf(ref("schemas", "Option")),
			"layer": text, "tile": flag, "search": flag, "sensitive": flag, "filter": flag, "read_only": flag, "confirmation": flag, "default": text, "synonyms": arrayOf(text)}),
		"Part": record(list{"name", "label", "fields"}, object{"name": text, "label": phrase, "fields": arrayOf(ref("schemas", "Field"))}),
		"Layer": record(list{"name", "map", "label", "geometry", "fields", "parts"}, object{"name": text, "map": object{"type": "string", "enum": list{"risk", "material", "force", "command", "base"}},
			"label": phrase, "geometry": arrayOf(text), "place_optional": flag, "name_optional": flag, "symbol_field": text, "level_field": text, "history": flag, "confirm_days": integer, "accuracy_limit_m": number, "write_right": text,
			"min_zoom": integer, "max_zoom": integer, "fields": arrayOf(ref("schemas", "Field")), "parts": arrayOf(ref("schemas", "Part"))}),
	}
	maps.Copy(all, peopleSchemas())
	maps.Copy(all, writingSchemas())
	maps.Copy(all, fileSchemas())
	maps.Copy(all, importSchemas())
	maps.Copy(all, sitingSchemas())
	maps.Copy(all, managementSchemas())
	for _, l := range layer.All {
		maps.Copy(all, layerSchemas(l))
	}
	return all
}
