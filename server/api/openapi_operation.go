package api

import (
	"fourmaps/geo/layer"
)

// operationsOf describes a route: one path, or one for each layer where parameters and rows differ by layer.
func operationsOf(r route) map[string]object {
	switch r.id {
	case "createFeature", "patchFeature", "deleteFeature", "undeleteFeature", "restoreFeature", "confirmFeature", "getHistory", "getVersion", "listDeleted":
		return writingOperations(r)
	case "listFeatures", "getFeature", "getSummary", "exportFeatures":
		all := map[string]object{}
		for _, l := range layer.All {
			all[pathOf(r, l)] = layerOperation(r, l)
		}
		return all
	}
	return map[string]object{documentPath(r): fixedOperation(r)}
}

// answers are the responses of an operation: its own, then those of what may go wrong.
func answers(ok object, more ...string) object {
	out := object{"200": ok}
	for _, name := range more {
		out[map[string]string{"NotModified": "304", "BadRequest": "400", "NotFound": "404", "Unavailable": "503", "Timeout": "504"}[name]] = ref("responses", name)
	}
	return out
}

func content(description, mediaType string, schema object) object {
	return object{"description": description, "content": object{mediaType: object{"schema": schema}}}
}

func tagged(ok object) object {
	ok["headers"] = object{"ETag": ref("headers", "ETag")}
	return ok
}

func named(names ...string) list {
	out := list{}
	for _, n := range names {
		out = append(out, ref("parameters", n))
	}
	return out
}

// layerOperation describes one of the routes below /api/layers/{layer} for one layer.
func layerOperation(r route, l *layer.Layer) object {
	title := titleCase(l.Name)
	op := object{"operationId": r.id + "Of" + title, "tags": list{"layers"}, "description": l.Label.Zh + " · " + l.Label.En}
	switch r.id {
	case "listFeatures":
		op["summary"] = "List " + l.Label.En
		op["parameters"] = append(append(named("limit", "cursor", l.Name+".sort", "lang", "If-None-Match"), common()...), fields(l)...)
		op["responses"] = answers(tagged(content("A page of rows; what only some may see is left out", typeGeoJSON, ref("schemas", title+"Collection"))),
			"NotModified", "BadRequest", "Unavailable", "Timeout")
	case "exportFeatures":
		op["summary"] = "Export " + l.Label.En
		op["parameters"] = append(append(named("format", "crs", "encoding", "sensitive", l.Name+".sort", "lang"), common()...), fields(l)...)
		op["responses"] = answers(exportAnswer(), "BadRequest", "Unavailable", "Timeout")
	case "getSummary":
		op["summary"] = "Count " + l.Label.En
		op["parameters"] = append(append(named("area_level", "lang", "If-None-Match"), common()...), fields(l)...)
		op["responses"] = answers(tagged(content("Counts of the rows that the same filters list", typeJSON, ref("schemas", "Summary"))),
			"NotModified", "BadRequest", "Unavailable", "Timeout")
	default:
		op["summary"] = "Get one row of " + l.Label.En
		op["parameters"] = named("id", "lang", "If-None-Match")
		op["responses"] = answers(tagged(content("The row with all its fields and lists; not to be kept (no-store)", typeGeoJSON, ref("schemas", title))),
			"NotModified", "BadRequest", "NotFound", "Unavailable", "Timeout")
	}
	return op
}

func common() list { return named("bbox", "area", "q", "ids") }

func fields(l *layer.Layer) list {
	out := list{}
	if l.ConfirmDays > 0 {
		out = append(out, ref("parameters", "due"))
	}
	for _, p := range filterParameters(l) {
		out = append(out, ref("parameters", l.Name+"."+p["name"].(string)))
	}
	return out
}

// fixedOperation describes a route that is the same for all layers.
func fixedOperation(r route) object {
	if op := peopleOperation(r); op != nil {
		return op
	}
	if op := importOperation(r); op != nil {
		return op
	}
	if op := freshnessOperation(r); op != nil {
		return op
	}
	if op := fileOperation(r); op != nil {
		return op
	}
	if op := sitingOperation(r); op != nil {
		return op
	}
	if op := managementOperation(r); op != nil {
		return op
	}
	problem := func(op object) object {
		op["parameters"] = append(op["parameters"].(list), named("lang")...)
		op["responses"].(object)["400"] = ref("responses", "BadRequest")
		return op
	}
	op := func(tag, summary string, responses object, parameters ...string) object {
		return object{"operationId": r.id, "tags": list{tag}, "summary": summary, "parameters": named(parameters...), "responses": responses}
	}
	text := object{"type": "string"}
	switch r.id {
	case "getHealth":
		return problemless(op("server", "Whether the process answers", object{"200": content("It does", typeJSON, object{"type": "object", "properties": object{"status": text}})}))
	case "getReadiness":
		return problemless(op("server", "Whether the server can do its work", object{
			"200": content("It can", typeJSON, ref("schemas", "Readiness")), "503": content("It cannot; checks say what is broken", typeJSON, ref("schemas", "Readiness"))}))
	case "getMetrics":
		return problemless(op("server", "Figures in Prometheus's text form", object{"200": content("The figures", "text/plain", text)}))
	case "getOpenAPI":
		return problem(op("server", "This description", answers(content("OpenAPI 3.1", typeJSON, object{"type": "object"}), "NotModified"), "If-None-Match"))
	case "getInstallation":
		return problem(op("server", "Which district this is and how much is in it", answers(content("The installation", typeJSON, ref("schemas", "Installation")), "Unavailable", "Timeout")))
	case "listLayers":
		return problem(op("layers", "The declarations of all layers", answers(tagged(content("The declarations", typeJSON,
			object{"type": "object", "required": list{"layers", "standing"}, "properties": object{"layers": arrayOf(ref("schemas", "Layer")), "standing": object{"type": "array", "items": ref("schemas", "Field"), "description": "the fields that every layer has beside its own"}}})), "NotModified"), "If-None-Match"))
	case "getLayer":
		return problem(op("layers", "The declaration of one layer", answers(tagged(content("The declaration", typeJSON, ref("schemas", "Layer"))), "NotModified", "NotFound"), "layer", "If-None-Match"))
	case "streamEvents":
		stream := op("events", "Changes of rows as server-sent events", answers(content(
			"event: change has the data Change; event: reload, Reload; event: heartbeat, Heartbeat, every 15 s. id is the number of the change.", "text/event-stream",
			object{"type": "string", "contentMediaType": typeJSON, "contentSchema": object{"oneOf": list{ref("schemas", "Change"), ref("schemas", "Reload"), ref("schemas", "Heartbeat")}}}), "Unavailable"),
			"Last-Event-ID", "last_event_id")
		return problem(stream)
	case "listBasemaps":
		return problem(op("tiles", "What may lie under the maps", answers(content("Our own basemap first", typeJSON,
			object{"type": "object", "required": list{"basemaps"}, "properties": object{"basemaps": arrayOf(ref("schemas", "Basemap"))}}), "NotFound")))
	case "getTile":
		tile := op("tiles", "A vector tile (MVT 2.1)", answers(tagged(content("The tile", "application/vnd.mapbox-vector-tile", object{"type": "string", "contentEncoding": "binary"})),
			"NotModified", "BadRequest", "NotFound", "Unavailable", "Timeout"), "layers", "z", "x", "y", "lang", "If-None-Match")
		tile["description"] = "A tile of one layer takes the filters of that layer's list."
		tile["responses"].(object)["204"] = object{"description": "The tile is empty"}
		return tile
	default: // getTileJSON
		return op("tiles", "TileJSON 3.0 of one layer or several", answers(content("The document", typeJSON, object{"type": "object"}), "BadRequest", "NotFound", "Unavailable"), "layers", "lang")
	}
}

// problemless operations take no parameters and are never refused; a wrong host name is.
func problemless(op object) object {
	op["responses"].(object)["421"] = ref("responses", "NotFound")
	return op
}

func arrayOf(items object) object { return object{"type": "array", "items": items} }
