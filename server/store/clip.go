package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// ErrNoAreas means that no area with a polygon is stored yet.
var ErrNoAreas = errors.New("there are no areas yet")

// Territory is everything that the areas of the topmost stored level cover, WGS 84: what imports may be clipped to.
func (s *Store) Territory(ctx context.Context) (orb.MultiPolygon, error) {
	var bytes []byte
	err := s.pool.QueryRow(ctx, `
		SELECT ST_AsBinary(ST_Multi(ST_UnaryUnion(ST_Collect(geom)))) FROM area
		WHERE deleted_at IS NULL AND valid_to IS NULL AND ST_Dimension(geom) = 2
		GROUP BY char_length(code) ORDER BY char_length(code) LIMIT 1`).Scan(&bytes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNoAreas
	}
	if err != nil {
		return nil, fmt.Errorf("reading the areas: %w", err)
	}
	geometry, err := wkb.Unmarshal(bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the areas: %w", err)
	}
	territory, ok := geometry.(orb.MultiPolygon)
	if !ok {
		return nil, fmt.Errorf("reading the areas: their union is a %s", geometry.GeoJSONType())
	}
	return territory, nil
}
