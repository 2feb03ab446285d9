-- Bands: simplified copies of lines and areas for the vector tiles of low zooms, kept by the database as generated
-- columns: geom_low up to z8, geom_mid from z9 to z11. A layer whose declaration says Bands gets them by
--   SELECT attach_bands('canal', 1.5);
-- with how coarse they may be in pixels of z8 and z11.

-- +goose Up

-- generalised gives a geometry (EPSG:4326) in Web Mercator, coarser by so many of its metres. Points that two areas share
-- move to the same point of a grid, so borders stay shared; of a line the ends stay where they are, so roads stay joined.
-- What is too small for the grid becomes empty.
-- (The body is parsed here and not when it runs: a restore runs it without a search path.)
CREATE FUNCTION generalised(g geometry, metres double precision) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE ST_Dimension(g)
	WHEN 0 THEN ST_Transform(g, 3857)
	WHEN 1 THEN ST_Simplify(ST_Transform(g, 3857), metres / 2, true)
	ELSE ST_Simplify(ST_SnapToGrid(ST_Transform(g, 3857), metres), 0) END; -- 0: only points on straight lines go

-- attach_bands adds the copies. A pixel of z8 is 305.748 m, one of z11 38.2185 m.
-- +goose StatementBegin
CREATE FUNCTION attach_bands(layer name, pixels double precision) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER TABLE %I
		ADD COLUMN geom_low geometry(Geometry, 3857) GENERATED ALWAYS AS (generalised(geom, %s)) STORED,
		ADD COLUMN geom_mid geometry(Geometry, 3857) GENERATED ALWAYS AS (generalised(geom, %s)) STORED', layer, 305.748 * pixels, 38.2185 * pixels);
END $$;
-- +goose StatementEnd

SELECT attach_bands('area', 0.5);
SELECT attach_bands('road', 1);
SELECT attach_bands('water', 1);
SELECT attach_bands('landuse', 1.5);
