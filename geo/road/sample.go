package road

import "math"

// sampler puts the times of a tree on a raster: along all edges reached within the limit.
type sampler struct {
	t         *Tree
	raster    *raster
	limit     uint32 // milliseconds
	edges     []int32
	low, high [2]float64 // the box around them in metres
}

// find lists the edges with an end that is reached in time, each once, and the box around them and the seeds.
func (p *sampler) find() {
	n := p.t.n
	box := around([]position{positionOf(p.t.query.Seeds[0].At)})
	for _, node := range p.t.search.reached {
		if p.t.search.labels[node].ms > p.limit {
			continue
		}
		for i := n.first[node]; i < n.first[node+1]; i++ {
			e := int32(n.arcs[i].ref & edgeMask)
			if source := n.edges[e].source; source == node || p.t.at(source) > p.limit {
				p.edges = append(p.edges, e)
				box = box.with(around(n.line(e)))
			}
		}
	}
	for i := range p.t.query.Seeds {
		s := &p.t.query.Seeds[i]
		box = box.with(around([]position{positionOf(s.At)}))
		for j := range s.Snaps {
			box = box.with(around(n.line(s.Snaps[j].edge)))
		}
	}
	p.low[0], p.low[1] = p.raster.frame.metres(box.min)
	p.high[0], p.high[1] = p.raster.frame.metres(box.max)
}

func (p *sampler) sample() {
	for _, e := range p.edges {
		p.edge(e)
	}
	for i := range p.t.query.Seeds {
		s := &p.t.query.Seeds[i]
		x, y := p.raster.frame.metres(positionOf(s.At))
		p.keep(x, y, milliseconds(max(s.AfterS, 0)))
		for j := range s.Snaps {
			p.around(&s.Snaps[j], p.t.seedMs(i, j))
		}
	}
}

// edge samples an edge between nodes: at each place the better of going out by either end.
func (p *sampler) edge(e int32) {
	span := &p.t.n.edges[e]
	forward, backward := p.costs(e)
	bySource, byTarget := p.t.at(span.source), p.t.at(span.target)
	p.along(e, func(share float64) uint32 {
		return min(plus(bySource, backward, share), plus(byTarget, forward, 1-share))
	})
}

// around samples the edge on which a seed is: what drives along it to the seed passes neither end.
func (p *sampler) around(s *Snap, ms uint32) {
	forward, backward := p.costs(s.edge)
	p.along(s.edge, func(share float64) uint32 {
		if share <= s.Fraction {
			return plus(ms, forward, s.Fraction-share)
		}
		return plus(ms, backward, share-s.Fraction)
	})
}

// costs are those along an edge in the sense of the search.
func (p *sampler) costs(e int32) (forward, backward uint32) {
	forward, backward = p.t.weigher.both(e)
	if p.t.query.Outward {
		return backward, forward
	}
	return forward, backward
}

// plus adds the share of a cost to a time.
func plus(ms, cost uint32, share float64) uint32 {
	if ms == never || cost == never {
		return never
	}
	return ms + uint32(float64(cost)*share)
}

// along takes samples of an edge; f gives the time at a share of its length.
func (p *sampler) along(e int32, f func(share float64) uint32) {
	line, fr := p.t.n.line(e), p.raster.frame
	all := max(float64(p.t.n.edges[e].length), 1e-9)
	passed, next := 0.0, 0.0
	for i := 1; i < len(line); i++ {
		ax, ay := fr.metres(line[i-1])
		bx, by := fr.metres(line[i])
		length := math.Sqrt((bx-ax)*(bx-ax) + (by-ay)*(by-ay))
		for ; next < passed+length; next += sampleM {
			share := (next - passed) / length
			p.keep(ax+share*(bx-ax), ay+share*(by-ay), f(min(next/all, 1)))
		}
		passed += length
	}
	x, y := fr.metres(line[len(line)-1])
	p.keep(x, y, f(1))
}

func (p *sampler) keep(x, y float64, ms uint32) {
	if ms <= p.limit {
		r := p.raster
		r.put(int32(int((y-r.y0)/cellM+0.5)*r.width+int((x-r.x0)/cellM+0.5)), float32(ms)/1000)
	}
}
