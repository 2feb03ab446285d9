-- The base layers: what lies under the four maps. Imports replace them whole, so they keep no history.

-- +goose Up
CREATE TABLE road (
	LIKE layer_row INCLUDING ALL,
	class          text NOT NULL CONSTRAINT road_class_choice CHECK (class IN (
		'motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'unclassified', 'residential', 'service', 'track')),
	ref            text CHECK (char_length(ref) <= 60),
	oneway         text NOT NULL CONSTRAINT road_oneway_choice CHECK (oneway IN ('both', 'forward', 'backward')),
	speed_kmh      double precision NOT NULL CHECK (speed_kmh BETWEEN 1 AND 200),
	cost_s         double precision NOT NULL CHECK (cost_s < 'Infinity'),         -- seconds; negative: not allowed
	reverse_cost_s double precision NOT NULL CHECK (reverse_cost_s < 'Infinity'), -- seconds; negative: not allowed
	length_m       double precision NOT NULL CHECK (length_m >= 0 AND length_m < 'Infinity'),
	bridge         boolean NOT NULL DEFAULT false,
	tunnel         boolean NOT NULL DEFAULT false,
	max_height_m   double precision CHECK (max_height_m BETWEEN 0 AND 100),
	max_weight_t   double precision CHECK (max_weight_t BETWEEN 0 AND 1000),
	access         text NOT NULL DEFAULT 'open' CONSTRAINT road_access_choice CHECK (access IN ('open', 'restricted', 'closed')),
	source_node    bigint NOT NULL,
	target_node    bigint NOT NULL,
	component      integer NOT NULL CHECK (component >= 0)
);
ALTER TABLE road ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('road', ARRAY['LineString'], 'no_history', ARRAY['ref']);

CREATE TABLE water (
	LIKE layer_row INCLUDING ALL,
	kind    text NOT NULL CONSTRAINT water_kind_choice CHECK (kind IN ('river', 'stream', 'canal', 'lake', 'reservoir', 'pond', 'sea', 'wetland')),
	width_m double precision CHECK (width_m BETWEEN 0 AND 100000)
);
ALTER TABLE water ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('water', ARRAY['LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'], 'no_history');

CREATE TABLE landuse (
	LIKE layer_row INCLUDING ALL,
	kind text NOT NULL CONSTRAINT landuse_kind_choice CHECK (kind IN (
		'forest', 'farmland', 'orchard', 'scrub', 'grass', 'residential', 'commercial', 'industrial', 'public', 'park', 'quarry', 'bare', 'other'))
);
ALTER TABLE landuse ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('landuse', ARRAY['Polygon', 'MultiPolygon'], 'no_history');

CREATE TABLE building (
	LIKE layer_row INCLUDING ALL,
	kind     text NOT NULL CONSTRAINT building_kind_choice CHECK (kind IN ('residential', 'commercial', 'industrial', 'public', 'school', 'hospital', 'other')),
	levels   integer CHECK (levels BETWEEN 0 AND 200),
	height_m double precision CHECK (height_m BETWEEN 0 AND 1000)
);
ALTER TABLE building ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('building', ARRAY['Polygon', 'MultiPolygon'], 'no_history');

CREATE TABLE place (
	LIKE layer_row INCLUDING ALL,
	kind        text NOT NULL CONSTRAINT place_kind_choice CHECK (kind IN ('city', 'county', 'town', 'village', 'hamlet', 'suburb', 'locality', 'peak')),
	population  integer CHECK (population BETWEEN 0 AND 200000000),
	elevation_m double precision CHECK (elevation_m BETWEEN -500 AND 9000)
);
ALTER TABLE place ALTER COLUMN name SET NOT NULL, ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('place', ARRAY['Point'], 'no_history');

-- Relief: terrain-RGB tiles (mapbox encoding: metres = -10000 + (R·65536 + G·256 + B) / 10) in the XYZ scheme of Web Mercator.
CREATE TABLE relief_tile (
	z      smallint NOT NULL CHECK (z BETWEEN 0 AND 16),
	x      integer NOT NULL CHECK (x >= 0 AND x < (1 << z)),
	y      integer NOT NULL CHECK (y >= 0 AND y < (1 << z)),
	origin text NOT NULL,
	png    bytea NOT NULL,
	PRIMARY KEY (z, x, y)
);

-- assign_areas gives every row of every layer the area around its anchor: after areas were imported or corrected.
-- Rows whose area people corrected are not told apart yet, so it is called by imports of areas only. Returns rows changed.
-- +goose StatementBegin
CREATE FUNCTION assign_areas() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	layer text;
	n     bigint;
	total bigint := 0;
BEGIN
	FOR layer IN
		SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = c.relname || '_keep_row' AND c.relname <> 'area' ORDER BY 1
	LOOP
		EXECUTE format('UPDATE %I r SET area_id = w.area_id FROM (SELECT id, area_at(anchor) AS area_id FROM %I WHERE deleted_at IS NULL AND anchor IS NOT NULL) w
			WHERE r.id = w.id AND r.area_id IS DISTINCT FROM w.area_id', layer, layer);
		GET DIAGNOSTICS n = ROW_COUNT;
		total := total + n;
	END LOOP;
	RETURN total;
END $$;
-- +goose StatementEnd

-- An area that is closed, deleted or drawn anew gives its rows to the area in which they now lie, and takes in what now
-- lies in it. (Imports of areas call assign_areas, which does all at once.)
-- +goose StatementBegin
CREATE FUNCTION reassign_rows_of_area() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	layer text;
BEGIN
	FOR layer IN
		SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = c.relname || '_keep_row' AND c.relname <> 'area' ORDER BY 1
	LOOP
		EXECUTE format('UPDATE %I r SET area_id = w.area_id
			FROM (SELECT id, area_at(anchor) AS area_id FROM %I WHERE deleted_at IS NULL AND anchor IS NOT NULL AND (area_id = $1 OR geom && $2)) w
			WHERE r.id = w.id AND r.area_id IS DISTINCT FROM w.area_id', layer, layer) USING NEW.id, NEW.geom;
	END LOOP;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER area_reassign AFTER UPDATE OF geom, deleted_at, valid_to ON area FOR EACH ROW
	WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.valid_to IS DISTINCT FROM NEW.valid_to OR OLD.geom::bytea IS DISTINCT FROM NEW.geom::bytea) -- as bytes: a restore knows no operator of PostGIS
	EXECUTE FUNCTION reassign_rows_of_area();
