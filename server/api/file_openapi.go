package api

import (
	"maps"
	"slices"
)

// fileOperation describes the routes about photos and documents of rows; nil for others.
func fileOperation(r route) object {
	op := func(summary string, responses object, parameters ...string) object {
		for code, name := range map[string]string{"400": "BadRequest", "404": "NotFound", "503": "Unavailable", "504": "Timeout"} {
			responses[code] = ref("responses", name)
		}
		return object{"operationId": r.id, "tags": list{"files"}, "summary": summary, "responses": responses,
			"parameters": named(append([]string{"layer", "id"}, append(parameters, "lang")...)...)}
	}
	bytes := func(types ...string) object {
		all := object{}
		for _, t := range types {
			all[t] = object{"schema": object{"type": "string", "format": "binary"}}
		}
		return all
	}
	photos := []string{"image/jpeg", "image/png", "image/webp"}
	one := content("The file", typeJSON, ref("schemas", "File"))
	switch r.id {
	case "listFiles":
		return op("The photos and documents of a row that one may see, the newest first", object{"200": content("The files", typeJSON, ref("schemas", "Files"))})
	case "listDeletedFiles":
		return op("The deleted files of a row that can still be brought back, the last deleted first", object{"200": content("The files", typeJSON, ref("schemas", "DeletedFiles"))})
	case "getFileHistory":
		return op("What happened to the files of a row, newest first", object{"200": content("A page of events", typeJSON, ref("schemas", "FileHistory"))}, "history_limit", "before")
	case "addFile":
		o := op("Add a photo or a document to a row; the same request repeated adds it once", object{"200": one, "201": one,
			"409": ref("responses", "Conflict"), "413": ref("responses", "FileRefused"), "415": ref("responses", "FileRefused"), "422": ref("responses", "FileRefused")},
			"file", "file_name", "file_occurred_at", "file_accept")
		o["requestBody"] = object{"required": true, "description": "the file as it is; what it is is found in its content", "content": bytes("application/octet-stream")}
		return o
	case "getFile":
		return op("The content of a file", object{"200": object{"description": "The content; ranges are answered", "content": bytes(append(photos, "application/pdf", "application/octet-stream")...)},
			"206": object{"description": "A range of it", "content": bytes("application/octet-stream")}, "304": ref("responses", "NotModified")}, "file", "If-None-Match")
	case "getThumbnail":
		return op("A photo made small", object{"200": object{"description": "JPEG", "content": bytes("image/jpeg")}, "304": ref("responses", "NotModified")}, "file", "edge", "If-None-Match")
	case "deleteFile":
		return op("Delete a file; it can be brought back for 30 days", object{"200": one}, "file")
	case "undeleteFile":
		return op("Bring a deleted file back", object{"200": one}, "file")
	}
	return nil
}

// fileParameters are the parameters of these routes.
func fileParameters() object {
	query := func(name, description string, schema object) object {
		return object{"name": name, "in": "query", "description": description, "schema": schema}
	}
	return object{
		"file":             object{"name": "file", "in": "path", "required": true, "description": "The file's id: a version 7 UUID made by the client", "schema": object{"type": "string", "format": "uuid"}},
		"edge":             object{"name": "edge", "in": "path", "required": true, "description": "The longest edge in pixels", "schema": object{"type": "integer", "enum": list{320, 1280}}},
		"file_name":        query("name", "What people call the file; its ending follows from the content", object{"type": "string"}),
		"file_occurred_at": query("occurred_at", "When it was added, by the client's clock and its measured offset; now without it", object{"type": "string", "format": "date-time"}),
		"file_accept":      query("accept", "Codes of findings that the person has seen, with commas", object{"type": "string"}),
	}
}

// fileSchemas are the schemas of what these routes answer.
func fileSchemas() object {
	text, integer := object{"type": "string"}, object{"type": "integer"}
	id, when := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	file := object{"id": id, "kind": object{"type": "string", "enum": list{"photo", "document"}}, "name": text, "content_type": text, "bytes": integer, "width": or(integer), "height": or(integer),
		"taken_at":   object{"anyOf": list{when, object{"type": "null"}}, "description": "by the camera's clock"},
		"distance_m": object{"anyOf": list{object{"type": "number"}, object{"type": "null"}}, "description": "metres from where the photo was taken to the row, when it was added"},
		"person_id":  or(id), "person_name": text, "occurred_at": when, "created_at": when, "deleted_at": or(when)}
	required := list{"id", "kind", "name", "content_type", "bytes", "width", "height", "taken_at", "distance_m", "person_id", "person_name", "occurred_at", "created_at", "deleted_at"}
	deleted := maps.Clone(file)
	deleted["deleted_at"], deleted["deleted_by"] = when, or(text)
	deleted["kept_until"] = object{"type": "string", "format": "date-time", "description": "after that it cannot be brought back"}
	hidden := object{"type": "integer", "description": "how many more there are, for who may see what is sensitive"}
	return object{
		"File":  object{"type": "object", "required": required, "properties": file},
		"Files": object{"type": "object", "required": list{"files", "hidden"}, "properties": object{"files": arrayOf(ref("schemas", "File")), "hidden": hidden}},
		"DeletedFiles": object{"type": "object", "required": list{"files", "hidden"}, "properties": object{"hidden": hidden,
			"files": arrayOf(object{"type": "object", "required": append(slices.Clone(required), "deleted_by", "kept_until"), "properties": deleted})}},
		"FileEvent": object{"type": "object", "required": list{"seq", "kind", "at", "occurred_at", "actor", "person_id", "address", "file"}, "properties": object{"seq": integer,
			"kind": object{"type": "string", "enum": list{"add", "delete", "undelete", "forget"}, "description": "forget: the sweep removed what was deleted long ago"},
			"at":   when, "occurred_at": or(when), "actor": text, "person_id": or(id), "address": or(text),
			"file": object{"type": "object", "required": list{"id", "kind", "name", "bytes", "hidden"}, "properties": object{"id": id, "kind": file["kind"], "name": or(text), "bytes": or(integer),
				"hidden": object{"type": "boolean", "description": "only some may see name and size"}}}}},
		"FileHistory": object{"type": "object", "required": list{"events", "next"}, "properties": object{"events": arrayOf(ref("schemas", "FileEvent")),
			"next": object{"type": "integer", "description": "before of the next page; 0 at the end"}}},
	}
}
