package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"fourmaps/server/store/storetest"
)

// village is a crossing of two roads with a name, as OpenStreetMap writes it.
const village = `<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6">
 <node id="1" lat="22.640" lon="114.200"/><node id="2" lat="22.641" lon="114.201"/><node id="3" lat="22.642" lon="114.202"/>
 <node id="4" lat="22.641" lon="114.203"/>
 <node id="5" lat="22.6411" lon="114.2011"><tag k="place" v="village"/><tag k="name" v="长桥村"/></node>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="tertiary"/><tag k="name" v="龙岗路"/></way>
 <way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="residential"/></way>
</osm>`

func TestImportOSM(t *testing.T) {
	url := storetest.URL(t)
	file := filepath.Join(t.TempDir(), "village.osm")
	if err := os.WriteFile(file, []byte(village), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // an import can be repeated
		out, code := runProgram(t, programCommand(t, "import", "osm", "--database-url", url, "--log-level", "warn", file))
		if code != 0 {
			t.Fatalf("exit %d: %s", code, out)
		}
		var roads int
		var place string
		if err := storetest.Connect(t, url).QueryRow(t.Context(), `SELECT (SELECT count(*) FROM road), (SELECT name FROM place)`).Scan(&roads, &place); err != nil {
			t.Fatal(err)
		}
		if roads != 3 || place != "长桥村" {
			t.Errorf("%d road edges and the place %q, want 3 and 长桥村; the program says:\n%s", roads, place, out)
		}
	}
}

func TestImportSaysWhatIsWrong(t *testing.T) {
	url := storetest.URL(t)
	broken := filepath.Join(t.TempDir(), "broken.osm")
	if err := os.WriteFile(broken, []byte(village[:len(village)/2]), 0o644); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		args []string
		want string
	}{
		{"no file", []string{"osm"}, "takes exactly one FILE"},
		{"missing file", []string{"osm", "/nowhere.osm"}, "no such file"},
		{"broken file", []string{"osm", broken}, "the OSM file is broken"},
		{"no areas", []string{"osm", "--clip", "areas", broken}, "fourmaps import areas FILE"},
		{"unknown clip", []string{"osm", "--clip", "moon", broken}, `"moon" is none of`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			args := append([]string{"import", c.args[0], "--database-url", url, "--log-level", "warn"}, c.args[1:]...)
			out, code := runProgram(t, programCommand(t, args...))
			if code != 1 || !strings.Contains(out, c.want) || strings.Count(strings.TrimSpace(out), "\n") > 0 {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
}

// TestImportSaysItInChinese: a terminal that speaks Chinese is told in Chinese, and in one line, what is wrong with a command.
func TestImportSaysItInChinese(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.csv")
	if err := os.WriteFile(file, []byte(ledger), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"no file":           {"layer", "risk_point"},
		"no file of areas":  {"areas", "--code", "a", "--name", "b"},
		"missing file":      {"layer", "risk_point", "/nowhere.csv"},
		"unknown layer":     {"layer", "moon", file},
		"areas":             {"layer", "area", file},
		"set":               {"layer", "--map", "编号=key", "--set", "kind", "risk_point", file},
		"map":               {"layer", "--map", "编号", "risk_point", file},
		"date order":        {"layer", "--date-order", "ymd", "risk_point", file},
		"delimiter":         {"layer", "--delimiter", "ab", "risk_point", file},
		"coordinate system": {"layer", "--crs", "moon", "risk_point", file},
		"report":            {"layer", "--map", "编号=key", "--report", "/nowhere/report.csv", "--dry-run", "risk_point", file},
	} {
		t.Run(name, func(t *testing.T) {
			args = append([]string{"import", args[0], "--database-url", storetest.URL(t), "--log-level", "error"}, args[1:]...)
			cmd := programCommand(t, args...)
			cmd.Env = append(cmd.Env, "LC_ALL=zh_CN.UTF-8")
			out, code := runProgram(t, cmd)
			if code != 1 || strings.Count(strings.TrimSpace(out), "\n") > 0 || !strings.ContainsFunc(out, func(r rune) bool { return unicode.Is(unicode.Han, r) && !strings.ContainsRune(ledger, r) }) {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
}

// TestReportIsSafeToOpen: the names of columns come from the file, and the report is opened with a spreadsheet.
func TestReportIsSafeToOpen(t *testing.T) {
	dir := t.TempDir()
	file, report := filepath.Join(dir, "bad.csv"), filepath.Join(dir, "report.csv")
	if err := os.WriteFile(file, []byte("=cmd|x,经度,纬度\n,110,25\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code := runProgram(t, programCommand(t, "import", "layer", "--database-url", storetest.URL(t), "--log-level", "error", "--crs", "wgs84", "--dry-run", "--report", report,
		"--map", "=cmd|x=name", "--map", "经度=lon", "--map", "纬度=lat", "--set", "kind=village", "place", file))
	text, err := os.ReadFile(report)
	if err != nil || code != 1 || !strings.Contains(out, "read 1 = imported 0 + rejected 1") || !strings.Contains(string(text), ",'=cmd|x,") {
		t.Errorf("exit %d, %v:\n%s\n%s", code, err, out, text)
	}
}

// ledger is what an office might have: Chinese words, Amap coordinates, one row with swapped numbers, one without a place.
const ledger = `编号,名称,类别,等级,经度,纬度
G1,牛角岭滑坡,滑坡,重大,114.2055,22.6395
G2,石门沟泥石流,泥石流,一般,114.2065,22.6405
G3,颠倒的,滑坡,低,22.6,114.2
G4,没有坐标,滑坡,低,,
`

func TestImportLayer(t *testing.T) {
	url := storetest.URL(t)
	file := filepath.Join(t.TempDir(), "ledger.csv")
	if err := os.WriteFile(file, []byte(ledger), 0o644); err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "rejected.csv")
	args := []string{"import", "layer", "risk_point", file, "--database-url", url, "--log-level", "warn", "--crs", "gcj02", "--report", report,
		"--map", "编号=key", "--map", "名称=name", "--map", "类别=kind", "--map", "等级=risk_level", "--map", "经度=lon", "--map", "纬度=lat"}
	for _, want := range []string{"new       2", "same       2"} { // the second time nothing is new
		out, code := runProgram(t, programCommand(t, args...))
		if code != 0 || !strings.Contains(out, want) || !strings.Contains(out, "read 4 = imported 2 + rejected 2") {
			t.Fatalf("exit %d, want %q in:\n%s", code, want, out)
		}
	}
	var names, crs string
	var moved float64
	err := storetest.Connect(t, url).QueryRow(t.Context(), `
		SELECT string_agg(name, ' ' ORDER BY name), min(source_crs), min(ST_Distance(geom::geography, ST_SetSRID(ST_Point(source_x, source_y), 4326)::geography))
		FROM risk_point`).Scan(&names, &crs, &moved)
	if err != nil {
		t.Fatal(err)
	}
	if names != "牛角岭滑坡 石门沟泥石流" || crs != "GCJ02" || moved < 100 || moved > 1000 {
		t.Errorf("stored %q, entered as %s, moved by %.0f m", names, crs, moved)
	}
	text, err := os.ReadFile(report)
	if err != nil || !strings.Contains(string(text), "coordinates_swapped") || !strings.Contains(string(text), "geometry_missing") {
		t.Errorf("the report is %s, %v", text, err)
	}
}

func TestImportLayerWithoutMappingSuggestsOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ledger.csv")
	if err := os.WriteFile(file, []byte(ledger), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code := runProgram(t, programCommand(t, "import", "layer", "risk_point", file))
	if code != 1 || !strings.Contains(out, `--map "经度=lon"`) {
		t.Errorf("exit %d: %s", code, out)
	}
	for _, mapped := range [][]string{nil, {"--map", "编号=code", "--map", "名称=name", "--set", "level=county"}} { // areas have their own command
		args := append([]string{"import", "layer", "--database-url", "postgres://nobody@127.0.0.1:1/nothing", "area", file}, mapped...)
		out, code = runProgram(t, programCommand(t, args...))
		if code != 1 || !strings.Contains(out, "fourmaps import areas") || strings.Count(strings.TrimSpace(out), "\n") > 0 {
			t.Errorf("exit %d: %s", code, out)
		}
	}
	out, code = runProgram(t, programCommand(t, "import", "layer", "moon", file))
	if code != 1 || !strings.Contains(out, "There is no layer moon") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestImportAreas(t *testing.T) {
	square := func(code, name string, west, east float64) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"XZQDM":%q,"XZQMC":%q},"geometry":{"type":"Polygon","coordinates":[[[%[3]g,22],[%[4]g,22],[%[4]g,23],[%[3]g,23],[%[3]g,22]]]}}`, code, name, west, east)
	}
	url := storetest.URL(t)
	file := filepath.Join(t.TempDir(), "areas.geojson")
	collection := `{"type":"FeatureCollection","features":[` + square("440307001000", "长桥镇", 114, 114.5) + "," + square("440307000000", "某区", 114, 115) + `]}`
	if err := os.WriteFile(file, []byte(collection), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code := runProgram(t, programCommand(t, "import", "areas", "--database-url", url, "--log-level", "warn", "--code", "XZQDM", "--name", "XZQMC", file))
	if code != 0 {
		t.Fatalf("exit %d: %s", code, out)
	}
	var tree string
	err := storetest.Connect(t, url).QueryRow(t.Context(), `
		SELECT string_agg(a.code || ' ' || a.level || ' below ' || coalesce(p.code, '-'), ', ' ORDER BY a.code)
		FROM area a LEFT JOIN area p ON p.id = a.parent_id`).Scan(&tree)
	if want := "440307 county below -, 440307001 township below 440307"; err != nil || tree != want {
		t.Errorf("got %q, %v, want %q; the program says:\n%s", tree, err, want, out)
	}
}
