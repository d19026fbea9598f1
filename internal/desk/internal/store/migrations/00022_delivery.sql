-- +goose Up

-- What signs letters that are handed over by HTTP; sealed. NULL: none may be.
ALTER TABLE mailbox ADD COLUMN delivery {{bytes}};

-- +goose Down
SELECT 1;
