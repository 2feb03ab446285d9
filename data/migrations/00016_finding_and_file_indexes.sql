-- What is asked of one row: the findings about it, in whatever state and on whichever side it stands, and its deleted files.

-- +goose Up

DROP INDEX siting_finding_other;
CREATE INDEX siting_finding_other ON siting_finding (other_id) WHERE other_id IS NOT NULL;

CREATE INDEX file_row_deleted ON file (layer, row_id, deleted_at DESC) WHERE deleted_at IS NOT NULL;
