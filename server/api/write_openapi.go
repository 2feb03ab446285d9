package api

import (
	"maps"
	"slices"

	"fourmaps/geo/layer"
)

// writingOperations describe a route that writes rows or tells their history, for each layer whose rows are kept one by
// one.
func writingOperations(r route) map[string]object {
	all := map[string]object{}
	for _, l := range layer.All {
		if l.History {
			all[pathOf(r, l)] = writingOperation(r, l)
		}
	}
	return all
}

func writingOperation(r route, l *layer.Layer) object {
	title := titleCase(l.Name)
	op := object{"operationId": r.id + "Of" + title, "tags": list{"layers"}, "description": l.Label.Zh + " · " + l.Label.En}
	row := tagged(content("The row as it is now; not to be kept (no-store)", typeGeoJSON, ref("schemas", title)))
	write := func(summary, status string, ok object, body object, parameters ...string) {
		op["summary"] = summary
		op["parameters"] = named(append(parameters, headerKey, "lang")...)
		op["responses"] = object{status: ok, "400": ref("responses", "BadRequest"), "409": ref("responses", "Conflict"), "422": ref("responses", "Refused"),
			"503": ref("responses", "Unavailable"), "504": ref("responses", "Timeout")}
		if status != "201" {
			for code, name := range map[string]string{"404": "NotFound", "412": "ChangedMeanwhile", "428": "VersionMissing"} {
				op["responses"].(object)[code] = ref("responses", name)
			}
		}
		if body != nil {
			op["requestBody"] = body
		}
	}
	entry := func(schema string) object {
		one := object{"schema": ref("schemas", schema)}
		return object{"required": true, "content": object{typeGeoJSON: one, typeJSON: one}}
	}
	small := func(schema string, required bool) object {
		return object{"required": required, "content": object{typeJSON: object{"schema": ref("schemas", schema)}}}
	}
	switch r.id {
	case "createFeature":
		write("Add a row of "+l.Label.En, "201", row, entry(title+"Entry"))
	case "patchFeature":
		write("Change a row of "+l.Label.En, "200", row, entry(title+"Change"), "id", "If-Match")
	case "deleteFeature":
		write("Delete a row of "+l.Label.En, "200", content("It is deleted; with this version it can be brought back", typeJSON, ref("schemas", "DeletedRow")), small("Occurrence", false), "id", "If-Match")
	case "undeleteFeature":
		write("Bring a deleted row of "+l.Label.En+" back", "200", row, small("Occurrence", false), "id", "If-Match")
	case "restoreFeature":
		write("Make a row of "+l.Label.En+" what it was, as a new version", "200", row, small("Restoration", true), "id", "If-Match")
	case "confirmFeature":
		write("Say that a row of "+l.Label.En+" is still true", "200", row, small("RowConfirmation", false), "id", "If-Match")
	case "getHistory":
		op["summary"] = "Who made which version of a row of " + l.Label.En + ", newest first"
		op["parameters"] = named("id", "history_limit", "before", "lang")
		op["responses"] = answers(content("A page of the history; a deleted row has one too", typeJSON, ref("schemas", "History")), "BadRequest", "NotFound", "Unavailable", "Timeout")
	case "listDeleted":
		op["summary"] = "Deleted rows of " + l.Label.En + ", the last first, where one reads the history"
		op["parameters"] = named("history_limit", "before_deleted", "lang")
		op["responses"] = answers(content("A page of them; with its version a row can be brought back", typeJSON, ref("schemas", "DeletedRows")), "BadRequest", "Unavailable", "Timeout")
	default: // getVersion
		op["summary"] = "A row of " + l.Label.En + " as it was after a version"
		op["parameters"] = named("id", "version", "lang")
		op["responses"] = answers(content("The row as it was, with its lists", typeGeoJSON, object{"type": "object"}), "BadRequest", "NotFound", "Unavailable", "Timeout")
	}
	return op
}

// freshnessOperation describes the routes about confirmations; nil for others.
func freshnessOperation(r route) object {
	op := func(summary string, ok object, parameters ...string) object {
		return object{"operationId": r.id, "tags": list{"layers"}, "summary": summary, "parameters": named(append(parameters, "lang")...), "responses": answers(ok, "BadRequest", "Unavailable", "Timeout")}
	}
	switch r.id {
	case "getFreshness":
		return op("How many rows are confirmed, due and never confirmed, by layer and area; at most a minute old", tagged(content("The figures", typeJSON, ref("schemas", "FreshnessAnswer"))), "area", "area_level")
	case "listDue":
		return op("What is due, each row the nearest to the one before; at most 500", content("The rows in walking order", typeGeoJSON, ref("schemas", "Walk")), "area", "from", "due_layers")
	}
	return nil
}

// writingParameters are the parameters of these routes.
func writingParameters() object {
	query := func(name, description string, schema object) object {
		return object{"name": name, "in": "query", "description": description, "schema": schema}
	}
	text := object{"type": "string"}
	return object{
		headerKey: object{"name": headerKey, "in": "header", "description": "A UUID made by the client: for 90 days a repeat under the same key gets the first answer (with Idempotency-Replayed), another request under it 422",
			"schema": object{"type": "string", "format": "uuid"}},
		"version":        object{"name": "version", "in": "path", "required": true, "description": "The version", "schema": object{"type": "integer", "minimum": 1}},
		"history_limit":  query("limit", "Most versions of one page", object{"type": "integer", "minimum": 1, "maximum": mostHistory, "default": normalHistory}),
		"before":         query("before", "Where the page begins: next of the page before", object{"type": "integer", "minimum": 1}),
		"before_deleted": query("before", "Where the page begins: next of the page before", text),
		"from":           query("from", "Where one stands: longitude,latitude (WGS 84); without it the walk begins with the row that was confirmed longest ago", object{"type": "string"}),
		"due_layers":     query("layers", "Layers with commas; all that are confirmed without it", object{"type": "string"}),
	}
}

// writingSchemas are the schemas of what these routes take and answer.
func writingSchemas() object {
	text, integer, number, flag := object{"type": "string"}, object{"type": "integer"}, object{"type": "number"}, object{"type": "boolean"}
	id, when := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	record := func(required list, properties object) object {
		return object{"type": "object", "required": required, "properties": properties}
	}
	occurred := object{"type": "string", "format": "date-time", "description": "when it happened, by the client's clock and its measured offset; now without it"}
	counts := object{"total": integer, "confirmed": integer, "due": integer, "never": integer}
	counted := func(required list, more object) object {
		for _, name := range slices.Sorted(maps.Keys(counts)) { // in one order, so that the document is the same each time
			more[name] = counts[name]
			required = append(required, name)
		}
		return record(required, more)
	}
	changes := arrayOf(ref("schemas", "Difference"))
	all := object{
		"Finding": record(list{"code", "text", "acceptable", "offers"}, object{"code": object{"type": "string", "enum": list{"outside_own_area", "outside_district", "swapped", "similar_nearby", "inaccurate", "siting", "siting_refused", "area_overlap", "area_outside_parent", "area_gap"}},
			"text": ref("schemas", "Text"), "acceptable": object{"type": "boolean", "description": "saved when accept names the code"}, "offers": arrayOf(ref("schemas", "Offer")), "siting": object{"description": "of siting and siting_refused: the rule and its numbers", "allOf": list{ref("schemas", "FoundSiting")}}}),
		"Offer": record(list{"action"}, object{"action": object{"type": "string", "enum": list{"swap", "merge", "accept", "waive"}, "description": "waive: accept with a reason"},
			"geometry": object{"type": "object", "description": "swap: the place to send instead, in the system of the entry"}, "crs": text,
			"id": id, "name": text, "version": integer, "distance_m": object{"type": "number", "description": "merge: metres to the row that is there already"}}),
		"DeletedRow": record(list{"id", "version", "deleted"}, object{"id": id, "version": integer, "deleted": flag}),
		"DeletedRows": record(list{"rows", "next"}, object{"next": object{"type": "string", "description": "before of the next page; empty at the end"},
			"rows": arrayOf(record(list{"id", "version", "name", "name_en", "area_id", "deleted_at", "actor"}, object{"id": id, "version": integer, "name": or(text), "name_en": or(text), "area_id": or(id), "deleted_at": when, "actor": or(text)}))}),
		"Occurrence":      record(list{}, object{"occurred_at": occurred}),
		"Restoration":     record(list{"version"}, object{"version": object{"type": "integer", "minimum": 1}, "occurred_at": occurred}),
		"RowConfirmation": record(list{}, object{"occurred_at": occurred, "position_accuracy_m": object{"type": "number", "minimum": 0, "maximum": 100000, "description": "accuracy in metres of the position from where the person looked"}}),
		"Difference": record(list{"field", "before", "after"}, object{"field": object{"type": "string", "description": "a field of the declaration, or geometry, source_crs, source_x, source_y"},
			"before": object{}, "after": object{}, "hidden": object{"type": "boolean", "description": "only some may see the values"}}),
		"PartEvent": record(list{"part", "id", "kind", "changes"}, object{"part": text, "id": id, "kind": object{"type": "string", "enum": list{"insert", "update", "delete"}}, "changes": changes}),
		"RowEvent": record(list{"seq", "version", "kind", "at", "occurred_at", "actor", "person_id", "address", "source", "changes", "parts"}, object{"seq": integer, "version": integer,
			"kind": object{"type": "string", "enum": list{"insert", "update", "delete", "undelete"}}, "at": when, "occurred_at": or(when), "actor": text, "person_id": or(id), "address": or(text), "source": text,
			"changes": changes, "parts": arrayOf(ref("schemas", "PartEvent"))}),
		"History":   record(list{"events", "next"}, object{"events": arrayOf(ref("schemas", "RowEvent")), "next": object{"type": "integer", "description": "before of the next page; 0 at the end"}}),
		"Freshness": counted(nil, object{}),
		"FreshnessAnswer": record(list{"layers", "timeStamp"}, object{"timeStamp": when, "layers": arrayOf(counted(list{"layer", "areas"}, object{"layer": text,
			"areas": arrayOf(counted(list{"id", "code", "name", "name_en"}, object{"id": id, "code": text, "name": text, "name_en": or(text)}))}))}),
		"Walk": record(list{"type", "features", "numberMatched", "numberReturned", "timeStamp"}, object{"type": object{"type": "string", "const": "FeatureCollection"}, "numberMatched": integer, "numberReturned": integer, "timeStamp": when,
			"features": arrayOf(record(list{"type", "id", "geometry", "properties", "layer", "leg_m"}, object{"type": object{"type": "string", "const": "Feature"}, "id": id, "geometry": object{}, "properties": object{"type": "object"},
				"layer": text, "leg_m": object{"anyOf": list{number, object{"type": "null"}}, "description": "metres from the row before, or from where one stands"}}))}),
	}
	for _, l := range layer.All {
		if l.History {
			all[titleCase(l.Name)+"Entry"], all[titleCase(l.Name)+"Change"] = entrySchema(l, true), entrySchema(l, false)
		}
	}
	return all
}

// entrySchema is the schema of what people enter: a new row, or what changes of one.
func entrySchema(l *layer.Layer, create bool) object {
	properties, required := object{}, list{}
	for _, f := range allFields(l) {
		if f.ReadOnly || f.Confirmation || f.Layer == l.Name && f.Name == "area_id" {
			continue
		}
		properties[f.Name] = fieldSchema(f)
		if create && (f.Required && f.Default == "" || f.Name == "name" && !l.NameOptional) {
			required = append(required, f.Name)
		}
	}
	for _, p := range l.Parts {
		line, needed := object{"id": object{"type": "string", "format": "uuid", "description": "of a line that is there; made by the server or the client for a new one"}}, list{}
		for _, f := range p.Fields {
			line[f.Name] = fieldSchema(f)
			if f.Required && f.Default == "" {
				needed = append(needed, f.Name)
			}
		}
		properties[p.Name] = object{"type": "array", "maxItems": layer.MaxEntryLines, "description": p.Label.Zh + " · " + p.Label.En + ": the whole list; what is missing in a line has no value",
			"items": object{"type": "object", "required": needed, "additionalProperties": false, "properties": line}}
	}
	needed := list{}
	if create {
		needed = list{"properties"}
		if !l.PlaceOptional {
			needed = list{"geometry", "properties"}
		}
	}
	return object{"type": "object", "required": needed, "additionalProperties": false, "properties": object{
		"type": object{"type": "string", "const": "Feature"}, "id": object{"type": "string", "format": "uuid", "description": "of a new row: a version 7 UUID made by the client"},
		"geometry":    geometrySchema(l),
		"crs":         object{"type": "string", "enum": list{"WGS84", "CGCS2000", "GCJ02", "BD09"}, "default": "WGS84", "description": "the system of the coordinates; the pair as it came is kept"},
		"properties":  object{"type": "object", "required": required, "additionalProperties": false, "properties": properties},
		"occurred_at": object{"type": "string", "format": "date-time"},
		"confirm":     object{"type": "boolean", "description": "the person has looked at the place: confirmed now"},
		"reason":      object{"type": "string", "maxLength": layer.MaxReason, "description": "why, where a finding is waived"},
		"accept":      object{"type": "array", "items": object{"type": "string"}, "description": "codes of findings that the person has seen and accepts"},
	}}
}
