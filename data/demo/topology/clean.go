package topology

// Tidy makes every label of a raster one piece connected through cell edges, without corners where
// two cells of one label touch only diagonally: such polygons would be invalid. The rule also holds
// for each of the groupings. Outside stays outside where it is large.
func Tidy(r Raster, groups ...Group) {
	groups = append([]Group{func(l int32) int32 { return l }}, groups...)
	for range 60 {
		if unite(r)+unpinch(r, groups) == 0 {
			return
		}
	}
}

// unpinch fills corners that touch diagonally and says how many it found.
//
//go:norace
func unpinch(r Raster, groups []Group) int {
	found := 0
	for row := range r.H - 1 {
		for col := range r.W - 1 {
			sw, se := row*r.W+col, row*r.W+col+1
			nw, ne := sw+r.W, se+r.W
			for _, group := range groups {
				a, b, c, d := group(r.Label[sw]), group(r.Label[se]), group(r.Label[nw]), group(r.Label[ne])
				if a == d && b != a && c != a {
					r.Label[se] = r.Label[sw]
					found++
				} else if b == c && a != b && d != b {
					r.Label[sw] = r.Label[se]
					found++
				}
			}
		}
	}
	return found
}

// unite keeps the largest piece of every label and gives the others to a neighbour.
//
//go:norace
func unite(r Raster) int {
	piece, label, size := Pieces(r)
	largest := map[int32]int32{}
	for p, l := range label {
		if best, ok := largest[l]; !ok || size[p] > size[best] {
			largest[l] = int32(p)
		}
	}
	changed := 0
	for i := range r.Label {
		if largest[r.Label[i]] == piece[i] {
			continue
		}
		for _, j := range []int{i - 1, i + 1, i - r.W, i + r.W} {
			if j >= 0 && j < len(r.Label) && piece[j] != piece[i] && r.Label[j] != r.Label[i] && (j/r.W == i/r.W || j%r.W == i%r.W) {
				r.Label[i] = r.Label[j]
				changed++
				break
			}
		}
	}
	return changed
}

// Pieces numbers the parts of a raster that are connected through cell edges: the piece of every
// cell, and the label and size in cells of every piece.
//
//go:norace
func Pieces(r Raster) (piece, label []int32, size []int) {
	piece = make([]int32, len(r.Label))
	for i := range piece {
		piece[i] = -1
	}
	var stack []int
	for i := range piece {
		if piece[i] >= 0 {
			continue
		}
		p := int32(len(label))
		label, size = append(label, r.Label[i]), append(size, 0)
		piece[i] = p
		stack = append(stack[:0], i)
		for len(stack) > 0 {
			k := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			size[p]++
			for _, j := range []int{k - 1, k + 1, k - r.W, k + r.W} {
				if j < 0 || j >= len(piece) || (j/r.W != k/r.W && j%r.W != k%r.W) || piece[j] >= 0 || r.Label[j] != r.Label[k] {
					continue
				}
				piece[j] = p
				stack = append(stack, j)
			}
		}
	}
	return piece, label, size
}
