-- +goose Up

-- By whom mailboxes are entered without a password, and as which app.
CREATE TABLE provider (
  kind    TEXT PRIMARY KEY,             -- google, microsoft, other
  about   TEXT NOT NULL,                -- JSON, without the secret
  secret  {{bytes}},                    -- sealed; NULL: the app has none
  version {{int}} NOT NULL DEFAULT 1
) {{strict}};

-- A consent that an administrator has begun and not yet finished.
CREATE TABLE consent (
  hash     {{bytes}} PRIMARY KEY,       -- of the state that the provider sends back
  session  {{int}} NOT NULL,            -- who alone may finish it
  mailbox  {{int}} NOT NULL REFERENCES mailbox (id),
  provider TEXT NOT NULL,
  address  TEXT NOT NULL,               -- who is expected to give it
  fetching {{int}} NOT NULL,            -- 1: its letters are to be fetched from the provider
  verifier {{bytes}} NOT NULL,          -- RFC 7636, sealed
  expires  {{int}} NOT NULL
) {{strict}};

CREATE TABLE mailbox_access (
  mailbox    {{int}} PRIMARY KEY REFERENCES mailbox (id),
  provider   TEXT NOT NULL,
  address    TEXT NOT NULL,             -- who gave it
  refresh    {{bytes}} NOT NULL,        -- token, sealed
  token      {{bytes}} NOT NULL,        -- sealed
  expires    {{int}} NOT NULL,          -- of the token
  given      {{int}} NOT NULL,
  refreshed  {{int}} NOT NULL,
  ends       {{int}} NOT NULL DEFAULT 0,  -- of the refresh token; 0: not known
  span       {{int}} NOT NULL DEFAULT 0,  -- how long it was to last, in microseconds
  claimed    {{int}} NOT NULL DEFAULT 0,  -- until when somebody asks for the next token
  again      {{int}} NOT NULL DEFAULT 0,  -- not to be asked for before
  refused    TEXT NOT NULL DEFAULT '',
  trouble    TEXT NOT NULL DEFAULT '',
  since      {{int}} NOT NULL DEFAULT 0,  -- of the trouble
  alarm      TEXT NOT NULL DEFAULT '',
  alarmed    {{int}} NOT NULL DEFAULT 0,  -- when it was last raised
  version    {{int}} NOT NULL DEFAULT 1
) {{strict}};

-- +goose Down
SELECT 1;
