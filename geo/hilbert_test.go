package geo

import "testing"

// TestHilbertGoesFromNeighbourToNeighbour through every cell once, beginning at 0, 0.
func TestHilbertGoesFromNeighbourToNeighbour(t *testing.T) {
	for order := range uint8(7) {
		n := uint32(1) << order
		cells := make([][2]uint32, n*n)
		seen := make([]bool, n*n)
		for x := range n {
			for y := range n {
				d := Hilbert(order, x, y)
				if d >= uint64(n)*uint64(n) || seen[d] {
					t.Fatalf("order %d: %d, %d is at %d", order, x, y, d)
				}
				seen[d], cells[d] = true, [2]uint32{x, y}
			}
		}
		if cells[0] != [2]uint32{} {
			t.Errorf("order %d begins at %v", order, cells[0])
		}
		for i := 1; i < len(cells); i++ {
			dx, dy := int(cells[i][0])-int(cells[i-1][0]), int(cells[i][1])-int(cells[i-1][1])
			if dx*dx+dy*dy != 1 {
				t.Fatalf("order %d: after %v comes %v", order, cells[i-1], cells[i])
			}
		}
	}
}
