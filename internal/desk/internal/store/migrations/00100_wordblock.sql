-- +goose NO TRANSACTION
-- +goose Up

-- The index of words holds the block of each ticket, too: words that very many
-- have are looked for among the newest first. Programs that run already go on
-- searching and writing meanwhile.
{{only postgres}}
DROP INDEX CONCURRENTLY IF EXISTS ticket_words_blocks;
CREATE INDEX CONCURRENTLY ticket_words_blocks ON ticket_words USING GIN ((ARRAY[id >> 10]), words) WITH (gin_pending_list_limit = 256);
DROP INDEX CONCURRENTLY IF EXISTS ticket_words_words;
ALTER INDEX ticket_words_blocks RENAME TO ticket_words_words;
{{end}}
{{only sqlite}}SELECT 1;{{end}}

-- +goose Down
SELECT 1;
