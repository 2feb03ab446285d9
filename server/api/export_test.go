package api_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"fourmaps/geo/format/export"
	"fourmaps/geo/layer"
	"fourmaps/server/store/storetest"
)

// TestExportHasTheRowsOfTheList draws random filters and orders and compares the list with the file.
func TestExportHasTheRowsOfTheList(t *testing.T) {
	r := startOver(t, storetest.URL(t))
	r.sql(threeAreas)
	f := newFiller(5)
	maps := []*layer.Layer{&layer.RiskPoint, &layer.MaterialSite, &layer.ResponseForce, &layer.CommandUnit}
	for _, l := range maps {
		r.fill(f, l, 60)
	}
	r.sql(`UPDATE risk_point SET deleted_at = now() WHERE origin_key LIKE '%7'`)
	rapid.Check(t, func(rt *rapid.T) {
		l := rapid.SampledFrom(maps).Draw(rt, "layer")
		query := drawFilter(rt, l)
		query.Del("limit")
		query.Set("sort", rapid.SampledFrom([]string{"name", "-name", "id", "-confirmed_at", "area_id"}).Draw(rt, "sort"))
		var rows, file collection
		r.json("/api/layers/"+l.Name+"/features?"+query.Encode(), &rows)
		query.Set("format", "geojson")
		r.json("/api/layers/"+l.Name+"/export?"+query.Encode(), &file)
		if len(rows.Features) != len(file.Features) {
			rt.Fatalf("%s?%s: %d rows in the list, %d in the file", l.Name, query.Encode(), len(rows.Features), len(file.Features))
		}
		for i := range rows.Features {
			if rows.Features[i].ID != file.Features[i].ID {
				rt.Fatalf("%s?%s: row %d of the list is %s, of the file %s", l.Name, query.Encode(), i, rows.Features[i].ID, file.Features[i].ID)
			}
		}
	})
}

func TestExportIsAFileWithAChineseName(t *testing.T) {
	r := start(t)
	r.fill(newFiller(6), &layer.ResponseForce, 5)
	r.sql(`UPDATE response_force SET leader_phone = '13800138000', name = '=cmd|队' `)
	for _, f := range export.Formats() {
		status, h, body := r.get("/api/layers/response_force/export?format=" + f.Name)
		named := h.Get("Content-Disposition")
		if status != http.StatusOK || !strings.HasPrefix(h.Get("Content-Type"), strings.Split(f.Type, ";")[0]) || h.Get("Cache-Control") != "no-store" ||
			h.Get("X-Export-Rows") != "5" || h.Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("%s: %d %v", f.Name, status, h)
		}
		if !strings.HasPrefix(named, `attachment; filename="response_force_2`) || !strings.Contains(named, "filename*=UTF-8''"+url.PathEscape("防控力量")) || !strings.HasSuffix(named, f.Extension) {
			t.Errorf("%s is called %s", f.Name, named)
		}
		if bytes.Contains(body, []byte("13800138000")) {
			t.Errorf("%s has a telephone number that only some may see", f.Name)
		}
	}
	_, h, body := r.get("/api/layers/response_force/export?format=csv&crs=gcj02&lang=en")
	if !strings.Contains(h.Get("Content-Disposition"), "GCJ-02.csv") {
		t.Errorf("called %s", h.Get("Content-Disposition"))
	}
	table, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil || len(table) != 6 {
		t.Fatalf("%d lines, %v", len(table), err)
	}
	if !slices.Contains(table[0], "经度 Longitude (GCJ-02)") || table[1][0] != "'=cmd|队" {
		t.Errorf("the table begins %v, %v", table[0], table[1])
	}
}

func TestExportRefuses(t *testing.T) {
	r := start(t)
	for _, c := range []struct{ name, query, parameter string }{
		{"no format", "", "format"},
		{"an unknown format", "format=dwg", "format"},
		{"another system of GeoJSON", "format=geojson&crs=gcj02", "crs"},
		{"a system that cannot be written", "format=csv&crs=EPSG:4547", "crs"},
		{"an encoding of a workbook", "format=xlsx&encoding=gb18030", "encoding"},
		{"a page", "format=csv&limit=5", "limit"},
		{"an order by what only some may see", "format=csv&sort=responsible_phone", "sort"},
		{"an unknown filter", "format=csv&colour=red", "colour"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if status, _, body := r.get("/api/layers/risk_point/export?" + c.query); status != http.StatusBadRequest || !strings.Contains(string(body), `"parameter":"`+c.parameter+`"`) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	if status, _, _ := r.get("/api/layers/moon/export?format=csv"); status != http.StatusNotFound {
		t.Errorf("a layer that is none: %d", status)
	}
}

// TestExportsAreBounded asks for many at once: some are told to come again, and all others are whole.
func TestExportsAreBounded(t *testing.T) {
	r := start(t)
	r.fill(newFiller(7), &layer.RiskPoint, 50)
	var group sync.WaitGroup
	var mutex sync.Mutex
	busy, whole := 0, 0
	for range 12 {
		group.Go(func() {
			status, h, body := r.get("/api/layers/risk_point/export?format=xlsx")
			mutex.Lock()
			defer mutex.Unlock()
			switch {
			case status == http.StatusOK && h.Get("X-Export-Rows") == "50":
				whole++
			case status == http.StatusServiceUnavailable && h.Get("Retry-After") != "" && strings.Contains(string(body), "too_many_exports"):
				busy++
			default:
				t.Errorf("%d %s", status, body)
			}
		})
	}
	group.Wait()
	if whole < 2 || busy < 1 {
		t.Errorf("%d whole, %d refused", whole, busy)
	}
	if status, _, _ := r.get("/api/layers/risk_point/export?format=xlsx"); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}
