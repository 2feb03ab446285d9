package demo

import (
	"sort"
)

// place finds the cores of all villages: exactly as many as asked for, dense in the county seat,
// closer in valleys than in the mountains, the seat of each township among them.
func (d *division) place(l *land, h *hillsides, township []int32, seed int64) {
	cores := l.cores(h)
	order := chance(seed, "village sites").Perm(len(h.list))
	// A smaller scale sets more villages; take the largest that sets enough.
	lo, hi := 0.1, 6.0
	for range 40 {
		if mid := (lo + hi) / 2; len(d.scatter(h, cores, township, order, mid)) >= villages {
			lo = mid
		} else {
			hi = mid
		}
	}
	sites := d.scatter(h, cores, township, order, lo)[:villages]
	sort.SliceStable(sites, func(a, b int) bool { return sites[a].township < sites[b].township })
	d.sites = sites
}

// scatter sets cores that keep their distance, township seats first.
func (d *division) scatter(h *hillsides, cores []core, township []int32, order []int, scale float64) []site {
	var sites []site
	set := newBuckets(1500)
	taken := map[int32]bool{}
	add := func(s site, room float64) {
		taken[s.side] = true
		sites = append(sites, s)
		set.add(s.x, s.y, room)
	}
	for t, s := range d.seats[:townships] {
		add(site{s.x, s.y, s.side, int32(t)}, d.room(h, s.side, t, scale))
	}
	for _, k := range order {
		t := township[k]
		if t < 0 || h.list[k].size < 8 || taken[int32(k)] || cores[k].burden > 100 {
			continue
		}
		c, room := cores[k], d.room(h, int32(k), int(t), scale)
		if set.free(c.x, c.y, room) {
			add(site{c.x, c.y, int32(k), t}, room)
		}
	}
	return sites
}

// room is the distance that a village keeps from others, m.
func (d *division) room(h *hillsides, side int32, township int, scale float64) float64 {
	s := h.list[side]
	if d.seats[township].street > 0 {
		return 560 * scale
	}
	return scale * (1150 + min(1300, float64(2600*s.steep)+float64(0.6*max(0, s.mean-150))))
}

// core is the best place to settle on a hillside.
type core struct {
	x, y, burden float64
}

// cores finds for every hillside its most level ground a little above the stream.
func (l *land) cores(h *hillsides) []core {
	out := make([]core, len(h.list))
	for i, k := range h.of {
		burden := 1 + float64(12*l.slope[i]) + abs(l.above[i]-6)/15
		if l.flow.Area[i] > 15e6 {
			burden += 10
		}
		if l.wet[i] {
			burden += 1000
		}
		if c := &out[k]; c.burden == 0 || burden < c.burden {
			x, y := l.Centre(i)
			*c = core{x, y, burden}
		}
	}
	return out
}

// buckets finds things near a place.
type buckets struct {
	edge  float64
	items map[[2]int][]disc
}

type disc struct{ x, y, r float64 }

func newBuckets(edge float64) *buckets {
	return &buckets{edge: edge, items: map[[2]int][]disc{}}
}

func (b *buckets) key(x, y float64) [2]int {
	return [2]int{int((x + 1e6) / b.edge), int((y + 1e6) / b.edge)}
}

func (b *buckets) add(x, y, r float64) {
	k := b.key(x, y)
	b.items[k] = append(b.items[k], disc{x, y, r})
}

// free says whether everything set keeps the mean of both rooms from x, y.
func (b *buckets) free(x, y, r float64) bool {
	k := b.key(x, y)
	reach := 1 + int(3*r/b.edge)
	for i := k[0] - reach; i <= k[0]+reach; i++ {
		for j := k[1] - reach; j <= k[1]+reach; j++ {
			for _, o := range b.items[[2]int{i, j}] {
				if distance(x, y, o.x, o.y) < (r+o.r)/2 {
					return false
				}
			}
		}
	}
	return true
}
