-- +goose Up

-- Message-IDs that a ticket has taken for its own, those of letters that are
-- still to come among them: each is one ticket's, however its letters race.
CREATE TABLE thread_claim (
  messageid TEXT PRIMARY KEY,
  ticket    {{int}} NOT NULL,
  at        {{int}} NOT NULL
) {{strict}};
INSERT INTO thread_claim (messageid, ticket, at) SELECT messageid, MIN(ticket), MIN(at) FROM thread GROUP BY messageid;

-- +goose Down
SELECT 1;
