-- +goose Up

ALTER TABLE person ADD COLUMN erased {{int}} NOT NULL DEFAULT 0;

-- People whose data is being erased, and how far that has come.
CREATE TABLE erasure (
  person {{int}} PRIMARY KEY REFERENCES person (id),
  asked  {{int}} NOT NULL,
  sealed {{bytes}} NOT NULL, -- the addresses he had, by which letters are found
  look   {{int}} NOT NULL,   -- 1, then 2 for what was under way during the first
  sweep  {{int}} NOT NULL,   -- which table
  upto   {{int}} NOT NULL    -- up to which of its ids
) {{strict}};

-- Bytes that lost their row by an erasure.
CREATE TABLE erased_bytes (
  person {{int}} NOT NULL REFERENCES person (id),
  hash   TEXT NOT NULL,
  PRIMARY KEY (person, hash)
) {{strict}};

UPDATE role SET permissions = REPLACE(permissions, ']', ',"people.erase"]')
  WHERE builtin = 'admin' AND permissions <> '[]' AND permissions NOT LIKE '%"people.erase"%';

-- +goose Down
SELECT 1;
