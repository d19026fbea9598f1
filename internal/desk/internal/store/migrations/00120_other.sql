-- +goose Up

-- What stands beside a ticket of its requester's others is read from the index
-- alone: in a large desk each of them lies somewhere else.
DROP INDEX ticket_requester;
CREATE INDEX ticket_requester ON ticket (requester, updated DESC, id DESC, merged, department, kind, number, subject);

-- +goose Down
SELECT 1;
