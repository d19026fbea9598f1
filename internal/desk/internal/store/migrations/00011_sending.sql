-- +goose Up

-- How a mailbox's letters leave.
CREATE TABLE sending (
  mailbox    {{int}} PRIMARY KEY REFERENCES mailbox (id),
  names      TEXT NOT NULL,            -- JSON by language
  signatures TEXT NOT NULL,            -- JSON by language
  relay      TEXT NOT NULL DEFAULT '', -- JSON, without the password; empty: the installation's
  password   {{bytes}},                -- sealed
  dkim       TEXT NOT NULL DEFAULT '', -- JSON, without the private key; empty: none
  dkim_key   {{bytes}},                -- PKCS #8, sealed
  version    {{int}} NOT NULL DEFAULT 1
) {{strict}};

-- +goose Down
SELECT 1;
