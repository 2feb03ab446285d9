package demo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOtherSeeds makes another district than the one that users see, so that the figures follow from the generator and
// not from a lucky seed. With FOURMAPS_DEMO_SEEDS=1 it makes six, for people who change the generator.
//
// `make test` runs this package without the race detector: the generator is a single goroutine, which
// TestGenerationIsOneGoroutine holds it to, so there is nothing to find.
func TestOtherSeeds(t *testing.T) {
	last := int64(2)
	if os.Getenv("FOURMAPS_DEMO_SEEDS") != "" {
		last = 7
	}
	for seed := int64(2); seed <= last; seed++ {
		d, err := Generate(seed)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
			continue
		}
		t.Logf("seed %d: %d roads, %d buildings", seed, len(d.Roads), len(d.Buildings))
		if len(d.Areas) != 351 || len(d.Risks) != 107 || len(d.Sites) != 372 || len(d.Forces) != 351 {
			t.Errorf("seed %d: %d areas, %d risks, %d sites, %d forces", seed, len(d.Areas), len(d.Risks), len(d.Sites), len(d.Forces))
		}
	}
}

// TestGenerationIsOneGoroutine reads the generator and what it stands on in this module: whoever starts a goroutine there
// lets the race detector see more than one district again.
func TestGenerationIsOneGoroutine(t *testing.T) {
	files := 0
	for _, folder := range []string{".", "terrain", "topology", "../../geo", "../../geo/layer"} {
		names, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if g, ok := n.(*ast.GoStmt); ok {
					t.Errorf("%s starts a goroutine", set.Position(g.Pos()))
				}
				return true
			})
		}
	}
	if files < 50 {
		t.Errorf("only %d files were read", files)
	}
}
