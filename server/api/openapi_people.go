package api

import (
	"maps"
	"slices"

	"fourmaps/server/auth"
)

// peopleOperation describes the routes about sign-in and people; nil for others.
func peopleOperation(r route) object {
	none := func(description string) (string, object) { return "204", object{"description": description} }
	answer := func(status, description, schema string) (string, object) {
		return status, content(description, typeJSON, ref("schemas", schema))
	}
	op := func(tag, summary, body string, status string, ok object, parameters ...string) object {
		o := object{"operationId": r.id, "tags": list{tag}, "summary": summary, "parameters": named(append(parameters, "lang")...),
			"responses": object{status: ok, "400": ref("responses", "BadRequest"), "503": ref("responses", "Unavailable")}}
		if body != "" {
			o["requestBody"] = object{"required": true, "content": object{typeJSON: object{"schema": ref("schemas", body)}}}
		}
		return o
	}
	switch r.id {
	case "getSignInOptions":
		status, ok := answer("200", "The ways to sign in", "SignInOptions")
		return op("people", "What the sign-in page needs to know", "", status, ok)
	case "signIn":
		status, ok := answer("200", "Who is signed in; the cookie "+auth.CookieName+" is set", "Me")
		o := op("people", "Sign in", "SignIn", status, ok)
		o["responses"].(object)["401"] = ref("responses", "NotSignedIn")
		o["responses"].(object)["429"] = ref("responses", "TooMany")
		return o
	case "signOut":
		status, ok := none("Signed out")
		return op("people", "Sign out", "", status, ok)
	case "startSingleSignOn":
		return op("people", "Go to the OpenID Connect issuer", "", "302", object{"description": "To the issuer"}, "next")
	case "finishSingleSignOn":
		return op("people", "Come back from the OpenID Connect issuer", "", "303", object{"description": "To the page asked for, or to the sign-in page with the reason"}, "state", "code")
	case "getMe":
		status, ok := answer("200", "Who asks, and what is permitted where", "Me")
		return op("people", "Who is signed in", "", status, ok)
	case "changePassword":
		status, ok := none("Changed; the other sessions of the account ended")
		return op("people", "Change one's own password", "PasswordChange", status, ok)
	}
	return managingOperation(r, op, none, answer)
}

// managingOperation describes the routes of administrators.
func managingOperation(r route, op func(tag, summary, body, status string, ok object, parameters ...string) object,
	none func(string) (string, object), answer func(status, description, schema string) (string, object)) object {
	withPerson := func(summary, body string, more ...string) object {
		status, ok := answer("200", "The person as it is now", "Person")
		return op("people", summary, body, status, ok, append([]string{"id"}, more...)...)
	}
	gone := func(summary string, parameters ...string) object {
		status, ok := none("Done")
		return op("people", summary, "", status, ok, parameters...)
	}
	switch r.id {
	case "listRoles":
		status, ok := answer("200", "The roles in their order", "Roles")
		return op("people", "Roles and what they permit", "", status, ok)
	case "listPeople":
		status, ok := answer("200", "By name", "People")
		return op("people", "The people whom one may manage", "", status, ok)
	case "addPerson":
		status, ok := answer("201", "The person, and a temporary password that is told once", "NewPersonAnswer")
		return op("people", "Add a person with an account", "NewPerson", status, ok)
	case "getPerson":
		return withPerson("One person", "")
	case "changePerson":
		return withPerson("Change a person; what is left out stays, an empty text clears", "PersonChange", "If-Match")
	case "removePerson":
		return gone("Remove a person; the history stays", "id", "If-Match")
	case "addGrant":
		return withPerson("Give a role on an area and all below it", "NewGrant")
	case "removeGrant":
		return withPerson("Take a role back", "", "grant")
	case "resetPassword":
		status, ok := answer("200", "A temporary password that is told once; all sessions of the person ended", "TemporaryPassword")
		return op("people", "Reset a password", "", status, ok, "id")
	case "listSessions":
		status, ok := answer("200", "Latest use first", "Sessions")
		return op("people", "Where a person is signed in", "", status, ok, "id")
	case "endSessions":
		return gone("Sign a person out everywhere", "id")
	case "endSession":
		return gone("End one session of a person", "id", "session")
	}
	return nil
}

// secured says in an operation what it asks of whoever uses it.
func secured(operation object, access auth.Permission) object {
	if access == anyone {
		operation["security"] = list{}
		return operation
	}
	answers := operation["responses"].(object)
	answers["401"] = ref("responses", "NotSignedIn")
	if access != signedIn {
		answers["403"] = ref("responses", "NotPermitted")
		operation["x-permission"] = access
	}
	return operation
}

// peopleParameters are the parameters of the routes about people.
func peopleParameters() object {
	out := object{"If-Match": object{"name": "If-Match", "in": "header", "required": true, "description": "The version that the change begins from, in quotes", "schema": object{"type": "string"}}}
	for name, description := range map[string]string{"grant": "The grant's id", "session": "The session's id"} {
		out[name] = object{"name": name, "in": "path", "required": true, "description": description, "schema": object{"type": "string", "format": "uuid"}}
	}
	out["person"] = object{"name": "person", "in": "query", "description": "The id of a person: changes of that person only", "schema": object{"type": "string", "format": "uuid"}}
	for name, description := range map[string]string{"next": "Path of the page to go on to", "state": "As the issuer gives it back", "code": "As the issuer gives it"} {
		out[name] = object{"name": name, "in": "query", "description": description, "schema": object{"type": "string"}}
	}
	return out
}

// peopleSchemas are the schemas of sign-in and people.
func peopleSchemas() object {
	text, flag, integer := object{"type": "string"}, object{"type": "boolean"}, object{"type": "integer"}
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
	phrase := ref("schemas", "Text")
	area := ref("schemas", "GrantedArea")
	return object{
		"SignInOptions": all(object{"signed_in": flag, "oidc": or(text), "administrator": object{"type": "boolean", "description": "there is somebody who manages people"},
			"demo_accounts": arrayOf(all(object{"name": text, "password": text, "role": phrase, "area": or(phrase)}))}),
		"SignIn":         all(object{"name": text, "password": text}),
		"PasswordChange": all(object{"present": text, "next": object{"type": "string", "minLength": auth.LeastPassword, "maxLength": auth.MostPassword}}),
		"GrantedArea":    all(object{"id": id, "code": text, "name": text, "name_en": or(text)}),
		"Me": all(object{
			"person":      all(object{"id": id, "name": text, "post": text}),
			"account":     all(object{"name": text, "demo": flag, "must_change": flag, "has_password": flag, "means": object{"type": "string", "enum": list{"password", "oidc"}}}),
			"permissions": arrayOf(all(object{"name": object{"type": "string", "enum": permissionNames()}, "everywhere": flag, "areas": arrayOf(area)})), "expires_at": when}),
		"Roles":  all(object{"roles": arrayOf(ref("schemas", "Role"))}),
		"Role":   all(object{"name": text, "label": phrase, "permissions": arrayOf(all(object{"name": text, "label": phrase}))}),
		"People": all(object{"people": arrayOf(ref("schemas", "Person"))}),
		"Person": all(object{"id": id, "version": integer, "name": text, "post": or(text), "phone": or(text), "demo": flag, "account": or(ref("schemas", "Account")), "grants": arrayOf(ref("schemas", "Grant"))}),
		"Account": all(object{"name": text, "disabled": flag, "has_password": flag, "must_change": flag, "oidc_name": or(text),
			"seen_at": or(when)}),
		"Grant":    all(object{"id": id, "role": text, "area": or(area)}),
		"NewGrant": record(list{"role"}, object{"role": text, "area_id": or(id)}),
		"NewPerson": record(list{"name", "account_name"}, object{"name": text, "post": or(text), "phone": or(text), "account_name": text, "oidc_name": or(text),
			"grants": arrayOf(ref("schemas", "NewGrant"))}),
		"NewPersonAnswer":   all(object{"person": ref("schemas", "Person"), "password": text}),
		"PersonChange":      record(list{}, object{"name": text, "post": text, "phone": text, "disabled": flag, "oidc_name": text}),
		"TemporaryPassword": all(object{"password": text}),
		"Sessions":          all(object{"sessions": arrayOf(all(object{"id": id, "means": text, "address": text, "agent": text, "created_at": when, "seen_at": when, "expires_at": when}))}),
	}
}

func permissionNames() list {
	out := list{}
	for _, name := range auth.Permissions {
		out = append(out, string(name))
	}
	return out
}
