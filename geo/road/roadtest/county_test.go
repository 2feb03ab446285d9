package roadtest

import (
	"reflect"
	"testing"

	"fourmaps/geo/road"
)

func TestNetwork(t *testing.T) {
	const asked = 20_000
	edges := Network(asked)
	if len(edges) < asked*95/100 || len(edges) > asked*105/100 {
		t.Errorf("%d edges, asked for %d", len(edges), asked)
	}
	classes, oneways := map[road.Class]int{}, map[road.Oneway]int{}
	main, loops, bridges, limited := 0, 0, 0, 0
	pairs, parallel := map[[2]int64]bool{}, 0
	for i := range edges {
		e := &edges[i]
		classes[e.Class]++
		oneways[e.Oneway]++
		if e.Component == 1 {
			main++
		}
		if e.Source == e.Target {
			loops++
		}
		if e.Bridge {
			bridges++
		}
		if e.MaxWeightT > 0 {
			limited++
		}
		pair := [2]int64{min(e.Source, e.Target), max(e.Source, e.Target)}
		if pairs[pair] {
			parallel++
		}
		pairs[pair] = true
		if e.ID != int64(i)+1 || e.LengthM <= 0 || len(e.Geom) < 2 {
			t.Fatalf("edge %d: %+v", i, e)
		}
	}
	if share := float64(main) / float64(len(edges)); share < 0.9 || share > 0.995 {
		t.Errorf("%.3f of the edges are in the main component", share)
	}
	if len(classes) != 9 || len(oneways) != 3 || loops == 0 || bridges == 0 || limited == 0 || parallel == 0 {
		t.Errorf("classes %v, directions %v, %d loops, %d bridges, %d limits, %d parallel", classes, oneways, loops, bridges, limited, parallel)
	}
	if !reflect.DeepEqual(edges, Network(asked)) {
		t.Error("the same network is not made twice")
	}
}
