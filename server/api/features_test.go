package api_test

import (
	"fmt"
	"testing"
)

// village makes a county, a township and a village side by side around 110°E 25°N.
const threeAreas = `
	INSERT INTO area (id, code, level, name, origin_key, geom) VALUES
		('00000000-0000-7000-8000-000000000001', '990101', 'county', '青山县', 'c', ST_MakeEnvelope(110, 25, 110.4, 25.4, 4326));
	INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) VALUES
		('00000000-0000-7000-8000-000000000002', '990101001', 'township', '长桥镇', 't', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110, 25, 110.2, 25.4, 4326)),
		('00000000-0000-7000-8000-000000000003', '990101002', 'township', '白沙乡', 'u', '00000000-0000-7000-8000-000000000001', ST_MakeEnvelope(110.2, 25, 110.4, 25.4, 4326));
	INSERT INTO area (id, code, level, name, origin_key, parent_id, geom) VALUES
		('00000000-0000-7000-8000-000000000004', '990101001001', 'village', '桥头村', 'v', '00000000-0000-7000-8000-000000000002', ST_MakeEnvelope(110, 25, 110.1, 25.4, 4326))`

func TestSmoke(t *testing.T) {
	r := start(t)
	for _, p := range []string{"/healthz", "/readyz", "/metrics", "/api/openapi.json", "/api/installation", "/api/layers", "/api/layers/area", "/api/layers/area/features", "/api/layers/area/summary", "/", "/api/x", "/api/layers/none/features", "/api/layers/risk_point/features?kin=2&lang=en"} {
		status, h, body := r.get(p)
		fmt.Printf("%s %d %s %.300s\n", p, status, h.Get("Content-Type"), body)
	}
	r.sql(threeAreas)
	r.sql(`INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) SELECT 'k' || i, '点' || i, 'low', 'mine', ST_SetSRID(ST_MakePoint(110 + i/100.0, 25.2), 4326) FROM generate_series(0, 45) i`)
	for _, p := range []string{"/api/installation", "/api/layers/area/features", "/api/layers/risk_point/summary", "/api/layers/risk_point/features?limit=2&sort=-name"} {
		status, h, body := r.get(p)
		fmt.Printf("%s %d %s %.3000s\n", p, status, h.Get("Content-Type"), body)
	}
}
