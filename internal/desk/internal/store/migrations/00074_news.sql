-- +goose Up

-- Counting what is new to somebody in the tickets of a list reads the index
-- alone: a message's row is as long as its letter, and its last columns stand
-- behind the text.
DROP INDEX message_ticket;
CREATE INDEX message_ticket ON message (ticket, id, side, kind, author, machine, apart, deleted);

-- +goose Down
SELECT 1;
