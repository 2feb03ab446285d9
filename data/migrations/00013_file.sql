-- Photos and files of rows. A content is immutable and lies outside the database under the SHA-256 of itself; blob knows
-- which contents are there, file says which row has which.

-- +goose Up

-- A row of blob is made before its content is stored and goes after its content is removed, so whatever breaks off in
-- between leaves a row here that the sweep finds. used_at is when the content was last wanted.
CREATE TABLE blob (
	sha256  bytea PRIMARY KEY CONSTRAINT blob_sha256 CHECK (length(sha256) = 32),
	bytes   bigint NOT NULL CHECK (bytes > 0),
	used_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX blob_used_at ON blob (used_at);

CREATE TABLE file (
	id            uuid PRIMARY KEY DEFAULT uuid_v7(),  -- made by the client: a repeat is the same file
	layer         text NOT NULL,
	row_id        uuid NOT NULL,
	kind          text NOT NULL CONSTRAINT file_kind_choice CHECK (kind IN ('photo', 'document')),
	name          text NOT NULL CONSTRAINT file_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
	content_type  text NOT NULL,                       -- found in the content
	bytes         bigint NOT NULL CONSTRAINT file_bytes_range CHECK (bytes BETWEEN 1 AND 1073741824),
	sha256        bytea NOT NULL CONSTRAINT file_blob_missing REFERENCES blob,
	sent_sha256   bytea NOT NULL CHECK (length(sent_sha256) = 32), -- of what was sent, before metadata was taken off
	width         integer CHECK (width BETWEEN 1 AND 30000),       -- pixels
	height        integer CHECK (height BETWEEN 1 AND 30000),
	taken_at      timestamptz,                         -- by the camera's clock
	exif_position geometry(Point, 4326),
	distance_m    double precision CHECK (distance_m >= 0), -- metres from there to the row, when the file was added
	person_id     uuid,
	person_name   text NOT NULL,
	occurred_at   timestamptz NOT NULL,
	created_at    timestamptz NOT NULL DEFAULT now(),
	deleted_at    timestamptz,
	CONSTRAINT file_photo_type CHECK (CASE kind
		WHEN 'photo' THEN content_type IN ('image/jpeg', 'image/png', 'image/webp')
		ELSE content_type = 'application/pdf' OR content_type LIKE 'application/vnd.openxmlformats-officedocument.%' END),
	CONSTRAINT file_photo_size CHECK ((kind = 'photo') = (width IS NOT NULL) AND (width IS NULL) = (height IS NULL)),
	CONSTRAINT file_photo_place CHECK (kind = 'photo' OR exif_position IS NULL AND taken_at IS NULL),
	CONSTRAINT file_distance CHECK (distance_m IS NULL OR exif_position IS NOT NULL)
);
CREATE INDEX file_row ON file (layer, row_id) WHERE deleted_at IS NULL;
CREATE INDEX file_sha256 ON file (sha256);
CREATE INDEX file_deleted_at ON file (deleted_at) WHERE deleted_at IS NOT NULL;

-- What every layer's row knows of its photos: when the newest was taken. It makes no version and no history of the row.
-- +goose StatementBegin
DO $$
DECLARE
	layer name;
BEGIN
	ALTER TABLE layer_row ADD COLUMN photo_at timestamptz;
	FOR layer IN SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = c.relname || '_record_truncate' LOOP
		EXECUTE format('ALTER TABLE %I ADD COLUMN photo_at timestamptz', layer);
	END LOOP;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION history_image(r jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT r - ARRAY['geom_3857', 'geom_low', 'geom_mid', 'anchor', 'search', 'path', 'photo_at']
$$;
-- +goose StatementEnd

-- keep_photo_at sets a row's photo_at and announces the row, so that every screen that shows it asks again.
-- +goose StatementBegin
CREATE FUNCTION keep_photo_at(of_layer text, of_row uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('UPDATE %1$I SET photo_at = (
			SELECT max(coalesce(taken_at, occurred_at)) FROM file WHERE layer = %1$L AND row_id = $1 AND kind = ''photo'' AND deleted_at IS NULL)
		WHERE id = $1', of_layer) USING of_row;
	EXECUTE format('INSERT INTO change_pending (layer, id, fid, version, kind, old_bbox, new_bbox, area_id)
		SELECT %1$L, id, fid, version, ''update'', bbox_of(geom), bbox_of(geom), area_id FROM %1$I WHERE id = $1 AND deleted_at IS NULL', of_layer) USING of_row;
	INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
END $$;
-- +goose StatementEnd

-- record_file writes what happened to a file into the history, beside that of its row, and tells the row. What the sweep
-- removes at the end was deleted before, and is in the history since.
-- +goose StatementBegin
CREATE FUNCTION record_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
BEGIN
	IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'deleted_at') <> (to_jsonb(OLD) - 'deleted_at') THEN
		RAISE EXCEPTION 'a file never changes' USING ERRCODE = 'restrict_violation';
	END IF;
	INSERT INTO history (layer, id, version, kind, actor, source, before, after, owner_id)
	VALUES ('file', coalesce(NEW.id, OLD.id), 0,
		CASE WHEN TG_OP = 'UPDATE' AND NEW.deleted_at IS NOT NULL THEN 'delete' ELSE lower(TG_OP) END, this_actor, this_source,
		CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END, coalesce(NEW.row_id, OLD.row_id));
	IF TG_OP <> 'DELETE' OR OLD.deleted_at IS NULL THEN
		PERFORM keep_photo_at(coalesce(NEW.layer, OLD.layer), coalesce(NEW.row_id, OLD.row_id));
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER file_record AFTER INSERT OR UPDATE OR DELETE ON file FOR EACH ROW EXECUTE FUNCTION record_file();

-- A file belongs to a row that is there, of a layer whose rows are kept one by one. There can be no foreign key, since the
-- table depends on the layer.
-- +goose StatementBegin
CREATE FUNCTION check_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	there boolean := false;
BEGIN
	IF EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE c.relname = NEW.layer AND t.tgname = c.relname || '_record_truncate' AND pg_get_triggerdef(t.oid) LIKE '%(''history'')%') THEN
		EXECUTE format('SELECT true FROM %I WHERE id = $1 AND deleted_at IS NULL FOR SHARE', NEW.layer) INTO there USING NEW.row_id;
	END IF;
	IF there IS NOT TRUE THEN
		RAISE EXCEPTION 'a file needs a row' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'file_row_missing';
	END IF;
	RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER file_check BEFORE INSERT ON file FOR EACH ROW EXECUTE FUNCTION check_file();
