-- +goose Up

-- What is wrong with a mailbox's server, beside what it said.
ALTER TABLE mailbox ADD COLUMN trouble_kind TEXT NOT NULL DEFAULT '';

-- +goose Down
SELECT 1;
