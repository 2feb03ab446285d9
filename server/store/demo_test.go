//go:build !race

// Making the district only computes: under the race detector it takes minutes, and there is nothing to find. make test runs this
// without it.

package store_test

import (
	"testing"
	"time"

	"fourmaps/data/demo"
	"fourmaps/server/store"
	"fourmaps/server/store/storetest"
)

func TestDemoComesAndGoes(t *testing.T) {
	began := time.Now()
	d, err := demo.Generate(1)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("generated in %v", time.Since(began))
	s := store.New(storetest.New(t))
	began = time.Now()
	if err := s.LoadDemo(t.Context(), d, time.Now(), nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %v", time.Since(began))
	in, err := s.Installation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !in.Demo || in.District == nil || in.District.Level != "county" {
		t.Errorf("%+v", in)
	}
	for name, want := range map[string]int64{"risk_point": 107, "material_site": 372, "response_force": 351, "area": 1 + 16 + 334} {
		if in.Counts[name] != want {
			t.Errorf("%s has %d rows, want %d", name, in.Counts[name], want)
		}
	}
	// a row that people put into the invented district stays when it goes
	_, err = s.Pool().Exec(t.Context(), `INSERT INTO risk_point (origin_key, name, risk_level, kind, geom) SELECT 'own', '自己的', 'low', 'mine', anchor FROM risk_point LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	// so does a unit that people put under an invented one; it loses its parent
	_, err = s.Pool().Exec(t.Context(), `INSERT INTO command_unit (origin_key, name, kind, level, parent_id) SELECT 'own', '自己的', 'station', 'township', id FROM command_unit WHERE level = 'county' LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	began = time.Now()
	if found, err := s.RemoveDemo(t.Context()); err != nil || !found {
		t.Fatal(found, err)
	}
	t.Logf("removed in %v", time.Since(began))
	if in, err = s.Installation(t.Context()); err != nil || in.Demo || in.District != nil || in.Counts["risk_point"] != 1 || in.Counts["command_unit"] != 1 || in.Counts["road"] != 0 {
		t.Errorf("after removal: %+v %v", in, err)
	}
	if found, err := s.RemoveDemo(t.Context()); err != nil || found {
		t.Errorf("a second removal found something: %v, %v", found, err)
	}
}
