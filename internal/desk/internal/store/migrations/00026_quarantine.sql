-- +goose Up

-- Why a letter that came in waits for a decision, and what is shown of it.
ALTER TABLE kept_letter ADD COLUMN cause TEXT NOT NULL DEFAULT '';
ALTER TABLE kept_letter ADD COLUMN writer TEXT NOT NULL DEFAULT '';
ALTER TABLE kept_letter ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE kept_letter ADD COLUMN released {{int}} NOT NULL DEFAULT 0;
CREATE INDEX kept_letter_quarantined ON kept_letter (id) WHERE state = 'quarantined';

-- Addresses, and domains as "@shop.example", whose letters wait there.
CREATE TABLE ban (
  id      {{id}},
  ref     TEXT NOT NULL UNIQUE,
  what    TEXT NOT NULL UNIQUE,
  person  {{int}} NOT NULL, -- who banned it
  at      {{int}} NOT NULL
) {{strict}};

-- A note that came by letter and was published is the message it became.
ALTER TABLE message ADD COLUMN published {{int}} NOT NULL DEFAULT 0;

-- Since when, and why, letters to an address come back.
ALTER TABLE address ADD COLUMN undeliverable {{int}} NOT NULL DEFAULT 0;
ALTER TABLE address ADD COLUMN trouble TEXT NOT NULL DEFAULT '';

UPDATE role SET permissions = REPLACE(permissions, ']', ',"quarantine.handle","sender.ban","letter.readdress"]') WHERE builtin IN ('agent', 'admin') AND permissions <> '[]';

-- +goose Down
SELECT 1;
