package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// Finding is something about an entry that a person has to look at before it is stored.
type Finding struct {
	Code       string       `json:"code"` // outside_own_area, outside_district, swapped, similar_nearby, inaccurate, siting, siting_refused, area_overlap, area_outside_parent, area_gap
	Text       layer.Text   `json:"text"`
	Acceptable bool         `json:"acceptable"` // the entry is stored when accept names the code
	Offers     []Offer      `json:"offers"`
	Siting     *FoundSiting `json:"siting,omitempty"` // of siting and siting_refused
}

// Offer is what a person may do about a finding.
type Offer struct {
	Action    string          `json:"action"`             // swap, merge, accept, or waive: accept with a reason
	Geometry  json.RawMessage `json:"geometry,omitempty"` // swap: the place to send instead, in the system of the entry
	CRS       string          `json:"crs,omitempty"`
	ID        *uuid.UUID      `json:"id,omitempty"` // merge: the row that is there already
	Name      string          `json:"name,omitempty"`
	Version   int             `json:"version,omitempty"`
	DistanceM *float64        `json:"distance_m,omitempty"`
}

// FindingsError holds an entry back until the person has decided. Nothing was written.
type FindingsError struct{ Findings []Finding }

// Error gives the first English sentence.
func (e *FindingsError) Error() string { return e.Findings[0].Text.En }

// Codes of findings.
const (
	outsideOwnArea  = "outside_own_area"
	outsideDistrict = "outside_district"
	swappedNumbers  = "swapped"
	similarNearby   = "similar_nearby"
	inaccurate      = "inaccurate"
)

// referred refuses references to rows that are not there. The rows are held, so that nobody deletes them meanwhile.
func (w *writing) referred(ctx context.Context, values map[string]any) error {
	var faults []layer.Fault
	for _, f := range append(slices.Clone(layer.Standing), w.layer.Fields...) {
		id, given := values[f.Name].(string)
		if f.Type != layer.Reference || !given {
			continue
		}
		var there bool
		err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT deleted_at IS NULL FROM %s WHERE id = $1 FOR SHARE", f.Layer), id).Scan(&there)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		if !there {
			faults = append(faults, layer.Fault{Field: f.Name, Code: "no_such_row", Text: layer.Text{
				Zh: "所指的“" + f.Label.Zh + "”不存在或已删除", En: "points to a row that does not exist or was deleted"}})
		}
	}
	if len(faults) > 0 {
		return &layer.EntryError{Faults: faults}
	}
	return nil
}

// findings looks at the place, its accuracy and the neighbours, and holds the entry back for what is not accepted.
func (w *writing) findings(ctx context.Context, c *change, r row) error {
	found, err := w.placed(ctx, c, r)
	if err != nil {
		return err
	}
	if f := tooInaccurate(c); f != nil {
		found = append(found, *f)
	}
	similar, err := w.similar(ctx, c, r)
	if err != nil {
		return err
	}
	if similar != nil {
		found = append(found, *similar)
	}
	for _, f := range found {
		if !f.Acceptable {
			return &FindingsError{offered(found)}
		}
	}
	w.entry, w.held = &c.Entry, found // the rest is told with what the siting rules find, when the row is written
	return nil
}

// undecided tells whether anything found is neither accepted nor acceptable.
func undecided(e *layer.Entry, found []Finding) bool {
	for _, f := range found {
		if !f.Acceptable || !e.Accepts(f.Code) {
			return true
		}
	}
	return false
}

// offered adds to findings what everybody is offered who may accept them.
func offered(found []Finding) []Finding {
	for i, f := range found {
		if f.Acceptable {
			found[i].Offers = append(found[i].Offers, Offer{Action: "accept"})
		}
		if found[i].Offers == nil {
			found[i].Offers = []Offer{}
		}
	}
	return found
}

// site is what the areas say of a place.
type site struct {
	AnyArea bool       // areas with a polygon are stored
	Area    *uuid.UUID // the smallest around the place
	Name    *string    // its name
	NameEn  *string    // in English, or the same
	Above   bool       // it is the area that the entry names, or lies above it
	Vague   bool       // the area that the entry names has no polygon
}

func (w *writing) site(ctx context.Context, g orb.Geometry, named any) (out site, err error) {
	bytes, err := geo.EWKB(g)
	if err != nil {
		return out, err
	}
	id, _ := named.(string)
	err = w.tx.QueryRow(ctx, `
		WITH at AS (SELECT area_at(ST_PointOnSurface(ST_GeomFromEWKB($1::bytea))) AS id),
		named AS (SELECT path, geom FROM area WHERE id = nullif($2::text, '')::uuid)
		SELECT EXISTS (SELECT 1 FROM area WHERE deleted_at IS NULL AND valid_to IS NULL AND ST_Dimension(geom) = 2), at.id, (SELECT name FROM area WHERE area.id = at.id), (SELECT coalesce(name_en, name) FROM area WHERE area.id = at.id),
			coalesce((SELECT path @> ARRAY[at.id] FROM named), false), coalesce((SELECT coalesce(ST_Dimension(geom) < 2, true) FROM named), false) FROM at`, bytes, id).
		Scan(&out.AnyArea, &out.Area, &out.Name, &out.NameEn, &out.Above, &out.Vague)
	return out, err
}

// placed finds the area in which the row will lie and tells what is wrong with its place.
func (w *writing) placed(ctx context.Context, c *change, r row) ([]Finding, error) {
	if w.layer == &layer.Area {
		return w.areaPlaced(ctx, c, r)
	}
	c.area = r.AreaID
	named, said := c.values["area_id"]
	if c.stored && !c.HasGeometry && !said {
		return nil, nil
	}
	g, err := c.lies(r)
	if err != nil {
		return nil, err
	}
	if g == nil {
		return w.withoutPlace(c, named, said), nil
	}
	of := named
	if !said && r.AreaID != nil {
		of = r.AreaID.String()
	}
	at, err := w.site(ctx, g, of)
	if err != nil {
		return nil, err
	}
	if !said && r.AreaID != nil && at.Vague && (at.Area == nil || at.Above) && !c.Swapped {
		c.area = r.AreaID // the area has no polygon, so the row stays in it
		if !w.may(c.area) {
			return []Finding{notYours(site{})}, nil
		}
		return nil, nil
	}
	if c.Swapped { // a latitude that is none: an offer if the exchanged place lies here, otherwise a mistake
		return offeredSwap(c, at)
	}
	c.area = at.Area
	if named != nil {
		c.area = parsed(named)
	} else if said { // no area said on purpose: it follows from the place
		c.values["area_id"] = at.Area
	}
	switch {
	case at.Area == nil && at.AnyArea:
		return w.outside(ctx, c, named != nil && at.Vague && w.may(c.area))
	case !w.may(c.area), named != nil && at.Area != nil && !at.Above && !w.may(at.Area):
		return []Finding{notYours(at)}, nil
	}
	return nil, nil
}

// lies gives the place that the row will have.
func (c *change) lies(r row) (orb.Geometry, error) {
	if c.HasGeometry || r.Geometry == nil {
		return c.Geometry, nil
	}
	g, _, err := geo.DecodeEWKB(r.Geometry)
	return g, err
}

func parsed(id any) *uuid.UUID {
	text, _ := id.(string)
	u, err := uuid.Parse(text)
	if err != nil {
		return nil
	}
	return &u
}

// withoutPlace judges a row that will have no place: it lies where the entry says, or where it lay.
func (w *writing) withoutPlace(c *change, named any, said bool) []Finding {
	if said {
		c.area = parsed(named)
	}
	if w.may(c.area) {
		return nil
	}
	return []Finding{notYours(site{})}
}

func notYours(at site) Finding {
	f := Finding{Code: outsideOwnArea, Text: layer.Text{Zh: "不在您的辖区内", En: "it does not lie in your area"}}
	if at.Name != nil && at.NameEn != nil {
		f.Text = layer.Text{Zh: "位置在“" + *at.Name + "”，不在您的辖区内", En: "the place lies in " + *at.NameEn + ", which is not your area"}
	}
	return f
}

// outside judges a place that lies in no area: the two numbers may have changed places.
func (w *writing) outside(ctx context.Context, c *change, fine bool) ([]Finding, error) {
	if fine {
		return nil, nil // the area has no polygon: nobody can tell
	}
	acceptable := w.may(nil) && w.may(c.area)
	found := []Finding{{Code: outsideDistrict, Acceptable: acceptable, Text: layer.Text{Zh: "位置在本行政区划之外", En: "the place lies outside the district"}}}
	if !c.HasGeometry {
		return found, nil
	}
	g, err := geo.ConvertGeometry(layer.Exchanged(c.Entered), c.CRS, geo.WGS84)
	if err != nil || geo.CheckValid(g) != nil {
		return found, nil
	}
	at, err := w.site(ctx, g, nil)
	if err != nil || at.Area == nil {
		return found, err
	}
	swap, err := swapFinding(c, acceptable)
	return append(found, swap), err
}

func offeredSwap(c *change, at site) ([]Finding, error) {
	if at.Area == nil && at.AnyArea {
		return nil, &layer.EntryError{Faults: []layer.Fault{{Field: "geometry", Code: "coordinate_out_of_range", Text: layer.Text{
			Zh: "坐标超出经纬度范围", En: "the coordinates are no longitude and latitude"}}}}
	}
	swap, err := swapFinding(c, false)
	return []Finding{swap}, err
}

func swapFinding(c *change, acceptable bool) (Finding, error) {
	g, err := geojson.NewGeometry(layer.Exchanged(c.Entered)).MarshalJSON()
	offer := Offer{Action: "swap", Geometry: g}
	if source := c.Source(); source != nil {
		offer.CRS = source.CRS
	}
	return Finding{Code: swappedNumbers, Acceptable: acceptable, Offers: []Offer{offer}, Text: layer.Text{
		Zh: "经度和纬度似乎写反了：交换后位置在本行政区划内", En: "longitude and latitude seem to have changed places: exchanged, the place lies in the district"}}, err
}

// tooInaccurate refuses a position that is worse than the layer's limit.
func tooInaccurate(c *change) *Finding {
	accuracy, ok := c.values["position_accuracy_m"].(float64)
	if !ok {
		return nil
	}
	return accuracyFinding(c.Layer, accuracy)
}

func accuracyFinding(l *layer.Layer, accuracy float64) *Finding {
	if l.AccuracyLimitM == 0 || accuracy <= l.AccuracyLimitM {
		return nil
	}
	return &Finding{Code: inaccurate, Text: layer.Text{
		Zh: fmt.Sprintf("定位精度 %.0f 米，超过上限 %.0f 米：请到开阔处再试，或在地图上点选位置", accuracy, l.AccuracyLimitM),
		En: fmt.Sprintf("the position is accurate to %.0f m only, the limit is %.0f m: try again under the open sky, or point at the place on the map", accuracy, l.AccuracyLimitM)}}
}
