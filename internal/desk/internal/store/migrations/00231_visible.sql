-- +goose Up

-- What is read from an index alone must be known to be visible to all, which
-- vacuuming notes. Left to itself PostgreSQL does so for new rows once a fifth
-- of a table is new: of the newest, which are asked for most, every row was
-- looked at in the table as well.
{{only postgres}}
ALTER TABLE ticket SET (autovacuum_vacuum_insert_scale_factor = 0.01);
ALTER TABLE message SET (autovacuum_vacuum_insert_scale_factor = 0.01);
{{end}}
{{only sqlite}}SELECT 1;{{end}}

-- +goose Down
SELECT 1;
