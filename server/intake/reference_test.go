package intake_test

import (
	"os"
	"path/filepath"
	"testing"

	"fourmaps/geo/format"
	"fourmaps/geo/layer"
	"fourmaps/server/intake"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

func TestReferencesAreFoundByCodeKeyAndName(t *testing.T) {
	pool := storetest.New(t)
	_, err := pool.Exec(t.Context(), `
		INSERT INTO command_unit (origin_key, name, kind, level) VALUES ('U1', '县指挥部', 'headquarters', 'county'), ('U2', '同名站', 'station', 'township'), ('U3', '同名站', 'station', 'township')`)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "units.csv")
	table := "key,name,kind,level,parent\nA,甲站,station,township,县指挥部\nB,乙站,station,township,U1\nC,丙站,station,township,没有的\nD,丁岗,village_post,village,同名站\nE,戊站,station,township,\n"
	if err := os.WriteFile(file, []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	var told []format.Problem
	report, err := intake.Import(t.Context(), store.New(pool), intake.Options{
		Layer:    &layer.CommandUnit,
		File:     file,
		Ingest:   format.IngestOptions{Mapping: format.Mapping{{Column: "key", Field: "key"}, {Column: "name", Field: "name"}, {Column: "kind", Field: "kind"}, {Column: "level", Field: "level"}, {Column: "parent", Field: "parent_id"}}},
		Import:   store.Import{Origin: "units", Actor: "tester"},
		Rejected: func(p format.Problem) { told = append(told, p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if report.Read != 5 || report.Rejected != 2 || report.Stored.New != 3 {
		t.Errorf("read %d, rejected %d, new %d, want 5, 2 and 3: %+v", report.Read, report.Rejected, report.Stored.New, told)
	}
	if len(told) != 2 || told[0].Code != "reference_missing" || told[1].Code != "reference_ambiguous" || told[1].Row != 5 {
		t.Errorf("told %+v", told)
	}
	var below int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM command_unit u JOIN command_unit p ON p.id = u.parent_id WHERE p.name = '县指挥部'`).Scan(&below); err != nil || below != 2 {
		t.Errorf("%d units are below 县指挥部, %v, want 2", below, err)
	}
}

func TestDryRunStoresNothing(t *testing.T) {
	pool := storetest.New(t)
	file := filepath.Join(t.TempDir(), "places.csv")
	if err := os.WriteFile(file, []byte("name,kind,lon,lat\n长桥村,village,114.1,22.6\n没有,village,,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := intake.Import(t.Context(), store.New(pool), intake.Options{
		Layer:  &layer.Place,
		File:   file,
		Ingest: format.IngestOptions{CRS: 4326, Mapping: format.Mapping{{Column: "name", Field: "name"}, {Column: "kind", Field: "kind"}, {Column: "lon", Field: "lon"}, {Column: "lat", Field: "lat"}}},
		Import: store.Import{Origin: "places", Actor: "tester", Check: true},
	})
	if err != nil || report.Read != 2 || report.Rejected != 1 || report.Stored.New != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM place`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are stored, %v", n, err)
	}
}

// TestBlankAreaFollowsFromThePlace: an empty cell for the area leaves it to the place, each time that the file comes.
func TestBlankAreaFollowsFromThePlace(t *testing.T) {
	pool := storetest.New(t)
	_, err := pool.Exec(t.Context(), `INSERT INTO area (origin_key, code, level, name, geom) VALUES
		('1', '990101', 'county', '某区', 'SRID=4326;POLYGON((110 25, 111 25, 111 26, 110 26, 110 25))'), ('2', '990102', 'county', '邻区', NULL)`)
	if err != nil {
		t.Fatal(err)
	}
	codes := func() (got string) {
		t.Helper()
		if err := pool.QueryRow(t.Context(), `SELECT string_agg(coalesce(a.code, '-'), ' ' ORDER BY u.origin_key) FROM command_unit u LEFT JOIN area a ON a.id = u.area_id`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	const table = "key,name,kind,level,area_id,lon,lat\nA,甲,station,township,,110.5,25.5\nB,乙,station,township,990102000000,110.5,25.5\n"
	for range 3 {
		report, told := units(t, pool, table)
		if got := codes(); got != "990101 990102" || len(told) > 0 || report.Stored.Changed > 0 {
			t.Errorf("the areas are %s, told %v, %+v", got, told, report.Stored)
		}
	}
	units(t, pool, "key,name,kind,level,area_id,lon,lat\nA,甲,station,township,,120,25.5\nB,乙,station,township,,110.5,25.5\n")
	if got := codes(); got != "- 990102" { // A moved away; what was said of B holds until somebody says otherwise
		t.Errorf("after the move: %s", got)
	}
}

func TestKMLIntoALayer(t *testing.T) {
	pool := storetest.New(t)
	file := filepath.Join(t.TempDir(), "risks.kml")
	text := `<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark id="a"><name>牛角岭</name><ExtendedData><Data name="等级"><value>重大</value></Data></ExtendedData>
		<LineString><coordinates>110,25,100 110.1,25.1,90</coordinates></LineString></Placemark>
		<Placemark id="b"><name>没有等级</name><Point><coordinates>110,25</coordinates></Point></Placemark></kml>`
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for want := range 2 {
		report, err := intake.Import(t.Context(), store.New(pool), intake.Options{
			Layer: &layer.RiskPoint, File: file,
			Ingest: format.IngestOptions{Mapping: format.Mapping{{Column: "name", Field: "name"}, {Column: "等级", Field: "risk_level"}}, Constants: map[string]string{"kind": "滑坡"}},
			Import: store.Import{Origin: "risks", Actor: "tester"},
		})
		if err != nil || report.Rejected != 1 || report.Stored.Same != int64(want) {
			t.Errorf("%+v, %v", report, err)
		}
	}
	var shape string
	if err := pool.QueryRow(t.Context(), `SELECT ST_AsText(geom) || supervision FROM risk_point WHERE origin_key = 'a'`).Scan(&shape); err != nil || shape != "LINESTRING(110 25,110.1 25.1)none" {
		t.Errorf("stored %s, %v", shape, err)
	}
}
