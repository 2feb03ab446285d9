-- The feed of changes and the history. Every change of a row of a layer is written by a trigger:
--   change   what changed, numbered in commit order, kept 7 days: tile cache, screens and other servers live from it
--   history  who changed what from what into what, append-only
-- Numbers are given at commit, by a deferred trigger under an advisory lock: number is commit order, and only commits wait.

-- +goose Up
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SEQUENCE change_seq;

CREATE TABLE change (
	seq      bigint PRIMARY KEY,
	layer    text NOT NULL,
	id       uuid,
	fid      bigint,
	version  integer,
	kind     text NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'reload')),
	old_bbox double precision[] CHECK (array_length(old_bbox, 1) = 4), -- west, south, east, north in EPSG:4326
	new_bbox double precision[] CHECK (array_length(new_bbox, 1) = 4),
	area_id  uuid,
	at       timestamptz NOT NULL DEFAULT clock_timestamp(),
	CONSTRAINT change_row_or_reload CHECK ((kind = 'reload') = (id IS NULL))
);
CREATE INDEX change_at ON change (at);

-- Changes of transactions that have not committed yet. Unlogged: nobody ever sees a committed row in it.
CREATE UNLOGGED TABLE change_pending (
	tx       xid8 NOT NULL DEFAULT pg_current_xact_id(),
	ord      bigint GENERATED ALWAYS AS IDENTITY,
	layer    text NOT NULL,
	id       uuid,
	fid      bigint,
	version  integer,
	kind     text NOT NULL,
	old_bbox double precision[],
	new_bbox double precision[],
	area_id  uuid,
	PRIMARY KEY (tx, ord)
);
-- One row per transaction that changed anything: its deferred trigger runs once, at commit.
CREATE UNLOGGED TABLE change_commit (tx xid8 PRIMARY KEY);

CREATE TABLE history (
	seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	layer   text NOT NULL,
	id      uuid NOT NULL,
	version integer NOT NULL,
	kind    text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
	at      timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor   text NOT NULL,           -- setting fourmaps.actor, or the database user
	source  text NOT NULL,           -- setting fourmaps.source: where the change came from (import, entry, sql …)
	before  jsonb,
	after   jsonb,
	CONSTRAINT history_before_or_after CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX history_row ON history (layer, id, seq);

-- +goose StatementBegin
CREATE FUNCTION refuse_rewriting_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'history is append-only' USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON history
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- +goose StatementBegin
CREATE FUNCTION bbox_of(g geometry) RETURNS double precision[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE WHEN g IS NULL OR ST_IsEmpty(g) THEN NULL ELSE ARRAY[ST_XMin(g), ST_YMin(g), ST_XMax(g), ST_YMax(g)] END
$$;
-- +goose StatementEnd

-- What history keeps of a row: everything but the columns that the database derives.
-- +goose StatementBegin
CREATE FUNCTION history_image(r jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT r - ARRAY['geom_3857', 'geom_low', 'geom_mid', 'anchor', 'search', 'path']
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION number_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	n bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(2614001); -- held until the commit is visible to all
	SELECT count(*) INTO n FROM change_pending WHERE tx = NEW.tx;
	IF n = 0 THEN
		DELETE FROM change_commit WHERE tx = NEW.tx;
		RETURN NULL;
	END IF;
	IF n > 1000 THEN
		INSERT INTO change (seq, layer, kind, new_bbox)
		-- a reload without a box (a TRUNCATE) means everywhere, whatever else changed
		SELECT nextval('change_seq'), p.layer, 'reload', CASE WHEN NOT bool_or(p.kind = 'reload' AND p.old_bbox IS NULL AND p.new_bbox IS NULL) THEN ARRAY[
			min(least(p.old_bbox[1], p.new_bbox[1])), min(least(p.old_bbox[2], p.new_bbox[2])),
			max(greatest(p.old_bbox[3], p.new_bbox[3])), max(greatest(p.old_bbox[4], p.new_bbox[4]))] END
		FROM change_pending p WHERE p.tx = NEW.tx GROUP BY p.layer ORDER BY p.layer;
	ELSE
		INSERT INTO change (seq, layer, id, fid, version, kind, old_bbox, new_bbox, area_id)
		SELECT nextval('change_seq'), q.layer, q.id, q.fid, q.version, q.kind, q.old_bbox, q.new_bbox, q.area_id
		FROM (SELECT * FROM change_pending p WHERE p.tx = NEW.tx ORDER BY p.ord) q;
	END IF;
	DELETE FROM change_pending WHERE tx = NEW.tx;
	DELETE FROM change_commit WHERE tx = NEW.tx;
	PERFORM pg_notify('change', '');
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER change_commit_numbers AFTER INSERT ON change_commit
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION number_changes();

-- record_change writes the changes of one statement. Argument 0: 'history' or 'no_history'.
-- A row that is deleted by state (deleted_at) counts as deleted; one that comes back, as inserted.
-- +goose StatementBegin
CREATE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	n           bigint;
	keep        boolean := TG_ARGV[0] = 'history';
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
BEGIN
	IF TG_OP = 'INSERT' THEN
		SELECT count(*) INTO n FROM new_rows WHERE deleted_at IS NULL;
		IF n > 1000 THEN
			INSERT INTO change_pending (layer, kind, new_bbox)
			SELECT TG_TABLE_NAME, 'reload', bbox_of(ST_Extent(geom)::geometry) FROM new_rows;
		ELSIF n > 0 THEN
			INSERT INTO change_pending (layer, id, fid, version, kind, new_bbox, area_id)
			SELECT TG_TABLE_NAME, id, fid, version, 'insert', bbox_of(geom), area_id FROM new_rows WHERE deleted_at IS NULL;
		END IF;
		IF keep THEN
			INSERT INTO history (layer, id, version, kind, actor, source, after)
			SELECT TG_TABLE_NAME, id, version, 'insert', this_actor, this_source, history_image(to_jsonb(r)) FROM new_rows r;
		END IF;
	ELSIF TG_OP = 'UPDATE' THEN
		SELECT count(*) INTO n FROM new_rows r JOIN old_rows o USING (id)
		WHERE r.version <> o.version AND (r.deleted_at IS NULL OR o.deleted_at IS NULL);
		IF n > 1000 THEN
			INSERT INTO change_pending (layer, kind, new_bbox)
			SELECT TG_TABLE_NAME, 'reload', bbox_of(ST_Extent(g)::geometry)
			FROM (SELECT geom AS g FROM new_rows UNION ALL SELECT geom FROM old_rows) both_rows;
		ELSIF n > 0 THEN
			INSERT INTO change_pending (layer, id, fid, version, kind, old_bbox, new_bbox, area_id)
			SELECT TG_TABLE_NAME, id, r.fid, r.version,
				CASE WHEN r.deleted_at IS NOT NULL THEN 'delete' WHEN o.deleted_at IS NOT NULL THEN 'insert' ELSE 'update' END,
				bbox_of(o.geom), bbox_of(r.geom), r.area_id
			FROM new_rows r JOIN old_rows o USING (id)
			WHERE r.version <> o.version AND (r.deleted_at IS NULL OR o.deleted_at IS NULL);
		END IF;
		IF keep THEN
			INSERT INTO history (layer, id, version, kind, actor, source, before, after)
			SELECT TG_TABLE_NAME, id, r.version,
				CASE WHEN r.deleted_at IS NOT NULL AND o.deleted_at IS NULL THEN 'delete' ELSE 'update' END,
				this_actor, this_source, history_image(to_jsonb(o)), history_image(to_jsonb(r))
			FROM new_rows r JOIN old_rows o USING (id) WHERE r.version <> o.version;
		END IF;
	ELSE
		SELECT count(*) INTO n FROM old_rows WHERE deleted_at IS NULL;
		IF n > 1000 THEN
			INSERT INTO change_pending (layer, kind, old_bbox)
			SELECT TG_TABLE_NAME, 'reload', bbox_of(ST_Extent(geom)::geometry) FROM old_rows;
		ELSIF n > 0 THEN
			INSERT INTO change_pending (layer, id, fid, version, kind, old_bbox, area_id)
			SELECT TG_TABLE_NAME, id, fid, version, 'delete', bbox_of(geom), area_id FROM old_rows WHERE deleted_at IS NULL;
		END IF;
		IF keep THEN
			INSERT INTO history (layer, id, version, kind, actor, source, before)
			SELECT TG_TABLE_NAME, id, version, 'delete', this_actor, this_source, history_image(to_jsonb(o)) FROM old_rows o;
		END IF;
	END IF;
	IF n > 0 THEN
		INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- TRUNCATE has no rows to tell: the whole layer is announced for reloading.
-- +goose StatementBegin
CREATE FUNCTION record_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_ARGV[0] = 'history' THEN
		RAISE EXCEPTION 'rows of % keep a history: delete them, do not truncate', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
	END IF;
	INSERT INTO change_pending (layer, kind) VALUES (TG_TABLE_NAME, 'reload');
	INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
-- +goose StatementEnd
