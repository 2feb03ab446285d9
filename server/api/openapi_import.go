package api

import (
	"maps"
	"slices"

	"fourmaps/geo/layer"
	"fourmaps/server/intake"
)

// importOperation describes the routes of imports; nil for others.
func importOperation(r route) object {
	op := func(summary, body, status string, ok object, parameters ...string) object {
		o := object{"operationId": r.id, "tags": list{"imports"}, "summary": summary, "parameters": named(append(parameters, "lang")...),
			"responses": object{status: ok, "400": ref("responses", "BadRequest"), "404": ref("responses", "NotFound"), "503": ref("responses", "Unavailable")}}
		if body != "" {
			o["requestBody"] = object{"required": true, "content": object{typeJSON: object{"schema": ref("schemas", body)}}}
		}
		return o
	}
	and := func(o object, codes ...string) object {
		for _, code := range codes {
			o["responses"].(object)[code] = ref("responses", map[string]string{"409": "Conflict", "412": "ChangedMeanwhile", "413": "TooLarge", "422": "FileRefused"}[code])
		}
		return o
	}
	draft := func(description string) object { return content(description, typeJSON, ref("schemas", "Import")) }
	switch r.id {
	case "listImports":
		return op("One's own imports, the last touched first", "", "200", content("Unfinished and finished ones", typeJSON, ref("schemas", "Imports")))
	case "uploadImport":
		o := and(op("Upload a file: the body is the file itself", "", "201", draft("What the file says, and where its columns probably go; nothing is imported yet"), "name", "into"), "409", "413", "422")
		o["requestBody"] = object{"required": true, "content": object{"application/octet-stream": object{"schema": object{"type": "string", "contentEncoding": "binary"}}}}
		return o
	case "getImport":
		return op("An import, and how far its work is", "", "200", draft("The import as it is now"), "id")
	case "chooseImport":
		return and(op("Say what the file does not say; when nothing is missing any more, the check begins", "ImportChange", "200", draft("The import as it is now"), "id"), "409", "412", "422")
	case "discardImport":
		return op("Discard an import with its file; what was imported stays", "", "204", object{"description": "Discarded"}, "id")
	case "checkImport":
		return and(op("Check again", "", "202", draft("The check has begun"), "id"), "409", "422")
	case "applyImport":
		o := and(op("Store all that the check accepted, or nothing", "ImportApplication", "200", draft("It is stored"), "id"), "409", "412")
		o["responses"].(object)["202"] = draft("It is being stored; GET tells how far it is")
		return o
	case "listImportRows":
		return op("A page of the report", "", "200", content("Rows in the order of the file, those that are gone last", typeJSON, ref("schemas", "ImportRows")), "id", "outcome", "after", "report_limit")
	case "listImportPoints":
		return op("The rows of the report on the map", "", "200", content("At most 5,000 points; of more every so many-th", typeGeoJSON, object{"type": "object"}), "id", "outcome")
	case "previewImport":
		return and(op("Where the first places of the file would lie in each coordinate system", "", "200", content("Points in the system asked for, and how many lie inside the areas in each", typeGeoJSON, ref("schemas", "ImportPreview")), "id", "file_crs", "swap"), "422")
	case "listImportMappings":
		return op("Saved mappings: one's own and those that are shared", "", "200", content("By name", typeJSON, ref("schemas", "ImportMappings")))
	case "saveImportMapping":
		return and(op("Save the choices of an import under a name; one's own of that name is replaced", "NewImportMapping", "201", content("It is saved", typeJSON, ref("schemas", "ImportMapping"))), "422")
	case "renameImportMapping":
		return and(op("Give one's own mapping another name", "ImportMappingName", "200", content("It has that name", typeJSON, ref("schemas", "ImportMapping")), "id"), "409")
	case "dropImportMapping":
		return op("Delete one's own mapping", "", "204", object{"description": "Deleted"}, "id")
	}
	return nil
}

// importParameters are the parameters of the routes of imports.
func importParameters() object {
	query := func(name, description string, schema object, required bool) object {
		return object{"name": name, "in": "query", "description": description, "schema": schema, "required": required}
	}
	all := list{}
	for _, o := range outcomes {
		all = append(all, o)
	}
	return object{
		"name":         query("name", "What the file is called", object{"type": "string", "maxLength": 500}, true),
		"into":         query("layer", "The layer into which it goes", object{"type": "string", "enum": importableLayers()}, false),
		"outcome":      query("outcome", "Only rows of this outcome", object{"type": "string", "enum": all}, false),
		"after":        query("after", "Where the page begins: ord of the last row of the page before", object{"type": "integer", "minimum": 0}, false),
		"report_limit": query("limit", "Most rows of one page", object{"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}, false),
		"file_crs":     query("crs", "The coordinate system to show the places in", object{"type": "string"}, false),
		"swap":         query("swap", "With longitude and latitude exchanged", object{"type": "boolean"}, false),
	}
}

func importableLayers() list {
	out := list{}
	for _, l := range layer.All {
		if intake.Importable(l) {
			out = append(out, l.Name)
		}
	}
	return out
}

// importSchemas are the schemas of imports.
func importSchemas() object {
	text, flag, integer, number := object{"type": "string"}, object{"type": "boolean"}, object{"type": "integer"}, object{"type": "number"}
	id, when := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	record := func(required list, properties object) object {
		return object{"type": "object", "required": required, "properties": properties}
	}
	all := func(properties object) object {
		required := list{}
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			required = append(required, name)
		}
		return record(required, properties)
	}
	every := func(schema object) object { return object{"type": "object", "additionalProperties": schema} }
	note := all(object{"code": text, "zh": text, "en": text})
	words := object{"type": "string", "enum": list{"new", "changed", "same", "rejected", "gone"}}
	pair := all(object{"column": text, "field": text})
	levels := all(object{"columns": arrayOf(text), "by_depth": or(every(or(arrayOf(text))))})
	choices := object{"mapping": arrayOf(pair), "constants": every(text), "levels": levels, "crs": text, "swap": flag, "sheet": text, "header_row": integer, "encoding": text,
		"delimiter": text, "date_order": text, "origin": text, "anywhere": flag}
	summary := object{"id": id, "state": object{"type": "string", "enum": list{"uploaded", "checked", "applied"}}, "file_name": text, "file_bytes": integer, "layer": or(text),
		"counts": or(ref("schemas", "ImportCounts")), "work": or(ref("schemas", "ImportWork")), "created_at": when, "updated_at": when, "applied_at": or(when), "expires_at": when}
	whole := object{"revision": integer, "choices": ref("schemas", "ImportChoices"), "about": ref("schemas", "ImportAbout"), "fault": or(note),
		"origins": arrayOf(all(object{"name": text, "rows": integer})), "mappings": arrayOf(ref("schemas", "ImportMapping")),
		"findings": object{"type": "array", "items": ref("schemas", "SitingFinding"), "description": "open ones against siting rules about the rows that were stored, at most 100; counts.siting says how many"}}
	maps.Copy(whole, summary)
	mapping := object{"id": id, "area_id": or(id), "everywhere": flag, "layer": text, "name": text, "columns": arrayOf(text), "choices": ref("schemas", "ImportChoices"), "created_at": when, "updated_at": when, "mine": flag}
	return object{
		"ImportCounts": all(object{"read": integer, "new": integer, "changed": integer, "moved": integer, "same": integer, "rejected": integer, "gone": integer, "removed": integer, "blank": integer, "unsure": flag, "notes": arrayOf(note),
			"siting": or(all(object{"new": integer, "resolved": integer, "open": integer}))}),
		"ImportWork": all(object{"kind": object{"type": "string", "enum": list{"check", "apply"}}, "rows": integer, "done": integer, "total": integer}),
		"ImportChoices": object{"type": "object", "properties": choices,
			"description": "mapping: columns to fields, or to lon, lat, lonlat, latlon (both in one cell) or key (tells a row from others of its ledger); constants: field to the value of all rows; levels: columns that stand for the levels of a tree, and values by depth"},
		"ImportAbout": all(object{"kind": text, "sheets": arrayOf(text), "columns": arrayOf(all(object{"name": text, "samples": arrayOf(text)})), "places": flag, "crs": text, "notes": arrayOf(note),
			"proposals": every(arrayOf(ref("schemas", "ImportProposal"))), "layer": text, "missing": or(note)}),
		"ImportProposal": all(object{"column": text, "field": text, "confidence": object{"type": "string", "enum": list{"sure", "likely", "maybe"}},
			"reason": object{"type": "string", "enum": list{"name", "synonym", "part", "values"}}, "zh": text, "en": text}),
		"ImportSummary": all(summary),
		"Imports":       all(object{"imports": arrayOf(ref("schemas", "ImportSummary"))}),
		"Import":        all(whole),
		"ImportChange":  record(list{}, object{"layer": text, "choices": ref("schemas", "ImportChoices")}),
		"ImportApplication": record(list{"revision"}, object{"revision": object{"type": "integer", "description": "of the import whose report was seen"}, "remove_gone": object{"type": "boolean", "description": "also delete the rows that are gone"},
			"move_areas": object{"type": "boolean", "description": "needed when rows move to another area (counts.moved)"}}),
		"ImportRows": all(object{"state": text, "rows": arrayOf(all(object{"ord": integer, "row": or(integer), "outcome": words, "key": text, "name": text, "id": or(id), "area": or(text), "moved": flag, "from_area": or(text), "lon": or(number), "lat": or(number),
			"changes":  arrayOf(record(list{"field", "before", "after"}, object{"field": text, "before": object{}, "after": object{}, "moved_m": number})),
			"problems": arrayOf(all(object{"column": text, "code": text, "zh": text, "en": text}))}))}),
		"ImportPreview": record(list{"type", "features", "systems", "read", "unread"}, object{"type": text, "features": arrayOf(object{"type": "object"}), "read": integer, "unread": integer,
			"systems": arrayOf(all(object{"crs": text, "swap": flag, "inside": integer, "near": integer, "far": integer}))}),
		"ImportMapping":     all(mapping),
		"ImportMappings":    all(object{"mappings": arrayOf(ref("schemas", "ImportMapping"))}),
		"NewImportMapping":  record(list{"name", "import"}, object{"name": text, "import": id, "area_id": or(id), "everywhere": flag}),
		"ImportMappingName": all(object{"name": text}),
	}
}
