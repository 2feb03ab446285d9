package api

// managementOperation describes the routes about settings and what was changed on people; nil for others.
func managementOperation(r route) object {
	op := func(tag, summary string, ok object, parameters ...string) object {
		return object{"operationId": r.id, "tags": list{tag}, "summary": summary, "parameters": named(append(parameters, "lang")...), "responses": answers(ok, "BadRequest", "Unavailable", "Timeout")}
	}
	switch r.id {
	case "listConfirmationPeriods":
		return op("layers", "For how many days a confirmation holds", tagged(content("The periods; the ETag is their version", typeJSON, ref("schemas", "ConfirmationPeriods"))))
	case "changeConfirmationPeriod":
		o := op("layers", "Set one period, or with days null take that of a kind away", tagged(content("All periods as they are now", typeJSON, ref("schemas", "ConfirmationPeriods"))), "If-Match")
		o["requestBody"] = object{"required": true, "content": object{typeJSON: object{"schema": ref("schemas", "PeriodChange")}}}
		o["responses"].(object)["412"] = ref("responses", "ChangedMeanwhile")
		o["responses"].(object)["428"] = ref("responses", "VersionMissing")
		return o
	case "listConfirmationPeriodHistory":
		return op("layers", "Who set which period, newest first", content("A page of changes", typeJSON, ref("schemas", "PeriodHistory")), "history_limit", "before")
	case "listExports":
		return op("server", "Who took which rows away as a file, newest first", content("A page of files", typeJSON, ref("schemas", "TakenFiles")), "history_limit", "before_deleted")
	case "listPeopleHistory":
		return op("people", "What was changed on people, accounts and rights, newest first", content("A page of changes", typeJSON, ref("schemas", "PeopleHistory")), "person", "history_limit", "before")
	}
	return nil
}

// managementSchemas are the schemas of what these routes take and answer.
func managementSchemas() object {
	text, integer, flag := object{"type": "string"}, object{"type": "integer"}, object{"type": "boolean"}
	id, when := object{"type": "string", "format": "uuid"}, object{"type": "string", "format": "date-time"}
	or := func(schema object) object { return object{"anyOf": list{schema, object{"type": "null"}}} }
	record := func(required list, properties object) object {
		return object{"type": "object", "required": required, "properties": properties}
	}
	days := object{"type": "integer", "minimum": 0, "maximum": mostDays}
	next := object{"type": "integer", "description": "before of the next page; 0 on the last"}
	return object{
		"ConfirmationPeriods": record(list{"version", "periods"}, object{"version": integer, "periods": arrayOf(record(list{"layer", "kind", "days"},
			object{"layer": text, "kind": object{"type": "string", "description": "a choice of the layer's symbol field, or '' for all without a period of their own"}, "days": object{"type": "integer", "description": "0: nobody need confirm"}}))}),
		"PeriodChange": record(list{"layer", "days"}, object{"layer": text, "kind": text, "days": or(days)}),
		"PeriodHistory": record(list{"events", "next"}, object{"next": next, "events": arrayOf(record(list{"seq", "layer", "kind", "at", "actor", "before", "after"},
			object{"seq": integer, "layer": text, "kind": text, "at": when, "actor": text, "before": or(integer), "after": or(integer)}))}),
		"TakenFiles": record(list{"exports", "next"}, object{"next": object{"type": "string", "description": "before of the next page; empty on the last"},
			"exports": arrayOf(record(list{"id", "at", "actor", "address", "layer", "asked", "format", "rows", "sensitive"},
				object{"id": id, "at": when, "actor": text, "address": text, "layer": text, "asked": object{"type": "string", "description": "the filter as the address had it"}, "format": text, "rows": integer, "sensitive": flag}))}),
		"PeopleHistory": record(list{"events", "next"}, object{"next": next, "events": arrayOf(record(list{"seq", "subject", "kind", "at", "actor", "source", "person_id", "person_name", "role", "area", "changes"},
			object{"seq": integer, "subject": object{"type": "string", "enum": list{"person", "account", "person_grant"}}, "kind": object{"type": "string", "enum": list{"insert", "update", "delete"}}, "at": when, "actor": text, "source": text,
				"person_id": or(id), "person_name": or(text), "role": or(text), "area": or(ref("schemas", "GrantedArea")),
				"changes": arrayOf(record(list{"field", "before", "after"}, object{"field": text, "before": object{}, "after": object{}}))}))}),
	}
}
