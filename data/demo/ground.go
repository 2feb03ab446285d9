package demo

import (
	"fmt"

	"fourmaps/data/demo/terrain"
	"fourmaps/data/demo/topology"

	"github.com/paulmach/orb"
)

// cover is a kind of land use; the order is that of kinds.
type cover = int32

const (
	forest cover = iota
	farmland
	orchard
	scrub
	grass
	housing
	commercial
	industrial
	public
	park
	quarry
	covers
)

func coverName(c cover) string {
	return [...]string{"forest", "farmland", "orchard", "scrub", "grass", "residential", "commercial", "industrial", "public", "park", "quarry"}[c]
}

// ground is the land use as a raster.
type ground struct {
	cover    []cover
	quarries []orb.Point
}

// newGround covers the land: houses where settlements are, fields on valley floors, tea and oranges
// on low slopes, woods on steep ones, scrub and grass on the crests.
func (m *maker) newGround() (*ground, error) {
	l := m.land
	g := &ground{cover: make([]cover, l.Len())}
	n := terrain.Noise(uint64(m.Seed)*2 + 3001)
	for i := range g.cover {
		g.cover[i] = l.natural(n, i)
	}
	if err := m.mines(g); err != nil {
		return nil, err
	}
	for range 2 {
		smoothCover(l.Grid, g.cover)
	}
	for _, s := range m.places {
		m.build(g, s)
	}
	for i, wet := range l.wet {
		if wet {
			g.cover[i] = forest // reaches under the water, whose shore is drawn finer
		}
	}
	return g, nil
}

// natural is what grows on a cell.
//
//go:norace
func (l *land) natural(n terrain.Noise, i int) cover {
	x, y := l.Centre(i)
	patch := n.Fractal(x/900, y/900, 3)
	steep, high, above := l.slope[i], l.height[i], l.above[i]
	switch {
	case high > 820+float64(180*patch) && patch > 0.02:
		return grass
	case high > 640 && patch > 0.28:
		return scrub
	case steep < 0.055+float64(0.04*patch) && above < 26 && high < 430:
		return farmland
	case steep < 0.10+float64(0.05*patch) && above < 16 && high < 620:
		return farmland
	case steep < 0.17 && above < 75 && high < 520 && (n+9).Fractal(x/1700, y/1700, 3) > 0.16:
		return orchard
	case steep < 0.085 && above < 45 && high < 330 && patch > -0.12:
		return farmland
	case (n+17).Fractal(x/1300, y/1300, 3) > 0.44:
		return scrub
	}
	return forest
}

// smoothCover gives cells the cover of most of their neighbours.
//
//go:norace
func smoothCover(g terrain.Grid, c []cover) {
	old := append([]cover(nil), c...)
	steps := terrain.Steps()
	for i := range c {
		var votes [covers]int
		votes[old[i]] += 2
		for _, s := range steps {
			if j := g.Neighbour(i, s); j >= 0 {
				votes[old[j]]++
			}
		}
		for k, v := range votes {
			if v > votes[c[i]] {
				c[i] = cover(k)
			}
		}
	}
}

// mines opens quarries on slopes beside roads, away from villages.
func (m *maker) mines(g *ground) error {
	r := chance(m.Seed, "quarries")
	var options []option
	for _, e := range m.network.edges {
		p := beside(e.line, length(e.line)/2, 120*(float64(2*r.Float64())-1))
		s := m.land.slope[m.land.Index(p[0], p[1])]
		if e.class != motorway && e.class <= unclassified && s > 0.12 && s < 0.5 && !m.nearSite(p[0], p[1], 600) {
			options = m.pointOption(options, p)
		}
	}
	found, err := m.spread(r, 5000, options, 7)
	if err != nil {
		return fmt.Errorf("open quarries: %w", err)
	}
	for _, o := range found {
		q := local(o.at)
		g.quarries = append(g.quarries, q)
		m.paint(g, q[0], q[1], 210, quarry)
	}
	return nil
}

// build covers a settlement with houses; a large one has shops in the middle, public ground and
// parks in patches.
func (m *maker) build(g *ground, s settlement) {
	l := m.land
	for _, i := range l.around(s.x, s.y, 1.6*s.reach) {
		x, y := l.Centre(i)
		if s.density(l, x, y) <= 0 || l.flow.Area[i] > surfaced {
			continue
		}
		g.cover[i] = housing
		if s.works {
			g.cover[i] = industrial
		}
		if s.reach < 300 || s.works {
			continue
		}
		spot := (s.n + 31).At(x/330, y/330)
		switch away := distance(x, y, s.x, s.y) / s.reach; {
		case away < 0.34+float64(0.1*spot):
			g.cover[i] = commercial
		case spot > 0.62:
			g.cover[i] = public
		case spot < -0.66:
			g.cover[i] = park
		}
	}
}

// paint covers an uneven patch.
func (m *maker) paint(g *ground, x, y, size float64, c cover) {
	for _, i := range m.land.around(x, y, 1.6*size) {
		px, py := m.land.Centre(i)
		edge := size * (1 + float64(0.5*terrain.Noise(m.Seed).Fractal(px/250, py/250, 2)))
		if distance(px, py, x, y) < edge && m.land.flow.Area[i] < surfaced {
			g.cover[i] = c
		}
	}
}

func (m *maker) nearSite(x, y, r float64) bool {
	for _, s := range m.division.sites {
		if distance(x, y, s.x, s.y) < r {
			return true
		}
	}
	return false
}

// makeLanduses turns the raster into polygons with shared borders, cut at valleys so that none is
// larger than a few kilometres.
func (m *maker) makeLanduses() {
	l := m.land
	basin := l.divide(5e6)
	raster := topology.Raster{W: l.W, H: l.H, Cell: l.Cell, X0: l.X0, Y0: l.Y0, Label: make([]int32, l.Len())}
	for i, c := range m.ground.cover {
		raster.Label[i] = c + covers*(basin[i]/2)
	}
	kind := dissolve(raster)
	topology.Tidy(raster)
	mesh := topology.Trace(raster)
	mesh.Smooth(1, l.geographic)
	for k, p := range mesh.Polygons(len(kind), func(label int32) int32 { return label }) {
		if len(p) == 0 {
			continue
		}
		key := fmt.Sprintf("ground-%d", k)
		u := Landuse{Kind: coverName(kind[k])}
		u.Row = Row{ID: id(m.Seed, "landuse", key), Key: key, Geom: p, Age: -1}
		m.Landuses = append(m.Landuses, u)
	}
}

// dissolve numbers the connected patches of a raster; patches of wild land too small to see join a
// neighbour. It says what covers each.
func dissolve(r topology.Raster) []cover {
	const least = 5 // cells
	for range 3 {
		piece, label, size := topology.Pieces(r)
		for i, p := range piece {
			if size[p] >= least || label[p]%covers >= housing {
				continue
			}
			for _, j := range []int{i - 1, i + 1, i - r.W, i + r.W} {
				if j >= 0 && j < len(piece) && piece[j] != p && size[piece[j]] >= least && (j/r.W == i/r.W || j%r.W == i%r.W) {
					r.Label[i] = label[piece[j]]
					break
				}
			}
		}
	}
	piece, label, _ := topology.Pieces(r)
	kind := make([]cover, len(label))
	for p, l := range label {
		kind[p] = l % covers
	}
	copy(r.Label, piece)
	return kind
}
