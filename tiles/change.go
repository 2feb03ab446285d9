package tiles

import "github.com/paulmach/orb"

// Change is one entry of the feed of changes, as the cache needs it.
type Change struct {
	Layer  string
	OldBox *orb.Bound // where the row was, WGS 84; nil if it had no place
	NewBox *orb.Bound // where the row is now
	Reload bool       // many rows changed: anything of the layer in the boxes, or anywhere when there is none
}

// boxes gives the places that the change touches.
func (c Change) boxes() []orb.Bound {
	var out []orb.Bound
	for _, b := range []*orb.Bound{c.OldBox, c.NewBox} {
		if b != nil && (len(out) == 0 || out[0] != *b) {
			out = append(out, *b)
		}
	}
	return out
}

// everywhere tells whether the change may touch any row of its layer.
func (c Change) everywhere() bool { return c.Reload && c.OldBox == nil && c.NewBox == nil }
