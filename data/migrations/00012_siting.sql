-- Where things may stand: zones and lines that keep a distance, the rules, and what was found against them.

-- +goose Up

-- What the rules ask of a place itself.
ALTER TABLE risk_point
	ADD COLUMN floor_area_m2  double precision CHECK (floor_area_m2 BETWEEN 0 AND 10000000),
	ADD COLUMN fence_height_m double precision CHECK (fence_height_m BETWEEN 0 AND 100),
	ADD COLUMN dismantling    boolean;

-- Protected zones and power lines: what keeps other things away. Imports replace them whole.
CREATE TABLE zone (
	LIKE layer_row INCLUDING ALL,
	kind       text NOT NULL CONSTRAINT zone_kind_choice CHECK (kind IN ('power_line', 'drinking_water', 'river_management', 'urban_core', 'town')),
	voltage_kv double precision CHECK (voltage_kv BETWEEN 0 AND 2000),
	width_m    double precision CHECK (width_m BETWEEN 0 AND 1000)
);
ALTER TABLE zone ALTER COLUMN geom SET NOT NULL;
SELECT attach_layer('zone', ARRAY['LineString', 'MultiLineString', 'Polygon', 'MultiPolygon'], 'no_history');

-- around is a box (EPSG:4326) that holds everything within so many metres of a geometry, for indexes: a degree is never
-- shorter than it says, and the arc of an edge of up to 50 km between two vertices rises over its chord by less than it adds.
-- One expression, so that the planner sees through it.
-- +goose StatementBegin
CREATE FUNCTION around(g geometry, metres double precision) RETURNS geometry LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT ST_Expand(g,
		(metres + 5 + 50 * tan(radians(least(85, greatest(abs(ST_YMin(g)), abs(ST_YMax(g))))))) / (110000 * cos(radians(least(88, greatest(abs(ST_YMin(g)), abs(ST_YMax(g))) + metres / 110000 + 0.01)))),
		(metres + 5 + 50 * tan(radians(least(85, greatest(abs(ST_YMin(g)), abs(ST_YMax(g))))))) / 110000)
$$;
-- +goose StatementEnd

-- A rule: which rows, near which others, how far, with what outcome, by which document. Filters are those of the lists of
-- the layer, as in an address: kind=mine&fence_height_m.max=4.
CREATE TABLE siting_rule (
	id            uuid PRIMARY KEY DEFAULT uuid_v7(),
	version       integer NOT NULL DEFAULT 1,
	code          text NOT NULL CONSTRAINT siting_rule_code_taken UNIQUE CONSTRAINT siting_rule_code_form CHECK (code ~ '^[a-z][a-z0-9_]{1,60}$'),
	ord           integer NOT NULL DEFAULT 1000, -- in lists
	name_zh       text NOT NULL CONSTRAINT siting_rule_name_zh_length CHECK (char_length(name_zh) BETWEEN 1 AND 200),
	name_en       text NOT NULL CONSTRAINT siting_rule_name_en_length CHECK (char_length(name_en) BETWEEN 1 AND 200),
	what_layer    text NOT NULL,
	what_filter   text NOT NULL DEFAULT '' CHECK (char_length(what_filter) <= 1000),
	measure       text NOT NULL CONSTRAINT siting_rule_measure_choice CHECK (measure IN ('distance', 'along', 'inside', 'minimum', 'maximum')),
	near_layer    text,                                     -- distance, along, inside
	near_filter   text NOT NULL DEFAULT '' CHECK (char_length(near_filter) <= 1000),
	near_width    text,                                     -- a field of the near layer: how wide what is drawn as a line really is, in metres
	field         text,                                     -- minimum, maximum: a number of the row itself
	number        double precision NOT NULL DEFAULT 0 CONSTRAINT siting_rule_number_range CHECK (number BETWEEN 0 AND 1000000),
	unit          text NOT NULL DEFAULT 'm' CONSTRAINT siting_rule_unit_choice CHECK (unit IN ('m', 'm²', '')),
	within_layer  text,                                     -- the rule holds only where the row meets such a row
	within_filter text NOT NULL DEFAULT '' CHECK (char_length(within_filter) <= 1000),
	outcome       text NOT NULL CONSTRAINT siting_rule_outcome_choice CHECK (outcome IN ('refuse', 'warn', 'improve')), -- improve: to be brought up to standard
	document_zh   text NOT NULL CHECK (char_length(document_zh) BETWEEN 1 AND 300),
	document_en   text NOT NULL CHECK (char_length(document_en) BETWEEN 1 AND 300),
	article_zh    text NOT NULL DEFAULT '' CHECK (char_length(article_zh) <= 100),
	article_en    text NOT NULL DEFAULT '' CHECK (char_length(article_en) <= 100),
	verified      boolean NOT NULL DEFAULT false,           -- somebody has compared it with the document itself
	valid_from    date,
	valid_to      date,
	active        boolean NOT NULL DEFAULT true,
	updated_at    timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT siting_rule_valid CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from),
	CONSTRAINT siting_rule_whole CHECK (CASE WHEN measure IN ('minimum', 'maximum') THEN field IS NOT NULL AND near_layer IS NULL ELSE near_layer IS NOT NULL AND field IS NULL END),
	CONSTRAINT siting_rule_far CHECK (measure NOT IN ('distance', 'along') OR number > 0 AND number <= 50000)
);

-- What was found: one row against one rule. The nearest other row is told. A finding that is over stays as resolved, and
-- the same again is a new one.
CREATE TABLE siting_finding (
	id           uuid PRIMARY KEY DEFAULT uuid_v7(),
	version      integer NOT NULL DEFAULT 1,
	rule_id      uuid NOT NULL REFERENCES siting_rule ON DELETE CASCADE,
	layer        text NOT NULL,
	row_id       uuid NOT NULL,
	other_layer  text,
	other_id     uuid,
	measured     double precision NOT NULL, -- in the rule's unit
	required     double precision NOT NULL,
	state        text NOT NULL DEFAULT 'open' CONSTRAINT siting_finding_state_choice CHECK (state IN ('open', 'waived', 'resolved')),
	found_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
	resolved_at  timestamptz,
	waive_reason text CONSTRAINT siting_finding_reason_length CHECK (char_length(waive_reason) BETWEEN 1 AND 1000),
	waived_by    text,
	waived_person uuid,
	waived_at    timestamptz,
	waived_until timestamptz,               -- null: until it changes
	waived_measured double precision,       -- what was measured and required when it was waived
	waived_required double precision,
	CONSTRAINT siting_finding_other CHECK ((other_layer IS NULL) = (other_id IS NULL)),
	CONSTRAINT siting_finding_resolved CHECK ((state = 'resolved') = (resolved_at IS NOT NULL)),
	CONSTRAINT siting_finding_waived CHECK (state <> 'waived' OR waive_reason IS NOT NULL AND waived_by IS NOT NULL AND waived_at IS NOT NULL)
);
CREATE UNIQUE INDEX siting_finding_current ON siting_finding (rule_id, row_id) WHERE state <> 'resolved';
CREATE INDEX siting_finding_row ON siting_finding (row_id);
CREATE INDEX siting_finding_other ON siting_finding (other_id) WHERE state <> 'resolved';
CREATE INDEX siting_finding_listed ON siting_finding (found_at DESC, id);

-- Each check of all rows: when, by whom, and what it found.
CREATE TABLE siting_check (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	by_whom     text,                       -- null: by the clock
	started_at  timestamptz NOT NULL,
	finished_at timestamptz,                -- null: it runs, or was cut off
	rules       integer NOT NULL DEFAULT 0,
	row_count   bigint NOT NULL DEFAULT 0,  -- rows that rules speak of
	found       integer NOT NULL DEFAULT 0, -- new
	resolved    integer NOT NULL DEFAULT 0,
	open        integer NOT NULL DEFAULT 0  -- afterwards
);

CREATE TABLE siting_history (
	seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL CHECK (subject IN ('siting_rule', 'siting_finding')),
	id      uuid NOT NULL,
	kind    text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
	at      timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor   text NOT NULL,
	source  text NOT NULL,
	before  jsonb,
	after   jsonb
);
CREATE INDEX siting_history_subject ON siting_history (subject, id, seq);
CREATE INDEX siting_history_at ON siting_history (at);
CREATE TRIGGER siting_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON siting_history
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- +goose StatementBegin
CREATE FUNCTION record_siting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO siting_history (subject, id, kind, actor, source, after) SELECT TG_TABLE_NAME, id, 'insert', this_actor, this_source, to_jsonb(n) - ARRAY['version', 'updated_at'] FROM new_rows n;
	ELSIF TG_OP = 'DELETE' THEN
		INSERT INTO siting_history (subject, id, kind, actor, source, before) SELECT TG_TABLE_NAME, id, 'delete', this_actor, this_source, to_jsonb(o) - ARRAY['version', 'updated_at'] FROM old_rows o;
	ELSE
		INSERT INTO siting_history (subject, id, kind, actor, source, before, after)
		SELECT TG_TABLE_NAME, n.id, 'update', this_actor, this_source, to_jsonb(o) - ARRAY['version', 'updated_at'], to_jsonb(n) - ARRAY['version', 'updated_at']
		FROM new_rows n JOIN old_rows o USING (id) WHERE n.version <> o.version;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_siting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.version := OLD.version + 1;
	IF TG_TABLE_NAME = 'siting_rule' THEN
		NEW.updated_at := clock_timestamp();
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
	subject text;
BEGIN
	FOREACH subject IN ARRAY ARRAY['siting_rule', 'siting_finding'] LOOP
		EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION keep_siting()', subject || '_keep', subject);
		EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_siting()', subject || '_record_insert', subject);
		EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_siting()', subject || '_record_update', subject);
		EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_siting()', subject || '_record_delete', subject);
	END LOOP;
END $$;
-- +goose StatementEnd

-- The first rules. Where the document gives no distance, the number is ours; none was compared with its original yet (verified).
INSERT INTO siting_rule (ord, code, name_zh, name_en, what_layer, what_filter, measure, near_layer, near_filter, near_width, number, outcome, document_zh, document_en, article_zh, article_en) VALUES
(10, 'waste_road', '废品回收点围挡距道路', 'Fence of a waste recycling point to a road', 'risk_point', 'kind=waste_recycling_point', 'distance', 'road',
	'class=motorway,trunk,primary,secondary,tertiary,unclassified,residential', NULL, 5, 'improve',
	'废旧物资回收点环境整治活动方案', 'Plan for putting waste recycling points in order', '四、（二）', 'IV (2)'),
(30, 'waste_dangerous_goods', '废品回收点距危险品存放点', 'Waste recycling point to a store of dangerous goods', 'risk_point', 'kind=waste_recycling_point', 'distance', 'risk_point',
	'kind=hazardous_chemicals,fireworks', NULL, 500, 'refuse',
	'再生资源回收场所安全专项整治方案', 'Plan for the safety of places that recycle waste', '四、（六）', 'IV (6)'),
(41, 'corridor_10', '高压走廊 1–10 千伏（自边导线）', 'High-voltage corridor 1–10 kV, from the side conductor', 'risk_point', 'kind=waste_recycling_point,hazardous_chemicals,fireworks,petrol_station,warehouse,self_built_house,construction_site', 'distance', 'zone',
	'kind=power_line&voltage_kv.min=1&voltage_kv.max=10', 'width_m', 5, 'refuse',
	'电力设施保护条例', 'Regulations on the protection of power facilities', '第十条', 'Article 10'),
(42, 'corridor_110', '高压走廊 35–110 千伏（自边导线）', 'High-voltage corridor 35–110 kV, from the side conductor', 'risk_point', 'kind=waste_recycling_point,hazardous_chemicals,fireworks,petrol_station,warehouse,self_built_house,construction_site', 'distance', 'zone',
	'kind=power_line&voltage_kv.min=35&voltage_kv.max=110', 'width_m', 10, 'refuse',
	'电力设施保护条例', 'Regulations on the protection of power facilities', '第十条', 'Article 10'),
(43, 'corridor_330', '高压走廊 154–330 千伏（自边导线）', 'High-voltage corridor 154–330 kV, from the side conductor', 'risk_point', 'kind=waste_recycling_point,hazardous_chemicals,fireworks,petrol_station,warehouse,self_built_house,construction_site', 'distance', 'zone',
	'kind=power_line&voltage_kv.min=154&voltage_kv.max=330', 'width_m', 15, 'refuse',
	'电力设施保护条例', 'Regulations on the protection of power facilities', '第十条', 'Article 10'),
(44, 'corridor_500', '高压走廊 500 千伏（自边导线）', 'High-voltage corridor 500 kV, from the side conductor', 'risk_point', 'kind=waste_recycling_point,hazardous_chemicals,fireworks,petrol_station,warehouse,self_built_house,construction_site', 'distance', 'zone',
	'kind=power_line&voltage_kv.min=500&voltage_kv.max=500', 'width_m', 20, 'refuse',
	'电力设施保护条例', 'Regulations on the protection of power facilities', '第十条', 'Article 10'),
(51, 'waste_park', '废品回收点不得设在公园绿地', 'No waste recycling point in parks and green space', 'risk_point', 'kind=waste_recycling_point', 'inside', 'landuse',
	'kind=park', NULL, 0, 'refuse',
	'再生资源回收场所安全专项整治方案', 'Plan for the safety of places that recycle waste', '四、（六）', 'IV (6)'),
(52, 'waste_river', '废品回收点不得设在河道管理范围', 'No waste recycling point where a river is managed', 'risk_point', 'kind=waste_recycling_point', 'inside', 'zone',
	'kind=river_management', NULL, 0, 'refuse',
	'再生资源回收场所安全专项整治方案', 'Plan for the safety of places that recycle waste', '四、（六）', 'IV (6)'),
(53, 'waste_drinking_water', '饮用水水源保护区内不得拆解', 'No dismantling where drinking water is protected', 'risk_point', 'kind=waste_recycling_point&dismantling=true', 'inside', 'zone',
	'kind=drinking_water', NULL, 0, 'refuse',
	'再生资源回收场所安全专项整治方案', 'Plan for the safety of places that recycle waste', '四、（六）', 'IV (6)'),
(61, 'waste_urban_core', '主城区不得设废品回收点', 'No waste recycling point in the main urban area', 'risk_point', 'kind=waste_recycling_point', 'inside', 'zone',
	'kind=urban_core', NULL, 0, 'refuse',
	'废旧物资回收点专项整治实施方案', 'Plan for the special order of waste recycling points', '三、（一）', 'III (1)'),
(63, 'waste_village', '村内废品回收点规范提升', 'Waste recycling point in a village', 'risk_point', 'kind=waste_recycling_point', 'inside', 'area',
	'level=village&name=村', NULL, 0, 'improve',
	'废旧物资回收点专项整治实施方案', 'Plan for the special order of waste recycling points', '三、（一）', 'III (1)');

INSERT INTO siting_rule (ord, code, name_zh, name_en, what_layer, what_filter, measure, near_layer, near_filter, number, within_layer, within_filter, outcome, document_zh, document_en, article_zh, article_en) VALUES
(62, 'waste_along_road', '集镇道路两侧不得设废品回收点', 'No waste recycling point along the roads of a town', 'risk_point', 'kind=waste_recycling_point', 'along', 'road',
	'class=motorway,trunk,primary,secondary,tertiary,unclassified,residential', 10, 'zone', 'kind=town', 'refuse',
	'废旧物资回收点专项整治实施方案', 'Plan for the special order of waste recycling points', '三、（一）（距离原文未定）', 'III (1); it gives no distance');

INSERT INTO siting_rule (ord, code, name_zh, name_en, what_layer, what_filter, measure, field, number, unit, outcome, document_zh, document_en, article_zh, article_en) VALUES
(20, 'waste_fence', '废品回收点围挡高度', 'Height of the fence of a waste recycling point', 'risk_point', 'kind=waste_recycling_point', 'minimum', 'fence_height_m', 4, 'm', 'improve',
	'废旧物资回收点环境整治活动方案', 'Plan for putting waste recycling points in order', '四、（二）', 'IV (2)'),
(70, 'waste_three_small', '“三小场所”：废品回收点营业面积', '“Three small places”: floor area of a waste recycling point', 'risk_point', 'kind=waste_recycling_point', 'minimum', 'floor_area_m2', 300, 'm²', 'warn',
	'再生资源回收场所安全专项整治方案', 'Plan for the safety of places that recycle waste', '二、（二）', 'II (2)');

-- An area whose polygon nobody knows keeps the rows that were given to it by its code, as long as they lie in what is above
-- it or in nothing that is known.
-- +goose StatementBegin
CREATE FUNCTION area_for(p geometry, has uuid) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN EXISTS (
		SELECT 1 FROM area a WHERE a.id = has AND a.deleted_at IS NULL AND a.valid_to IS NULL AND coalesce(ST_Dimension(a.geom) < 2, true)
			AND (at.id IS NULL OR a.path @> ARRAY[at.id])) THEN has ELSE at.id END
	FROM (SELECT area_at(p) AS id) at
$$;
-- +goose StatementEnd

-- keep_row, assign_areas and reassign_rows_of_area as before, but for that.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	phrases text[] := ARRAY[NEW.name, NEW.name_en];
	columns jsonb;
	i       integer;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		IF history_image(to_jsonb(NEW)) = history_image(to_jsonb(OLD)) THEN
			RETURN NEW; -- nothing that people know has changed: no new version, no change, no history
		END IF;
		IF NEW.id <> OLD.id OR NEW.fid <> OLD.fid THEN
			RAISE EXCEPTION 'the id of a row never changes' USING ERRCODE = 'restrict_violation';
		END IF;
		NEW.version := OLD.version + 1;
		NEW.created_at := OLD.created_at;
		NEW.updated_at := clock_timestamp();
	ELSE
		NEW.version := 1;
		NEW.origin_key := coalesce(NEW.origin_key, NEW.id::text);
	END IF;
	IF TG_TABLE_NAME = 'area' THEN
		NEW.area_id := NEW.id;
	ELSIF NEW.geom IS NOT NULL AND coalesce(current_setting('fourmaps.area_stays', true), '') <> 'on' AND (
		(TG_OP = 'INSERT' AND NEW.area_id IS NULL)
		OR (TG_OP = 'UPDATE' AND NEW.area_id IS NOT DISTINCT FROM OLD.area_id AND (OLD.geom IS NULL OR NOT ST_OrderingEquals(NEW.geom, OLD.geom)))) THEN
		NEW.area_id := area_for(ST_PointOnSurface(NEW.geom), NEW.area_id);
	END IF;
	IF TG_NARGS > 0 THEN
		columns := to_jsonb(NEW);
		FOR i IN 0 .. TG_NARGS - 1 LOOP
			phrases := phrases || (columns ->> TG_ARGV[i]);
		END LOOP;
	END IF;
	IF array_remove(phrases, NULL) = '{}' THEN
		NEW.search := '';
	ELSE
		NEW.search := search_text(phrases);
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION assign_areas() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	layer text;
	n     bigint;
	total bigint := 0;
BEGIN
	FOR layer IN
		SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = c.relname || '_keep_row' AND c.relname <> 'area' ORDER BY 1
	LOOP
		EXECUTE format('UPDATE %I r SET area_id = w.area_id FROM (SELECT id, area_for(anchor, area_id) AS area_id FROM %I WHERE deleted_at IS NULL AND anchor IS NOT NULL) w
			WHERE r.id = w.id AND r.area_id IS DISTINCT FROM w.area_id', layer, layer);
		GET DIAGNOSTICS n = ROW_COUNT;
		total := total + n;
	END LOOP;
	RETURN total;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION reassign_rows_of_area() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	layer text;
BEGIN
	IF coalesce(current_setting('fourmaps.source', true), '') IN ('import', 'demo') AND TG_OP = 'INSERT' THEN
		RETURN NULL; -- all rows get their areas at the end
	END IF;
	FOR layer IN
		SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = c.relname || '_keep_row' AND c.relname <> 'area' ORDER BY 1
	LOOP
		EXECUTE format('UPDATE %I r SET area_id = w.area_id
			FROM (SELECT id, area_for(anchor, area_id) AS area_id FROM %I WHERE deleted_at IS NULL AND anchor IS NOT NULL AND (area_id = $1 OR geom && $2)) w
			WHERE r.id = w.id AND r.area_id IS DISTINCT FROM w.area_id', layer, layer) USING NEW.id, NEW.geom;
	END LOOP;
	RETURN NULL;
END $$;
-- +goose StatementEnd
-- A polygon drawn by hand takes in what lies in it. (An import gives all rows their areas at its end.)
CREATE TRIGGER area_take_in AFTER INSERT ON area FOR EACH ROW WHEN (NEW.geom IS NOT NULL) EXECUTE FUNCTION reassign_rows_of_area();
