-- Imports on the screen: a file that a person brought, what the person says about it, and what would become of each row.
-- Nothing of this is a layer: it is not on the map, in no feed and no history. What an applied import changed is in the
-- history of the rows, under the draft's id as write_id. Drafts go after some days (package jobs).

-- +goose Up

-- The steps that a draft may take. A draft that is discarded is deleted.
CREATE TABLE import_draft_step (
	from_state text NOT NULL,
	action     text NOT NULL,
	to_state   text NOT NULL,
	PRIMARY KEY (from_state, action)
);
INSERT INTO import_draft_step (from_state, action, to_state) VALUES
	('uploaded', 'choose', 'uploaded'),
	('checked', 'choose', 'uploaded'),
	('uploaded', 'check', 'checked'),
	('checked', 'check', 'checked'),
	('checked', 'doubt', 'uploaded'), -- rows changed after the check: it has to be made again
	('checked', 'apply', 'applied');

CREATE TABLE import_draft (
	id         uuid PRIMARY KEY DEFAULT uuid_v7(),
	person_id  uuid NOT NULL REFERENCES person ON DELETE CASCADE,
	state      text NOT NULL DEFAULT 'uploaded' CHECK (state IN ('uploaded', 'checked', 'applied')),
	revision   integer NOT NULL DEFAULT 1,   -- raised by every choice and by the end of every check: a report belongs to one revision
	file_name  text NOT NULL CHECK (char_length(file_name) BETWEEN 1 AND 255),
	file_bytes bigint NOT NULL CHECK (file_bytes > 0),
	layer      text,
	choices    jsonb NOT NULL DEFAULT '{}',  -- what the person says about the file
	about      jsonb NOT NULL DEFAULT '{}',  -- what the file says about itself: columns with samples, sheets, notes
	counts     jsonb,                        -- of the last check
	digest     bytea CHECK (length(digest) = 32), -- of every row of the last check: an import that finds another one writes nothing
	fault      jsonb,                        -- why the last check or import came to nothing
	-- work that some server does for the draft just now; when beat_at is old, that server is gone
	work       text CHECK (work IN ('check', 'apply')),
	work_id    uuid,
	beat_at    timestamptz,
	rows_done  bigint NOT NULL DEFAULT 0,
	done       bigint NOT NULL DEFAULT 0,    -- bytes read of total
	total      bigint NOT NULL DEFAULT 0,
	checked_at timestamptz,
	applied_at timestamptz,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT import_draft_work CHECK ((work IS NULL) = (work_id IS NULL) AND (work IS NULL) = (beat_at IS NULL)),
	CONSTRAINT import_draft_checked CHECK (state = 'uploaded' OR (counts IS NOT NULL AND digest IS NOT NULL AND layer IS NOT NULL)),
	CONSTRAINT import_draft_applied CHECK ((state = 'applied') = (applied_at IS NOT NULL))
);
CREATE INDEX import_draft_person ON import_draft (person_id, updated_at);
CREATE INDEX import_draft_age ON import_draft (updated_at);

-- +goose StatementBegin
CREATE FUNCTION refuse_wrong_draft_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT 1 FROM import_draft_step s WHERE s.from_state = OLD.state AND s.to_state = NEW.state) THEN
		RAISE EXCEPTION 'an import draft does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'restrict_violation', CONSTRAINT = 'import_draft_step';
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER import_draft_step BEFORE UPDATE OF state ON import_draft FOR EACH ROW
	WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION refuse_wrong_draft_step();

-- The file itself, in pieces of a megabyte; it goes when the draft is applied or discarded.
CREATE TABLE import_file (
	draft_id uuid NOT NULL REFERENCES import_draft ON DELETE CASCADE,
	piece    integer NOT NULL CHECK (piece >= 0),
	bytes    bytea NOT NULL CHECK (length(bytes) BETWEEN 1 AND 1048576),
	PRIMARY KEY (draft_id, piece)
);
ALTER TABLE import_file ALTER COLUMN bytes SET STORAGE EXTERNAL; -- workbooks and archives are compressed already

-- What would become of each row of the file, and of the stored rows that are no longer in it (gone, without a row number).
CREATE TABLE import_row (
	draft_id uuid NOT NULL REFERENCES import_draft ON DELETE CASCADE,
	ord      integer NOT NULL,               -- in the order of the file, those that are gone last
	row      integer,                        -- as a person counts in the file
	outcome  text NOT NULL CHECK (outcome IN ('new', 'changed', 'same', 'rejected', 'gone')),
	key      text NOT NULL DEFAULT '',
	name     text NOT NULL DEFAULT '',
	id       uuid,                           -- of the stored row
	version  integer,
	area_id  uuid,
	lon      double precision,               -- of a point on it, WGS 84
	lat      double precision,
	changes  jsonb,                          -- [{field, before, after}]
	problems jsonb,                          -- [{column, code, zh, en}]
	PRIMARY KEY (draft_id, ord),
	CONSTRAINT import_row_gone CHECK ((outcome = 'gone') = (row IS NULL)),
	CONSTRAINT import_row_rejected CHECK ((outcome = 'rejected') = (problems IS NOT NULL))
);
CREATE INDEX import_row_outcome ON import_row (draft_id, outcome, ord);

-- A set of choices under a name, for the next file with the same columns: a person's own, or of all who import in an area.
CREATE TABLE import_mapping (
	id         uuid PRIMARY KEY DEFAULT uuid_v7(),
	person_id  uuid NOT NULL REFERENCES person ON DELETE CASCADE,
	area_id    uuid REFERENCES area ON DELETE CASCADE,  -- whose people share it; null: the person's own
	everywhere boolean NOT NULL DEFAULT false,          -- shared by all who import
	layer      text NOT NULL,
	name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
	columns    text[] NOT NULL CHECK (cardinality(columns) > 0), -- that a file must have to be meant
	choices    jsonb NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT import_mapping_shared CHECK (NOT (everywhere AND area_id IS NOT NULL)),
	CONSTRAINT import_mapping_taken UNIQUE (person_id, layer, name)
);
CREATE INDEX import_mapping_layer ON import_mapping (layer);

-- pinyin_of as before, but without a query for each character that has one reading, which most have: a ledger of 10,000
-- rows is spelled in a second and not in ten.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION pinyin_of(phrase text) RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
	full_forms text[] := ARRAY[''];
	initials   text[] := ARRAY[''];
	spelled    text := '';
	first      text := '';
	r          record;
BEGIN
	IF phrase IS NULL OR phrase !~ '[^\x01-\x7f]' THEN
		RETURN '';
	END IF;
	FOR r IN
		SELECT coalesce(p.readings, ARRAY[c.ch]) AS readings
		FROM string_to_table(left(lower(phrase), 60), NULL) WITH ORDINALITY AS c(ch, ord)
		LEFT JOIN pinyin p ON p.character = c.ch
		WHERE p.character IS NOT NULL OR c.ch ~ '[a-z0-9]'
		ORDER BY c.ord
	LOOP
		IF array_length(r.readings, 1) = 1 OR array_length(full_forms, 1) * array_length(r.readings, 1) > 12 THEN
			spelled := spelled || r.readings[1]; -- goes to all forms together, with the next choice
			first := first || left(r.readings[1], 1);
			CONTINUE;
		END IF;
		SELECT array_agg(f || spelled || x), array_agg(i || first || left(x, 1)) INTO full_forms, initials
		FROM unnest(full_forms, initials) AS t(f, i) CROSS JOIN unnest(r.readings) AS x;
		spelled := '';
		first := '';
	END LOOP;
	IF array_length(full_forms, 1) = 1 THEN
		spelled := full_forms[1] || spelled;
		first := initials[1] || first;
		RETURN CASE WHEN spelled = first THEN spelled WHEN spelled < first THEN spelled || ' ' || first ELSE first || ' ' || spelled END;
	END IF;
	RETURN (SELECT string_agg(DISTINCT w, ' ') FROM (SELECT f || spelled FROM unnest(full_forms) AS f UNION ALL SELECT i || first FROM unnest(initials) AS i) AS t(w));
END $$;
-- +goose StatementEnd
