package osm

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	paulmach "github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"

	"fourmaps/data/realdata"
	"fourmaps/geo"
	"fourmaps/geo/road"
)

// TestRealExtracts reads real places and holds what must be true of any: figures are printed for the record.
func TestRealExtracts(t *testing.T) {
	for _, name := range []string{"monaco-20210421.osm.pbf", "andorra-20210414.osm.pbf",
		"shenzhen-longgang-henggang-20191103.osm.pbf", "shenzhen-longgang-henggang-20191103.osm"} {
		t.Run(name, func(t *testing.T) {
			path := realdata.File(t, "osm/"+name)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			e, err := Read(context.Background(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			t.Logf("%v, %d MiB allocated in all; %+v", took.Round(time.Millisecond), (after.TotalAlloc-before.TotalAlloc)>>20, e.Report)
			t.Logf("%d edges of %d ways, %.1f km, %d components, %.1f %% of edges in the main one; %d waters, %d land uses, %d buildings, %d places",
				len(e.Roads), e.Report.RoadWays, kilometres(e.Roads), e.Report.Components, 100*float64(e.Report.MainEdges)/float64(len(e.Roads)),
				len(e.Waters), len(e.Landuses), len(e.Buildings), len(e.Places))
			checkSound(t, e)
			if strings.HasSuffix(name, ".pbf") {
				checkAgainstLibrary(t, path, e)
			}
		})
	}
}

func kilometres(edges []road.Edge) (sum float64) {
	for i := range edges {
		sum += edges[i].LengthM / 1000
	}
	return sum
}

// checkSound holds what must be true of every extract.
func checkSound(t *testing.T, e *Extract) {
	t.Helper()
	keys := map[string]bool{}
	at := map[int64]orb.Point{}
	for i := range e.Roads {
		r := &e.Roads[i]
		switch {
		case keys[r.Key]:
			t.Fatalf("%s comes twice", r.Key)
		case len(r.Geom) < 2 || r.LengthM <= 0:
			t.Fatalf("%s has no length", r.Key)
		case r.Component < 0, r.Component == 0 && (r.CostS >= 0 || r.ReverseCostS >= 0):
			t.Fatalf("%s can be driven but is in no component", r.Key)
		case (r.Access == road.Closed) != (r.CostS < 0 && r.ReverseCostS < 0):
			t.Fatalf("%s is %s but costs %v, %v", r.Key, r.Access, r.CostS, r.ReverseCostS)
		case r.CostS >= 0 && r.CostS < r.LengthM/(200/3.6):
			t.Fatalf("%s is faster than 200 km/h", r.Key)
		}
		keys[r.Key] = true
		for node, p := range map[int64]orb.Point{r.Source: r.Geom[0], r.Target: r.Geom[len(r.Geom)-1]} {
			if before, seen := at[node]; r.Source != r.Target && seen && geo.Distance(before, p) > 0.1 {
				t.Fatalf("node %d of %s lies at %v and %v", node, r.Key, before, p)
			}
			if r.Source != r.Target {
				at[node] = p
			}
		}
	}
	if e.Report.MainEdges*2 < len(e.Roads) {
		t.Errorf("only %d of %d edges are in the main component", e.Report.MainEdges, len(e.Roads))
	}
	invalid := 0
	for _, b := range e.Buildings {
		if geo.CheckValid(b.Geom) != nil {
			invalid++
		}
	}
	for _, w := range e.Waters {
		if geo.CheckValid(w.Geom) != nil {
			invalid++
		}
	}
	for _, l := range e.Landuses {
		if geo.CheckValid(l.Geom) != nil {
			invalid++
		}
	}
	t.Logf("%d areas are not valid", invalid)
}

// checkAgainstLibrary counts elements and road ends with an independent reader.
func checkAgainstLibrary(t *testing.T, path string, e *Extract) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scanner := osmpbf.New(context.Background(), f, 2)
	defer scanner.Close()
	var nodes, ways, relations, roads, pieces int
	uses := map[paulmach.NodeID]int{}
	var lists []paulmach.WayNodes
	for scanner.Scan() {
		switch o := scanner.Object().(type) {
		case *paulmach.Node:
			nodes++
		case *paulmach.Relation:
			relations++
		case *paulmach.Way:
			ways++
			if _, is := classes[o.Tags.Find("highway")]; is && o.Tags.Find("area") != "yes" {
				roads++
				lists = append(lists, o.Nodes)
				for _, n := range o.Nodes {
					uses[n.ID]++
				}
			}
		}
	}
	if err := scanner.Err(); err != nil {
		t.Fatal(err)
	}
	for _, l := range lists {
		for i := 1; i < len(l); i++ {
			if i == len(l)-1 || uses[l[i].ID] > 1 {
				pieces++
			}
		}
	}
	if e.Report.Nodes != nodes || e.Report.Ways != ways || e.Report.Relations != relations {
		t.Errorf("read %d, %d, %d elements; the library %d, %d, %d", e.Report.Nodes, e.Report.Ways, e.Report.Relations, nodes, ways, relations)
	}
	t.Logf("the library: %d road ways, %d pieces between junctions (without foot ways, barriers, missing nodes)", roads, pieces)
	if diff := len(e.Roads) - pieces; diff < -pieces/50 || diff > pieces/10 {
		t.Errorf("%d edges, the library makes it %d pieces", len(e.Roads), pieces)
	}
}

func BenchmarkReadAndorra(b *testing.B) { benchmarkRead(b, "andorra-20210414.osm.pbf") }
func BenchmarkReadMonaco(b *testing.B)  { benchmarkRead(b, "monaco-20210421.osm.pbf") }

func benchmarkRead(b *testing.B, name string) {
	path := realdata.File(b, "osm/"+name)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(context.Background(), path, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
