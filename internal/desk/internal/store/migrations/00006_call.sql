-- +goose Up

CREATE TABLE call (
  id      {{id}},
  ref     TEXT NOT NULL UNIQUE,
  ticket  {{int}} NOT NULL,
  state   TEXT NOT NULL,
  asker   {{int}} NOT NULL,
  phone   TEXT NOT NULL,
  suits   TEXT NOT NULL,
  about   TEXT NOT NULL,
  note    TEXT NOT NULL DEFAULT '',
  taker   {{int}} NOT NULL DEFAULT 0,
  asked   {{int}} NOT NULL,
  changed {{int}} NOT NULL,
  ended   {{int}} NOT NULL DEFAULT 0, -- 1: nobody waits any longer
  version {{int}} NOT NULL DEFAULT 1
) {{strict}};
CREATE INDEX call_ticket ON call (ticket, id);
CREATE UNIQUE INDEX call_open ON call (ticket) WHERE ended = 0;
CREATE INDEX call_waiting ON call (asked, ticket) WHERE ended = 0;

-- Roles that are there already may handle calls; new ones are made with it.
UPDATE role SET permissions = REPLACE(permissions, ']', ',"call.handle"]') WHERE builtin IN ('agent', 'admin') AND permissions <> '[]';

-- +goose Down
SELECT 1;
