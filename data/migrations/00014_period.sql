-- Confirmation periods are changed by people: who set which, and all screens and servers hear of it. And what left the
-- installation as a file: who took which rows, and whether with what only some may see.

-- +goose Up
CREATE TABLE confirmation_period_history (
	seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- the version of all periods together is the last
	layer     text NOT NULL,
	kind      text NOT NULL,
	at        timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor     text NOT NULL,
	person_id uuid,
	address   text DEFAULT nullif(current_setting('fourmaps.address', true), ''), -- of the client
	before    integer, -- days; null where the kind had no period of its own
	after     integer,
	CONSTRAINT confirmation_period_history_changes CHECK (before IS DISTINCT FROM after)
);
CREATE TRIGGER confirmation_period_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON confirmation_period_history
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- The period that a layer begins with, from its declaration, is no change: nobody has seen another.
-- +goose StatementBegin
CREATE FUNCTION record_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	was integer := CASE WHEN TG_OP <> 'INSERT' THEN OLD.days END;
	now integer := CASE WHEN TG_OP <> 'DELETE' THEN NEW.days END;
	of_layer text := CASE WHEN TG_OP = 'DELETE' THEN OLD.layer ELSE NEW.layer END;
	of_kind  text := CASE WHEN TG_OP = 'DELETE' THEN OLD.kind ELSE NEW.kind END;
BEGIN
	IF was IS NOT DISTINCT FROM now OR (TG_OP = 'INSERT' AND of_kind = '') THEN
		RETURN NULL;
	END IF;
	INSERT INTO confirmation_period_history (layer, kind, actor, person_id, before, after) VALUES (of_layer, of_kind,
		coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user), nullif(current_setting('fourmaps.person', true), '')::uuid, was, now);
	-- rows of the layer became due, or are due no longer, without being changed: whoever keeps answers asks again
	INSERT INTO change_pending (layer, kind) VALUES (of_layer, 'reload');
	INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER confirmation_period_record AFTER INSERT OR UPDATE OR DELETE ON confirmation_period FOR EACH ROW EXECUTE FUNCTION record_period();

-- Files that were taken away, each written down before its first byte goes out.
CREATE TABLE layer_export (
	id        uuid PRIMARY KEY DEFAULT uuid_v7(),
	at        timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor     text NOT NULL,
	person_id uuid,
	address   text NOT NULL DEFAULT '',
	layer     text NOT NULL,
	asked     text NOT NULL,     -- the filter as the address had it; '' for all rows
	format    text NOT NULL,
	rows      integer NOT NULL CHECK (rows >= 0),
	sensitive boolean NOT NULL   -- with what only some may see
);
CREATE TRIGGER layer_export_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON layer_export
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- Who changed people and siting rules, and from where, as the history of rows tells it.
ALTER TABLE people_history
	ADD COLUMN person_id uuid DEFAULT nullif(current_setting('fourmaps.person', true), '')::uuid,
	ADD COLUMN address   text DEFAULT nullif(current_setting('fourmaps.address', true), '');
ALTER TABLE siting_history
	ADD COLUMN person_id uuid DEFAULT nullif(current_setting('fourmaps.person', true), '')::uuid,
	ADD COLUMN address   text DEFAULT nullif(current_setting('fourmaps.address', true), '');
