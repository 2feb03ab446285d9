package intake

import (
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"fourmaps/geo"
	"fourmaps/geo/format"
	"fourmaps/server/store"
)

// Preview is where the first places of a file would lie.
type Preview struct {
	Places  []orb.Point // WGS 84, in the system asked for; those that can be converted
	Read    int
	Unread  int // rows without a place that can be read
	Systems []System
}

// System is how well a coordinate system fits: how many of the places would lie inside the areas.
type System struct {
	CRS    string `json:"crs"`
	Swap   bool   `json:"swap"` // with longitude and latitude exchanged
	Inside int    `json:"inside"`
	Near   int    `json:"near"` // outside, by no more than a few kilometres
	Far    int    `json:"far"`
}

const (
	previewRows   = 2000
	nearTerritory = 5_000 // metres
)

// PreviewOf reads the first places of a draft's file. crs "" shows none on the map. Without areas every place counts as far.
func PreviewOf(d store.Draft, file io.ReaderAt, size int64, territory orb.MultiPolygon, crs string, swap bool) (Preview, error) {
	p := Preview{Systems: []System{}}
	o, c, err := options(d, file, size)
	if err != nil && err != errNoLayer {
		return p, err
	}
	if o.Format.CRS == geo.Undeclared {
		o.Format.CRS = geo.WGS84 // the numbers are read as they stand
	}
	source, err := o.open()
	if err != nil {
		return p, err
	}
	defer source.Close()
	look, err := format.LookAt(source, previewRows)
	if err != nil {
		return p, err
	}
	var raw []orb.Point
	raw, p.Unread = look.Positions(c.Mapping)
	p.Read = look.Rows
	for _, one := range systems(raw) {
		for _, exchanged := range []bool{false, true} {
			s := judge(raw, one, exchanged, territory)
			if (!exchanged || s.Inside+s.Near > 0) && (!one.Projected() || s.Inside+s.Near > 0) {
				p.Systems = append(p.Systems, s)
			}
		}
	}
	if crs == "" {
		return p, nil
	}
	chosen, err := geo.ParseCRS(crs)
	if err != nil {
		return p, err
	}
	for _, at := range raw {
		if w, ok := converted(at, chosen, swap); ok {
			p.Places = append(p.Places, w)
		}
	}
	return p, nil
}

// systems are those in which such numbers may be: degrees, or metres of one of the national projections.
func systems(raw []orb.Point) []geo.CRS {
	metres := 0
	for _, p := range raw {
		if math.Abs(p[0]) > 1000 && math.Abs(p[1]) > 1000 {
			metres++
		}
	}
	if metres*2 <= len(raw) {
		return []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09}
	}
	list := []geo.CRS{geo.WebMercator, geo.BD09MC}
	for code := geo.CRS(4491); code <= 4554; code++ {
		if code.Known() {
			list = append(list, code)
		}
	}
	return list
}

func converted(at orb.Point, crs geo.CRS, swap bool) (orb.Point, bool) {
	if swap {
		at[0], at[1] = at[1], at[0]
	}
	w, err := geo.ToWGS84(at, crs)
	return w, err == nil && math.Abs(w[0]) <= 180 && math.Abs(w[1]) <= 85
}

func judge(raw []orb.Point, crs geo.CRS, swap bool, territory orb.MultiPolygon) System {
	s := System{CRS: crs.String(), Swap: swap}
	near := territory.Bound()
	if len(territory) > 0 {
		near = geo.PadMetres(near, nearTerritory)
	}
	for _, at := range raw {
		w, ok := converted(at, crs, swap)
		switch {
		case !ok || len(territory) == 0 || !near.Contains(w):
			s.Far++
		case planar.MultiPolygonContains(territory, w):
			s.Inside++
		default:
			s.Near++
		}
	}
	return s
}
