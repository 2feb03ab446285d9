package geo

// Hilbert gives the place of a cell on the Hilbert curve over a grid of 2^order × 2^order cells; x and y are less than
// 2^order, and order is at most 31. Cells that are near on the curve are near on the map.
func Hilbert(order uint8, x, y uint32) uint64 {
	var d uint64
	for s := uint32(1) << order >> 1; s > 0; s >>= 1 {
		var rx, ry uint64
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += uint64(s) * uint64(s) * ((3 * rx) ^ ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y // only the bits below s are looked at from here on
			}
			x, y = y, x
		}
	}
	return d
}
