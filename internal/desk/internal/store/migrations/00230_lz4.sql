-- +goose Up

-- The words of a ticket are packed by LZ4, where PostgreSQL has it: a phrase is
-- looked for in them once they are unpacked. Those that are there stay as they are.
{{only postgres}}
-- +goose StatementBegin
DO $$ BEGIN
	IF EXISTS (SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) THEN
		ALTER TABLE ticket_words ALTER COLUMN words SET COMPRESSION lz4;
	END IF;
END $$;
-- +goose StatementEnd
{{end}}
{{only sqlite}}SELECT 1;{{end}}

-- +goose Down
SELECT 1;
