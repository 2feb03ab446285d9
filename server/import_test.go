package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

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
