package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fourmaps/geo/layer"
)

// document is the OpenAPI description as plain JSON.
type document map[string]any

func (r *running) document() document {
	r.t.Helper()
	var d document
	r.json("/api/openapi.json", &d)
	return d
}

// at follows a path of names, and references on the way.
func (d document) at(names ...string) map[string]any {
	here := map[string]any(d)
	for _, name := range names {
		next, ok := here[name].(map[string]any)
		if !ok {
			return nil
		}
		here = d.resolved(next)
	}
	return here
}

func (d document) resolved(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return d.at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	return schema
}

// TestDescriptionHoldsEveryRoute asks for each described path, and looks for each served route in the description.
func TestDescriptionHoldsEveryRoute(t *testing.T) {
	r := start(t)
	d := r.document()
	paths := d.at("paths")
	for path := range paths {
		asked := strings.NewReplacer("{layer}", "area", "{layers}", "area", "{z}", "0", "{x}", "0", "{y}", "0", "{id}", "00000000-0000-7000-8000-000000000009", "{version}", "1").Replace(path)
		if d.at("paths", path)["get"] == nil || strings.HasPrefix(path, "/api/session/oidc") {
			continue // what changes something, and what needs an issuer, is served by tests of its own
		}
		if strings.HasPrefix(path, "/tiles") || path == "/api/basemaps" || path == "/api/events" {
			continue // served by tests of their own; without tiles these answer 404
		}
		if status, _, body := r.get(asked); status == 404 && !strings.Contains(string(body), `"not_found"`) || status >= 500 {
			t.Errorf("%s is described and answers %d %s", path, status, body)
		}
	}
	want := []string{"/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/installation", "/api/layers", "/api/layers/{layer}", "/api/events", "/api/basemaps",
		"/tiles/{layers}/{z}/{x}/{y}.mvt", "/tiles/{layers}.json", "/api/freshness", "/api/due", "/api/confirmation-periods", "/api/confirmation-periods/history", "/api/exports", "/api/people/history", "/api/session", "/api/session/oidc", "/api/session/oidc/return", "/api/me", "/api/me/password", "/api/roles",
		"/api/people", "/api/people/{id}", "/api/people/{id}/grants", "/api/people/{id}/grants/{grant}", "/api/people/{id}/password", "/api/people/{id}/sessions", "/api/people/{id}/sessions/{session}",
		"/api/imports", "/api/imports/{id}", "/api/imports/{id}/apply", "/api/imports/{id}/check", "/api/imports/{id}/points", "/api/imports/{id}/preview", "/api/imports/{id}/rows", "/api/import-mappings", "/api/import-mappings/{id}",
		"/api/siting/checks", "/api/siting/findings", "/api/siting/findings/{id}/history", "/api/siting/findings/{id}/waive", "/api/siting/rules", "/api/siting/rules/{id}", "/api/siting/rules/{id}/history"}
	ofRow := "/api/layers/{layer}/features/{id}/files"
	want = append(want, ofRow, ofRow+"/deleted", ofRow+"/history", ofRow+"/{file}", ofRow+"/{file}/thumbnails/{edge}", ofRow+"/{file}/undelete")
	for _, l := range layer.All {
		want = append(want, "/api/layers/"+l.Name+"/features", "/api/layers/"+l.Name+"/features/{id}", "/api/layers/"+l.Name+"/summary", "/api/layers/"+l.Name+"/export")
		if l.History {
			row := "/api/layers/" + l.Name + "/features/{id}/"
			want = append(want, row+"undelete", row+"restore", row+"confirm", row+"history", row+"versions/{version}", "/api/layers/"+l.Name+"/deleted")
		}
	}
	for _, path := range want {
		if paths[path] == nil {
			t.Errorf("%s is not described", path)
		}
	}
	if len(paths) != len(want) {
		t.Errorf("%d paths are described, want %d", len(paths), len(want))
	}
}

// TestDescribedParametersAreTaken sends every described parameter of every list with a value that it describes.
func TestDescribedParametersAreTaken(t *testing.T) {
	r := start(t)
	d := r.document()
	for _, l := range looked() {
		for _, path := range []string{"/api/layers/" + l.Name + "/features", "/api/layers/" + l.Name + "/summary"} {
			taken := []string{}
			together := url.Values{}
			for _, p := range d.at("paths", path, "get")["parameters"].([]any) {
				parameter := d.resolved(p.(map[string]any))
				name := parameter["name"].(string)
				if parameter["in"] != "query" || name == "cursor" {
					continue
				}
				taken = append(taken, name)
				value := example(d, parameter["schema"].(map[string]any), name)
				together.Set(name, value)
				if strings.HasSuffix(path, "/summary") {
					continue
				}
				if status, _, body := r.get(path + "?" + name + "=" + value); status != 200 {
					t.Errorf("%s %s: %d %s", path, name, status, body)
				}
			}
			if status, _, body := r.get(path + "?" + together.Encode()); status != 200 {
				t.Errorf("%s with everything at once: %d %s", path, status, body)
			}
			for _, f := range append(slices.Clone(layer.Standing), l.Fields...) {
				if described := slices.Contains(taken, f.Name); described != f.Filter {
					t.Errorf("%s: the filter %s is described: %v, declared: %v", path, f.Name, described, f.Filter)
				}
			}
		}
	}
}

// example is a value that a parameter's schema allows.
func example(d document, schema map[string]any, name string) string {
	schema = d.resolved(schema)
	if values, ok := schema["enum"].([]any); ok {
		return fmt.Sprint(values[0])
	}
	switch {
	case name == "bbox":
		return "1,2,3,4"
	case name == "area":
		return "990101"
	case schema["type"] == "array":
		return example(d, schema["items"].(map[string]any), name)
	case schema["type"] == "boolean":
		return "true"
	case schema["type"] == "integer", schema["type"] == "number":
		return "7"
	case schema["format"] == "date":
		return "2026-01-02"
	case schema["format"] == "date-time":
		return "2026-01-02T03:04:05Z"
	case schema["format"] == "uuid":
		return "00000000-0000-7000-8000-000000000001"
	}
	return "a"
}

// TestAnswersAreAsDescribed checks real answers against their schemas.
func TestAnswersAreAsDescribed(t *testing.T) {
	r := start(t)
	r.sql(threeAreas)
	f := newFiller(7)
	d := r.document()
	for _, l := range looked() {
		if l.Name != "area" {
			r.fill(f, l, 20)
		}
		base := "/api/layers/" + l.Name
		var rows collection
		r.json(base+"/features", &rows)
		for path, described := range map[string]string{base + "/features": base + "/features", base + "/summary": base + "/summary", base + "/features/" + rows.Features[0].ID: base + "/features/{id}", base: "/api/layers/{layer}"} {
			_, h, body := r.get(path)
			schema := d.at("paths", described, "get", "responses", "200", "content", h.Get("Content-Type"), "schema")
			if schema == nil {
				t.Fatalf("%s answers %s, which is not described", path, h.Get("Content-Type"))
			}
			var v any
			if err := json.Unmarshal(body, &v); err != nil {
				t.Fatal(err)
			}
			for _, fault := range d.faults(schema, v, path) {
				t.Error(fault)
			}
		}
	}
	_, _, body := r.get("/api/installation")
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	for _, fault := range d.faults(d.at("components", "schemas", "Installation"), v, "installation") {
		t.Error(fault)
	}
}

// faults tells how a value differs from a schema, for the keywords that the description uses.
func (d document) faults(schema map[string]any, v any, where string) (out []string) {
	schema = d.resolved(schema)
	if options, ok := schema["anyOf"].([]any); ok {
		for _, one := range options {
			if len(d.faults(one.(map[string]any), v, where)) == 0 {
				return nil
			}
		}
		return []string{where + " fits none of the schemas"}
	}
	if !fits(schema["type"], v) {
		return []string{fmt.Sprintf("%s is %T, not %v", where, v, schema["type"])}
	}
	if values, ok := schema["enum"].([]any); ok && !slices.Contains(values, v) {
		out = append(out, fmt.Sprintf("%s is %v, none of %v", where, v, values))
	}
	if schema["format"] == "date-time" && v != nil {
		if _, err := time.Parse(time.RFC3339Nano, v.(string)); err != nil {
			out = append(out, where+" is no time: "+v.(string))
		}
	}
	switch v := v.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, has := v[name.(string)]; !has {
				out = append(out, fmt.Sprintf("%s has no %v", where, name))
			}
		}
		for name, member := range v {
			inner, ok := properties[name].(map[string]any)
			if !ok {
				if inner, ok = schema["additionalProperties"].(map[string]any); !ok {
					if where != "" && len(properties) > 0 && strings.HasSuffix(where, ".properties") {
						out = append(out, where+"."+name+" is not described")
					}
					continue
				}
			}
			out = append(out, d.faults(inner, member, where+"."+name)...)
		}
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for i, item := range v {
				out = append(out, d.faults(items, item, fmt.Sprintf("%s[%d]", where, i))...)
			}
		}
	}
	return out
}

func fits(want, v any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return fits(one, v) })
	}
	switch v := v.(type) {
	case nil:
		return want == nil || want == "null"
	case bool:
		return want == nil || want == "boolean"
	case string:
		return want == nil || want == "string"
	case float64:
		return want == nil || want == "number" || want == "integer" && v == float64(int64(v))
	case []any:
		return want == nil || want == "array"
	}
	return want == nil || want == "object"
}

// TestDescriptionPassesALinter runs the linter among the frontend's tools over the description. make test installs them
// first; go test alone on a checkout without them has nothing to lint with.
func TestDescriptionPassesALinter(t *testing.T) {
	modules, err := filepath.Abs("../../frontend/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(modules); err != nil {
		t.Skip("frontend/node_modules is not installed: make test does so before this test")
	}
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("the frontend's tools are installed but node is not:", err)
	}
	r := start(t)
	_, _, body := r.get("/api/openapi.json")
	file := filepath.Join(t.TempDir(), "openapi.json")
	if err := os.WriteFile(file, body, 0o644); err != nil {
		t.Fatal(err)
	}
	const script = `
		const core = require(process.argv[1] + '/@redocly/openapi-core')
		core.createConfig({ extends: ['recommended'] }).then(async (config) => {
			const source = require('fs').readFileSync(process.argv[2], 'utf8')
			const found = await core.lintFromString({ source, absoluteRef: process.argv[2], config })
			for (const f of found) console.log(f.severity, f.ruleId, f.message, f.location[0] && f.location[0].pointer)
			console.log('linted', found.filter((f) => f.severity === 'error').length)
		})`
	out, err := exec.Command(node, "-e", script, modules, file).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "linted 0") {
		t.Errorf("%v\n%.3000s", err, out)
	}
}
