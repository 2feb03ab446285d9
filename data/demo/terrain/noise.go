package terrain

// Noise is smooth random variation over the plane, the same on every machine for the same value.
type Noise uint64

// corner is a random number in -1..1 for a lattice point.
//
//go:norace
func (n Noise) corner(x, y int) float64 {
	h := uint64(n) ^ uint64(uint32(x))*0x9E3779B97F4A7C15 ^ uint64(uint32(y))*0xC2B2AE3D27D4EB4F
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	h ^= h >> 32
	h *= 0x94D049BB133111EB
	h ^= h >> 29
	return float64(h>>11)/float64(1<<52) - 1
}

// At is one octave: random values at whole numbers, a quintic blend between them.
//
//go:norace
func (n Noise) At(x, y float64) float64 {
	c, r := floorInt(x), floorInt(y)
	tx, ty := fade(x-float64(c)), fade(y-float64(r))
	return mix(
		mix(n.corner(c, r), n.corner(c+1, r), tx),
		mix(n.corner(c, r+1), n.corner(c+1, r+1), tx), ty)
}

// Fractal sums octaves, each twice as fine and half as strong, turned against each other so that
// the lattice does not show. It stays within about -1..1.
//
//go:norace
func (n Noise) Fractal(x, y float64, octaves int) float64 {
	sum, strength, total := 0.0, 1.0, 0.0
	for o := range octaves {
		sum += float64(strength * (n+Noise(o*7919)).At(x, y))
		total += strength
		x, y = float64(x*1.6)+float64(y*1.2)+17.3, float64(y*1.6)-float64(x*1.2)+5.9
		strength *= 0.5
	}
	return sum / total
}

//go:norace
func fade(t float64) float64 {
	return float64(t*t*t) * (float64(t*(float64(t*6)-15)) + 10)
}
