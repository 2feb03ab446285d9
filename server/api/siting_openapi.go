package api

import (
	"maps"
	"slices"
)

// sitingOperation describes the routes about where things may stand; nil for others.
func sitingOperation(r route) object {
	op := func(summary, body, status, told, schema string, parameters ...string) object {
		o := object{"operationId": r.id, "tags": list{"siting"}, "summary": summary, "parameters": named(append(parameters, "lang")...),
			"responses": object{status: content(told, typeJSON, ref("schemas", schema)), "400": ref("responses", "BadRequest"), "503": ref("responses", "Unavailable")}}
		if body != "" {
			o["requestBody"] = object{"required": true, "content": object{typeJSON: object{"schema": ref("schemas", body)}}}
		}
		return o
	}
	switch r.id {
	case "listSitingRules":
		return op("The rules about where things may stand", "", "200", "All rules, also those that are not in force", "SitingRules")
	case "addSitingRule":
		return op("Add a rule; all rows are checked by it", "SitingRuleEntry", "201", "The rule", "SitingRule")
	case "changeSitingRule":
		return op("Change a rule; what is left out stays. All rows are checked by it again", "SitingRuleEntry", "200", "The rule as it is now", "SitingRule", "id", "If-Match")
	case "getSitingRuleHistory":
		return op("What became of a rule", "", "200", "The newest first", "SitingHistory", "id")
	case "listSitingFindings":
		return op("Rows against the rules, the newest findings first", "", "200", "A page of findings, and how many there are", "SitingFindings",
			"siting_state", "area", "siting_layer", "siting_rule", "siting_row", "siting_after", "siting_limit")
	case "waiveSitingFinding":
		return op("Let a finding pass", "SitingWaiving", "200", "The finding as it is now", "SitingFinding", "id", "If-Match")
	case "unwaiveSitingFinding":
		return op("Take a waiver back", "", "200", "The finding as it is now", "SitingFinding", "id", "If-Match")
	case "getSitingFindingHistory":
		return op("What became of a finding", "", "200", "The newest first", "SitingHistory", "id")
	case "listSitingChecks":
		return op("The last checks of all rows", "", "200", "The last first", "SitingChecks")
	case "checkSiting":
		o := op("Check all rows by all rules now", "", "200", "It is done", "SitingChecks")
		o["responses"].(object)["202"] = content("It still runs", typeJSON, ref("schemas", "SitingChecks"))
		return o
	}
	return nil
}

// sitingParameters are the parameters of these routes.
func sitingParameters() object {
	out := object{}
	query := func(name, description string, schema object) {
		out["siting_"+name] = object{"name": name, "in": "query", "description": description, "schema": schema}
	}
	id := object{"type": "string", "format": "uuid"}
	query("state", "All without it", object{"type": "string", "enum": list{"open", "waived", "resolved"}})
	query("layer", "Of the rows", object{"type": "string"})
	query("rule", "Against one rule", id)
	query("row", "Of one row, or near it", id)
	query("after", "Where the page begins: next of the page before", id)
	query("limit", "Most findings of one page", object{"type": "integer", "minimum": 1, "maximum": mostFindings, "default": normalFindings})
	return out
}

// sitingSchemas are the schemas of these routes.
func sitingSchemas() object {
	text, integer, number, flag := object{"type": "string"}, object{"type": "integer"}, object{"type": "number"}, object{"type": "boolean"}
	id, when, day := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}, object{"type": "string", "format": "date"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	all := func(properties object) object {
		required := list{}
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			required = append(required, name)
		}
		return object{"type": "object", "required": required, "properties": properties}
	}
	phrase := ref("schemas", "Text")
	filter := object{"type": "string", "description": "as in the address of the layer's list: kind=mine&width_m.min=5"}
	rule := func() object {
		return object{"code": text, "order": integer, "name": phrase, "what_layer": text, "what_filter": filter,
			"measure":    object{"type": "string", "enum": list{"distance", "along", "inside", "minimum", "maximum"}, "description": "distance and along: at least number metres on the ground to near_layer; inside: not inside it; minimum, maximum: of field"},
			"near_layer": or(text), "near_filter": filter, "near_width": object{"anyOf": list{text, object{"type": "null"}}, "description": "a field of near_layer: the width in metres of what is drawn as a line; half of it goes off"},
			"field": or(text), "number": number, "unit": object{"type": "string", "enum": list{"m", "m²", ""}}, "within_layer": or(text), "within_filter": filter,
			"outcome":  object{"type": "string", "enum": list{"refuse", "warn", "improve"}, "description": "improve: to be brought up to standard"},
			"document": phrase, "article": phrase, "verified": object{"type": "boolean", "description": "somebody has compared it with the document itself"}, "valid_from": or(day), "valid_to": or(day), "active": flag}
	}
	whole := rule()
	whole["id"], whole["version"] = id, integer
	row := all(object{"id": id, "name": text, "name_en": or(text), "at": or(object{"type": "array", "items": number, "minItems": 2, "maxItems": 2})})
	counts := object{"type": "object", "additionalProperties": integer}
	return object{
		"SitingRule":      all(whole),
		"SitingRuleEntry": object{"type": "object", "properties": rule()},
		"SitingRules":     all(object{"rules": arrayOf(ref("schemas", "SitingRule"))}),
		"SitingFinding": all(object{"id": id, "version": integer, "rule_id": id, "layer": text, "row": row, "other_layer": or(text), "other": or(row), "measured": number, "required": number,
			"state": object{"type": "string", "enum": list{"open", "waived", "resolved"}}, "found_at": when, "resolved_at": or(when), "waiver": or(ref("schemas", "SitingWaiver")),
			"area": or(ref("schemas", "GrantedArea")), "text": phrase, "line": object{"description": "GeoJSON line from the row to the other; null without another", "anyOf": list{object{"type": "object"}, object{"type": "null"}}}}),
		"SitingWaiver": all(object{"reason": text, "by": text, "at": when, "until": or(when)}),
		"SitingFindings": all(object{"findings": arrayOf(ref("schemas", "SitingFinding")), "next": or(id),
			"states": object{"type": "object", "additionalProperties": integer, "description": "how many in each state"}, "rules": counts}),
		"SitingWaiving": object{"type": "object", "required": list{"reason"}, "properties": object{"reason": text, "until": or(when)}},
		"SitingHistory": all(object{"events": arrayOf(all(object{"seq": integer, "kind": object{"type": "string", "enum": list{"insert", "update", "delete"}}, "at": when, "actor": text, "source": text, "before": object{}, "after": object{}}))}),
		"SitingChecks": all(object{"running": flag, "checks": arrayOf(all(object{"id": integer, "by": or(text), "started_at": when, "finished_at": or(when), "rules": integer, "rows": integer,
			"new": integer, "resolved": integer, "open": integer}))}),
		"FoundSiting": all(object{"rule": id, "code": text, "outcome": text, "measure": text, "measured": number, "required": number, "unit": text}),
	}
}
