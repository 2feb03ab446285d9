package road_test

import (
	"context"
	"testing"

	"github.com/paulmach/orb"

	"fourmaps/data/realdata"
	"fourmaps/geo/format/osm"
	"fourmaps/geo/road"
)

// TestRealNetworks compares the times from real junctions with gonum, and checks ways and isochrones.
func TestRealNetworks(t *testing.T) {
	for name, incident := range map[string]orb.Point{
		"andorra-20210414.osm.pbf":                {1.5218, 42.5075},
		"shenzhen-longgang-henggang-20191103.osm": {},
	} {
		t.Run(name, func(t *testing.T) {
			roads := realRoads(t, name)
			n, err := road.Build(all(roads), road.BuildOptions{Edges: len(roads)})
			if err != nil {
				t.Fatal(err)
			}
			if incident == (orb.Point{}) {
				incident = n.Bound().Center()
			}
			compareWithGonum(t, roads, n, incident)
			q := road.Question{Incident: incident, Routes: 40, Isochrones: []float64{300, 900}}
			for i := 0; i < len(roads); i += 1 + len(roads)/40 {
				q.Places = append(q.Places, n.Join(roads[i].Geom[0], road.SnapOptions{}))
			}
			a := n.Ask(q)
			for i, r := range a.Routes {
				checkRoute(t, a.Incident, q.Places[i].At, r)
			}
			if len(a.Routes) < 20 || len(a.Isochrones[0]) == 0 {
				t.Errorf("%d ways, %d polygons", len(a.Routes), len(a.Isochrones[0]))
			}
		})
	}
}

// realRoads are the roads of an extract, numbered from 1.
func realRoads(t *testing.T, name string) []road.Edge {
	e, err := osm.Read(context.Background(), realdata.File(t, "osm/"+name), osm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range e.Roads {
		e.Roads[i].ID = int64(i) + 1
	}
	return e.Roads
}
