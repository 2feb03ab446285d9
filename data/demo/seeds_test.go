package demo

import (
	"os"
	"testing"
)

// TestOtherSeeds makes more districts than the one that users see: slow, for people who change the
// generator. Set FOURMAPS_DEMO_SEEDS=1 to run it.
func TestOtherSeeds(t *testing.T) {
	if os.Getenv("FOURMAPS_DEMO_SEEDS") == "" {
		t.Skip("FOURMAPS_DEMO_SEEDS is not set")
	}
	for seed := int64(2); seed <= 7; seed++ {
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
