package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"fourmaps/geo/layer"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
	"fourmaps/tiles"
)

// TestKeptAnswersAreNeverOld changes rows, areas and what rows show of areas, and asks again within a second.
func TestKeptAnswersAreNeverOld(t *testing.T) {
	address := storetest.URL(t)
	var cache *tiles.Cache
	r := startOver(t, address, withTiles(t, address), func(o *apiOptions) { cache = o.Tiles.Cache })
	r.sql(threeAreas)
	r.sql(onePoint, "a")
	list, one := "/api/layers/risk_point/features?area=990101", "/api/layers/risk_point/features?area=990101001001"
	sum := "/api/layers/risk_point/summary?area_level=village"
	for _, step := range []struct {
		name, sql string
		holds     func(all, inside collection, sum store.Summary) bool
	}{
		{"nothing yet", `SELECT 1`, func(a, i collection, s store.Summary) bool {
			return a.Matched == 1 && i.Matched == 1 && s.Areas[0].Count == 1
		}},
		{"a new row", `INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) VALUES ('b', '乙', 'major', 'dam', 'SRID=4326;POINT(110.05 25.06)')`,
			func(a, i collection, s store.Summary) bool {
				return a.Matched == 2 && i.Matched == 2 && s.By["kind"]["dam"] == 1
			}},
		{"a row that moved to another township", `UPDATE risk_point SET geom = 'SRID=4326;POINT(110.3 25.1)' WHERE origin_key = 'b'`,
			func(a, i collection, s store.Summary) bool {
				return a.Matched == 2 && i.Matched == 1 && s.Areas[0].Count == 1
			}},
		{"an area's new name", `UPDATE area SET name = '新桥村' WHERE code = '990101001001'`,
			func(a, i collection, s store.Summary) bool { return s.Areas[0].Name == "新桥村" }},
		{"an area's new code", `UPDATE area SET code = '990101001009' WHERE code = '990101001001'`,
			func(a, i collection, s store.Summary) bool {
				return i.Matched == 0 && s.Areas[0].Code == "990101001009"
			}},
		{"a confirmation", `UPDATE risk_point SET confirmed_at = now(), confirmed_by = '王某'`,
			func(a, i collection, s store.Summary) bool { return s.Confirmed.Fresh == 2 }},
		{"a deleted row", `UPDATE risk_point SET deleted_at = now() WHERE origin_key = 'b'`,
			func(a, i collection, s store.Summary) bool { return a.Matched == 1 && s.Total == 1 }},
	} {
		ask := func() bool {
			var all, inside collection
			var counts store.Summary
			r.json(list, &all)
			r.json(one, &inside)
			r.json(sum, &counts)
			return step.holds(all, inside, counts)
		}
		ask()
		ask() // so that answers are kept, and found
		r.sql(step.sql)
		committed := time.Now()
		for !ask() {
			if time.Since(committed) > time.Second {
				t.Fatalf("%s: old answers a second after the commit", step.name)
			}
		}
	}
	if hits := cache.Counts().Hits; hits < 15 {
		t.Errorf("only %d answers came from the cache", hits)
	}
}

func TestAnswersAreCompressedAndNotSentTwice(t *testing.T) {
	address := storetest.URL(t)
	r := startOver(t, address, withTiles(t, address))
	r.fill(newFiller(6), &layer.RiskPoint, 50)
	r.eventually("all of it was heard", func() bool { return r.feed.State().Seq == 50 })
	for _, path := range []string{"/api/layers/risk_point/features", "/api/layers/risk_point/summary", "/api/layers", "/api/layers/area", "/api/openapi.json"} {
		_, h, plain := r.get(path, "Accept-Encoding", "identity")
		if h.Get("Content-Encoding") != "" || !strings.Contains(h.Get("Vary"), "Accept-Encoding") || h.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %v", path, h)
		}
		for encoding, open := range map[string]func([]byte) ([]byte, error){"gzip": gunzip, "br": func(b []byte) ([]byte, error) { return io.ReadAll(brotli.NewReader(bytes.NewReader(b))) }} {
			_, h, body := r.get(path, "Accept-Encoding", encoding)
			text, err := open(body)
			if err != nil || h.Get("Content-Encoding") != encoding || !bytes.Equal(text, plain) {
				t.Errorf("%s as %s: %v %v, %d bytes for %d", path, encoding, h, err, len(text), len(plain))
			}
			if status, _, again := r.get(path, "Accept-Encoding", encoding, "If-None-Match", h.Get("ETag")); status != 304 || len(again) != 0 {
				t.Errorf("%s as %s again: %d, %d bytes", path, encoding, status, len(again))
			}
		}
		if status, _, _ := r.get(path, "If-None-Match", `"other"`); status != 200 {
			t.Errorf("%s with another tag: %d", path, status)
		}
	}
}

// TestSameRowsAreNotSentTwiceThoughNothingIsKept: without a cache every answer is made again, at another time.
func TestSameRowsAreNotSentTwiceThoughNothingIsKept(t *testing.T) {
	r := start(t)
	r.fill(newFiller(6), &layer.RiskPoint, 50)
	for _, path := range []string{"/api/layers/risk_point/features", "/api/layers/risk_point/features?limit=3&sort=name", "/api/layers/risk_point/summary"} {
		for _, encoding := range []string{"gzip", "identity"} {
			_, h, _ := r.get(path, "Accept-Encoding", encoding)
			tag := h.Get("ETag")
			if !strings.HasPrefix(tag, `W/"`) {
				t.Errorf("%s: the ETag %s of an answer with a time in it is strong", path, tag)
			}
			if status, h, body := r.get(path, "Accept-Encoding", encoding, "If-None-Match", tag); status != 304 || len(body) > 0 || h.Get("ETag") != tag {
				t.Errorf("%s as %s again: %d, %d bytes, %s for %s", path, encoding, status, len(body), h.Get("ETag"), tag)
			}
			r.sql(`UPDATE risk_point SET risk_level = CASE risk_level WHEN 'low' THEN 'major' ELSE 'low' END, name = name || '新'`)
			if status, _, _ := r.get(path, "Accept-Encoding", encoding, "If-None-Match", tag); status != 200 {
				t.Errorf("%s as %s after a change: %d", path, encoding, status)
			}
		}
	}
}

func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// TestOneRowTellsAll: a row's own answer has sensitive fields and lists, is not to be kept, and is named by its version.
func TestOneRowTellsAll(t *testing.T) {
	r := start(t)
	r.sql(`INSERT INTO material_site (id, origin_key, name, kind, keeper_phone, geom) VALUES ('01a20329-e94c-7506-bca5-c81c3de8f996', 'd', '库', 'depot', '13900000000', 'SRID=4326;POINT(110 25)')`)
	r.sql(`INSERT INTO stock_line (material_site_id, item, quantity, unit) VALUES ('01a20329-e94c-7506-bca5-c81c3de8f996', '帐篷', 12.5, '顶')`)
	r.sql(`INSERT INTO stock_line (material_site_id, item, quantity, unit) VALUES ('01a20329-e94c-7506-bca5-c81c3de8f996', '铁锹', 30, '把')`)
	path := "/api/layers/material_site/features/01a20329-e94c-7506-bca5-c81c3de8f996"
	status, h, body := r.get(path)
	if status != 200 || h.Get("Cache-Control") != "no-store" || h.Get("ETag") != `"3"` || h.Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%d %v %s", status, h, body)
	}
	var row feature
	r.json(path, &row)
	lines := row.Properties["stock_line"].([]any)
	if row.Properties["keeper_phone"] != "13900000000" || len(lines) != 2 || lines[0].(map[string]any)["item"] != "帐篷" || lines[0].(map[string]any)["quantity"] != 12.5 {
		t.Errorf("%s", body)
	}
	if status, _, _ := r.get(path, "If-None-Match", `"3"`); status != 304 {
		t.Errorf("the same version again: %d", status)
	}
	var all collection
	r.json("/api/layers/material_site/features", &all)
	for _, name := range []string{"keeper_phone", "stock_line"} {
		if _, told := all.Features[0].Properties[name]; told {
			t.Errorf("a list tells %s", name)
		}
	}
	r.sql(`UPDATE material_site SET deleted_at = now()`)
	if status, _, _ := r.get(path); status != 404 {
		t.Errorf("a deleted row: %d", status)
	}
}
