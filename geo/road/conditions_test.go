package road

import (
	"testing"
	"time"

	"github.com/paulmach/orb"
)

func TestClosuresBeginAndEnd(t *testing.T) {
	n := built(t, drawn(square()...))
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	flood := closing(Flooded, 1)
	flood.From, flood.Until = noon, noon.Add(time.Hour)
	first := NewConditions(n, 1, noon.Add(-time.Minute), []Closure{flood, closing(Blocked, 99)})
	cases := []struct {
		name string
		at   time.Time
		want int
	}{
		{"before it begins", noon.Add(-time.Second), 0},
		{"as it begins", noon, 1},
		{"before it ends", noon.Add(time.Hour - 1), 1},
		{"as it ends", noon.Add(time.Hour), 0},
	}
	c := first
	for _, at := range cases {
		if c = c.At(at.at); c.Touched() != at.want {
			t.Errorf("%s: %d edges closed, want %d", at.name, c.Touched(), at.want)
		}
	}
	if same := c.At(noon.Add(48 * time.Hour)); same != c {
		t.Error("nothing changes any more, but the conditions were made again")
	}
}

func TestConditionsAreCopiedOnWrite(t *testing.T) {
	n := built(t, drawn(square()...))
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	one := NewConditions(n, 1, now, []Closure{{ID: "a", Kind: Blocked, Edges: []int64{1}}})
	two := one.With(2, now, Closure{ID: "b", Kind: Flooded, Edges: []int64{2, 3}})
	moved := two.With(3, now, Closure{ID: "b", Kind: Flooded, Edges: []int64{4}})
	lifted := two.Without(4, now, "a")
	for i, c := range []struct {
		conditions *Conditions
		version    int64
		touched    int
	}{{one, 1, 1}, {two, 2, 3}, {moved, 3, 2}, {lifted, 4, 2}} {
		if c.conditions.Touched() != c.touched || c.conditions.Version() != c.version {
			t.Errorf("%d: version %d, %d edges, want %d, %d", i, c.conditions.Version(), c.conditions.Touched(), c.version, c.touched)
		}
	}
	seconds := func(c *Conditions) float64 {
		s, _ := n.Ask(Question{Incident: at(1000, 100), Places: n.JoinAll([]orb.Point{at(0, 100)}, SnapOptions{}), Conditions: c}).Arrivals[0].Seconds()
		return s
	}
	if a, b := seconds(one), seconds(nil); !near(a, 280, 0.1) || !near(b, 120, 0.1) {
		t.Errorf("%v s, %v s without closures", a, b)
	}
}
