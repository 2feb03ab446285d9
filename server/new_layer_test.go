package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a new layer needs: a migration, a declaration and one word in the list.
const (
	gaugeMigration = `-- Water gauges 水位站.

-- +goose Up
CREATE TABLE water_gauge (
	LIKE layer_row INCLUDING ALL,
	kind      text NOT NULL CONSTRAINT water_gauge_kind_choice CHECK (kind IN ('river', 'reservoir')),
	warning_m double precision CHECK (warning_m BETWEEN -500 AND 9000),
	keeper_phone text CONSTRAINT water_gauge_keeper_phone_form CHECK (keeper_phone ~ '^[0-9+() -]{3,40}$')
);
ALTER TABLE water_gauge ALTER COLUMN name SET NOT NULL, ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('water_gauge', ARRAY['Point'], 'history');
`
	gaugeDeclaration = `package layer

// WaterGauge is where the height of water is measured 水位站.
var WaterGauge = Layer{
	Name:        "water_gauge",
	Map:         RiskMap,
	Label:       Text{"水位站", "Water gauges"},
	Geometry:    []Geometry{Point},
	History:     true,
	SymbolField: "kind",
	ConfirmDays: 30,
	MinZoom:     4,
	MaxZoom:     16,
	Fields: []Field{
		{Name: "kind", Type: Choice, Label: Text{"类别", "Kind"}, Required: true, Tile: true, Filter: true, Choices: []Option{
			{Value: "river", Label: Text{"河道站", "River"}, Symbol: "river"},
			{Value: "reservoir", Label: Text{"水库站", "Reservoir"}, Symbol: "reservoir"},
		}},
		{Name: "warning_m", Type: Number, Label: Text{"警戒水位", "Warning level"}, Unit: Metres, Min: at(-500), Max: at(9000), Tile: true, Filter: true},
		{Name: "keeper_phone", Type: Phone, Label: Text{"看护人电话", "Keeper's phone"}, MaxLength: 40, Sensitive: true},
	},
}
`
)

// TestOneMoreLayerTouchesThreeFiles adds a layer in a copy of the checkout, counts the files that differ, and lets the
// copy's own tests, which go through all layers, prove that the new one is served, filtered, described and stored.
func TestOneMoreLayerTouchesThreeFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("-short was asked for: this builds a copy of the program and runs its tests, about a minute")
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(root))
	// always the same place, so that builds and the scratch database are used again
	scratch := filepath.Join(os.TempDir(), fmt.Sprintf("fourmaps-new-layer-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:4])))
	copyCheckout(t, root, scratch)
	write(t, filepath.Join(scratch, "data/migrations/09999_water_gauge.sql"), gaugeMigration)
	write(t, filepath.Join(scratch, "geo/layer/water_gauge.go"), gaugeDeclaration)
	registry, err := os.ReadFile(filepath.Join(scratch, "geo/layer/registry.go"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(scratch, "geo/layer/registry.go"), strings.Replace(string(registry), "&Area,", "&Area, &WaterGauge,", 1))
	if touched := differing(t, root, scratch); len(touched) != 3 {
		t.Errorf("a new layer touches %v", touched)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, "go", "test", "-count=1", "-vet=off", "-run", // the checkout is looked at elsewhere
		"TestDeclarationsAgreeWithTheSchema|TestEveryDeclaredFieldFilters|TestAnswersAreAsDescribed|TestDescribedParametersAreTaken|TestANewLayerIsServed",
		"-v", "./server/store", "./server/api")
	command.Dir = scratch
	command.Env = append(os.Environ(), "FOURMAPS_NEW_LAYER=water_gauge")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(out, 4000))
	}
	for _, proof := range []string{"TestDeclarationsAgreeWithTheSchema/water_gauge", "TestEveryDeclaredFieldFilters/water_gauge.warning_m", "--- PASS: TestANewLayerIsServed"} {
		if !bytes.Contains(out, []byte(proof)) {
			t.Errorf("the copy's tests do not tell of %s", proof)
		}
	}
}

// copied are the parts of the checkout that a server is built from.
var copied = []string{"data", "geo", "tiles", "server", "frontend/frontend.go", "frontend/dist/.gitkeep", "go.mod", "go.sum"}

func copyCheckout(t *testing.T, from, to string) {
	t.Helper()
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	for _, part := range copied {
		err := filepath.WalkDir(filepath.Join(from, part), func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			inside, err := filepath.Rel(from, file)
			if err != nil {
				return err
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(to, inside)), 0o755); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, inside), text, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// differing lists the files of the copy that are not as in the checkout.
func differing(t *testing.T, root, scratch string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(scratch, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		inside, err := filepath.Rel(scratch, file)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if was, err := os.ReadFile(filepath.Join(root, inside)); err != nil || !bytes.Equal(was, text) {
			files = append(files, inside)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }
