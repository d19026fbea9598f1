-- +goose Up

-- What a customer has open is found past all that he has had closed.
CREATE INDEX ticket_requester_kind ON ticket (requester, kind, updated DESC, id DESC);
CREATE INDEX ticket_company_kind ON ticket (company, kind, updated DESC, id DESC) WHERE company > 0;
DROP INDEX ticket_company;

-- +goose Down
SELECT 1;
