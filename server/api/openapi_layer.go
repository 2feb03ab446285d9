package api

import (
	"strings"

	"fourmaps/geo/layer"
)

// titleCase turns risk_point into RiskPoint.
func titleCase(name string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(name, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// pathOf is the route's path for one layer.
func pathOf(r route, l *layer.Layer) string {
	return strings.Replace(documentPath(r), "{layer}", l.Name, 1)
}

// allFields are the fields of a row, standing ones first.
func allFields(l *layer.Layer) []layer.Field {
	return append(append([]layer.Field{}, layer.Standing...), l.Fields...)
}

func sortable(l *layer.Layer) list {
	out := list{"id", "-id"}
	for _, f := range allFields(l) {
		if f.Filter {
			out = append(out, f.Name, "-"+f.Name)
		}
	}
	return out
}

// filterParameters are the parameters that layer.ParseFilter takes for the layer's fields.
func filterParameters(l *layer.Layer) []object {
	var out []object
	for _, f := range allFields(l) {
		if !f.Filter {
			continue
		}
		parameter := func(ending, description string, schema object) {
			out = append(out, object{"name": f.Name + ending, "in": "query", "description": f.Label.Zh + " · " + f.Label.En + ": " + description, "schema": schema})
		}
		switch f.Type {
		case layer.String, layer.Phone:
			parameter("", "holds this text", object{"type": "string", "maxLength": layer.MaxTextChars})
		case layer.Boolean:
			parameter("", "is", object{"type": "boolean"})
		default:
			out = append(out, object{"name": f.Name, "in": "query", "style": "form", "explode": false,
				"description": f.Label.Zh + " · " + f.Label.En + ": is one of", "schema": object{"type": "array", "items": valueSchema(f), "maxItems": layer.MaxValues}})
		}
		switch f.Type {
		case layer.Integer, layer.Number, layer.Date, layer.Time:
			parameter(".min", "at least", valueSchema(f))
			parameter(".max", "at most", valueSchema(f))
		}
		parameter(".null", "has no value (true) or has one (false)", object{"type": "boolean"})
	}
	return out
}

// valueSchema is the schema of one value of a field.
func valueSchema(f layer.Field) object {
	switch f.Type {
	case layer.Integer:
		return object{"type": "integer"}
	case layer.Number:
		return object{"type": "number"}
	case layer.Boolean:
		return object{"type": "boolean"}
	case layer.Date:
		return object{"type": "string", "format": "date"}
	case layer.Time:
		return object{"type": "string", "format": "date-time"}
	case layer.Reference:
		return object{"type": "string", "format": "uuid"}
	case layer.Choice, layer.Choices:
		values := list{}
		for _, o := range f.Choices {
			values = append(values, o.Value)
		}
		return object{"type": "string", "enum": values}
	}
	schema := object{"type": "string"}
	if f.MaxLength > 0 {
		schema["maxLength"] = f.MaxLength
	}
	return schema
}

// fieldSchema is the schema of a field of a row.
func fieldSchema(f layer.Field) object {
	schema := valueSchema(f)
	if f.Type == layer.Choices {
		schema = arrayOf(schema)
	}
	if f.Min != nil {
		schema["minimum"] = *f.Min
	}
	if f.Max != nil {
		schema["maximum"] = *f.Max
	}
	if !f.Required {
		schema["type"] = list{schema["type"], "null"}
		if values, ok := schema["enum"].(list); ok {
			schema["enum"] = append(values, nil)
		}
	}
	schema["description"] = f.Label.Zh + " · " + f.Label.En
	if f.Unit.En != "" {
		schema["description"] = schema["description"].(string) + " (" + f.Unit.En + ")"
	}
	return schema
}

// layerSchemas are the schemas of a layer's rows: one row with everything, a row in a list, a page.
func layerSchemas(l *layer.Layer) object {
	title := titleCase(l.Name)
	properties, public := object{}, object{}
	var always list
	for _, f := range allFields(l) {
		properties[f.Name] = fieldSchema(f)
		if !f.Sensitive {
			public[f.Name] = fieldSchema(f)
			always = append(always, f.Name)
		}
	}
	code := object{"type": list{"string", "null"}, "description": "区划代码 · Code of the area"}
	properties["area_code"], public["area_code"] = code, code
	all := append(list{}, always...)
	for _, p := range l.Parts {
		line := object{"id": object{"type": "string", "format": "uuid"}}
		for _, f := range p.Fields {
			line[f.Name] = fieldSchema(f)
		}
		properties[p.Name] = object{"type": "array", "description": p.Label.Zh + " · " + p.Label.En, "items": object{"type": "object", "properties": line}}
		all = append(all, p.Name)
	}
	feature := func(properties object, required list) object {
		return object{"type": "object", "required": list{"type", "id", "geometry", "properties"}, "properties": object{
			"type": object{"type": "string", "const": "Feature"}, "id": object{"type": "string", "format": "uuid"}, "geometry": geometrySchema(l),
			"properties": object{"type": "object", "required": append(required, "area_code"), "properties": properties}}}
	}
	return object{
		title:         feature(properties, all),
		title + "Row": feature(public, always),
		title + "Collection": object{"type": "object", "required": list{"type", "features", "numberMatched", "numberReturned", "timeStamp", "links"}, "properties": object{
			"type": object{"type": "string", "const": "FeatureCollection"}, "bbox": ref("schemas", "Box"), "features": arrayOf(ref("schemas", title+"Row")),
			"numberMatched":  object{"type": "integer", "description": "rows that the filters select, on all pages"},
			"numberReturned": object{"type": "integer"}, "timeStamp": object{"type": "string", "format": "date-time"},
			"next":  object{"type": "string", "description": "cursor of the next page; absent on the last"},
			"links": arrayOf(ref("schemas", "Link"))}},
	}
}

func geometrySchema(l *layer.Layer) object {
	var types list
	for _, g := range l.Geometry {
		types = append(types, string(g))
	}
	kind := list{"object"}
	if l.PlaceOptional {
		kind = append(kind, "null")
	}
	return object{"type": kind, "required": list{"type", "coordinates"}, "properties": object{
		"type": object{"type": "string", "enum": types}, "coordinates": object{"type": "array", "items": object{}}}}
}
