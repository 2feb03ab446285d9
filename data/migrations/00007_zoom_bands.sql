-- Bands: simplified copies of lines and areas for the vector tiles of low zooms, kept by the database as generated
-- columns: geom_low up to z8, geom_mid from z9 to z11. A layer whose declaration says Bands gets them by
--   SELECT attach_bands('canal');

-- +goose Up

-- generalised gives a geometry (EPSG:4326) in Web Mercator, coarser by so many of its metres. Points that two areas share
-- move to the same point of a grid, so borders stay shared; of a line the ends stay where they are, so roads stay joined.
-- What is too small for the grid becomes empty.
-- (The body is parsed here and not when it runs: a restore runs it without a search path.)
CREATE FUNCTION generalised(g geometry, metres double precision) RETURNS geometry LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE ST_Dimension(g)
	WHEN 0 THEN ST_Transform(g, 3857)
	WHEN 1 THEN ST_Simplify(ST_Transform(g, 3857), metres, true)
	ELSE ST_SnapToGrid(ST_Transform(g, 3857), metres) END;

-- attach_bands adds the copies. 153 m and 19 m are half a pixel of z8 and of z11.
-- +goose StatementBegin
CREATE FUNCTION attach_bands(layer name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('ALTER TABLE %I
		ADD COLUMN geom_low geometry(Geometry, 3857) GENERATED ALWAYS AS (generalised(geom, 152.874)) STORED,
		ADD COLUMN geom_mid geometry(Geometry, 3857) GENERATED ALWAYS AS (generalised(geom, 19.109)) STORED', layer);
END $$;
-- +goose StatementEnd

SELECT attach_bands('area');
SELECT attach_bands('road');
SELECT attach_bands('water');
SELECT attach_bands('landuse');
