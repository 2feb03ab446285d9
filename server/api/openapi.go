package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"

	"fourmaps/geo/layer"
	"fourmaps/server/auth"
)

// The OpenAPI 3.1 description is made from the routes and the declarations: what a layer declares is what it says.

// object is a JSON object; encoding/json writes its members in alphabetical order.
type object map[string]any

// list is a JSON array.
type list []any

func ref(kind, name string) object { return object{"$ref": "#/components/" + kind + "/" + name} }

// Description is what GET /api/openapi.json answers, for a version of the program.
func Description(version string) ([]byte, error) {
	body, err := json.Marshal((&server{Options: Options{Version: version}}).describe())
	if err != nil {
		return nil, fmt.Errorf("writing the OpenAPI description: %w", err)
	}
	return body, nil
}

// describe makes the whole description.
func (s *server) describe() object {
	paths := object{}
	for _, r := range s.routes() {
		if r.id == "" {
			continue
		}
		for path, operation := range operationsOf(r) {
			item, ok := paths[path].(object)
			if !ok {
				item = object{}
				paths[path] = item
			}
			item[strings.ToLower(r.method)] = secured(operation, r.access)
		}
	}
	return object{
		"openapi": "3.1.0",
		"info": object{
			"title": product, "version": s.Version, "summary": "Risk points, materials, forces and command of a county, as GeoJSON and vector tiles",
			"description": "Coordinates are WGS 84 (EPSG:4326), longitude first. Times are RFC 3339. Errors are RFC 9457 problems in Chinese or English (Accept-Language or lang). The cookie of POST /api/session says who asks; x-permission names what an operation asks of that account. What changes something must come from the server's own pages or from no browser.",
			"license":     object{"name": "See the LICENSE file of the distribution", "identifier": "LicenseRef-fourmaps"},
		},
		"servers":  list{object{"url": "/", "description": "this server"}},
		"security": list{object{"session": list{}}},
		"tags": list{
			object{"name": "layers", "description": "What is on the map, and its rows"},
			object{"name": "tiles", "description": "Vector tiles, TileJSON and basemaps"},
			object{"name": "events", "description": "Changes as they happen"},
			object{"name": "server", "description": "The installation and its health"},
			object{"name": "siting", "description": "Where things may stand, and what stands too near"},
			object{"name": "imports", "description": "Ledgers that people bring: upload, choices, report, import"},
			object{"name": "files", "description": "Photos and documents of rows"},
			object{"name": "people", "description": "Sign-in, people and what they may do"},
		},
		"paths": paths,
		"components": object{"schemas": schemas(), "parameters": parameters(), "responses": responses(), "headers": headers(),
			"securitySchemes": object{"session": object{"type": "apiKey", "in": "cookie", "name": auth.CookieName}}},
	}
}

// documentPath is a route's path as OpenAPI writes it.
func documentPath(r route) string {
	if r.document != "" {
		return r.document
	}
	parts := strings.Split(r.path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// responses are the answers that many operations share.
func responses() object {
	failed := func(description string) object {
		return object{"description": description, "content": object{"application/problem+json": object{"schema": ref("schemas", "Problem")}}}
	}
	return object{
		"BadRequest":       failed("A parameter is unknown or has a value that cannot be understood; errors says which"),
		"NotFound":         failed("There is no such thing"),
		"Unavailable":      failed("The server cannot answer now: the database cannot be reached, too many streams are open or too many tiles are being made; Retry-After says when to try again"),
		"Timeout":          failed("The query took too long"),
		"NotSignedIn":      failed("Nobody is signed in; at sign-in, the name or the password is wrong"),
		"NotPermitted":     failed("Whoever is signed in does not have this right"),
		"Conflict":         failed("It contradicts what is there: the id or code is taken, other rows point to it, it is not deleted"),
		"ChangedMeanwhile": failed("The row has another version: version and current say what it is now"),
		"VersionMissing":   failed("If-Match is missing"),
		"Refused":          failed("invalid_entry: errors has every fault; needs_decision: findings have to be looked at; key_reused: the key belongs to another write"),
		"FileRefused":      failed("type_not_taken, too_large, damaged or too_many_pixels: why the file is not taken; needs_decision: findings have to be looked at"),
		"TooMany":          failed("Too many failures; Retry-After says when to try again"),
		"TooLarge":         failed("The body is over the limit"),
		"NotModified":      object{"description": "The client has the current answer (If-None-Match)"},
	}
}

func headers() object {
	return object{"ETag": object{"description": "Names this content; send it back as If-None-Match", "schema": object{"type": "string"}}}
}

// parameters are those of all operations; the filters of a layer are named layer.parameter.
func parameters() object {
	query := func(name, description string, schema object) object {
		return object{"name": name, "in": "query", "description": description, "schema": schema}
	}
	all := object{
		"lang":          query("lang", "Language of messages", object{"type": "string", "enum": list{"zh", "en"}}),
		"limit":         query("limit", "Most rows of one page", object{"type": "integer", "minimum": 1, "maximum": mostRows, "default": normalLimit}),
		"cursor":        query("cursor", "Where the page begins: next of the page before, for the same filters and sort", object{"type": "string"}),
		"area_level":    query("area_level", "The areas to count by", object{"type": "string", "enum": list{"township", "village"}, "default": "township"}),
		"last_event_id": query("last_event_id", "Number of the last event that the client has; the header Last-Event-ID comes first", object{"type": "integer", "minimum": 0}),
		"layer":         object{"name": "layer", "in": "path", "required": true, "description": "A layer's name", "schema": object{"type": "string", "enum": layerNames()}},
		"layers":        object{"name": "layers", "in": "path", "required": true, "description": "One layer's name or several with commas", "schema": object{"type": "string"}},
		"id":            object{"name": "id", "in": "path", "required": true, "description": "The row's id", "schema": object{"type": "string", "format": "uuid"}},
		"If-None-Match": object{"name": "If-None-Match", "in": "header", "description": "ETags that the client has", "schema": object{"type": "string"}},
		"Last-Event-ID": object{"name": "Last-Event-ID", "in": "header", "description": "Number of the last event that the client has", "schema": object{"type": "string"}},
		"bbox": object{"name": "bbox", "in": "query", "style": "form", "explode": false,
			"description": "west,south,east,north in degrees; west greater than east crosses the antimeridian", "schema": object{"type": "array", "items": object{"type": "number"}, "minItems": 4, "maxItems": 6}},
		"area": query("area", "Code of an area: rows in it and in all areas below it", object{"type": "string", "pattern": `^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$`}),
		"due":  query("due", "true: rows whose last confirmation is older than the period of their kind, and those never confirmed; false: the others. The answer may be a minute old", object{"type": "boolean"}),
		"q":    query("q", "Search in names and addresses: Chinese, pinyin or initials", object{"type": "string", "maxLength": layer.MaxTextChars}),
		"ids": object{"name": "ids", "in": "query", "style": "form", "explode": false, "description": "Rows by id",
			"schema": object{"type": "array", "items": object{"type": "string", "format": "uuid"}, "maxItems": layer.MaxIDs}},
	}
	for name, p := range exportParameters() {
		all[name] = p
	}
	for _, name := range []string{"z", "x", "y"} {
		all[name] = object{"name": name, "in": "path", "required": true, "description": "Zoom, column or row of the XYZ scheme", "schema": object{"type": "integer", "minimum": 0}}
	}
	maps.Copy(all, peopleParameters())
	maps.Copy(all, writingParameters())
	maps.Copy(all, fileParameters())
	maps.Copy(all, importParameters())
	maps.Copy(all, sitingParameters())
	for _, l := range layer.All {
		for _, p := range filterParameters(l) {
			all[l.Name+"."+p["name"].(string)] = p
		}
		all[l.Name+".sort"] = query("sort", "Field to sort by, with - before it for descending; rows without a value come last", object{"type": "string", "enum": sortable(l)})
	}
	return all
}

func layerNames() list {
	names := list{}
	for _, l := range layer.All {
		names = append(names, l.Name)
	}
	return names
}
