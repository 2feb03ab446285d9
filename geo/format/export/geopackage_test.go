package export_test

import (
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/wkb"
	"pgregory.net/rapid"

	"fourmaps/geo"
	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
)

// many is rows of every kind, always the same.
func many() []export.Row {
	var out []export.Row
	for seed := range 6 {
		for _, r := range rows().Example(seed) {
			for i, v := range r.Values {
				if v == `{"a":1}` {
					r.Values[i] = "{a}" // GDAL takes it for JSON and writes it anew
				}
			}
			r.ID[15], r.ID[14] = byte(len(out)), byte(len(out)>>8)
			out = append(out, r)
		}
	}
	return out
}

// TestGeoPackageHoldsTheRows opens the database itself.
func TestGeoPackageHoldsTheRows(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rows := rows().Draw(r, "rows")
		crs := rapid.SampledFrom(export.Systems()).Draw(r, "crs")
		file, _ := write(t, export.GeoPackage, export.Options{Layer: bag, CRS: crs}, rows)
		db := openPackage(t, file)
		defer db.Close()
		for _, want := range rows {
			comparePackageRow(r, db, want, crs)
		}
	})
}

func openPackage(t *testing.T, file []byte) *sql.DB {
	name := filepath.Join(t.TempDir(), "x.gpkg")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func comparePackageRow(t *rapid.T, db *sql.DB, want export.Row, crs geo.CRS) {
	fields := export.Fields(bag)
	columns, into := "geom", []any{new([]byte)}
	for _, f := range fields {
		columns += fmt.Sprintf(", %q", f.Name)
		into = append(into, new(any))
	}
	if err := db.QueryRow("SELECT "+columns+" FROM bag WHERE id = ?", want.ID.String()).Scan(into...); err != nil {
		t.Fatal(err)
	}
	for i, f := range fields {
		got, v := *into[i+1].(*any), want.Values[i]
		if at, ok := v.(time.Time); ok {
			if back, ok := got.(time.Time); !ok || !back.Equal(at) {
				t.Fatalf("%s: %v became %v", f.Name, v, got)
			}
			continue
		}
		if yes, ok := v.(bool); ok {
			v = map[bool]int64{true: 1}[yes]
		}
		if list, ok := v.([]string); ok {
			v = list[0]
			if len(list) > 1 {
				v = "water;fire"
			}
		}
		if got != v && !reflect.DeepEqual(got, v) {
			t.Fatalf("%s: %#v became %#v", f.Name, v, got)
		}
	}
	blob := *into[0].(*[]byte)
	if want.Geometry == nil {
		if blob != nil {
			t.Fatal("a row without a place has a geometry")
		}
		return
	}
	head := 8
	if blob[3]>>1&7 == 1 {
		head += 32
	}
	if string(blob[:2]) != "GP" || geo.CRS(binary.LittleEndian.Uint32(blob[4:])) != crs {
		t.Fatalf("the geometry begins with % x", blob[:8])
	}
	g, err := wkb.Unmarshal(blob[head:])
	if err != nil {
		t.Fatal(err)
	}
	back, err := geo.ConvertGeometry(g, crs, geo.WGS84)
	if err != nil {
		t.Fatal(err)
	}
	samePlace(t, export.Row{Geometry: want.Geometry}, geo.Wound(back), false)
}

// TestGDALReadsWhatIsWritten lets a foreign program turn GeoPackage and Shapefile into GeoJSON, and imports that.
func TestGDALReadsWhatIsWritten(t *testing.T) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr is not installed: make test installs it before this test")
	}
	rows := many()
	for _, crs := range []geo.CRS{geo.WGS84, geo.CGCS2000} {
		for _, f := range []export.Format{export.GeoPackage, export.Shapefile} {
			t.Run(f.Name+" "+crs.String(), func(t *testing.T) {
				file, _ := write(t, f, export.Options{Layer: bag, CRS: crs}, rows)
				got := 0
				for i, part := range apart(t, f, file) {
					name := filepath.Join(t.TempDir(), fmt.Sprint("in", i, f.Extension))
					if err := os.WriteFile(name, part, 0o600); err != nil {
						t.Fatal(err)
					}
					if f.Extension == ".zip" {
						name = "/vsizip/" + name
					}
					to := filepath.Join(t.TempDir(), fmt.Sprint("out", i, ".geojson"))
					if out, err := exec.Command(ogr, "-f", "GeoJSON", "-t_srs", "EPSG:4326", to, name).CombinedOutput(); err != nil || len(out) > 0 {
						t.Errorf("ogr2ogr says %s, %v", out, err)
					}
					text, err := os.ReadFile(to)
					if err != nil {
						t.Fatal(err)
					}
					records, err := read("x.geojson", text, bag, geo.WGS84)
					if err != nil {
						t.Fatal(err)
					}
					got += len(records)
					for _, row := range rows {
						if record := records[row.ID.String()]; record != nil && !sameText(row, record.Values) {
							t.Errorf("%v came back as %v", row.Values, record.Values)
						}
					}
				}
				if got != len(rows) {
					t.Errorf("%d rows of %d", got, len(rows))
				}
			})
		}
	}
}

// sameText compares what every program should read alike.
func sameText(r export.Row, got map[string]any) bool {
	for i, f := range export.Fields(bag) {
		if f.Type != layer.Number && !f.ReadOnly && r.Values[i] != nil && fmt.Sprint(got[f.Name]) != fmt.Sprint(r.Values[i]) {
			if at, ok := r.Values[i].(time.Time); ok && at.Equal(got[f.Name].(time.Time)) {
				continue
			}
			if begin, ok := got[f.Name].(string); ok && f.MaxLength > 1000 && strings.HasPrefix(fmt.Sprint(r.Values[i]), begin) {
				continue // only our own import joins the columns of a Shapefile
			}
			return false
		}
	}
	return true
}
