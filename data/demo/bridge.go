package demo

import (
	"slices"
)

// bridged is the catchment from which a road needs a bridge that is on the map, m².
const bridged = 9e6

// stretch is a part of a road on a bridge, in m from its beginning.
type stretch struct{ from, to float64 }

// bridges cuts out of every road the parts that cross rivers.
func bridges(roads []street, rivers []reach) []street {
	index := newSegments()
	for k, r := range rivers {
		if r.area >= bridged {
			index.add(localLine(r.line), k)
		}
	}
	var out []street
	for _, r := range roads {
		if r.above {
			out = append(out, r)
			continue
		}
		out = append(out, r.spanned(r.overWater(index, rivers))...)
	}
	return out
}

// overWater finds the stretches of a road above rivers, joined where they nearly touch.
func (r street) overWater(index *segments, rivers []reach) []stretch {
	var found []stretch
	way := 0.0
	for k := range len(r.line) - 1 {
		a, b := r.line[k], r.line[k+1]
		step := distance(a[0], a[1], b[0], b[1])
		index.near(a, b, 0, func(q piece) {
			if t, ok := intersection(a, b, q.a, q.b); ok {
				half := width(rivers[q.line].area)/2 + 14
				found = append(found, stretch{way + float64(t*step) - half, way + float64(t*step) + half})
			}
		})
		way += step
	}
	slices.SortFunc(found, func(a, b stretch) int { return int(a.from*100) - int(b.from*100) })
	var out []stretch
	for _, s := range found {
		if n := len(out); n > 0 && s.from < out[n-1].to+40 {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// spanned divides a road into bridges and the rest. A rest too short to see joins the bridge.
func (r street) spanned(over []stretch) []street {
	const least = 12.0 // m
	total := length(r.line)
	var out []street
	emit := func(from, to float64, bridge bool) {
		piece := r
		piece.line, piece.bridge = between(r.line, from, to), bridge
		out = append(out, piece)
	}
	at := 0.0
	for _, s := range over {
		from, to := max(at, s.from), min(total, s.to)
		if from-at < least {
			from = at
		}
		if total-to < least {
			to = total
		}
		if from > at {
			emit(at, from, false)
		}
		if to > from {
			emit(from, to, true)
		}
		at = max(at, to)
	}
	if at == 0 {
		return []street{r}
	}
	if at < total {
		emit(at, total, false)
	}
	first, last := &out[0], &out[len(out)-1]
	first.line[0], last.line[len(last.line)-1] = r.line[0], r.line[len(r.line)-1]
	return out
}
