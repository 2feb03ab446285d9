package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the table of who may import whom, inside the module. To change it is a decision: write it down in
// docs/decisions.md. A name ending in /... means everything below too. Tests may import more.
var mayImport = map[string][]string{
	"data":                       {},
	"data/dictionaries/generate": {},
	"data/demo":                  {"geo/...", "data/demo/..."},
	"data/demo/preview":          {"geo/...", "data/demo/..."},
	"data/demo/terrain":          {},
	"data/demo/topology":         {},
	"data/realdata":              {},
	"geo":                        {},
	"geo/layer":                  {"geo"},
	"geo/road":                   {"geo"},
	"geo/road/roadtest":          {"geo", "geo/road"},
	"geo/format":                 {"geo", "geo/layer"},
	"geo/format/export":          {"geo", "geo/layer", "geo/format"},
	"geo/format/osm":             {"geo", "geo/layer", "geo/road"},
	"tiles":                      {"geo/..."},
	"frontend":                   {},
	"server/certificate":         {},
	"server/cluster":             {},
	"server/command":             {"geo/..."},
	"server/command/proposal":    {"geo/road"},
	"server/store/schema":        {"data", "geo/layer"},
	"server/siting":              {"geo/..."},
	"server/store":               {"data/demo", "geo/...", "server/command", "server/siting"},
	"server/store/storetest":     {"data", "server/cluster", "server/store/schema"},
	"server/backup":              {"server/cluster", "server/store/schema"},
	"server/intake":              {"geo/...", "server/store"},
	"server/live":                {"geo/...", "tiles", "server/store"},
	"server/files":               {"geo", "geo/layer"},
	"server/jobs":                {"geo/...", "tiles", "server/command", "server/files", "server/store"},
	"server/auth":                {"geo/layer", "server/command", "server/store"},
	"server/api":                 {"geo/...", "tiles", "server/command", "server/command/proposal", "server/siting", "server/store", "server/live", "server/jobs", "server/auth", "server/intake", "server/files"},
	"server":                     {"data/...", "geo/...", "tiles", "frontend", "server/..."},
	"bench":                      {"data/...", "geo/...", "tiles", "server/..."},
}

// onlyIn says which packages may know a library: who else wants it asks one of them.
var onlyIn = map[string][]string{
	"github.com/labstack/echo":            {"server/api", "bench"},
	"github.com/prometheus/client_golang": {"server/api"},
	"github.com/urfave/cli":               {"server"},
	"modernc.org/sqlite":                  {"geo/format", "geo/format/export"},
	"github.com/minio/minio-go":           {"server/files"},
	"github.com/pressly/goose":            {"server/store/schema"},
	"github.com/jackc/pgx":                {"tiles", "server", "server/store", "server/store/schema", "server/store/storetest", "server/backup", "server/cluster", "bench"},
}

func TestImportsFollowTheTable(t *testing.T) {
	found := 0
	for pkg, imports := range importsOfModule(t) {
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("the package %s is not in the table", pkg)
			continue
		}
		found++
		for _, name := range imports {
			if inner, ok := strings.CutPrefix(name, "fourmaps/"); ok && !within(inner, allowed) {
				t.Errorf("%s imports %s, which the table does not allow", pkg, inner)
			}
			for library, users := range onlyIn {
				if strings.HasPrefix(name, library) && !slices.Contains(users, pkg) {
					t.Errorf("%s imports %s, which only %v may", pkg, name, users)
				}
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d packages were looked at", found)
	}
}

func within(pkg string, allowed []string) bool {
	return slices.ContainsFunc(allowed, func(one string) bool {
		tree, all := strings.CutSuffix(one, "/...")
		return pkg == tree || all && strings.HasPrefix(pkg, tree+"/")
	})
}

// importsOfModule reads the imports of all packages of the checkout, without those of tests.
func importsOfModule(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "node_modules" || name == "testdata" || name != ".." && strings.HasPrefix(name, ".") || name == "var") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := strings.TrimPrefix(path.Dir(filepath.ToSlash(file)), "../")
		out[pkg] = append(out[pkg], []string{}...)
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			out[pkg] = append(out[pkg], imported)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFilesStaySmall looks at files that have grown too long to be read at once.
func TestFilesStaySmall(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == ".git") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		text, err := os.ReadFile(file)
		if lines := strings.Count(string(text), "\n"); lines > 500 {
			t.Errorf("%s has %d lines: split it by noun", file, lines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
