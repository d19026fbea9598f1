-- +goose Up

-- An account that was asked for, until its address is confirmed. It belongs
-- to nobody yet: who typed the address need not be its owner.
CREATE TABLE registration (
  id       {{id}},
  address  TEXT NOT NULL,
  folded   TEXT NOT NULL,
  name     TEXT NOT NULL,
  phone    TEXT NOT NULL DEFAULT '',
  lang     TEXT NOT NULL DEFAULT '',
  password TEXT NOT NULL, -- hash
  created  {{int}} NOT NULL
) {{strict}};
CREATE INDEX registration_folded ON registration (folded, id);
CREATE INDEX registration_created ON registration (created);

-- A new address that a person asked for; it counts once it is confirmed.
CREATE TABLE address_change (
  id      {{id}},
  person  {{int}} NOT NULL REFERENCES person (id),
  address TEXT NOT NULL,
  folded  TEXT NOT NULL,
  former  TEXT NOT NULL DEFAULT '', -- what it took the place of; empty: not confirmed
  created {{int}} NOT NULL
) {{strict}};
CREATE INDEX address_change_created ON address_change (created);

-- What a link completes: a registration or a change of address.
ALTER TABLE link ADD COLUMN subject {{int}} NOT NULL DEFAULT 0;

ALTER TABLE person ADD COLUMN picture TEXT NOT NULL DEFAULT ''; -- blob hash
ALTER TABLE person ADD COLUMN picture_type TEXT NOT NULL DEFAULT '';
CREATE INDEX person_picture ON person (picture) WHERE picture <> '';

-- +goose Down
SELECT 1;
