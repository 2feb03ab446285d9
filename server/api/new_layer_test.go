package api_test

import (
	"os"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// TestANewLayerIsServed looks at one layer, named by FOURMAPS_NEW_LAYER, through everything that the server offers. A
// test of the program runs it in a copy of the checkout that has one layer more; here it looks at the first layer.
func TestANewLayerIsServed(t *testing.T) {
	l := layer.All[0]
	if name := os.Getenv("FOURMAPS_NEW_LAYER"); name != "" {
		var ok bool
		if l, ok = layer.ByName(name); !ok {
			t.Fatalf("there is no layer %s", name)
		}
	}
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	s := r.listen("/api/events")
	r.fill(newFiller(8), l, 5)
	for range 5 {
		if e := s.next("change"); e.Data.Layer != l.Name || e.Data.Feature == nil {
			t.Errorf("%+v", e)
		}
	}
	var declared layer.Layer
	r.json("/api/layers/"+l.Name, &declared)
	var rows collection
	r.json("/api/layers/"+l.Name+"/features?sort=name", &rows)
	if declared.Label != l.Label || rows.Matched != 5 {
		t.Errorf("%+v, %d rows", declared, rows.Matched)
	}
	if n := r.drawn(maptile.At(orb.Point{110.2, 25.2}, 6), l, nil); n != 5 {
		t.Errorf("the tile draws %d rows", n)
	}
	var about struct {
		VectorLayers []struct{ ID string } `json:"vector_layers"`
	}
	r.json("/tiles/"+l.Name+".json", &about)
	if len(about.VectorLayers) != 1 || about.VectorLayers[0].ID != l.Name {
		t.Errorf("%+v", about)
	}
	var installed struct{ Counts map[string]int }
	r.json("/api/installation", &installed)
	if installed.Counts[l.Name] != 5 {
		t.Errorf("%+v", installed)
	}
	if status, _, _ := r.get("/api/layers/" + l.Name + "/features/" + rows.Features[0].ID); status != 200 {
		t.Errorf("one row: %d", status)
	}
}
