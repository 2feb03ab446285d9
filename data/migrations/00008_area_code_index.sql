-- +goose Up
-- Every list says the code of each row's area. The index has it beside the id, so that the wide rows of areas, with
-- their polygons, need not be touched for it.
CREATE UNIQUE INDEX area_id_code ON area (id) INCLUDE (code);
