package terrain

import "math"

// Slope is rise over run at every cell, from the heights on both sides.
//
//go:norace
func Slope(g Grid, height []float64) []float64 {
	slope := make([]float64, len(height))
	for i := range height {
		c, r := i%g.W, i/g.W
		dx := (height[r*g.W+min(c+1, g.W-1)] - height[r*g.W+max(c-1, 0)]) / (2 * g.Cell)
		dy := (height[min(r+1, g.H-1)*g.W+c] - height[max(r-1, 0)*g.W+c]) / (2 * g.Cell)
		slope[i] = math.Sqrt(float64(dx*dx) + float64(dy*dy))
	}
	return slope
}
