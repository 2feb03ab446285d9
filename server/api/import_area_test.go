package api_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"fourmaps/server/store/storetest"
)

// outline is an area of a test: a box in degrees.
type outline struct {
	code, name string
	box        [4]float64 // west, south, east, north
}

func (o outline) ring() [][2]float64 {
	w, s, e, n := o.box[0], o.box[1], o.box[2], o.box[3]
	return [][2]float64{{w, s}, {w, n}, {e, n}, {e, s}, {w, s}} // clockwise, as Shapefiles have it
}

func asGeoJSON(t *testing.T, list []outline) []byte {
	t.Helper()
	features := []any{}
	for _, o := range list {
		features = append(features, fields{"type": "Feature", "properties": fields{"区划代码": o.code, "名称": o.name}, "geometry": fields{"type": "Polygon", "coordinates": [][][2]float64{o.ring()}}})
	}
	out, err := json.Marshal(fields{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// asShapefile makes a zipped Shapefile in CGCS2000 degrees.
func asShapefile(t *testing.T, list []outline) []byte {
	t.Helper()
	var shp, dbf, out bytes.Buffer
	put := func(to *bytes.Buffer, order binary.ByteOrder, values ...any) {
		for _, v := range values {
			if err := binary.Write(to, order, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	const record = 44 + 4 + 5*16
	put(&shp, binary.BigEndian, int32(9994), [5]int32{}, int32((100+len(list)*(8+record))/2))
	put(&shp, binary.LittleEndian, int32(1000), int32(5), [4]float64{110, 25, 112, 26}, [4]float64{})
	put(&dbf, binary.LittleEndian, byte(3), [3]byte{126, 1, 1}, int32(len(list)), int16(32+2*32+1), int16(1+12+40), [20]byte{})
	for _, f := range []struct {
		name string
		size byte
	}{{"区划代码", 12}, {"名称", 40}} {
		var name [11]byte
		copy(name[:], f.name) // 12 bytes of UTF-8 do not fit
		put(&dbf, binary.LittleEndian, name, byte('C'), [4]byte{}, f.size, [15]byte{})
	}
	dbf.WriteByte('\r')
	for i, o := range list {
		put(&shp, binary.BigEndian, int32(i+1), int32(record/2))
		put(&shp, binary.LittleEndian, int32(5), o.box, int32(1), int32(5), int32(0), o.ring())
		fmt.Fprintf(&dbf, " %-12s%s%s", o.code, o.name, strings.Repeat(" ", 40-len(o.name)))
	}
	z := zip.NewWriter(&out)
	for name, data := range map[string]string{"区划.shp": shp.String(), "区划.dbf": dbf.String(), "区划.cpg": "UTF-8",
		"区划.prj": `GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`} {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(data))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var newCounty = []outline{
	{"990102", "绿水县", [4]float64{111, 25, 111.4, 25.4}},
	{"990102001", "河口镇", [4]float64{111, 25, 111.2, 25.4}},
	{"990102002", "石桥乡", [4]float64{111.2, 25, 111.4, 25.4}},
}

func with(list []outline, change func(list []outline) []outline) []outline {
	return change(append([]outline{}, list...))
}

// TestAreasByTheWizard: GeoJSON and zipped Shapefile with columns for code and name; again; a changed copy; what
// overlaps or has a code that is taken is told by the check already, and nothing of it is stored.
func TestAreasByTheWizard(t *testing.T) {
	for _, kind := range []struct {
		ending string
		make   func(*testing.T, []outline) []byte
		code   string // the name of the column, as the file has it
	}{{".geojson", asGeoJSON, "区划代码"}, {".zip", asShapefile, ""}} {
		t.Run(kind.ending, func(t *testing.T) {
			r := startWithAreas(t)
			r.eventually("areas are known", func() bool { return r.auth.Renew(t.Context(), r.pool) == nil })
			r.sql(`INSERT INTO material_site (origin_key, name, kind, geom) VALUES ('s', '避难场所', 'shelter', 'SRID=4326;POINT(111.1 25.1)')`)
			administrator, staff := storetest.SignIn(t, r.pool, "administrator", ""), storetest.SignIn(t, r.pool, "staff", "")
			bring := func(list []outline, origin string) draft {
				d, _ := r.upload(201, "区划"+kind.ending, kind.make(t, list), "&layer=area", administrator)
				pairs := []fields{{"column": d.About.Columns[0].Name, "field": "code"}, {"column": d.About.Columns[1].Name, "field": "name"}}
				if kind.code != "" {
					if pairs = r.proposed(d, "area"); len(pairs) != 2 {
						t.Fatalf("proposed: %v", pairs)
					}
				}
				return r.choose(d, fields{"choices": fields{"mapping": pairs, "origin": origin}}, administrator)
			}
			d := bring(newCounty, "区划")
			if d.State != "checked" || d.Counts.String() != "read 3 new 3 changed 0 same 0 rejected 0 gone 0" || r.stored("area") != 4 {
				t.Fatalf("%+v %+v %+v", d.Counts, d.Fault, d.About.Missing)
			}
			r.apply(d, false, 200, administrator)
			var tree, site string
			if err := r.pool.QueryRow(t.Context(), `SELECT string_agg(a.code || '<' || p.code, ' ' ORDER BY a.code) FROM area a JOIN area p ON p.id = a.parent_id WHERE a.code LIKE '990102%'`).Scan(&tree); err != nil || tree != "990102001<990102 990102002<990102" {
				t.Errorf("tree: %s %v", tree, err)
			}
			if site = r.whereIs("s"); site != "990102001" {
				t.Errorf("the site lies in %q", site)
			}
			if d = bring(newCounty, "区划"); d.Counts.String() != "read 3 new 0 changed 0 same 3 rejected 0 gone 0" {
				t.Errorf("again: %v", d.Counts)
			}
			d = bring(with(newCounty, func(l []outline) []outline { l[1].name, l[0].box[3] = "河口街道", 25.5; return l[:2] }), "区划")
			if d.Counts.String() != "read 2 new 0 changed 2 same 0 rejected 0 gone 1" {
				t.Errorf("a changed copy: %v %+v", d.Counts, r.report(d, "", administrator))
			}
			if d = r.apply(d, true, 200, administrator); d.Counts.Removed != 1 || r.stored("area") != 6 {
				t.Errorf("%v", d.Counts)
			}
			for _, c := range []struct {
				name, origin, fault string
				list                []outline
			}{
				{"overlaps a stored one", "区划二", "重叠", []outline{{"990103", "黑土县", [4]float64{110.3, 25, 110.6, 25.4}}}},
				{"overlap each other", "区划二", "重叠", []outline{{"990104", "一县", [4]float64{112, 25, 112.4, 25.4}}, {"990105", "二县", [4]float64{112.2, 25, 112.6, 25.4}}}},
				{"a code that is taken", "区划二", "990101", []outline{{"990101", "青山县", [4]float64{110, 25, 110.4, 25.4}}}},
			} {
				if d := bring(c.list, c.origin); d.State != "uploaded" || d.Fault == nil || d.Fault.Code != "conflict" || !strings.Contains(d.Fault.Zh, c.fault) || r.stored("area") != 6 {
					t.Errorf("%s: %s %+v, %d areas", c.name, d.State, d.Fault, r.stored("area"))
				}
			}
			// who imports ledgers may not import areas
			mine, _ := r.upload(201, "区划"+kind.ending, kind.make(t, newCounty), "", staff)
			r.want(403, nil, "PATCH", "/api/imports/"+mine.ID, fields{"layer": "area"}, "Cookie", staff)
		})
	}
}

// TestACheckHoldsNobodyUp: while somebody writes in the tables, and holds the very rows, checks of areas and of ledgers
// go on; so they hold nothing themselves.
func TestACheckHoldsNobodyUp(t *testing.T) {
	r := startWithSites(t)
	administrator := storetest.SignIn(t, r.pool, "administrator", "")
	areas, _ := r.upload(201, "区划.geojson", asGeoJSON(t, append(newCounty, outline{"990101", "青山县", [4]float64{110, 25, 110.4, 25.5}})), "&layer=area", administrator)
	r.sql(`UPDATE area SET origin = '区划', origin_key = code WHERE code = '990101'`)
	sites, _ := r.upload(201, "台账.csv", []byte(ledgerThatMoves), "&layer=material_site", administrator)
	err := pgx.BeginFunc(t.Context(), r.pool, func(tx pgx.Tx) error {
		for _, hold := range []string{"LOCK TABLE area, material_site IN SHARE ROW EXCLUSIVE MODE", "SELECT FROM area FOR UPDATE", "SELECT FROM material_site FOR UPDATE"} {
			if _, err := tx.Exec(t.Context(), hold); err != nil {
				return err
			}
		}
		began := time.Now()
		areas = r.choose(areas, fields{"choices": fields{"mapping": r.proposed(areas, "area"), "origin": "区划"}}, administrator)
		sites = r.choose(sites, fields{"choices": fields{"mapping": r.mapped(sites), "crs": "wgs84", "origin": "台账"}}, administrator)
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("the checks took %s", took)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if areas.Counts == nil || areas.Counts.New != 3 || areas.Counts.Changed != 1 || sites.Counts == nil || sites.Counts.Changed != 3 {
		t.Errorf("%+v %+v; %+v %+v", areas.Counts, areas.Fault, sites.Counts, sites.Fault)
	}
}
