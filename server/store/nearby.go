package store

import (
	"context"
	"fmt"
	"math"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"fourmaps/geo"
	"fourmaps/geo/layer"
)

// How near and how alike another row of the layer must be to be taken for the same.
const (
	nearbyM     = 30.0 // metres
	similarName = 0.4  // share of common trigrams
	mostSimilar = 5    // rows that are told
)

// similar looks for rows of the same layer nearby whose name is nearly the same, or is pronounced alike. It looks when the
// place or the name is new.
func (w *writing) similar(ctx context.Context, c *change, r row) (*Finding, error) {
	name, named := c.values["name"].(string)
	if !named && r.Name != nil {
		name = *r.Name
	}
	if w.layer == &layer.Area || c.Swapped || name == "" || !c.HasGeometry && !named || named && r.Name != nil && name == *r.Name && !c.HasGeometry {
		return nil, nil
	}
	g, err := c.lies(r)
	if err != nil || g == nil {
		return nil, err
	}
	offers, err := w.near(ctx, g, name)
	if err != nil || len(offers) == 0 {
		return nil, err
	}
	return &Finding{Code: similarNearby, Acceptable: true, Offers: offers, Text: layer.Text{
		Zh: fmt.Sprintf("附近 %.0f 米处已有“%s”", math.Round(*offers[0].DistanceM), offers[0].Name),
		En: fmt.Sprintf("%s is there already, %.0f m away", offers[0].Name, math.Round(*offers[0].DistanceM))}}, nil
}

func (w *writing) near(ctx context.Context, g orb.Geometry, name string) ([]Offer, error) {
	bytes, err := geo.EWKB(g)
	if err != nil {
		return nil, err
	}
	b := g.Bound()
	// degrees that are surely more than the distance, for the index
	north := nearbyM / 110_000
	east := nearbyM / (110_000 * math.Max(0.05, math.Cos(math.Max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))*math.Pi/180)))
	rows, err := w.tx.Query(ctx, fmt.Sprintf(`
		SELECT r.id, r.name, r.version, ST_Distance(r.geom::geography, g.geom::geography) AS metres
		FROM %s r, (SELECT ST_GeomFromEWKB($1::bytea) AS geom) g
		WHERE r.deleted_at IS NULL AND r.id <> $2 AND r.geom && ST_Expand(g.geom, $3::float8, $4::float8) AND ST_DWithin(r.geom::geography, g.geom::geography, $5::float8)
			AND (similarity(r.name, $6::text) >= $7::float8 OR spelt_alike(r.name, $6::text))
		ORDER BY metres, r.id LIMIT %d`, w.layer.Name, mostSimilar), bytes, w.id, east, north, nearbyM, name, similarName)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Offer, error) {
		o := Offer{Action: "merge", ID: new(uuid.UUID), DistanceM: new(float64)}
		err := row.Scan(o.ID, &o.Name, &o.Version, o.DistanceM)
		return o, err
	})
}
