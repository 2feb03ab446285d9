package demo

import (
	"fmt"

	"fourmaps/data/demo/topology"
)

// maker holds the parts of a district while it is made.
type maker struct {
	*District
	land        *land
	sides       *hillsides
	lakes       []lake
	rivers      []reach
	riverName   map[int]string // by stem
	division    *division
	network     *network
	places      []settlement
	names       *names
	phones      phones
	footprint   []footprint
	ground      *ground
	roads       *segments // all roads but streets above, by edge
	water       *segments // all streams, by reach
	houses      [][]int   // footprints of each village
	plots       *buckets  // where something stands without a house
	beyond      []string  // names of towns in neighbouring counties
	streetNames map[label]string
}

// Generate makes the demonstration district of a seed; it takes several seconds. The same seed gives
// the same district on every machine: nothing depends on the order of maps, on time or on
// parallelism, and products are rounded before sums (float64(a*b)+c), because some processors would
// otherwise fuse the two and round differently.
func Generate(seed int64) (*District, error) {
	m := &maker{District: &District{Seed: seed}, names: newNames(seed), riverName: map[int]string{}, plots: newBuckets(400)}
	m.land = newLand(seed)
	m.District.land = m.land
	m.lakes = m.land.dammed(seed)
	m.rivers = m.land.reaches()
	m.sides = newHillsides(m.land)
	m.division = newDivision(m.land, m.sides, seed)
	m.network, m.places = newTraffic(m.land, m.sides, m.division, m.rivers, seed)
	m.roads, m.water = m.roadIndex(), m.riverIndex()
	if err := m.makeAreas(); err != nil {
		return nil, err
	}
	m.makeWaters()
	m.makeRoads()
	ground, err := m.newGround()
	if err != nil {
		return nil, err
	}
	m.ground = ground
	m.makeLanduses()
	m.makeBuildings()
	m.makePlaces()
	m.makeUnits()
	if err := m.makeRisks(); err != nil {
		return nil, err
	}
	m.makeZones()
	if err := m.makeSites(); err != nil {
		return nil, err
	}
	if err := m.makeForces(); err != nil {
		return nil, err
	}
	return m.District, nil
}

// makeAreas draws the county, its townships and its villages over one mesh of shared borders.
func (m *maker) makeAreas() error {
	d := m.division
	mesh := topology.Trace(d.raster(m.land.Grid))
	mesh.Smooth(1, m.land.geographic)
	county := mesh.Polygons(1, districtOf)
	towns := mesh.Polygons(townships, d.townshipOf)
	small := mesh.Polygons(villages, func(l int32) int32 { return l })
	m.Areas = append(m.Areas, m.area("990121", "county", countyName, "Chenglan County", county[0], 0))
	m.nameTownships(towns)
	for v := range d.sites {
		m.nameVillage(v, small[v])
	}
	for k, a := range m.Areas {
		if len(a.Geom.Bound().ToPolygon()) == 0 || a.Geom.Bound().IsEmpty() {
			return fmt.Errorf("draw area %d (%s): it has no ground", k, a.Code)
		}
	}
	m.count()
	return nil
}
