-- Cells: how many rows of a layer lie where, so that a vector tile with too many rows shows groups of them.
-- A layer whose declaration says Cluster has the table <layer>_cell, given to it by
--   SELECT attach_cells('shelter');
-- A cell is a tile of the XYZ scheme of Web Mercator: its key is a leading 1 and then the bits of y and x in turn, so the
-- cells of a tile are one range of keys and a cell's parent is key >> 2. Levels 8, 10, 12, 14 and 16 are kept.
-- Cells change when a transaction commits, under the same lock that numbers changes: no two writers ever wait for each
-- other's cells. All sums are integers, so that adding and taking away leave exactly what a rebuild would make.

-- +goose Up

-- unit_x and unit_y give a point's place (EPSG:4326) in the square of Web Mercator, 2^30 units to a side (3.7 cm at the
-- equator), from the north-west corner.
-- +goose StatementBegin
CREATE FUNCTION unit_x(p geometry) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT least(floor((ST_X(p) + 180) / 360 * 1073741824), 1073741823)::bigint
$$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION unit_y(p geometry) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT floor((0.5 - ln(tan(pi() / 4 + radians(ST_Y(p)) / 2)) / (2 * pi())) * 1073741824)::bigint
$$;
-- +goose StatementEnd

-- cell_of gives the cell of level 16 around a place in those units.
-- +goose StatementBegin
CREATE FUNCTION cell_of(x bigint, y bigint) RETURNS bigint LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
	-- x in the upper half, y in the lower, then both spread to every second bit at once
	x := x >> 14;
	y := y >> 14;
	x := (x | (x << 8)) & 16711935;
	y := (y | (y << 8)) & 16711935;
	x := (x | (x << 4)) & 252645135;
	y := (y | (y << 4)) & 252645135;
	x := (x | (x << 2)) & 858993459;
	y := (y | (y << 2)) & 858993459;
	x := (x | (x << 1)) & 1431655765;
	y := (y | (y << 1)) & 1431655765;
	RETURN 4294967296 | (y << 1) | x;
END $$;
-- +goose StatementEnd

-- What transactions that have not committed yet add to cells of level 16. Unlogged, like change_pending.
CREATE UNLOGGED TABLE cell_pending (
	tx    xid8 NOT NULL DEFAULT pg_current_xact_id(),
	ord   bigint GENERATED ALWAYS AS IDENTITY,
	layer text NOT NULL,
	cell  bigint NOT NULL,
	n     bigint NOT NULL,
	fids  bigint NOT NULL,
	xs    bigint NOT NULL,
	ys    bigint NOT NULL,
	PRIMARY KEY (tx, ord)
);

-- record_cells notes what one statement adds to and takes from the cells of its layer.
-- +goose StatementBegin
CREATE FUNCTION record_cells() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	noted bigint;
BEGIN
	IF TG_OP = 'INSERT' THEN
		INSERT INTO cell_pending (layer, cell, n, fids, xs, ys)
		SELECT TG_TABLE_NAME, cell_of(u.x, u.y), count(*), sum(u.fid), sum(u.x), sum(u.y)
		FROM (SELECT fid, unit_x(anchor) AS x, unit_y(anchor) AS y FROM new_rows WHERE deleted_at IS NULL AND anchor IS NOT NULL OFFSET 0) u
		GROUP BY 2;
	ELSIF TG_OP = 'UPDATE' THEN
		INSERT INTO cell_pending (layer, cell, n, fids, xs, ys)
		SELECT TG_TABLE_NAME, cell_of(u.x, u.y), sum(u.sign), sum(u.sign * u.fid), sum(u.sign * u.x), sum(u.sign * u.y)
		FROM (
			SELECT s.sign, r.fid, unit_x(r.anchor) AS x, unit_y(r.anchor) AS y
			FROM new_rows n JOIN old_rows o USING (id)
			CROSS JOIN LATERAL (VALUES (1, n.fid, n.anchor, n.deleted_at), (-1, o.fid, o.anchor, o.deleted_at)) AS r(sign, fid, anchor, deleted_at)
			CROSS JOIN LATERAL (SELECT r.sign) s
			WHERE (n.anchor IS DISTINCT FROM o.anchor OR (n.deleted_at IS NULL) <> (o.deleted_at IS NULL))
				AND r.deleted_at IS NULL AND r.anchor IS NOT NULL
			OFFSET 0) u
		GROUP BY 2;
	ELSE
		INSERT INTO cell_pending (layer, cell, n, fids, xs, ys)
		SELECT TG_TABLE_NAME, cell_of(u.x, u.y), -count(*), -sum(u.fid), -sum(u.x), -sum(u.y)
		FROM (SELECT fid, unit_x(anchor) AS x, unit_y(anchor) AS y FROM old_rows WHERE deleted_at IS NULL AND anchor IS NOT NULL OFFSET 0) u
		GROUP BY 2;
	END IF;
	GET DIAGNOSTICS noted = ROW_COUNT;
	IF noted > 0 THEN
		INSERT INTO change_commit (tx) VALUES (pg_current_xact_id()) ON CONFLICT DO NOTHING;
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- apply_cells brings what a transaction noted into the cells, once, as it commits.
-- +goose StatementBegin
CREATE FUNCTION apply_cells() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	this_layer text;
	less       boolean;
BEGIN
	PERFORM pg_advisory_xact_lock(2614001); -- the lock of number_changes: held until the commit is visible to all
	FOR this_layer, less IN SELECT p.layer, bool_or(p.n <= 0) FROM cell_pending p WHERE p.tx = NEW.tx GROUP BY p.layer ORDER BY p.layer LOOP
		EXECUTE format('
			INSERT INTO %1$I AS c (cell, n, fids, xs, ys)
			SELECT p.cell >> s.shift, sum(p.n), sum(p.fids), sum(p.xs), sum(p.ys)
			FROM cell_pending p CROSS JOIN (VALUES (0), (4), (8), (12), (16)) AS s(shift)
			WHERE p.tx = $1 AND p.layer = $2
			GROUP BY 1 HAVING sum(p.n) <> 0 OR sum(p.fids) <> 0 OR sum(p.xs) <> 0 OR sum(p.ys) <> 0 ORDER BY 1
			ON CONFLICT (cell) DO UPDATE SET n = c.n + excluded.n, fids = c.fids + excluded.fids, xs = c.xs + excluded.xs, ys = c.ys + excluded.ys',
			this_layer || '_cell') USING NEW.tx, this_layer;
		IF less THEN
			EXECUTE format('
				DELETE FROM %I c USING cell_pending p CROSS JOIN (VALUES (0), (4), (8), (12), (16)) AS s(shift)
				WHERE p.tx = $1 AND p.layer = $2 AND c.cell = p.cell >> s.shift AND c.n = 0', this_layer || '_cell') USING NEW.tx, this_layer;
		END IF;
	END LOOP;
	DELETE FROM cell_pending WHERE tx = NEW.tx;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE CONSTRAINT TRIGGER change_commit_cells AFTER INSERT ON change_commit
	DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION apply_cells();

-- rebuild_cells makes a layer's cells anew from its rows: after rows were loaded with triggers disabled. It returns the
-- number of cells. Writers of the layer wait meanwhile.
-- +goose StatementBegin
CREATE FUNCTION rebuild_cells(layer name) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	made bigint;
BEGIN
	EXECUTE format('LOCK TABLE %I IN SHARE ROW EXCLUSIVE MODE', layer);
	PERFORM pg_advisory_xact_lock(2614001);
	DELETE FROM cell_pending p WHERE p.layer = rebuild_cells.layer; -- only this transaction can have any; the rows below hold them
	EXECUTE format('DELETE FROM %I', layer || '_cell');
	EXECUTE format('
		INSERT INTO %I (cell, n, fids, xs, ys)
		SELECT p.cell >> s.shift, sum(p.n), sum(p.fids), sum(p.xs), sum(p.ys)
		FROM (
			SELECT cell_of(u.x, u.y) AS cell, count(*) AS n, sum(u.fid) AS fids, sum(u.x) AS xs, sum(u.y) AS ys
			FROM (SELECT fid, unit_x(anchor) AS x, unit_y(anchor) AS y FROM %I WHERE deleted_at IS NULL AND anchor IS NOT NULL OFFSET 0) u
			GROUP BY 1) p
		CROSS JOIN (VALUES (0), (4), (8), (12), (16)) AS s(shift)
		GROUP BY 1 ORDER BY 1', layer || '_cell', layer);
	GET DIAGNOSTICS made = ROW_COUNT;
	RETURN made;
END $$;
-- +goose StatementEnd

-- empty_cells follows a TRUNCATE of the layer.
-- +goose StatementBegin
CREATE FUNCTION empty_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM cell_pending WHERE tx = pg_current_xact_id() AND layer = TG_TABLE_NAME;
	EXECUTE format('TRUNCATE %I', TG_TABLE_NAME || '_cell');
	RETURN NULL;
END $$;
-- +goose StatementEnd

-- attach_cells gives a layer its cells and the triggers that keep them.
-- +goose StatementBegin
CREATE FUNCTION attach_cells(layer name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('CREATE TABLE %I (
		cell bigint PRIMARY KEY,
		n    bigint NOT NULL, -- rows whose anchor lies in the cell
		fids bigint NOT NULL, -- sum of their fids: of one row, the fid itself
		xs   bigint NOT NULL, -- sum of their places in units of unit_x
		ys   bigint NOT NULL
	) WITH (fillfactor = 90)', layer || '_cell');
	EXECUTE format('CREATE TRIGGER %I AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_cells()', layer || '_cells_insert', layer);
	EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION record_cells()', layer || '_cells_update', layer);
	EXECUTE format('CREATE TRIGGER %I AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION record_cells()', layer || '_cells_delete', layer);
	EXECUTE format('CREATE TRIGGER %I AFTER TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION empty_cells()', layer || '_cells_truncate', layer);
	PERFORM rebuild_cells(layer);
END $$;
-- +goose StatementEnd

SELECT attach_cells('risk_point');
SELECT attach_cells('material_site');
SELECT attach_cells('response_force');
SELECT attach_cells('command_unit');
