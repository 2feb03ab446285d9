-- People, their accounts, what they may do and where, and who is signed in. People are not on the map: nothing of this
-- goes into the feed of changes. Commits that change who may do what are announced on the channel people.

-- +goose Up
CREATE TABLE person (
	id         uuid PRIMARY KEY DEFAULT uuid_v7(),
	version    integer NOT NULL DEFAULT 1,
	origin     text NOT NULL DEFAULT 'entry' CHECK (origin <> ''), -- 'demo': goes with the demonstration
	name       text NOT NULL CONSTRAINT person_name_length CHECK (char_length(name) BETWEEN 1 AND 100 AND name = btrim(name)),
	post       text CONSTRAINT person_post_length CHECK (char_length(post) BETWEEN 1 AND 100),
	phone      text CONSTRAINT person_phone_form CHECK (phone ~ '^[0-9+() -]{3,40}$'),
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	deleted_at timestamptz
);

-- An account lets a person sign in. Its name is stored as it is compared: NFKC, lower case.
CREATE TABLE account (
	id            uuid PRIMARY KEY DEFAULT uuid_v7(),
	person_id     uuid NOT NULL CONSTRAINT account_one_a_person UNIQUE REFERENCES person ON DELETE CASCADE,
	name          text NOT NULL CONSTRAINT account_name_taken UNIQUE
		CONSTRAINT account_name_form CHECK (char_length(name) BETWEEN 2 AND 64 AND name = lower(name) AND name !~ '[[:space:][:cntrl:]]'),
	password_hash text CONSTRAINT account_password_is_hashed CHECK (password_hash LIKE '$argon2id$%'), -- null: no sign-in by password
	password_at   timestamptz,
	must_change   boolean NOT NULL DEFAULT false, -- somebody else set the password: nothing is allowed until it is changed
	oidc_name     text CONSTRAINT account_oidc_name_taken UNIQUE CHECK (char_length(oidc_name) BETWEEN 1 AND 200), -- what the OIDC issuer calls the person; null: no sign-in by OIDC
	oidc_subject  text CONSTRAINT account_oidc_subject_taken UNIQUE, -- issuer and subject of the first sign-in by OIDC, which must stay the same
	disabled_at   timestamptz,
	created_at    timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT account_password_time CHECK ((password_hash IS NULL) = (password_at IS NULL))
);

-- What may be permitted, and the roles, which are sets of permissions. Rights are only ever added up, never taken away.
CREATE TABLE permission (
	name     text PRIMARY KEY CHECK (name ~ '^[a-z]+\.[a-z]+$'),
	label_zh text NOT NULL,
	label_en text NOT NULL
);
CREATE TABLE role (
	name     text PRIMARY KEY CHECK (name ~ '^[a-z_]+$'),
	ord      smallint NOT NULL UNIQUE, -- in lists
	label_zh text NOT NULL,
	label_en text NOT NULL
);
CREATE TABLE role_permission (
	role       text NOT NULL REFERENCES role ON DELETE CASCADE,
	permission text NOT NULL REFERENCES permission ON DELETE CASCADE,
	PRIMARY KEY (role, permission)
);

-- A grant gives a person a role on an area and all below it; without an area, on the whole installation, also for rows
-- that lie in no area. When the area goes, so does the right.
CREATE TABLE person_grant (
	id         uuid PRIMARY KEY DEFAULT uuid_v7(),
	person_id  uuid NOT NULL REFERENCES person ON DELETE CASCADE,
	role       text NOT NULL CONSTRAINT person_grant_role_unknown REFERENCES role,
	area_id    uuid CONSTRAINT person_grant_area_unknown REFERENCES area ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT person_grant_twice UNIQUE NULLS NOT DISTINCT (person_id, role, area_id)
);
CREATE INDEX person_grant_area ON person_grant (area_id);

-- Who is signed in. The token itself is known to the browser only.
CREATE TABLE session (
	id         uuid PRIMARY KEY DEFAULT uuid_v7(),
	token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32), -- SHA-256
	account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	means      text NOT NULL CHECK (means IN ('password', 'oidc')),
	address    text NOT NULL DEFAULT '' CHECK (char_length(address) <= 60),
	agent      text NOT NULL DEFAULT '' CHECK (char_length(agent) <= 300), -- what the browser calls itself
	created_at timestamptz NOT NULL DEFAULT now(),
	seen_at    timestamptz NOT NULL DEFAULT now(), -- written every few minutes
	expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);

-- Failed sign-ins, by account name and by address; what was typed as a name is kept as a hash, since it may be a password.
CREATE TABLE sign_in_failure (
	kind     text NOT NULL CHECK (kind IN ('name', 'address')),
	key      bytea NOT NULL,
	failures integer NOT NULL CHECK (failures > 0),
	last_at  timestamptz NOT NULL,
	until    timestamptz NOT NULL, -- no attempt is looked at before
	PRIMARY KEY (kind, key)
);
CREATE INDEX sign_in_failure_last ON sign_in_failure (last_at);

-- Who changed what about people. It is apart from the history of rows, because whoever reads that may not read this.
CREATE TABLE people_history (
	seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	subject text NOT NULL CHECK (subject IN ('person', 'account', 'person_grant')),
	id      uuid NOT NULL,
	kind    text NOT NULL CHECK (kind IN ('insert', 'update', 'delete')),
	at      timestamptz NOT NULL DEFAULT clock_timestamp(),
	actor   text NOT NULL,
	source  text NOT NULL,
	before  jsonb,
	after   jsonb,
	CONSTRAINT people_history_before_or_after CHECK (before IS NOT NULL OR after IS NOT NULL)
);
CREATE INDEX people_history_subject ON people_history (subject, id, seq);
CREATE TRIGGER people_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON people_history
	FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting_history();

-- +goose StatementBegin
CREATE FUNCTION people_image(r jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE
	RETURN r - ARRAY['password_hash', 'version', 'updated_at'];
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION record_people() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_actor  text := coalesce(nullif(current_setting('fourmaps.actor', true), ''), session_user);
	this_source text := coalesce(nullif(current_setting('fourmaps.source', true), ''), 'sql');
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO people_history (subject, id, kind, actor, source, after)
		SELECT TG_TABLE_NAME, id, 'insert', this_actor, this_source, people_image(to_jsonb(n)) FROM new_rows n;
	ELSIF TG_OP = 'DELETE' THEN
		INSERT INTO people_history (subject, id, kind, actor, source, before)
		SELECT TG_TABLE_NAME, id, 'delete', this_actor, this_source, people_image(to_jsonb(o)) FROM old_rows o;
	ELSE
		INSERT INTO people_history (subject, id, kind, actor, source, before, after)
		SELECT TG_TABLE_NAME, n.id, 'update', this_actor, this_source, people_image(to_jsonb(o)), people_image(to_jsonb(n))
		FROM new_rows n JOIN old_rows o USING (id) WHERE people_image(to_jsonb(o)) <> people_image(to_jsonb(n));
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION announce_people() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pg_notify('people', '');
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION keep_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	NEW.version := OLD.version + 1;
	NEW.updated_at := clock_timestamp();
	RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER person_keep BEFORE UPDATE ON person FOR EACH ROW EXECUTE FUNCTION keep_person();

-- +goose StatementBegin
DO $$
DECLARE
	subject text;
BEGIN
	FOREACH subject IN ARRAY ARRAY['person', 'account', 'person_grant'] LOOP
		EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_people()', subject || '_record_insert', subject);
		EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_people()', subject || '_record_update', subject);
		EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_people()', subject || '_record_delete', subject);
	END LOOP;
	FOREACH subject IN ARRAY ARRAY['person', 'account', 'person_grant', 'role_permission'] LOOP
		EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION announce_people()', subject || '_announce', subject);
	END LOOP;
END $$;
-- +goose StatementEnd
-- A new session needs no announcement: a server that does not know a token asks for it.
CREATE TRIGGER session_announce AFTER UPDATE OF expires_at OR DELETE OR TRUNCATE ON session FOR EACH STATEMENT EXECUTE FUNCTION announce_people();

INSERT INTO permission (name, label_zh, label_en) VALUES
	('layer.read', '查看地图', 'Look at the maps'),
	('layer.write', '编辑点位', 'Create, edit and delete rows'),
	('layer.confirm', '核实点位', 'Confirm rows'),
	('layer.import', '导入台账', 'Import ledgers'),
	('layer.export', '导出数据', 'Export rows'),
	('sensitive.read', '查看电话等敏感信息', 'See phone numbers and other sensitive fields'),
	('history.read', '查看变更历史', 'Read the history'),
	('photo.write', '上传照片', 'Add photos and files'),
	('area.write', '编辑行政区划', 'Draw and import areas'),
	('siting.waive', '豁免选址问题', 'Waive siting findings'),
	('people.manage', '管理人员', 'Manage people'),
	('installation.manage', '管理系统', 'Manage the installation');

INSERT INTO role (name, ord, label_zh, label_en) VALUES
	('viewer', 1, '查看人员', 'Viewer'),
	('staff', 2, '工作人员', 'Staff'),
	('inspector', 3, '检查人员', 'Inspector'),
	('responder', 4, '救援人员', 'Responder'),
	('dispatcher', 5, '调度人员', 'Dispatcher'),
	('planner', 6, '预案人员', 'Planner'),
	('evaluator', 7, '评估人员', 'Evaluator'),
	('administrator', 8, '管理员', 'Administrator');

INSERT INTO role_permission (role, permission) SELECT name, unnest(ARRAY['layer.read', 'layer.export']) FROM role;
INSERT INTO role_permission (role, permission) VALUES
	('staff', 'layer.write'), ('staff', 'layer.confirm'), ('staff', 'layer.import'), ('staff', 'sensitive.read'), ('staff', 'history.read'), ('staff', 'photo.write'),
	('inspector', 'layer.confirm'), ('inspector', 'history.read'), ('inspector', 'photo.write'), ('inspector', 'sensitive.read'),
	('responder', 'layer.confirm'), ('responder', 'photo.write'), ('responder', 'sensitive.read'),
	('dispatcher', 'sensitive.read'), ('dispatcher', 'history.read'), ('dispatcher', 'layer.confirm'),
	('planner', 'history.read'), ('evaluator', 'history.read');
INSERT INTO role_permission (role, permission) SELECT 'administrator', name FROM permission ON CONFLICT DO NOTHING;
