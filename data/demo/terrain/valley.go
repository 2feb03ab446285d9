package terrain

import "math"

// stream is the catchment from which a valley can have a floor of its own, m².
const stream = 0.6e6

// AboveWater is the height of every cell above the stream that it drains to, and the catchment of
// that stream, m².
//
//go:norace
func AboveWater(height []float64, flow Flow) (above, catchment []float64) {
	above, catchment = make([]float64, len(height)), make([]float64, len(height))
	base := make([]float64, len(height))
	for _, i := range flow.Order {
		to := flow.To[i]
		if to < 0 || flow.Area[i] >= stream {
			base[i], catchment[i] = height[i], flow.Area[i]
		} else {
			base[i], catchment[i] = base[to], catchment[to]
		}
		above[i] = height[i] - base[i]
	}
	return above, catchment
}

// FillValleys lays sediment: ground low above a stream becomes a nearly flat floor, wider along
// larger rivers. Order among neighbours is kept, so water still finds its way.
//
//go:norace
func FillValleys(height []float64, flow Flow) {
	above, catchment := AboveWater(height, flow)
	for i := range height {
		depth := FloorDepth(catchment[i])
		a := above[i]
		height[i] += float64(a*a)/(a+depth) - a
	}
}

// FloorDepth is how thick the sediment of a valley is, m, by the catchment of its river in m².
func FloorDepth(catchment float64) float64 {
	km2 := catchment / 1e6
	return Clamp(6+float64(1.1*math.Sqrt(km2)), 6, 34)
}
