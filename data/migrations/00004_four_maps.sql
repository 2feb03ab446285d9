-- The four maps: risk points, material sites, response forces, command units; and the lists that belong to their rows.

-- +goose Up
CREATE TABLE risk_point (
	LIKE layer_row INCLUDING ALL,
	risk_level text NOT NULL CONSTRAINT risk_point_risk_level_choice CHECK (risk_level IN ('major', 'larger', 'general', 'low')),
	kind       text NOT NULL CONSTRAINT risk_point_kind_choice CHECK (kind IN (
		'mine', 'hazardous_chemicals', 'fireworks', 'petrol_station', 'urban_gas', 'dust_explosion', 'high_rise', 'self_built_house',
		'crowded_place', 'market', 'school', 'hospital', 'nursing_home', 'special_equipment', 'construction_site', 'road_section',
		'school_bus', 'bridge', 'reservoir', 'dam', 'river_section', 'flash_flood_valley', 'geological_hazard', 'forest_fire',
		'waste_recycling_point', 'warehouse', 'industrial_park', 'rental_housing', 'ebike_charging', 'scenic_area', 'lifeline')),
	enterprise_class      text CONSTRAINT risk_point_enterprise_class_choice CHECK (enterprise_class IN ('a', 'b', 'c')),
	address               text CHECK (char_length(address) <= 300),
	people_threatened     integer CHECK (people_threatened BETWEEN 0 AND 1000000),
	households_threatened integer CHECK (households_threatened BETWEEN 0 AND 300000),
	control_measures      text CHECK (char_length(control_measures) <= 2000),
	responsible_unit      text CHECK (char_length(responsible_unit) <= 200),
	responsible_person    text CHECK (char_length(responsible_person) <= 100),
	responsible_phone     text CONSTRAINT risk_point_responsible_phone_form CHECK (responsible_phone ~ '^[0-9+() -]{3,40}$'),
	supervision           text NOT NULL DEFAULT 'none' CONSTRAINT risk_point_supervision_choice CHECK (supervision IN ('none', 'county', 'city', 'province')),
	listed_on             date
);
ALTER TABLE risk_point ALTER COLUMN name SET NOT NULL, ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('risk_point', ARRAY['Point', 'LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'], 'history', ARRAY['address', 'responsible_unit']);

CREATE TABLE material_site (
	LIKE layer_row INCLUDING ALL,
	kind             text NOT NULL CONSTRAINT material_site_kind_choice CHECK (kind IN (
		'depot', 'township_store', 'village_store', 'fire_cabinet', 'hydrant', 'enterprise_store', 'vehicle_vessel', 'shelter')),
	address          text CHECK (char_length(address) <= 300),
	owner_unit       text CHECK (char_length(owner_unit) <= 200),
	capacity_persons integer CHECK (capacity_persons BETWEEN 0 AND 1000000),
	floor_area_m2    double precision CHECK (floor_area_m2 BETWEEN 0 AND 10000000),
	open_all_hours   boolean,
	keeper           text CHECK (char_length(keeper) <= 100),
	keeper_phone     text CONSTRAINT material_site_keeper_phone_form CHECK (keeper_phone ~ '^[0-9+() -]{3,40}$')
);
ALTER TABLE material_site ALTER COLUMN name SET NOT NULL, ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('material_site', ARRAY['Point', 'Polygon'], 'history', ARRAY['address', 'owner_unit']);

CREATE TABLE response_force (
	LIKE layer_row INCLUDING ALL,
	nature          text NOT NULL CONSTRAINT response_force_nature_choice CHECK (nature IN (
		'fire_rescue', 'forest_fire', 'professional', 'social', 'militia', 'medical', 'police', 'village_team', 'grid_worker')),
	capabilities    text[] CONSTRAINT response_force_capabilities_choices CHECK (capabilities <@ ARRAY[
		'fire', 'forest_fire', 'water_rescue', 'drainage', 'engineering', 'communication', 'power', 'medical', 'evacuation', 'search', 'hazardous_chemicals']),
	headcount       integer NOT NULL CHECK (headcount BETWEEN 0 AND 10000),
	drill_role      text CONSTRAINT response_force_drill_role_choice CHECK (drill_role IN ('main', 'assault', 'backbone', 'auxiliary')),
	turnout_minutes double precision CHECK (turnout_minutes BETWEEN 0 AND 240),
	address         text CHECK (char_length(address) <= 300),
	organiser_unit  text CHECK (char_length(organiser_unit) <= 200),
	leader          text CHECK (char_length(leader) <= 100),
	leader_phone    text CONSTRAINT response_force_leader_phone_form CHECK (leader_phone ~ '^[0-9+() -]{3,40}$'),
	deputy          text CHECK (char_length(deputy) <= 100),
	deputy_phone    text CONSTRAINT response_force_deputy_phone_form CHECK (deputy_phone ~ '^[0-9+() -]{3,40}$'),
	duty_phone      text CONSTRAINT response_force_duty_phone_form CHECK (duty_phone ~ '^[0-9+() -]{3,40}$')
);
ALTER TABLE response_force ALTER COLUMN name SET NOT NULL, ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('response_force', ARRAY['Point'], 'history', ARRAY['address', 'organiser_unit']);

CREATE TABLE command_unit (
	LIKE layer_row INCLUDING ALL,
	kind         text NOT NULL CONSTRAINT command_unit_kind_choice CHECK (kind IN ('headquarters', 'office', 'station', 'village_post')),
	level        text NOT NULL CONSTRAINT command_unit_level_choice CHECK (level IN ('ministry', 'province', 'city', 'county', 'township', 'village')),
	parent_id    uuid REFERENCES command_unit DEFERRABLE INITIALLY DEFERRED,
	duty_phone   text CONSTRAINT command_unit_duty_phone_form CHECK (duty_phone ~ '^[0-9+() -]{3,40}$'),
	leader       text CHECK (char_length(leader) <= 100),
	leader_post  text CHECK (char_length(leader_post) <= 100),
	leader_phone text CONSTRAINT command_unit_leader_phone_form CHECK (leader_phone ~ '^[0-9+() -]{3,40}$'),
	address      text CHECK (char_length(address) <= 300),
	CONSTRAINT command_unit_not_own_parent CHECK (parent_id IS DISTINCT FROM id)
);
ALTER TABLE command_unit ALTER COLUMN name SET NOT NULL;
CREATE INDEX command_unit_parent ON command_unit (parent_id);
SELECT attach_layer('command_unit', ARRAY['Point'], 'history', ARRAY['address']);

-- The tree of command has no cycle.
-- +goose StatementBegin
CREATE FUNCTION refuse_command_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.parent_id IS NULL THEN
		RETURN NULL;
	END IF;
	PERFORM pg_advisory_xact_lock(2614001); -- the lock of the commit: two moves cannot make a circle together
	IF EXISTS (
		WITH RECURSIVE above (id, parent_id, steps) AS (
			SELECT u.id, u.parent_id, 1 FROM command_unit u WHERE u.id = NEW.parent_id
			UNION ALL
			SELECT u.id, u.parent_id, a.steps + 1 FROM command_unit u JOIN above a ON u.id = a.parent_id WHERE a.steps < 20
		) SELECT 1 FROM above WHERE id = NEW.id OR steps = 20) THEN
		RAISE EXCEPTION 'unit % cannot command itself', NEW.name USING ERRCODE = 'check_violation', CONSTRAINT = 'command_unit_no_cycle';
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER command_unit_no_cycle AFTER INSERT OR UPDATE OF parent_id ON command_unit
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_command_cycle();

-- Lists that belong to a row.
CREATE TABLE stock_line (
	id               uuid PRIMARY KEY DEFAULT uuid_v7(),
	material_site_id uuid NOT NULL REFERENCES material_site ON DELETE CASCADE,
	item             text NOT NULL CHECK (char_length(item) BETWEEN 1 AND 200),
	item_code        text CHECK (item_code ~ '^\d{7}$'),
	quantity         double precision NOT NULL CHECK (quantity >= 0 AND quantity < 'Infinity'),
	unit             text NOT NULL CHECK (char_length(unit) BETWEEN 1 AND 20),
	batch            text CHECK (char_length(batch) <= 60),
	expires_on       date,
	minimum          double precision CHECK (minimum >= 0 AND minimum < 'Infinity'),
	keeper           text CHECK (char_length(keeper) <= 100)
);
CREATE INDEX stock_line_site ON stock_line (material_site_id);

CREATE TABLE member (
	id                uuid PRIMARY KEY DEFAULT uuid_v7(),
	response_force_id uuid NOT NULL REFERENCES response_force ON DELETE CASCADE,
	name              text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
	post              text CHECK (char_length(post) <= 100),
	phone             text CONSTRAINT member_phone_form CHECK (phone ~ '^[0-9+() -]{3,40}$')
);
CREATE INDEX member_force ON member (response_force_id);

CREATE TABLE vehicle (
	id                uuid PRIMARY KEY DEFAULT uuid_v7(),
	response_force_id uuid NOT NULL REFERENCES response_force ON DELETE CASCADE,
	name              text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
	plate             text CHECK (char_length(plate) <= 20),
	kind              text CHECK (char_length(kind) <= 60),
	seats             integer CHECK (seats BETWEEN 0 AND 100),
	count             integer NOT NULL CHECK (count BETWEEN 1 AND 1000)
);
CREATE INDEX vehicle_force ON vehicle (response_force_id);

-- record_part keeps the history of a list's lines (they have no version of their own: 0) and raises the version of the
-- rows that they belong to, once a statement, so that the feed tells of it. Argument 0: the layer whose rows they are.
-- A row made in this same transaction is new to everybody as it is.
-- +goose StatementBegin
CREATE FUNCTION record_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
	belongs_to  text := TG_ARGV[0] || '_id';
	owners      uuid[];
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO history (layer, id, version, kind, actor, source, after)
		SELECT TG_TABLE_NAME, id, 0, 'insert', this_actor, this_source, to_jsonb(n) FROM new_rows n;
		SELECT array_agg(DISTINCT (to_jsonb(n) ->> belongs_to)::uuid) INTO owners FROM new_rows n;
	ELSIF TG_OP = 'DELETE' THEN
		INSERT INTO history (layer, id, version, kind, actor, source, before)
		SELECT TG_TABLE_NAME, id, 0, 'delete', this_actor, this_source, to_jsonb(o) FROM old_rows o;
		SELECT array_agg(DISTINCT (to_jsonb(o) ->> belongs_to)::uuid) INTO owners FROM old_rows o;
	ELSE
		INSERT INTO history (layer, id, version, kind, actor, source, before, after)
		SELECT TG_TABLE_NAME, n.id, 0, 'update', this_actor, this_source, to_jsonb(o), to_jsonb(n)
		FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n);
		SELECT array_agg(DISTINCT (r ->> belongs_to)::uuid) INTO owners FROM (
			SELECT to_jsonb(n) AS r FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n)
			UNION ALL
			SELECT to_jsonb(o) FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n)) changed;
	END IF;
	EXECUTE format('UPDATE %I SET updated_at = clock_timestamp() WHERE id = ANY ($1) AND created_at <> now()', TG_ARGV[0]) USING owners;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- attach_part gives the table of a list its triggers.
-- +goose StatementBegin
CREATE FUNCTION attach_part(part name, layer name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_part(%L)', part || '_record_insert', part, layer);
	EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_part(%L)', part || '_record_update', part, layer);
	EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_part(%L)', part || '_record_delete', part, layer);
END $$;
-- +goose StatementEnd
SELECT attach_part('stock_line', 'material_site'), attach_part('member', 'response_force'), attach_part('vehicle', 'response_force');
