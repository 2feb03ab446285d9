package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fourmaps/geo/format/export"
	"fourmaps/server/store/storetest"
)

func TestExportLayer(t *testing.T) {
	url := storetest.URL(t)
	_, err := storetest.Connect(t, url).Exec(t.Context(), `INSERT INTO risk_point (origin_key, name, risk_level, kind, geom)
		SELECT 'k' || n, '点' || n, CASE WHEN n > 2 THEN 'low' ELSE 'major' END, 'mine', ST_SetSRID(ST_Point(114.2, 22.6), 4326) FROM generate_series(1, 3) n`)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, f := range export.Formats() {
		to := filepath.Join(folder, "points"+f.Extension)
		out, code := runProgram(t, programCommand(t, "export", "layer", "--database-url", url, "--log-level", "warn", "--filter", "risk_level=major", "risk_point", to))
		if info, err := os.Stat(to); code != 0 || err != nil || info.Size() == 0 || !strings.Contains(out, "2 rows written") {
			t.Errorf("%s: exit %d, %v: %s", f.Name, code, err, out)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "points.csv"))
	if err != nil || !strings.Contains(string(text), "点2") || strings.Contains(string(text), "点3") {
		t.Errorf("%s, %v", text, err)
	}
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"over a file", []string{"risk_point", filepath.Join(folder, "points.csv")}, "--replace"},
		{"an unknown ending", []string{"risk_point", filepath.Join(folder, "x.dwg")}, "does not tell the format"},
		{"another system of KML", []string{"--crs", "gcj02", "risk_point", filepath.Join(folder, "x.kml")}, "always in WGS 84"},
		{"an unknown filter", []string{"--filter", "colour=red", "risk_point", filepath.Join(folder, "x.csv")}, "colour"},
		{"an unknown layer", []string{"moon", filepath.Join(folder, "x.csv")}, "no layer moon"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out, code := runProgram(t, programCommand(t, append([]string{"export", "layer", "--database-url", url, "--log-level", "warn"}, c.args...)...))
			if code != 1 || !strings.Contains(out, c.want) || strings.Count(strings.TrimSpace(out), "\n") > 0 {
				t.Errorf("exit %d: %s", code, out)
			}
		})
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".fourmaps-*")); err != nil || len(left) > 0 {
		t.Errorf("%v stay behind, %v", left, err)
	}
}
