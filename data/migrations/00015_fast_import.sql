-- Ten thousand rows come in within seconds: the triggers keep what they kept, with less work. Reports of imports tell
-- which rows move between areas. Saved mappings have a history.

-- +goose Up

-- What history keeps of a row, as history_image(to_jsonb(r)) has it. What the database derives is taken off before it is
-- written as JSON and not after: of each row that was four geometries of five.
-- +goose StatementBegin
CREATE FUNCTION row_image(r anyelement) RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT history_image(to_jsonb(jsonb_populate_record(r,
		'{"geom_3857": null, "geom_low": null, "geom_mid": null, "anchor": null, "search": null, "path": null, "photo_at": null}')))
$$;
-- +goose StatementEnd

-- search_phrase is what search_text keeps of one phrase beside its spelling.
-- +goose StatementBegin
CREATE FUNCTION search_phrase(phrase text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT regexp_replace(lower(phrase), '[\s\u0085\u00a0\u2000-\u200a\u202f\u205f\u3000]', '', 'g')
$$;
-- +goose StatementEnd

-- spellings is pinyin_of for many phrases at once: the dictionary is read once for all. Phrases that it leaves out have none.
-- +goose StatementBegin
CREATE FUNCTION spellings(phrases text[]) RETURNS TABLE (phrase text, spelling text) LANGUAGE sql STABLE PARALLEL SAFE AS $$
	WITH RECURSIVE said AS MATERIALIZED (
		SELECT p AS phrase, row_number() OVER () AS n FROM (SELECT DISTINCT p FROM unnest(phrases) AS p WHERE p ~ '[^\x01-\x7f]') d
	), spelled AS MATERIALIZED ( -- choices: how many characters of several readings stand up to here
		SELECT s.n, c.ord, coalesce(p.readings[1], c.ch) AS reading, CASE WHEN array_length(p.readings, 1) > 1 THEN p.readings::text END AS readings,
			count(*) FILTER (WHERE array_length(p.readings, 1) > 1) OVER (PARTITION BY s.n ORDER BY c.ord) AS choices
		FROM said s CROSS JOIN LATERAL string_to_table(left(lower(s.phrase), 60), NULL) WITH ORDINALITY AS c(ch, ord)
		LEFT JOIN pinyin p ON p.character = c.ch
		WHERE p.character IS NOT NULL OR c.ch ~ '[a-z0-9]'
	), piece AS MATERIALIZED ( -- a character of several readings and what follows it up to the next one
		SELECT n, choices, max(readings)::text[] AS readings,
			coalesce(string_agg(reading, '' ORDER BY ord) FILTER (WHERE readings IS NULL), '') AS whole,
			coalesce(string_agg(left(reading, 1), '' ORDER BY ord) FILTER (WHERE readings IS NULL), '') AS first
		FROM spelled GROUP BY n, choices
	), form AS (
		SELECT s.n, 0::bigint AS choices, 1 AS forms, coalesce(p.whole, '') AS whole, coalesce(p.first, '') AS first
		FROM said s LEFT JOIN piece p ON p.n = s.n AND p.choices = 0
		UNION ALL
		SELECT f.n, p.choices, CASE WHEN f.forms * array_length(p.readings, 1) > 12 THEN f.forms ELSE f.forms * array_length(p.readings, 1) END,
			f.whole || r || p.whole, f.first || left(r, 1) || p.first
		FROM form f JOIN piece p ON p.n = f.n AND p.choices = f.choices + 1
		CROSS JOIN LATERAL unnest(CASE WHEN f.forms * array_length(p.readings, 1) > 12 THEN p.readings[1:1] ELSE p.readings END) AS r
	)
	SELECT s.phrase, string_agg(DISTINCT w, ' ') FROM said s
	JOIN (SELECT n, max(choices) AS choices FROM form GROUP BY n) done USING (n)
	JOIN form f USING (n, choices) CROSS JOIN LATERAL (VALUES (f.whole), (f.first)) AS v(w)
	GROUP BY s.phrase
$$;
-- +goose StatementEnd

-- search_texts is search_text for many rows at once: phrases is an array of rows of phrases. Each text is sealed with the
-- phrases that it was made of, and a row's trigger takes it only for those.
-- +goose StatementBegin
CREATE FUNCTION search_texts(phrases text[]) RETURNS TABLE (n bigint, sealed text) LANGUAGE plpgsql STABLE AS $$
DECLARE
	width integer := array_length(phrases, 2);
BEGIN
	RETURN QUERY
	WITH heard AS MATERIALIZED (
		SELECT d.p, search_phrase(d.p) || ' ' || coalesce(s.spelling, '') AS search
		FROM (SELECT DISTINCT p FROM unnest(phrases) AS p WHERE p <> '') d LEFT JOIN spellings(phrases) s ON s.phrase = d.p
	)
	SELECT t.n, search_seal(t.said, t.search) || t.search FROM (
		SELECT (u.ord - 1) / width + 1 AS n, array_agg(u.p ORDER BY u.ord) AS said, coalesce(string_agg(h.search, ' ' ORDER BY u.ord), '') AS search
		FROM unnest(phrases) WITH ORDINALITY AS u(p, ord) LEFT JOIN heard h USING (p)
		GROUP BY 1) t;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION search_seal(phrases text[], search text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT E'\x01' || md5(phrases::text || E'\x01' || search)
$$;
-- +goose StatementEnd

-- keep_row as before, with less work. Geometries are compared as they are, and not as JSON. A search text is made when the
-- phrases change, unless it comes sealed with these phrases (search_texts). Nobody else sets it: of a row that does not
-- change it stays, but for a new dictionary, which says so by the setting fourmaps.respell.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION keep_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	bare    CONSTANT jsonb := '{"geom": null, "geom_3857": null, "geom_low": null, "geom_mid": null, "anchor": null, "search": null}';
	phrases text[] := ARRAY[NEW.name, NEW.name_en];
	columns jsonb := to_jsonb(jsonb_populate_record(NEW, bare));
	before  jsonb;
	earlier text[];
	i       integer;
BEGIN
	IF TG_OP = 'UPDATE' THEN
		before := to_jsonb(jsonb_populate_record(OLD, bare));
		IF history_image(columns) = history_image(before)
			AND (NEW.geom IS NOT DISTINCT FROM OLD.geom OR to_jsonb(NEW.geom) IS NOT DISTINCT FROM to_jsonb(OLD.geom)) THEN
			IF coalesce(current_setting('fourmaps.respell', true), '') <> 'on' THEN
				NEW.search := OLD.search;
			END IF;
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
	FOR i IN 0 .. TG_NARGS - 1 LOOP
		phrases := phrases || (columns ->> TG_ARGV[i]);
	END LOOP;
	IF TG_OP = 'UPDATE' THEN
		earlier := ARRAY[OLD.name, OLD.name_en];
		FOR i IN 0 .. TG_NARGS - 1 LOOP
			earlier := earlier || (before ->> TG_ARGV[i]);
		END LOOP;
		IF phrases = earlier AND OLD.search <> '' THEN -- as arrays, in which NULL equals NULL; a row that came without triggers has no text yet
			NEW.search := OLD.search;
			RETURN NEW;
		END IF;
	END IF;
	IF NEW.search LIKE E'\x01%' AND left(NEW.search, 33) = search_seal(phrases, substr(NEW.search, 34)) THEN
		NEW.search := substr(NEW.search, 34);
	ELSE
		NEW.search := search_text(phrases);
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd

-- record_change as before, but for how it makes the images, and without nested loops: the plan that suits one row is kept
-- for the session, and takes a minute for ten thousand. Compiling plans takes longer than it saves (jit is on by default).
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION record_change() RETURNS trigger LANGUAGE plpgsql SET enable_nestloop = off SET jit = off AS $$
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
			SELECT TG_TABLE_NAME, id, version, 'insert', this_actor, this_source, row_image(r) FROM new_rows r;
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
				this_actor, this_source, row_image(o), row_image(r)
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
			SELECT TG_TABLE_NAME, id, version, 'delete', this_actor, this_source, row_image(o) FROM old_rows o;
		END IF;
	END IF;
	IF n > 0 THEN
		INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

ALTER FUNCTION record_cells() SET enable_nestloop = off;
ALTER FUNCTION record_cells() SET jit = off;

-- A row that an import brings into another area, and the area in which it lay (null: in none).
ALTER TABLE import_row
	ADD COLUMN moved        boolean NOT NULL DEFAULT false,
	ADD COLUMN from_area_id uuid,
	ADD CONSTRAINT import_row_moved CHECK (outcome = 'changed' OR NOT moved);

-- Who saved, renamed, shared and deleted which mapping, and from where.
CREATE TABLE import_mapping_history (
	seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id        uuid NOT NULL,
	kind      text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
	at        timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor     text NOT NULL,
	source    text NOT NULL,
	person_id uuid DEFAULT nullif(current_setting('fourmaps.person', true), '')::uuid,
	address   text DEFAULT nullif(current_setting('fourmaps.address', true), ''), -- of the client
	before    jsonb,
	after     jsonb,
	CONSTRAINT import_mapping_history_before_or_after CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX import_mapping_history_row ON import_mapping_history (id, seq);
CREATE TRIGGER import_mapping_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON import_mapping_history
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- A mapping that is saved again as it is makes no history.
-- +goose StatementBegin
CREATE FUNCTION record_import_mapping() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'updated_at' END;
	now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'updated_at' END;
BEGIN
	IF was IS DISTINCT FROM now THEN
		INSERT INTO import_mapping_history (id, kind, actor, source, before, after) VALUES (
			coalesce(NEW.id, OLD.id), lower(TG_OP),
			coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user),
			coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql'), was, now);
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER import_mapping_record AFTER INSERT OR UPDATE OR DELETE ON import_mapping FOR EACH ROW EXECUTE FUNCTION record_import_mapping();
