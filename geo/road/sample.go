package road

import (
	"math"
	"math/bits"
)

// sampler puts the times of a tree on a raster: those of nodes, and along all edges that are longer than a cell.
type sampler struct {
	t         *Tree
	raster    *raster
	limit     uint32     // milliseconds
	within    []uint64   // a bit for each node that is reached in time
	low, high [2]float64 // the box around them in metres
}

// eachNode calls f for the nodes that are reached in time, in the order in which they lie in memory: the search reached
// them in rings, and memory that is read so takes three times as long.
func (p *sampler) eachNode(f func(node int32, ms uint32)) {
	labels := p.t.search.labels
	for i, word := range p.within {
		for ; word != 0; word &= word - 1 {
			node := int32(i<<6 + bits.TrailingZeros64(word))
			f(node, labels[node].ms)
		}
	}
}

// bulge is how far in metres a road may leave the box of the nodes that are reached and still be drawn.
const bulge = 500

// find measures the box around the nodes that are reached in time and the seeds.
func (p *sampler) find() {
	box := around([]position{positionOf(p.t.query.Seeds[0].At)})
	for i := range p.t.query.Seeds {
		box = box.with(around([]position{positionOf(p.t.query.Seeds[i].At)}))
	}
	p.within = make([]uint64, (len(p.t.search.labels)+63)/64)
	for _, node := range p.t.search.reached { // by time
		if p.t.search.labels[node].ms > p.limit {
			break
		}
		p.within[node>>6] |= 1 << (node & 63)
	}
	p.eachNode(func(node int32, _ uint32) {
		at := p.t.n.nodes[node]
		box = box.with(extent{at, at})
	})
	p.low[0], p.low[1] = p.raster.frame.metres(box.min)
	p.high[0], p.high[1] = p.raster.frame.metres(box.max)
}

func (p *sampler) sample() {
	n := p.t.n
	p.eachNode(func(node int32, ms uint32) {
		x, y := p.raster.frame.metres(n.nodes[node])
		p.keep(x, y, ms)
		for i := n.first[node]; i < n.first[node+1]; i++ {
			e := int32(n.arcs[i].ref & edgeMask)
			span := &n.edges[e]
			switch {
			case span.length <= cellM || span.source != node && p.t.at(span.source) <= p.limit: // each edge once
			case span.length <= short:
				p.middle(e)
			default:
				p.edge(e)
			}
		}
	})
	for i := range p.t.query.Seeds {
		s := &p.t.query.Seeds[i]
		x, y := p.raster.frame.metres(positionOf(s.At))
		p.keep(x, y, milliseconds(max(s.AfterS, 0)))
		for j := range s.Snaps {
			p.around(&s.Snaps[j], p.t.seedMs(i, j))
		}
	}
}

// short is the length in metres up to which an edge counts as straight: it is the greater part of them.
const short = 2.5 * cellM

// middle samples a short edge half-way.
func (p *sampler) middle(e int32) {
	span := &p.t.n.edges[e]
	forward, backward := p.costs(e)
	ms := min(plus(p.t.at(span.source), backward, 0.5), plus(p.t.at(span.target), forward, 0.5))
	ax, ay := p.raster.frame.metres(p.t.n.nodes[span.source])
	bx, by := p.raster.frame.metres(p.t.n.nodes[span.target])
	p.keep((ax+bx)/2, (ay+by)/2, ms)
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

// along takes samples of an edge between its ends, no farther apart than a cell; f gives the time at a share of its length.
func (p *sampler) along(e int32, f func(share float64) uint32) {
	line, fr := p.t.n.line(e), p.raster.frame
	all := max(float64(p.t.n.edges[e].length), 1e-9)
	step := all / float64(int(all/cellM)+1)
	passed, next := 0.0, step
	ax, ay := fr.metres(line[0])
	for _, q := range line[1:] {
		bx, by := fr.metres(q)
		length := math.Sqrt((bx-ax)*(bx-ax) + (by-ay)*(by-ay))
		for ; next < passed+length; next += step {
			share := (next - passed) / length
			p.keep(ax+share*(bx-ax), ay+share*(by-ay), f(min(next/all, 1)))
		}
		passed += length
		ax, ay = bx, by
	}
}

func (p *sampler) keep(x, y float64, ms uint32) {
	if r := p.raster; ms <= p.limit {
		r.put(int(math.Floor((x-r.x0)/cellM+0.5)), int(math.Floor((y-r.y0)/cellM+0.5)), float32(ms)/1000)
	}
}
