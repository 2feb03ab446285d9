package demo

import (
	"math"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// reachable counts junctions that a walk from one of them reaches.
func reachable(next map[int][]int, from int) map[int]bool {
	seen := map[int]bool{from: true}
	for stack := []int{from}; len(stack) > 0; {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, w := range next[v] {
			if !seen[w] {
				seen[w] = true
				stack = append(stack, w)
			}
		}
	}
	return seen
}

// TestRoadsAreOneComponent: from a junction one reaches all, and all reach it, one-ways included.
func TestRoadsAreOneComponent(t *testing.T) {
	there, back, all := map[int][]int{}, map[int][]int{}, map[int]bool{}
	for _, r := range district(t).Roads {
		all[r.Source], all[r.Target] = true, true
		if r.Cost >= 0 {
			there[r.Source] = append(there[r.Source], r.Target)
			back[r.Target] = append(back[r.Target], r.Source)
		}
		if r.ReverseCost >= 0 {
			there[r.Target] = append(there[r.Target], r.Source)
			back[r.Source] = append(back[r.Source], r.Target)
		}
	}
	from := district(t).Roads[0].Source
	if a, b := len(reachable(there, from)), len(reachable(back, from)); a != len(all) || b != len(all) {
		t.Errorf("of %d junctions %d are reached and %d reach", len(all), a, b)
	}
}

func TestRoadsMeetAtTheirJunctions(t *testing.T) {
	at := map[int]orb.Point{}
	number := map[orb.Point]int{}
	for _, r := range district(t).Roads {
		line := r.Geom.(orb.LineString)
		for k, n := range map[int]int{0: r.Source, len(line) - 1: r.Target} {
			if p, ok := at[n]; ok && p != line[k] {
				t.Fatalf("junction %d is at %v and at %v", n, p, line[k])
			}
			if m, ok := number[line[k]]; ok && m != n {
				t.Fatalf("junctions %d and %d are at one place", n, m)
			}
			at[n], number[line[k]] = line[k], n
		}
	}
}

func TestRoadValues(t *testing.T) {
	bridges, tunnels, oneway, ref := 0, 0, 0, 0
	for _, r := range district(t).Roads {
		length := geo.LengthHaversine(r.Geom)
		if math.Abs(length-r.Length) > 0.01 || length <= 0 {
			t.Fatalf("%s: length %.3f, measured %.3f", r.Key, r.Length, length)
		}
		if math.Abs(r.Cost-r.Length/r.Speed*3.6) > 0.01 {
			t.Fatalf("%s: cost %.3f s", r.Key, r.Cost)
		}
		if (r.Oneway == "forward") != (r.ReverseCost < 0) {
			t.Fatalf("%s: %s with a reverse cost of %g", r.Key, r.Oneway, r.ReverseCost)
		}
		if r.Bridge {
			bridges++
		}
		if r.Tunnel {
			tunnels++
		}
		if r.ReverseCost < 0 {
			oneway++
		}
		if r.Ref != "" {
			ref++
		}
	}
	if bridges < 100 || tunnels < 1 || oneway < 100 || ref < 1000 {
		t.Errorf("bridges %d, tunnels %d, one-way edges %d, edges with a number %d: too few", bridges, tunnels, oneway, ref)
	}
}

func TestRoadsHaveEveryClass(t *testing.T) {
	count := map[string]int{}
	for _, r := range district(t).Roads {
		count[r.Class]++
	}
	t.Log(len(district(t).Roads), "edges:", count)
	for c := motorway; c <= track; c++ {
		if count[c.String()] == 0 {
			t.Errorf("no road is a %s", c)
		}
	}
}

// TestRoadsReachEveryVillage: an edge passes within 150 m of every village core, and every village
// has an edge that begins in it.
func TestRoadsReachEveryVillage(t *testing.T) {
	d := district(t)
	served := map[uuid.UUID]bool{}
	villages := ofLevel(d, "village")
	boxes := make([]orb.Bound, len(villages))
	for k, v := range villages {
		boxes[k] = v.Geom.Bound()
	}
	for _, r := range d.Roads {
		if r.Class == "motorway" {
			continue
		}
		line := localLine(r.Geom.(orb.LineString))
		for way := 0.0; way < length(line); way += 25 {
			p := geographic(pointAt(line, way))
			for k, v := range villages {
				if boxes[k].Contains(p) && !served[v.ID] && holds(v.Geom.(orb.Polygon), p) {
					served[v.ID] = true
				}
			}
		}
	}
	for _, v := range villages {
		if !served[v.ID] {
			t.Errorf("no road reaches %s", v.Name)
		}
	}
	index := newSegments()
	for k, r := range d.Roads {
		index.add(localLine(r.Geom.(orb.LineString)), k)
	}
	for _, p := range d.Places {
		if p.Kind == "peak" {
			continue
		}
		if away := index.distance(local(p.Geom.(orb.Point)), 400); away > 150 {
			t.Errorf("%s %s lies %.0f m from a road", p.Kind, p.Name, away)
		}
	}
}

// TestMainRoadsAndRiversGoOn: beyond the district, to the border of the map.
func TestMainRoadsAndRiversGoOn(t *testing.T) {
	d := district(t)
	f := frame()
	atBorder := func(p orb.Point) bool {
		q := local(p)
		return q[0] < f.X0+200 || q[0] > -f.X0-200 || q[1] < f.Y0+200 || q[1] > -f.Y0-200
	}
	ends := map[string]int{}
	for _, r := range d.Roads {
		line := r.Geom.(orb.LineString)
		if atBorder(line[0]) || atBorder(line[len(line)-1]) {
			ends[r.Class]++
		}
	}
	if ends["motorway"] < 4 || ends["trunk"] < 2 || ends["primary"] < 4 {
		t.Errorf("roads at the border of the map: %v", ends)
	}
	main := 0
	for _, w := range d.Waters {
		if line, ok := w.Geom.(orb.LineString); ok && w.Name == mainRiver && (atBorder(line[0]) || atBorder(line[len(line)-1])) {
			main++
		}
	}
	if main != 2 {
		t.Errorf("the main river touches the border of the map %d times, want 2", main)
	}
}
