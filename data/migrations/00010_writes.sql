-- What people write: who did it from where and when it happened, one version for a row saved with its lists, answers
-- kept for repeats, and for how long a confirmation holds.

-- +goose Up

-- The settings are those of the transaction that writes. at is when it was recorded here, occurred_at when it happened in the field.
ALTER TABLE history
	ADD COLUMN person_id     uuid        DEFAULT nullif(current_setting('fourmaps.person', true), '')::uuid,
	ADD COLUMN address       text        DEFAULT nullif(current_setting('fourmaps.address', true), ''),
	ADD COLUMN occurred_at   timestamptz DEFAULT nullif(current_setting('fourmaps.occurred_at', true), '')::timestamptz,
	ADD COLUMN write_id      uuid        DEFAULT nullif(current_setting('fourmaps.write', true), '')::uuid,
	ADD COLUMN owner_id      uuid,    -- of a list's line: the row that it belongs to
	ADD COLUMN owner_version integer; -- and the version of that row that the line's change came with
CREATE INDEX history_owner ON history (owner_id, seq) WHERE owner_id IS NOT NULL;

-- Lines whose history is older than these columns came with the next version of their row if that followed at once, and
-- with the one before otherwise.
ALTER TABLE history DISABLE TRIGGER history_append_only;
UPDATE history h SET owner_id = o.owner_id, owner_version = coalesce(
	(SELECT n.version FROM history n WHERE n.layer = o.layer AND n.id = o.owner_id AND n.seq > h.seq AND n.kind = 'update' AND n.at < h.at + interval '1 second' ORDER BY n.seq LIMIT 1),
	(SELECT b.version FROM history b WHERE b.layer = o.layer AND b.id = o.owner_id AND b.seq < h.seq ORDER BY b.seq DESC LIMIT 1), 1)
FROM (
	SELECT p.seq, t.layer, (coalesce(p.after, p.before) ->> (t.layer || '_id'))::uuid AS owner_id
	FROM history p JOIN (
		SELECT c.relname AS part, substring(pg_get_triggerdef(g.oid) FROM 'record_part\(''(\w+)''\)') AS layer
		FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid WHERE g.tgname = c.relname || '_record_insert' AND pg_get_triggerdef(g.oid) LIKE '%record_part(%'
	) t ON t.part = p.layer) o
WHERE o.seq = h.seq AND o.owner_id IS NOT NULL;
ALTER TABLE history ENABLE TRIGGER history_append_only;

-- keep_row as before, but for one thing: the setting fourmaps.area_stays says that the area was given on purpose, also
-- when it is the one that the row had.
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
		NEW.area_id := area_at(ST_PointOnSurface(NEW.geom));
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

-- record_part as before, and the row and version that each line's change belongs to. Where the setting
-- fourmaps.parts_with_row is on, whoever writes the lines raises the row's version himself, once, after them.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION record_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
	belongs_to  text := TG_ARGV[0] || '_id';
	lines       text;
	owners      uuid[];
BEGIN
	IF TG_OP = 'INSERT' THEN
		lines := 'SELECT n.id, to_jsonb(n) AS now, NULL::jsonb AS was FROM new_rows n';
		SELECT array_agg(DISTINCT (to_jsonb(n) ->> belongs_to)::uuid) INTO owners FROM new_rows n;
	ELSIF TG_OP = 'DELETE' THEN
		lines := 'SELECT o.id, NULL::jsonb AS now, to_jsonb(o) AS was FROM old_rows o';
		SELECT array_agg(DISTINCT (to_jsonb(o) ->> belongs_to)::uuid) INTO owners FROM old_rows o;
	ELSE
		lines := 'SELECT n.id, to_jsonb(n) AS now, to_jsonb(o) AS was FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n)';
		SELECT array_agg(DISTINCT (r ->> belongs_to)::uuid) INTO owners FROM (
			SELECT to_jsonb(n) AS r FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n)
			UNION ALL
			SELECT to_jsonb(o) FROM new_rows n JOIN old_rows o USING (id) WHERE to_jsonb(o) <> to_jsonb(n)) changed;
	END IF;
	EXECUTE format('
		INSERT INTO history (layer, id, version, kind, actor, source, before, after, owner_id, owner_version)
		SELECT $1, l.id, 0, $2, $3, $4, l.was, l.now, (coalesce(l.now, l.was) ->> $5)::uuid, r.version + (r.created_at <> now())::int
		FROM (%s) l LEFT JOIN %I r ON r.id = (coalesce(l.now, l.was) ->> $5)::uuid', lines, TG_ARGV[0])
		USING TG_TABLE_NAME, lower(TG_OP), this_actor, this_source, belongs_to;
	IF coalesce(current_setting('fourmaps.parts_with_row', true), '') <> 'on' THEN
		-- a row made in this same transaction is new to everybody as it is
		EXECUTE format('UPDATE %I SET updated_at = clock_timestamp() WHERE id = ANY ($1) AND created_at <> now()', TG_ARGV[0]) USING owners;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- What was answered to each write, so that a repeat gets the same answer: written in the transaction of the write.
CREATE TABLE write_done (
	key       uuid PRIMARY KEY,              -- made by the client
	person_id uuid,
	request   bytea NOT NULL CHECK (length(request) = 32), -- SHA-256 of what was asked
	answer    jsonb,                          -- null only while the transaction runs
	at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX write_done_at ON write_done (at);

-- For how many days a confirmation holds, by layer and by the choice of the layer's symbol field; kind '' is for all
-- others of the layer. 0: nobody need confirm. Layers without a row get theirs from the declaration when the program starts.
CREATE TABLE confirmation_period (
	layer text NOT NULL,
	kind  text NOT NULL DEFAULT '',
	days  integer NOT NULL CHECK (days BETWEEN 0 AND 3650),
	PRIMARY KEY (layer, kind)
);

-- spelt_alike tells whether two names are pronounced alike: a whole spelling of one is one of the other. Initials alone do
-- not count, nor do names without Chinese characters.
-- +goose StatementBegin
CREATE FUNCTION spelt_alike(a text, b text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
	SELECT EXISTS (
		SELECT 1 FROM string_to_array(pinyin_of(a), ' ') AS x(spellings), string_to_array(pinyin_of(b), ' ') AS y(spellings)
		CROSS JOIN LATERAL unnest(x.spellings) AS s
		WHERE s = ANY (y.spellings) AND char_length(s) > greatest(char_length(a), char_length(b)))
$$;
-- +goose StatementEnd
