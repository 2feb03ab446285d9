package road_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"

	"fourmaps/geo/road"
	"fourmaps/geo/road/roadtest"
	"fourmaps/server/store/storetest"
)

// TestRoutesAgreeWithPgRouting compares times and lengths of ways with an independent engine over the same edges, with
// and without closures: in a made county, and in real extracts where they are. It skips without the extension.
func TestRoutesAgreeWithPgRouting(t *testing.T) {
	db := storetest.Connect(t, storetest.Empty(t))
	if _, err := db.Exec(t.Context(), `CREATE EXTENSION pgrouting CASCADE`); err != nil {
		t.Skipf("the extension pgrouting is not here (apt-get install postgresql-15-pgrouting): %v", err)
	}
	t.Run("made county", func(t *testing.T) {
		compareWithPgRouting(t, db, roadtest.Network(small))
	})
	for _, name := range []string{"andorra-20210414.osm.pbf", "shenzhen-longgang-henggang-20191103.osm.pbf"} {
		t.Run(name, func(t *testing.T) {
			compareWithPgRouting(t, db, realRoads(t, name))
		})
	}
}

func compareWithPgRouting(t *testing.T, db *pgxpool.Pool, edges []road.Edge) {
	t.Helper()
	n, err := road.Build(all(edges), road.BuildOptions{Edges: len(edges)})
	if err != nil {
		t.Fatal(err)
	}
	copyEdges(t, db, edges)
	random := rand.New(rand.NewPCG(15, 34))
	nodes, at := junctions(edges)
	pick := func() int64 { return nodes[random.IntN(len(nodes))] }
	closed := []int64{}
	for range 1 + len(edges)/100 {
		closed = append(closed, edges[random.IntN(len(edges))].ID)
	}
	compared, cutOff := 0, 0
	for _, shut := range [][]int64{{}, closed} {
		conditions := road.NewConditions(n, 1, time.Time{}, []road.Closure{{ID: "shut", Kind: road.Blocked, Edges: shut}})
		target := pick()
		starts := []int64{}
		for range 30 {
			starts = append(starts, pick())
		}
		want := pgRoutes(t, db, starts, target, shut)
		join := func(node int64) road.Place { // exactly at the junction
			return n.Join(at[node], road.SnapOptions{AnyRoad: true, Within: 0.01, Most: 12})
		}
		search := n.Search(road.Query{Seeds: []road.Seed{{Place: join(target)}}, Conditions: conditions})
		for _, start := range starts {
			got := search.Arrival(join(start))
			s, ok := got.Seconds()
			theirs, reached := want[start]
			if start == target {
				theirs, reached = route{}, true
			}
			if got.WadeM > 0 { // what only we have: on foot to an incident on a closed road
				continue
			}
			if ok != reached {
				t.Errorf("from %d to %d: %v, pgRouting reached it: %v", start, target, got.Reach, reached)
				continue
			}
			if !ok {
				cutOff++
				continue
			}
			if math.Abs(s-theirs.seconds) > 0.1+theirs.seconds/1e4 || math.Abs(got.DriveM-theirs.metres) > 1+theirs.metres/100 {
				t.Errorf("from %d to %d: %.2f s and %.1f m, pgRouting %.2f s and %.1f m", start, target, s, got.DriveM, theirs.seconds, theirs.metres)
			}
			compared++
		}
		search.Release()
	}
	if compared < 20 {
		t.Errorf("only %d ways compared", compared)
	}
	t.Logf("%d ways agree, %d places are cut off for both", compared, cutOff)
}

// junctions lists the nodes at which an edge of the main component begins, and where they are.
func junctions(edges []road.Edge) (nodes []int64, at map[int64]orb.Point) {
	at = map[int64]orb.Point{}
	for i := range edges {
		e := &edges[i]
		if _, seen := at[e.Source]; !seen && e.Component == 1 && e.CostS >= 0 && e.ReverseCostS >= 0 {
			nodes, at[e.Source] = append(nodes, e.Source), e.Geom[0]
		}
	}
	return nodes, at
}

func copyEdges(t *testing.T, db *pgxpool.Pool, edges []road.Edge) {
	t.Helper()
	if _, err := db.Exec(t.Context(), `DROP TABLE IF EXISTS e`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `CREATE TABLE e (id bigint PRIMARY KEY, source bigint, target bigint, cost float8, reverse_cost float8, metres float8)`); err != nil {
		t.Fatal(err)
	}
	rows := pgx.CopyFromSlice(len(edges), func(i int) ([]any, error) {
		e := &edges[i]
		return []any{e.ID, e.Source, e.Target, e.CostS, e.ReverseCostS, e.LengthM}, nil
	})
	if _, err := db.CopyFrom(t.Context(), pgx.Identifier{"e"}, []string{"id", "source", "target", "cost", "reverse_cost", "metres"}, rows); err != nil {
		t.Fatal(err)
	}
}

type route struct{ seconds, metres float64 }

// pgRoutes asks pgRouting for the ways to a node.
func pgRoutes(t *testing.T, db *pgxpool.Pool, starts []int64, target int64, shut []int64) map[int64]route {
	t.Helper()
	if _, err := db.Exec(t.Context(), `CREATE TABLE IF NOT EXISTS shut (id bigint)`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `TRUNCATE shut`); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(t.Context(), `INSERT INTO shut SELECT unnest($1::bigint[])`, shut); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), `
		SELECT r.start_vid, max(r.agg_cost), coalesce(sum(e.metres), 0)
		FROM pgr_dijkstra('SELECT id, source, target, cost, reverse_cost FROM e WHERE id NOT IN (SELECT id FROM shut)', $1::bigint[], ARRAY[$2::bigint]) r
		LEFT JOIN e ON e.id = r.edge GROUP BY 1`, starts, target)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]route{}
	var start int64
	var r route
	if _, err := pgx.ForEachRow(rows, []any{&start, &r.seconds, &r.metres}, func() error { out[start] = r; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}
