package demo

import (
	"math"
	"testing"

	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

// border is a straight part of an outline, in one direction.
type border [2]orb.Point

func ofLevel(d *District, level string) []Area {
	var out []Area
	for _, a := range d.Areas {
		if a.Level == level {
			out = append(out, a)
		}
	}
	return out
}

// outline counts the parts of all rings of areas, by direction.
func outline(areas []Area) map[border]int {
	out := map[border]int{}
	for _, a := range areas {
		for _, ring := range a.Geom.(orb.Polygon) {
			for k := range len(ring) - 1 {
				out[border{ring[k], ring[k+1]}]++
			}
		}
	}
	return out
}

// unmatched keeps the parts that no neighbour walks the other way.
func unmatched(parts map[border]int) map[border]bool {
	out := map[border]bool{}
	for b := range parts {
		if parts[border{b[1], b[0]}] == 0 {
			out[b] = true
		}
	}
	return out
}

// TestVillagesTileTheDistrict: every part of a border belongs to exactly one village, or to two that
// walk it in opposite directions; what belongs to one is the outline of the next level.
func TestVillagesTileTheDistrict(t *testing.T) {
	d := district(t)
	levels := [][]Area{ofLevel(d, "village"), ofLevel(d, "township"), ofLevel(d, "county")}
	var outer [3]map[border]bool
	for k, areas := range levels {
		parts := outline(areas)
		for b, n := range parts {
			if n != 1 {
				t.Fatalf("level %d: the border from %v is walked %d times in one direction", k, b, n)
			}
		}
		outer[k] = unmatched(parts)
	}
	for k := range 2 {
		if len(outer[k]) != len(outer[2]) {
			t.Errorf("level %d has %d outer parts, the county %d", k, len(outer[k]), len(outer[2]))
		}
		for b := range outer[k] {
			if !outer[2][b] {
				t.Fatalf("level %d: outer part %v is not the county's", k, b)
			}
		}
	}
}

func TestTownshipsAreTheUnionOfTheirVillages(t *testing.T) {
	d := district(t)
	for _, town := range ofLevel(d, "township") {
		var own []Area
		for _, v := range ofLevel(d, "village") {
			if v.Parent == town.ID {
				own = append(own, v)
			}
		}
		union, want := unmatched(outline(own)), outline([]Area{town})
		if len(union) != len(want) {
			t.Errorf("%s: %d outer parts of villages, %d of its own", town.Name, len(union), len(want))
		}
		for b := range union {
			if want[b] != 1 {
				t.Fatalf("%s: village border %v is not on its outline", town.Name, b)
			}
		}
	}
}

// TestAreasAddUp compares sums by an independent measure.
func TestAreasAddUp(t *testing.T) {
	d := district(t)
	sum := func(level string) float64 {
		total := 0.0
		for _, a := range ofLevel(d, level) {
			total += planar.Area(a.Geom)
		}
		return total
	}
	county := sum("county")
	for _, level := range []string{"township", "village"} {
		if diff := math.Abs(sum(level)/county - 1); diff > 1e-9 {
			t.Errorf("%s areas differ from the county's by %g of it", level, diff)
		}
	}
	people := map[string]int{}
	for _, a := range d.Areas {
		people[a.Level] += a.Population
	}
	if people["village"] != people["county"] || people["township"] != people["county"] {
		t.Errorf("people do not add up: %v", people)
	}
}

func TestVillagesHaveRoom(t *testing.T) {
	for _, a := range ofLevel(district(t), "village") {
		if km2 := geo.Area(a.Geom) / 1e6; km2 < 0.2 || km2 > 25 {
			t.Errorf("%s has %.2f km²", a.Name, km2)
		}
	}
}

// TestBordersNeverCross checks with whole numbers that outlines meet only at common points.
func TestBordersNeverCross(t *testing.T) {
	once := map[border]bool{}
	var lines []orb.LineString
	for b := range outline(ofLevel(district(t), "village")) {
		if back := (border{b[1], b[0]}); !once[back] && !once[b] {
			once[b] = true
			lines = append(lines, orb.LineString{b[0], b[1]})
		}
	}
	if bad := topology.Crossings(lines); len(bad) > 0 {
		t.Errorf("%d parts of borders cross", len(bad))
	}
}

// TestEachPlaceHasOneVillage throws points at the district.
func TestEachPlaceHasOneVillage(t *testing.T) {
	d := district(t)
	r := chance(7, "points")
	county := d.Areas[0].Geom.(orb.Polygon)
	box := county.Bound()
	towns := ofLevel(d, "village")
	boxes := make([]orb.Bound, len(towns))
	for k, v := range towns {
		boxes[k] = v.Geom.Bound()
	}
	for range 3000 {
		p := orb.Point{box.Min[0] + r.Float64()*(box.Max[0]-box.Min[0]), box.Min[1] + r.Float64()*(box.Max[1]-box.Min[1])}
		n := 0
		for k, v := range towns {
			if boxes[k].Contains(p) && planar.PolygonContains(v.Geom.(orb.Polygon), p) {
				n++
			}
		}
		want := 0
		if planar.PolygonContains(county, p) {
			want = 1
		}
		if n != want {
			t.Fatalf("%v lies in %d villages, want %d", p, n, want)
		}
	}
}
