package tiles

// cells says which of the cells that the database keeps (migration 6) a tile asks for.
type cells struct {
	shift     int     // key >> shift of a stored cell is the key of the cell that the tile shows
	low, high int64   // the stored cells inside the tile
	ring      []int64 // the stored cells around it, one shown cell wide
}

// cellsOf gives the stored cells of a tile; ok is false where the tile is too deep for them.
func cellsOf(t ID) (c cells, ok bool) {
	shown := int(t.Z) + gridBits
	stored := max(8, shown+shown%2)
	if stored > cellLevels {
		return cells{}, false
	}
	c.shift = 2 * (stored - shown)
	inside := 2 * gridBits
	key := cellKey(int(t.Z), t.X, t.Y) << (inside + c.shift)
	c.low, c.high = key, key+1<<(inside+c.shift)-1
	side := uint32(1) << shown
	x0, y0 := t.X<<gridBits, t.Y<<gridBits
	const n = 1 << gridBits
	add := func(x, y uint32) { // wraps below 0 to numbers past the side
		if x >= side || y >= side {
			return
		}
		first := cellKey(shown, x, y) << c.shift
		for i := int64(0); i < 1<<c.shift; i++ {
			c.ring = append(c.ring, first+i)
		}
	}
	for i := uint32(0); i < n+2; i++ {
		add(x0-1+i, y0-1)
		add(x0-1+i, y0+n)
	}
	for i := uint32(0); i < n; i++ {
		add(x0-1, y0+i)
		add(x0+n, y0+i)
	}
	return c, true
}

// cellKey is a leading 1 and then the bits of y and x in turn.
func cellKey(level int, x, y uint32) int64 {
	key := int64(1)
	for bit := level - 1; bit >= 0; bit-- {
		key = key<<2 | int64(y>>bit&1)<<1 | int64(x>>bit&1)
	}
	return key
}
