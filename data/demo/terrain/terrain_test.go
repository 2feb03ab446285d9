package terrain

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDrainLeadsEveryCellToTheOutlet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{W: rapid.IntRange(2, 20).Draw(t, "w"), H: rapid.IntRange(2, 20).Draw(t, "h"), Cell: 10}
		height := make([]float64, g.Len())
		for i := range height {
			height[i] = rapid.Float64Range(0, 100).Draw(t, "height")
		}
		outlet := rapid.IntRange(0, g.Len()-1).Draw(t, "outlet")
		flow := Drain(g, height, []int{outlet}, []Inflow{{Cell: g.Len() - 1, Area: 500}})
		for i := range height {
			if to := flow.To[i]; i != outlet && (to < 0 || height[to] >= height[i]) {
				t.Fatalf("cell %d at %v m flows to %d", i, height[i], to)
			}
		}
		if want := float64(g.Len())*100 + 500; flow.Area[outlet] != want {
			t.Fatalf("%v m² reach the outlet, want %v", flow.Area[outlet], want)
		}
	})
}

func TestQueueGivesTheLowestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q Queue
		for i, key := range rapid.SliceOf(rapid.Float64Range(-5, 5)).Draw(t, "keys") {
			q.Push(key, int32(i))
		}
		for last, first := 0.0, true; q.Len() > 0; first = false {
			key, _ := q.Pop()
			if !first && key < last {
				t.Fatalf("%v after %v", key, last)
			}
			last = key
		}
	})
}

func TestNoiseStaysInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := Noise(rapid.Uint64().Draw(t, "seed"))
		x, y := rapid.Float64Range(-1e4, 1e4).Draw(t, "x"), rapid.Float64Range(-1e4, 1e4).Draw(t, "y")
		if v := n.Fractal(x, y, 4); v < -1 || v > 1 {
			t.Fatalf("%v at %v, %v", v, x, y)
		}
		if a, b := n.At(x, y), n.At(x+1e-6, y); a-b > 1e-3 || b-a > 1e-3 {
			t.Fatalf("jumps from %v to %v", a, b)
		}
	})
}

func TestFillValleysKeepsTheWayOfTheWater(t *testing.T) {
	g := Grid{W: 40, H: 40, Cell: 100}
	height := make([]float64, g.Len())
	n := Noise(3)
	for i := range height {
		x, y := g.Centre(i)
		height[i] = 200 + 150*n.Fractal(x/900, y/900, 4)
	}
	flow := Drain(g, height, []int{0}, nil)
	FillValleys(height, flow)
	for i, to := range flow.To {
		if to >= 0 && height[to] > height[i] {
			t.Fatalf("cell %d at %.2f m flows up to %.2f m", i, height[i], height[to])
		}
	}
}
