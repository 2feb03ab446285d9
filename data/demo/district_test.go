package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"
)

// testNow is the moment from which ages count in tests.
func testNow() time.Time { return time.Date(2026, 7, 14, 8, 0, 0, 0, time.UTC) }

// shared is the district that users see, made once for all tests.
var shared = sync.OnceValues(func() (*District, error) { return Generate(1) })

func district(t *testing.T) *District {
	t.Helper()
	d, err := shared()
	if err != nil {
		t.Fatalf("generate: %v", err)
	}
	return d
}

// digest is a fingerprint of every row.
func digest(t *testing.T, d *District) string {
	t.Helper()
	h := sha256.New()
	for _, table := range d.Tables(testNow()) {
		fmt.Fprintln(h, table.Name, table.Columns)
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(h, row...)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// recorded is the fingerprint of the district of seed 1. Whoever changes the generator on purpose
// looks at the new picture (preview) and records the new one.
const recorded = "74f971e493017adb40d5271c07da4c0c42eaa85b21c9cd012246f964cfdcb1af"

// TestSameSeedMakesTheSameDistrict compares with what another machine recorded. It was found the same
// with fused multiplications (GOAMD64=v3) and without; other architectures were not tried.
func TestSameSeedMakesTheSameDistrict(t *testing.T) {
	got := digest(t, district(t))
	if runtime.GOARCH == "amd64" && got != recorded {
		t.Errorf("fingerprint %s, recorded %s", got, recorded)
	}
	again, err := Generate(1)
	if err != nil {
		t.Fatal(err)
	}
	if b := digest(t, again); got != b {
		t.Errorf("two generations differ: %s, %s", got, b)
	}
}

func TestFigures(t *testing.T) {
	d := district(t)
	figure := func(name string, got, want int) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	level := map[string]int{}
	for _, a := range d.Areas {
		level[a.Level]++
	}
	figure("counties", level["county"], 1)
	figure("townships", level["township"], 16)
	figure("villages", level["village"], 334)
	figure("risk points", len(d.Risks), 107)
	figure("material sites", len(d.Sites), 372)
	figure("response forces", len(d.Forces), 351)
	unit := map[string]int{}
	for _, u := range d.Units {
		unit[u.Level]++
		if (u.Geom == nil) != (u.Level == "ministry" || u.Level == "province" || u.Level == "city") {
			t.Errorf("unit %s: only contacts above the county have no place", u.Name)
		}
	}
	figure("county units", unit["county"], 1)
	figure("township units", unit["township"], 16)
	figure("village units", unit["village"], 334)
	figure("contacts above", unit["ministry"]+unit["province"]+unit["city"], 3)
	risk := map[string]int{}
	for _, r := range d.Risks {
		risk[r.Level]++
	}
	for _, l := range riskLevels() {
		figure("risks "+l.level, risk[l.level], l.count)
	}
	if n := len(d.Roads); n < 9000 || n > 11200 {
		t.Errorf("%d road edges, want about 10,000", n)
	}
	if n := len(d.Buildings); n < 4000 || n > 20000 {
		t.Errorf("%d buildings, want some thousands", n)
	}
}

func TestKeysNamesAndIdentifiersAreUnique(t *testing.T) {
	d := district(t)
	for _, table := range d.Tables(testNow()) {
		ids, keys := map[any]bool{}, map[any]bool{}
		for row, err := range table.Rows {
			if err != nil {
				t.Fatal(err)
			}
			if ids[row[0]] {
				t.Fatalf("%s: id %v comes twice", table.Name, row[0])
			}
			ids[row[0]] = true
			if table.Columns[2] == "origin_key" {
				if keys[row[2]] {
					t.Fatalf("%s: key %v comes twice", table.Name, row[2])
				}
				keys[row[2]] = true
			}
		}
	}
	names := map[string]bool{}
	for _, a := range d.Areas {
		if names[a.Name] {
			t.Errorf("two areas are called %s", a.Name)
		}
		names[a.Name] = true
	}
	for _, list := range [][]string{namesOf(d.Risks, func(r RiskPoint) string { return r.Name }), namesOf(d.Sites, func(s MaterialSite) string { return s.Name }), namesOf(d.Forces, func(f ResponseForce) string { return f.Name })} {
		seen := map[string]bool{}
		for _, n := range list {
			if seen[n] {
				t.Errorf("two points are called %s", n)
			}
			seen[n] = true
		}
	}
}

func namesOf[T any](list []T, name func(T) string) []string {
	var out []string
	for _, item := range list {
		out = append(out, name(item))
	}
	return out
}
