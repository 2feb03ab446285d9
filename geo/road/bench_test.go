package road_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"fourmaps/geo/road"
	"fourmaps/geo/road/roadtest"
)

// sizes are the county and the province that the benchmarks ask.
var sizes = []int{90_000, 2_000_000}

// county makes each network once, since the province takes seconds.
var county = sync.OnceValue(func() map[int]*world { return map[int]*world{} })

type world struct {
	edges      []road.Edge
	network    *road.Network
	conditions *road.Conditions
	places     []orb.Point
	incidents  []orb.Point
}

func all(edges []road.Edge) iter.Seq2[*road.Edge, error] {
	return func(yield func(*road.Edge, error) bool) {
		for i := range edges {
			if !yield(&edges[i], nil) {
				return
			}
		}
	}
}

func worldOf(b testing.TB, size int) *world {
	b.Helper()
	if size > 1_000_000 && testing.Short() {
		b.Skip("the province takes half a gigabyte")
	}
	worlds := county()
	if w := worlds[size]; w != nil {
		return w
	}
	w := &world{edges: roadtest.Network(size)}
	n, err := road.Build(all(w.edges), road.BuildOptions{Version: 1, Edges: len(w.edges)})
	if err != nil {
		b.Fatal(err)
	}
	w.network = n
	random := rand.New(rand.NewPCG(4, 4))
	where := func() orb.Point { return around(size, random) }
	for range 350 + 372 {
		w.places = append(w.places, where())
	}
	for range 16 {
		w.incidents = append(w.incidents, where())
	}
	w.conditions = road.NewConditions(n, 1, time.Time{}, closures(n, 20, where))
	worlds[size] = w
	return w
}

// around gives a place in a county of 41 km, in the middle of the network.
func around(size int, random *rand.Rand) orb.Point {
	x, y := random.Float64(), random.Float64()
	if size > 90_000 {
		x, y = 0.4+0.2*x, 0.4+0.2*y
	}
	return roadtest.Point(size, x, y)
}

// closures close all roads within a few hundred metres of places.
func closures(n *road.Network, count int, where func() orb.Point) []road.Closure {
	var out []road.Closure
	for i := range count {
		c := road.Closure{ID: fmt.Sprint(i), Kind: road.Flooded}
		for _, s := range n.Snap(where(), road.SnapOptions{AnyRoad: true, Within: 400, Most: 25}) {
			c.Edges = append(c.Edges, s.Edge)
		}
		out = append(out, c)
	}
	return out
}

// cpu gives the milliseconds of processor time that the program has used: what a busy machine does not blur.
func cpu() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func bySize(b *testing.B, f func(b *testing.B, w *world)) {
	for _, size := range sizes {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			w := worldOf(b, size)
			before := cpu()
			f(b, w)
			b.ReportMetric((cpu()-before)/float64(b.N), "cpu-ms/op")
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	bySize(b, func(b *testing.B, w *world) {
		var before, after runtime.MemStats
		for b.Loop() {
			n, err := road.Build(all(w.edges), road.BuildOptions{Edges: len(w.edges)})
			if err != nil {
				b.Fatal(err)
			}
			b.StopTimer()
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(n)
			n = nil
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.StartTimer()
		}
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MiB")
		b.ReportMetric(float64(len(w.edges)), "edges")
	})
}

func BenchmarkSnap(b *testing.B) {
	bySize(b, func(b *testing.B, w *world) {
		for i := 0; b.Loop(); i++ {
			if len(w.network.Snap(w.places[i%len(w.places)], road.SnapOptions{})) == 0 {
				b.Fatal("no road")
			}
		}
	})
}

// BenchmarkSearch finds the times of 722 places that are snapped already, cut at 60 minutes.
func BenchmarkSearch(b *testing.B) {
	bySize(b, func(b *testing.B, w *world) {
		places := w.network.JoinAll(w.places, road.SnapOptions{})
		for i := 0; b.Loop(); i++ {
			seed := road.Seed{Place: w.network.Join(w.incidents[i%len(w.incidents)], road.SnapOptions{})}
			w.network.Search(road.Query{Seeds: []road.Seed{seed}, Places: places, CutS: 3600, Conditions: w.conditions}).Release()
		}
	})
}

// BenchmarkClick asks the whole question: 722 places snapped and timed, ten ways, four isochrones, twenty closures and
// what they changed.
func BenchmarkClick(b *testing.B) {
	bySize(b, func(b *testing.B, w *world) {
		var took []time.Duration
		var reached int
		for i := 0; b.Loop(); i++ {
			start := time.Now()
			a := w.network.Ask(road.Question{Incident: w.incidents[i%len(w.incidents)], Places: w.network.JoinAll(w.places, road.SnapOptions{}), Conditions: w.conditions,
				CutS: 3600, Routes: 10, Isochrones: []float64{300, 600, 900, 1800}, Before: true})
			took = append(took, time.Since(start))
			reached = len(a.Ranking)
			if reached < 100 || len(a.Routes) != 10 || len(a.Isochrones[3]) == 0 {
				b.Fatalf("%d reached, %d ways, %d polygons", reached, len(a.Routes), len(a.Isochrones[3]))
			}
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		b.ReportMetric(float64(reached), "reached")
	})
}

func BenchmarkConditions(b *testing.B) {
	bySize(b, func(b *testing.B, w *world) {
		k := road.Closure{ID: "new", Kind: road.Blocked, Edges: []int64{1, 2, 3}}
		for i := 0; b.Loop(); i++ {
			w.conditions.With(int64(i), time.Time{}, k)
		}
		b.ReportMetric(float64(w.conditions.Touched()), "edges-closed")
	})
}
