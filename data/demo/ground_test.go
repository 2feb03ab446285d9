package demo

import (
	"bytes"
	"image/png"
	"math"
	"testing"

	"fourmaps/data/demo/topology"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
)

// TestRiversDescend follows every stream over the relief that was made with it.
func TestRiversDescend(t *testing.T) {
	l := district(t).land
	reaches := l.reaches()
	ends := map[int32]bool{}
	for _, r := range reaches {
		ends[r.cells[0]] = true
	}
	for k, r := range reaches {
		for j := range len(r.cells) - 1 {
			if up, down := l.height[r.cells[j]], l.height[r.cells[j+1]]; down > up {
				t.Fatalf("reach %d climbs from %.2f m to %.2f m", k, up, down)
			}
		}
		if last := r.cells[len(r.cells)-1]; !ends[last] && l.flow.To[last] >= 0 {
			t.Errorf("reach %d ends at no confluence", k)
		}
	}
}

// TestPolygonsAreValid: closed rings of four or more points, exteriors counter-clockwise, holes
// clockwise, nothing crossing.
func TestPolygonsAreValid(t *testing.T) {
	d := district(t)
	check := func(layer, key string, g orb.Geometry) {
		t.Helper()
		p, ok := g.(orb.Polygon)
		if !ok {
			return
		}
		var lines []orb.LineString
		for k, ring := range p {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				t.Fatalf("%s %s: ring %d has %d points or is open", layer, key, k, len(ring))
			}
			if want := map[bool]orb.Orientation{true: orb.CCW, false: orb.CW}[k == 0]; ring.Orientation() != want {
				t.Fatalf("%s %s: ring %d runs the wrong way", layer, key, k)
			}
			lines = append(lines, orb.LineString(ring))
		}
		if len(p) == 0 {
			t.Fatalf("%s %s: no rings", layer, key)
		}
		if layer == "landuse" || layer == "area" {
			return // their rings touch at shared corners; their meshes are checked as a whole
		}
		if len(topology.Crossings(lines)) > 0 {
			t.Fatalf("%s %s crosses itself", layer, key)
		}
	}
	for _, a := range d.Areas {
		check("area", a.Key, a.Geom)
	}
	for _, w := range d.Waters {
		check("water", w.Key, w.Geom)
	}
	for _, u := range d.Landuses {
		check("landuse", u.Key, u.Geom)
	}
	for _, b := range d.Buildings {
		check("building", b.Key, b.Geom)
	}
}

// TestLanduseNeverOverlaps: every part of an outline is walked once in each direction at most.
func TestLanduseNeverOverlaps(t *testing.T) {
	parts := map[border]int{}
	for _, u := range district(t).Landuses {
		for _, ring := range u.Geom.(orb.Polygon) {
			for k := range len(ring) - 1 {
				parts[border{ring[k], ring[k+1]}]++
			}
		}
	}
	once := map[border]bool{}
	var lines []orb.LineString
	for b, n := range parts {
		if n != 1 {
			t.Fatalf("%v is walked %d times", b, n)
		}
		if !once[border{b[1], b[0]}] {
			once[b] = true
			lines = append(lines, orb.LineString{b[0], b[1]})
		}
	}
	if bad := topology.Crossings(lines); len(bad) > 0 {
		t.Errorf("%d parts of land use cross", len(bad))
	}
}

// middle is a point of a geometry.
func middle(g orb.Geometry) orb.Point {
	if line, ok := g.(orb.LineString); ok {
		return line[len(line)/2]
	}
	return g.(orb.Point)
}

func TestPointsLieInTheirVillages(t *testing.T) {
	d := district(t)
	village := map[uuid.UUID]orb.Polygon{}
	for _, a := range ofLevel(d, "village") {
		village[a.ID] = a.Geom.(orb.Polygon)
	}
	check := func(r Row) {
		t.Helper()
		if p, ok := village[r.Area]; !ok || !holds(p, middle(r.Geom)) {
			t.Errorf("%s (%s) lies outside its village", r.Name, r.Key)
		}
	}
	for _, r := range d.Risks {
		check(r.Row)
	}
	for _, s := range d.Sites {
		check(s.Row)
	}
	for _, f := range d.Forces {
		check(f.Row)
	}
	for _, u := range d.Units {
		if u.Level != "ministry" && u.Level != "province" && u.Level != "city" {
			check(u.Row)
		}
	}
}

// TestPointsStandWhereTheyDoInLife: pumps on main roads, slides on slopes, forces and stores by
// roads, nothing in a lake.
func TestPointsStandWhereTheyDoInLife(t *testing.T) {
	d := district(t)
	roads, mains := newSegments(), newSegments()
	for k, r := range d.Roads {
		line := localLine(r.Geom.(orb.LineString))
		roads.add(line, k)
		if r.Class == "trunk" || r.Class == "primary" {
			mains.add(line, k)
		}
	}
	for _, r := range d.Risks {
		p := local(middle(r.Geom))
		switch r.Kind {
		case "petrol_station":
			if away := mains.distance(p, 500); away > 40 {
				t.Errorf("%s lies %.0f m from a main road", r.Name, away)
			}
		case "geological_hazard":
			if s := d.land.Sample(d.land.slope, p[0], p[1]); s < 0.12 {
				t.Errorf("%s lies on a slope of %.2f", r.Name, s)
			}
		}
	}
	near := func(r Row) {
		t.Helper()
		if away := roads.distance(local(middle(r.Geom)), 500); away > 180 {
			t.Errorf("%s lies %.0f m from a road", r.Name, away)
		}
		q := local(middle(r.Geom))
		if d.land.wet[d.land.Index(q[0], q[1])] {
			t.Errorf("%s lies in a lake", r.Name)
		}
	}
	for _, s := range d.Sites {
		near(s.Row)
	}
	for _, f := range d.Forces {
		near(f.Row)
	}
}

func TestReliefCoversTheMap(t *testing.T) {
	seen := map[int]int{}
	for _, tile := range district(t).reliefTiles() {
		seen[tile.Z]++
	}
	total := 0
	for z := ReliefMinZoom; z <= ReliefMaxZoom; z++ {
		if total += seen[z]; seen[z] == 0 {
			t.Errorf("no relief at zoom %d", z)
		}
	}
	if total > 400 {
		t.Errorf("%d relief tiles, too many for a first start", total)
	}
}

func TestReliefTilesSayTheHeight(t *testing.T) {
	d := district(t)
	for tile, err := range d.Relief() {
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(tile.PNG))
		if err != nil {
			t.Fatal(err)
		}
		r, g, b, _ := img.At(100, 60).RGBA()
		height := -10000 + float64((r>>8)<<16|(g>>8)<<8|b>>8)/10
		n := math.Exp2(float64(tile.Z))
		lon := (float64(tile.X)+100.5/256)/n*360 - 180
		lat := math.Atan(math.Sinh(math.Pi*(1-2*(float64(tile.Y)+60.5/256)/n))) * 180 / math.Pi
		if want := d.Elevation(orb.Point{lon, lat}); math.Abs(height-want) > 0.06 {
			t.Errorf("tile %d/%d/%d says %.1f m, the land is %.1f m high", tile.Z, tile.X, tile.Y, height, want)
		}
		if tile.Z == 10 {
			break
		}
	}
}
